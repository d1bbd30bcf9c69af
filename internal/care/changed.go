package care

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
)

// Changed lets a superuser change how the service is set up, and writes that into the access log in the same transaction: what was changed, by
// names, never what it is now. do is handed the transaction.
func (d *Desk) Changed(ctx context.Context, app core.App, who access.Who, what, names string, do func(tx core.App) error) error {
	err := app.RunInTransaction(func(tx core.App) error {
		if err := audit.Append(tx, who, audit.Changed+what, audit.Subject{}, cut(names, mostNames), d.Clock.Now()); err != nil {
			return fmt.Errorf("write the change: %w", err)
		}
		return do(tx)
	})
	if err != nil {
		return err
	}
	return d.durable(ctx)
}

// mostNames is how much of what was changed is named, in characters.
const mostNames = 1000
