package care

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// Looked writes into the access log that staff have looked at cases, before they are shown: one row for a request, durable before the answer.
// One case is named in the row, and the patient where all that was seen is of one; of a list, what was listed. An error means that nothing may
// be shown.
func (d *Desk) Looked(ctx context.Context, who access.Who, what string, seen []*records.Case, why string) error {
	if who.Kind == access.Patient {
		return nil
	}
	about := subjectOf(seen)
	err := d.App.RunInTransaction(func(tx core.App) error {
		return audit.Append(tx, who, what, about, why, d.Clock.Now())
	})
	if err != nil {
		return fmt.Errorf("write the look: %w", err)
	}
	return d.durable(ctx)
}

// subjectOf is whom and what a look at these cases is about.
func subjectOf(seen []*records.Case) audit.Subject {
	if len(seen) == 0 {
		return audit.Subject{}
	}
	first := seen[0]
	if len(seen) == 1 {
		return audit.Subject{Patient: first.Patient(), Case: first.Id}
	}
	for _, c := range seen {
		if c.Patient() != first.Patient() {
			return audit.Subject{}
		}
	}
	return audit.Subject{Patient: first.Patient()}
}

// Duty says that a member of staff is in a queue, or not.
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
		return tx.SaveWithContext(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("set duty: %w", err)
	}
	return d.durable(ctx)
}
