package care

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Details are what patients say of themselves. What is nil stays as it is.
type Details struct {
	Phone    *string // E.164, or "" for none
	Language *string
	Name     *string
}

// SetDetails changes a patient's own details. A number is that of the person's open cases, too, from here on; to take it away leaves them
// theirs, for staff would have none to ring.
func (d *Desk) SetDetails(ctx context.Context, who access.Who, in Details) (*records.Patient, error) {
	if who.Kind != access.Patient {
		return nil, access.ErrDenied
	}
	var p *records.Patient
	err := d.App.RunInTransaction(func(tx core.App) (err error) {
		if p, err = records.PatientByID(tx, who.ID); err != nil {
			return err
		}
		if in.Phone != nil {
			p.SetPhone(*in.Phone)
		}
		if in.Language != nil {
			p.SetLanguage(*in.Language)
		}
		if in.Name != nil {
			p.SetName(*in.Name)
		}
		if err := tx.SaveWithContext(ctx, p); err != nil {
			return err
		}
		if in.Phone == nil || *in.Phone == "" {
			return nil
		}
		return d.reachAt(ctx, tx, who, *in.Phone)
	})
	if err != nil {
		return nil, fmt.Errorf("set details: %w", err)
	}
	return p, d.durable(ctx)
}

// reachAt gives a new number to the open cases that a person handles, each by an act: so that the history shows it.
func (d *Desk) reachAt(ctx context.Context, tx core.App, who access.Who, e164 string) error {
	asked, err := records.AskedBy(tx, who.ID)
	if err != nil {
		return fmt.Errorf("list cases: %w", err)
	}
	for _, c := range asked {
		_, err := d.actIn(ctx, tx, request{
			who: who, event: cases.NewNumber, find: theCase(c.Id),
			fill: func(a *Act) error { return a.reachAt(e164) },
		})
		if err != nil {
			return fmt.Errorf("give case %s the number: %w", c.Id, err)
		}
	}
	return nil
}

// reachAt notes the number. Staff need not ring any more, unless that is asked for another reason; whom they have called is called there.
func (a *Act) reachAt(e164 string) error {
	if a.idle = a.Case.Phone() == e164; a.idle {
		return nil
	}
	a.Case.SetPhone(e164)
	if !a.mute && a.Case.Missed() < 2 {
		a.Case.AskToRing(false)
	}
	if a.Case.State() != cases.Called {
		return nil
	}
	t, err := a.Times()
	if err != nil {
		return err
	}
	_, call, err := lastCall(a.tx, a.Case.Id)
	if err != nil {
		return err
	}
	return a.post(texts.SmsYourTurn, call, a.Now.Add(t.turnIsOld()))
}
