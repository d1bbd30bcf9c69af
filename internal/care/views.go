package care

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// View is what a patient thinks of the care. It names a case, or a region and perhaps a unit of it by their slugs, or nothing: then it is about
// where the author's newest case is.
type View struct {
	Remark
	Case, Region, Unit string
}

// SayView keeps a patient's view on the care, for the lead of the unit. It needs no case that is decided, or open, or any at all.
// With it come the kinds of danger that the words may mean.
// Errors: access.ErrDenied for others than patients; ErrTaken; *Invalid for a case that is not there for the author, and a place that is none.
func (d *Desk) SayView(ctx context.Context, who access.Who, in View) (*records.Remark, []triage.DangerGroup, error) {
	return d.remark(ctx, who, records.Views, in.Remark, func(tx core.App, r *records.Remarking) (audit.Subject, error) {
		at, wrong, err := viewedPlace(tx, who, in)
		switch {
		case err != nil:
			return audit.Subject{}, err
		case len(wrong) > 0:
			return audit.Subject{}, wrong[0]
		}
		r.Region, r.Unit = at.region, at.unit
		if at.about == nil {
			return audit.Subject{Patient: who.ID}, nil
		}
		r.Case = at.about.Id
		return audit.Subject{Patient: at.about.Patient(), Case: at.about.Id}, nil
	})
}

// Misplaced names every field of a view that leads nowhere; none for a repeat of what was written before.
func (d *Desk) Misplaced(who access.Who, in View) ([]*Invalid, error) {
	switch again, err := d.remarkedBefore(d.App, who, records.Views, in.Remark); {
	case errors.Is(err, ErrTaken), again != nil:
		return nil, nil
	case err != nil:
		return nil, err
	}
	_, wrong, err := viewedPlace(d.App, who, in)
	return wrong, err
}

// viewed is what a view is about, and whose lead reads it.
type viewed struct {
	about        *records.Case // nil for none
	region, unit string        // ids
}

// viewedPlace finds what a view is about, or names the fields that lead nowhere.
func viewedPlace(app core.App, who access.Who, in View) (viewed, []*Invalid, error) {
	switch {
	case in.Case != "" && in.Region+in.Unit != "":
		return viewed{}, oneOfThem(in), nil
	case in.Case != "":
		return viewedCase(app, who, in.Case)
	case in.Region+in.Unit != "":
		return viewedUnit(app, in)
	}
	c, err := records.NewestSeenBy(app, who.ID)
	if errors.Is(err, records.ErrNotFound) {
		return viewed{}, []*Invalid{{Field: "region", Code: codeRequired}}, nil
	}
	if err != nil {
		return viewed{}, nil, err
	}
	return ledPlace(app, "region", viewed{region: c.Region(), unit: c.Unit()})
}

// The codes of fields that are sent and must not be, and are not and must.
const (
	codeRequired = "validation_required"
	codeOneOfTwo = "validation_one_of_two"
)

// oneOfThem names the fields of a view that say twice where it goes.
func oneOfThem(in View) []*Invalid {
	wrong := []*Invalid{{Field: "case", Code: codeOneOfTwo}}
	if in.Region != "" {
		wrong = append(wrong, &Invalid{Field: "region", Code: codeOneOfTwo})
	}
	if in.Unit != "" {
		wrong = append(wrong, &Invalid{Field: "unit", Code: codeOneOfTwo})
	}
	return wrong
}

// viewedCase is a case that the author sees. Another's is like one that is not there.
func viewedCase(app core.App, who access.Who, id string) (viewed, []*Invalid, error) {
	c, err := records.CaseByID(app, id)
	if err == nil {
		err = access.Check(who, access.See, c.Facts())
	}
	if errors.Is(err, records.ErrNotFound) || errors.Is(err, access.ErrHidden) {
		return viewed{}, []*Invalid{{Field: "case", Code: codeUnknown}}, nil
	}
	if err != nil {
		return viewed{}, nil, err
	}
	return ledPlace(app, "case", viewed{about: c, region: c.Region(), unit: c.Unit()})
}

