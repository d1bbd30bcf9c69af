package care

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// AskSupport keeps what a patient writes of technical trouble. Admins answer it; no clinician sees it. page is where the trouble was, or "".
// With it come the kinds of danger that the words may mean.
// Errors: access.ErrDenied for others than patients; ErrTaken.
func (d *Desk) AskSupport(ctx context.Context, who access.Who, in Remark, page string) (*records.Remark, []triage.DangerGroup, error) {
	return d.remark(ctx, who, records.Support, in, func(_ core.App, r *records.Remarking) (audit.Subject, error) {
		r.Page = page
		return audit.Subject{Patient: who.ID}, nil
	})
}

// SupportAsked shows an admin what stands in a state, in the order of reading; the look is logged. Who has written is not told.
// Errors: access.ErrDenied.
func (d *Desk) SupportAsked(ctx context.Context, who access.Who, state string) ([]*records.Remark, error) {
	if err := admins(who); err != nil {
		return nil, err
	}
	list, err := records.SupportIn(d.App, state, remarksShown)
	if err != nil {
		return nil, err
	}
	return list, d.lookAtRemarks(ctx, who, records.Support, list)
}

// MayAnswerSupport says whether who may answer that row. It is asked before a body is read.
// Errors: access.ErrDenied, records.ErrNotFound.
func (d *Desk) MayAnswerSupport(who access.Who, id string) error {
	if err := admins(who); err != nil {
		return err
	}
	_, err := records.RemarkByID(d.App, records.Support, id)
	return err
}

// AnswerSupport answers a patient. The answer is support's: it bears no name.
// Errors: as MayAnswerSupport; ErrAnswered.
func (d *Desk) AnswerSupport(ctx context.Context, who access.Who, id, text string) (*records.Remark, error) {
	return d.answerRemark(ctx, who, records.Support, id, "", text, func(core.App, *records.Remark) error { return admins(who) })
}

// admins is access.ErrDenied for others than superusers.
func admins(who access.Who) error {
	if who.Kind != access.Superuser {
		return access.ErrDenied
	}
	return nil
}
