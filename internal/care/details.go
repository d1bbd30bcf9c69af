package care

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
)

// Details are what patients say of themselves. What is nil stays as it is.
type Details struct {
	Phone    *string // E.164, or "" for none
	Language *string
	Name     *string
}

// SetDetails changes a patient's own details. Cases that are open keep the number that they were opened with.
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
		return tx.SaveWithContext(ctx, p)
	})
	if err != nil {
		return nil, fmt.Errorf("set details: %w", err)
	}
	return p, d.durable(ctx)
}
