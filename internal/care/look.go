package care

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// Looked writes into the access log that staff have looked at cases, before they are shown: one row for a request, durable before the answer.
// The row names every case that was seen, and the patient where all of them are of one. An error means that nothing may be shown.
func (d *Desk) Looked(ctx context.Context, who access.Who, what string, seen []*records.Case, why string) error {
	if who.Kind == access.Patient {
		return nil
	}
	d.Heard.from(who, d.Clock.Now())
	return d.Saw(ctx, who, what, SubjectOf(seen), why)
}

// SubjectOf is whom and what a look at these cases is about.
func SubjectOf(seen []*records.Case) audit.Subject {
	var about audit.Subject
	for i, c := range seen {
		switch {
		case i == 0:
			about.Patient = c.Patient()
		case c.Patient() != about.Patient:
			about.Patient = ""
		}
		if !slices.Contains(about.Cases, c.Id) {
			about.Cases = append(about.Cases, c.Id)
		}
	}
	if len(about.Cases) == 1 {
		about.Case, about.Cases = about.Cases[0], nil
	}
	return about
}

// Duty says that a member of staff is in a queue, or not. Who goes off duty with open cases there keeps them, but not alone: the lead is told of
// each, and anyone of the queue may take it over.
func (d *Desk) Duty(ctx context.Context, who access.Who, queue string, on bool) error {
	err := d.App.RunInTransaction(func(tx core.App) error {
		s, err := records.StaffByID(tx, who.ID)
		if err != nil {
			return err
		}
		if on {
			s.GoOnDuty(queue)
		} else {
			s.GoOffDuty(queue)
		}
		if err := tx.SaveWithContext(ctx, s); err != nil {
			return err
		}
		if on {
			return d.takeBackUp(ctx, tx, who.ID, queue)
		}
		held, err := records.HeldBy(tx, who.ID)
		if err != nil {
			return err
		}
		here := slices.DeleteFunc(held, func(c *records.Case) bool { return c.Queue() != queue || !c.Freed().IsZero() })
		return d.leaveAlone(ctx, tx, here, "off duty")
	})
	if err != nil {
		return fmt.Errorf("set duty: %w", err)
	}
	d.Heard.from(who, d.Clock.Now())
	return d.durable(ctx)
}
