package care

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// Switches are what a lead changes of a queue; nil leaves a thing as it is. Until is when what is set ends by itself.
type Switches struct {
	Paused  *bool   // nobody of level 3 to 5 may join; who waits stays
	Cap     *Cap    // how many may join today
	Message *string // a line to those who wait; "" ends it
	Until   time.Time
}

// Cap is how many may join a queue in a day; nil for any number.
type Cap struct{ N *int }

// longestSwitch is how far ahead a switch may end: what is forgotten for longer belongs into the opening hours.
const longestSwitch = 30 * 24 * time.Hour

// SwitchEnds says what is wrong with the time at which a switch is to end: a validation code of the contract, or "".
func (d *Desk) SwitchEnds(until time.Time) string {
	switch now := d.Clock.Now(); {
	case !until.After(now):
		return "validation_in_past"
	case until.Sub(now) > longestSwitch:
		return "validation_too_late"
	}
	return ""
}

// Switch changes what the lead of a queue may. Those who wait are told by page and stream alone: no text message is sent.
// Errors: access.ErrHidden and access.ErrDenied.
func (d *Desk) Switch(ctx context.Context, lead access.Who, queue string, in Switches) error {
	if err := access.Lead(lead, queue); err != nil {
		return err
	}
	err := d.App.RunInTransaction(func(tx core.App) error {
		q, err := records.QueueByID(tx, queue)
		if err != nil {
			return err
		}
		why := q.Name() + ": " + strings.Join(in.apply(q), "; ")
		if err := audit.Append(tx, lead, "state of queue", audit.Subject{}, why, d.Clock.Now()); err != nil {
			return err
		}
		return tx.SaveWithContext(ctx, q)
	})
	if err != nil {
		return fmt.Errorf("switch queue: %w", err)
	}
	return d.durable(ctx)
}

// apply changes the queue, and says what it has done, as the access log keeps it.
func (in Switches) apply(q *records.Queue) (done []string) {
	until := " until " + records.RFC3339(in.Until)
	switch {
	case in.Paused == nil:
	case *in.Paused:
		q.PauseUntil(in.Until)
		done = append(done, "paused"+until)
	default:
		q.PauseUntil(time.Time{})
		done = append(done, "pause ended")
	}
	switch {
	case in.Cap == nil:
	case in.Cap.N != nil:
		q.Limit(*in.Cap.N, in.Until)
		done = append(done, fmt.Sprintf("limit %d a day", *in.Cap.N)+until)
	default:
		q.Limit(0, time.Time{})
		done = append(done, "limit ended")
	}
	switch {
	case in.Message == nil:
	case *in.Message != "":
		q.SayToAll(*in.Message, in.Until)
		done = append(done, "message"+until+": "+*in.Message)
	default:
		q.SayToAll("", time.Time{})
		done = append(done, "message ended")
	}
	return done
}

// endSwitches ends what was to end by now, and says whether anything was.
func endSwitches(q *records.Queue, now time.Time) bool {
	over := func(until time.Time) bool { return !until.IsZero() && !until.After(now) }
	ended := false
	if over(q.PausedUntil()) {
		q.PauseUntil(time.Time{})
		ended = true
	}
	if _, until := q.Cap(); over(until) {
		q.Limit(0, time.Time{})
		ended = true
	}
	if _, until := q.Message(); over(until) {
		q.SayToAll("", time.Time{})
		ended = true
	}
	return ended
}
