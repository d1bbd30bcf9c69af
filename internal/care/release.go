package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Release gives a case back to its queue, where it stood: the waiting time is kept. reason is for colleagues.
func (d *Desk) Release(ctx context.Context, who access.Who, id, reason string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Released, find: theCase(id), body: reason,
		fill: func(a *Act) error {
			a.Because(reason)
			a.told.Before, a.told.BeforeName = a.Case.Clinician(), a.Case.ClinicianName()
			a.Case.GiveBack()
			return nil
		},
	})
}
