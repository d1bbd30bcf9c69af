package care

import (
	"context"
	"fmt"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Reopen makes a closed case active again, with the caller as its clinician, and tells the patient so by a text message. Its advice stays readable
// until the next end, which strikes it where it differs; how it had ended is kept in the event.
//
// Errors: *AlreadyOpen where the patient, by the same guardian, has an open case of this complaint; *Invalid where it has been corrected too often.
func (d *Desk) Reopen(ctx context.Context, who access.Who, id, reason string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Reopened, find: theCase(id), body: reason,
		check: (*Act).mayCorrect,
		fill: func(a *Act) error {
			a.Because(reason)
			return a.reopen()
		},
	})
}

func (a *Act) reopen() error {
	if err := a.aloneOpen(); err != nil {
		return err
	}
	end := a.Case.Ending()
	a.told.Ended, a.told.Words = &end, texts.CaseReopened
	a.Case.Reopen()
	a.Case.GiveTo(a.By)
	if err := a.guardianAgain(); err != nil {
		return err
	}
	return a.Inform(texts.SmsReopened, time.Time{})
}

// aloneOpen is *AlreadyOpen if the patient has another open case of this complaint, opened by the same person. It names the case to those who may
// see it.
func (a *Act) aloneOpen() error {
	opens, err := records.OpensOf(a.tx, a.Case.Patient(), a.Case.Complaint())
	if err != nil {
		return err
	}
	for _, c := range opens {
		if c.Guardian() != a.Case.Guardian() {
			continue
		}
		open := &AlreadyOpen{State: c.State(), ToStaff: true}
		if access.Check(a.By, access.See, c.Facts()) == nil {
			open.Case = c.Id
		}
		return open
	}
	return nil
}

// guardianAgain gives back the right of a guardian whom nobody has verified: it ended because the case did. One that staff have blocked, or that the
// child's birthday has ended, stays so.
func (a *Act) guardianAgain() error {
	if a.Case.Guardian() == "" {
		return nil
	}
	g, err := records.GuardianshipOf(a.tx, a.Case.Guardian(), a.Case.Patient())
	if err != nil {
		return fmt.Errorf("find guardianship: %w", err)
	}
	runs := (g.State() == records.Declared || g.State() == records.Verified) && a.Now.Before(g.Ends())
	a.Case.LetGuardianRead(runs)
	return nil
}
