package care

import (
	"context"
	"log/slog"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/clock"
	"lotsen/internal/records"
	"lotsen/internal/seal"
)

// Desk is where acts happen. Its fields are set once, before the first act.
type Desk struct {
	App       core.App
	Clock     *clock.Clock
	Keys      *seal.Ring // nil while no keys are configured: nobody can log in, so nobody can act
	Protocols *Library
	Log       *slog.Logger

	// Silent says that nobody carries text messages: whom a row calls, staff ring.
	Silent bool

	// Live says whether a member of staff has a live line now: a connection on which they are told what happens. Nil says nothing of anybody.
	Live func(staff string) bool

	// Heard is when something was last heard of staff. Nil: duty ends by nobody's silence.
	Heard *Heard

	// Foretell says how long a case that is about to stand in line will wait; false where there is no ground for a figure. Nil says nothing of any.
	Foretell func(tx core.App, c *records.Case) (records.Foretold, bool)

	// Durable waits until what has been committed cannot be lost. Every answer to a write waits for it. On one machine a commit
	// is durable (synchronous=FULL), and it is nil.
	Durable func(ctx context.Context) error
}

// durable waits until what has been committed cannot be lost.
func (d *Desk) durable(ctx context.Context) error {
	if d.Durable == nil {
		return nil
	}
	return d.Durable(ctx)
}

// programme is the caller of what happens by itself when its time has come.
var programme = access.Who{Kind: access.System}
