package hooks

import (
	"context"
	"log/slog"
	"time"

	"lotsen/internal/clock"
)

// lookEvery is how often the program looks for what is due when nothing wakes it.
const lookEvery = 500 * time.Millisecond

// timers is the one loop of everything that happens by itself. What is due stands in rows, so a crash loses none of it.
type timers struct {
	clock *clock.Clock
	log   *slog.Logger
	// jobs do what is due now and say whether there may be more. Each is one idea: cases, guardianships, letters, what is forgotten.
	jobs map[string]func(context.Context) (more bool, err error)
	wake chan struct{} // something has been committed that may be due at once
	done chan struct{}
}

// run loops until ctx ends.
func (t *timers) run(ctx context.Context) {
	defer close(t.done)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		moved := t.clock.Moved()
		t.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-moved:
		case <-t.wake:
		case <-tick.C:
		}
	}
}

// look runs every job until none has more to do. A job that fails is tried again at the next look: its row is still due.
func (t *timers) look(ctx context.Context) {
	for name, job := range t.jobs {
		for ctx.Err() == nil {
			more, err := job(ctx)
			if err != nil && ctx.Err() == nil {
				t.log.Error("due job failed", "job", name, "error", err)
			}
			if err != nil || !more {
				break
			}
		}
	}
}

// nudge wakes the loop; it never waits.
func (t *timers) nudge() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