// viewedUnit is a region of this program's, and a unit of it where one is named.
func viewedUnit(app core.App, in View) (viewed, []*Invalid, error) {
	if in.Region == "" {
		return viewed{}, []*Invalid{{Field: "region", Code: codeRequired}}, nil
	}
	region, err := regionHere(app, in.Region)
	if errors.Is(err, records.ErrNotFound) {
		return viewed{}, []*Invalid{{Field: "region", Code: codeUnknown}}, nil
	}
	if err != nil {
		return viewed{}, nil, err
	}
	at := viewed{region: region.Id}
	if in.Unit == "" {
		return ledPlace(app, "region", at)
	}
	unit, err := records.UnitBySlug(app, region.Id, in.Unit)
	if errors.Is(err, records.ErrNotFound) {
		return at, []*Invalid{{Field: "unit", Code: codeUnknown}}, nil
	}
	if err != nil {
		return at, nil, err
	}
	at.unit = unit.Id
	return ledPlace(app, "unit", at)
}

// ledPlace is a place with a unit that has a queue, and so may have a lead: the one that is known, else that of the region's cases that name none.
// A region without any is nobody's to answer for: field is to blame.
func ledPlace(app core.App, field string, at viewed) (viewed, []*Invalid, error) {
	q, err := records.FirstQueueOf(app, at.unit)
	if errors.Is(err, records.ErrNotFound) {
		q, err = records.FirstQueueIn(app, at.region)
	}
	if errors.Is(err, records.ErrNotFound) {
		return at, []*Invalid{{Field: field, Code: codeUnknown}}, nil
	}
	if err != nil {
		return at, nil, fmt.Errorf("find who leads: %w", err)
	}
	at.unit = q.Unit()
	return at, nil, nil
}

// ViewsSaid shows a lead the views for her units that stand in a state, in the order of reading; the look is logged. Who has written is not told.
// Errors: access.ErrDenied for others than leads.
func (d *Desk) ViewsSaid(ctx context.Context, who access.Who, state string) ([]*records.Remark, error) {
	units, err := ledUnits(d.App, who)
	if err != nil {
		return nil, err
	}
	list, err := records.ViewsFor(d.App, units, state, remarksShown)
	if err != nil {
		return nil, err
	}
	return list, d.lookAtRemarks(ctx, who, records.Views, list)
}

// MayAnswerView says whether who may answer that view. It is asked before a body is read.
// Errors: access.ErrDenied for others than leads; access.ErrHidden for those of other units; records.ErrNotFound.
func (d *Desk) MayAnswerView(who access.Who, id string) error {
	_, err := remarkFor(d.App, records.Views, id, leads(who))
	if errors.Is(err, records.ErrNotFound) && who.Role != access.RoleLead {
		return access.ErrDenied // to who answers none, none is there and none is missing
	}
	return err
}

// AnswerView answers a patient's view, in the lead's name.
// Errors: as MayAnswerView; ErrAnswered.
func (d *Desk) AnswerView(ctx context.Context, who access.Who, id, text string) (*records.Remark, error) {
	return d.answerRemark(ctx, who, records.Views, id, who.Name, text, leads(who))
}

// leads says whether who leads the unit that a view is for.
func leads(who access.Who) func(core.App, *records.Remark) error {
	return func(app core.App, m *records.Remark) error {
		units, err := ledUnits(app, who)
		if err == nil && !slices.Contains(units, m.Unit()) {
			err = access.ErrHidden
		}
		return err
	}
}

// ledUnits are the units of the queues that who leads; access.ErrDenied for who leads none by their role.
func ledUnits(app core.App, who access.Who) ([]string, error) {
	if who.Kind != access.Staff || who.Role != access.RoleLead {
		return nil, access.ErrDenied
	}
	if len(who.Queues) == 0 {
		return nil, nil
	}
	queues, err := records.QueueList(app, who.Queues...)
	if err != nil {
		return nil, fmt.Errorf("find queues of a lead: %w", err)
	}
	units := make([]string, 0, len(queues))
	for _, q := range queues {
		units = append(units, q.Unit())
	}
	return units, nil
}
