package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// BreakGlass opens patient data to a superuser for a quarter of an hour by the desk's clock: of one case and its people, or all where caseID is "".
func (d *Desk) BreakGlass(ctx context.Context, who access.Who, reason, caseID string) (*records.Glass, error) {
	glass, err := audit.BreakGlass(d.App, who, reason, caseID, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	return glass, d.durable(ctx)
}

// EndGlass ends at once what a superuser has open.
func (d *Desk) EndGlass(ctx context.Context, who access.Who) error {
	if err := audit.EndGlass(d.App, who, d.Clock.Now()); err != nil {
		return err
	}
	return d.durable(ctx)
}

// Through is what a superuser may read now, or audit.ErrShut.
func (d *Desk) Through(who access.Who) (audit.Leave, error) {
	return audit.LeaveOf(d.App, who.ID, d.Clock.Now())
}

// Saw writes one row of the access log, durable before the answer: who sees what, or is refused it, and why.
func (d *Desk) Saw(ctx context.Context, who access.Who, what string, about audit.Subject, why string) error {
	if err := audit.Look(d.App, who, what, about, why, d.Clock.Now()); err != nil {
		return err
	}
	return d.durable(ctx)
}
