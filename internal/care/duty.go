package care

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/hours"
	"lotsen/internal/records"
)

// Duty is often forgotten at the end of the day, and what is told of the wait and of a target rests on it. So it ends by itself, in the row that
// everybody reads: when the queue closes for the day, and when nothing was heard of its owner for two hours. No lead is called by that: who is left
// alone with whom, the lines tell (see silence.go).

const (
	// heardWithin is how long somebody on duty of whom nothing is heard is taken to be there.
	heardWithin = 2 * time.Hour
	// dutyEvery is how often that is looked at.
	dutyEvery = time.Minute
)

// Heard is when something was last heard of staff. It is kept in memory: after a start the two hours begin anew. The zero value is ready.
type Heard struct {
	mu     sync.Mutex
	since  time.Time // from when on anything could be heard; zero before the first look
	looked time.Time
	last   map[string]time.Time
}

// from notes that something is heard of who: an act, a look, coming on duty.
func (h *Heard) from(who access.Who, now time.Time) {
	if h == nil || who.Kind != access.Staff {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == nil {
		h.last = map[string]time.Time{}
	}
	h.last[who.ID] = now
}

// quiet says whether nothing was heard of a member of staff for too long.
func (h *Heard) quiet(staff string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	last := h.since
	if at := h.last[staff]; at.After(last) {
		last = at
	}
	return now.Sub(last) >= heardWithin
}

// due says whether it is time to look again.
func (h *Heard) due(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.since.IsZero() {
		h.since = now
	}
	if now.Sub(h.looked).Abs() < dutyEvery {
		return false
	}
	h.looked = now
	return true
}

// RunDuty ends the duty of those of whom nothing was heard for two hours: no live line, no act, no look, no coming on duty. It says whether it did so.
func (d *Desk) RunDuty(ctx context.Context) (did bool, err error) {
	now := d.Clock.Now()
	if d.Live == nil || d.Heard == nil || !d.Heard.due(now) {
		return false, nil
	}
	staff, err := records.OnDutyAnywhere(d.App)
	if err != nil {
		return false, fmt.Errorf("find who is on duty: %w", err)
	}
	var faults []error
	for _, s := range staff {
		switch {
		case d.Live(s.Id):
			d.Heard.from(s.Who(""), now)
		case d.Heard.quiet(s.Id, now):
			did = true
			faults = append(faults, d.goHome(ctx, s.Id))
		}
	}
	if did {
		faults = append(faults, d.durable(ctx))
	}
	return did, errors.Join(faults...)
}

// goHome takes somebody off duty everywhere.
func (d *Desk) goHome(ctx context.Context, staff string) error {
	err := d.App.RunInTransaction(func(tx core.App) error {
		s, err := records.StaffByID(tx, staff)
		if err != nil {
			return err
		}
		s.EndDutyBut(nil)
		return tx.SaveWithContext(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("end the duty of %s: %w", staff, err)
	}
	return nil
}

// endTheDay takes everybody off duty in a queue that has closed, unless it opens again that day. What they hold stays theirs.
func endTheDay(ctx context.Context, tx core.App, queue string, closed hours.Status, now time.Time) error {
	if !closed.OpensAt.IsZero() && closed.OpensAt.Before(hours.Tomorrow(now)) {
		return nil
	}
	staff, err := records.DutyIn(tx, queue)
	if err != nil {
		return fmt.Errorf("find who is on duty: %w", err)
	}
	for _, s := range staff {
		s.GoOffDuty(queue)
		if err := tx.SaveWithContext(ctx, s); err != nil {
			return fmt.Errorf("end the duty of %s: %w", s.Id, err)
		}
	}
	return nil
}
