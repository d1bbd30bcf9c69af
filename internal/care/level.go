package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// SetLevel replaces the level by a person's judgement. The one that the protocol gave is kept beside it, and so is the reason.
func (d *Desk) SetLevel(ctx context.Context, who access.Who, id string, level cases.Level, reason string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Levelled, find: theCase(id), body: []any{level, reason},
		fill: func(a *Act) error {
			a.Because(reason)
			a.told.Was = a.Case.Level()
			a.Case.Judge(level)
			return nil
		},
	})
}
