package hooks

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
)

// followPace lets the pace follow a case that has been committed.
func followPace(figures *queue.Figures, c *records.Case, now time.Time) {
	if c.Queue() == "" {
		return
	}
	figures.Pace.Follow(queue.Sighting{
		ID: c.Id, Seq: c.Seq(), Queue: c.Queue(), Level: c.Level(), State: c.State(), Clinician: c.Clinician(), At: now,
	})
	switch {
	case !c.State().Open():
		figures.Forget(c.Id)
	case c.State() == cases.Waiting:
		if told, ok := c.Foretold(); ok {
			figures.Remember(c.Id, queue.Told{
				Interval: queue.Interval{Low: told.Low, High: told.High}, Shown: true,
				Basis: queue.Basis{Ahead: told.Ahead, Crew: float64(told.Crew)},
			})
		}
	}
}

// dutyOf are the queues that a member of staff is on duty in and belongs to: whoever has left a queue is not there, whatever they last said.
func dutyOf(s *records.Staff) []string {
	var on []string
	for _, q := range s.Duty() {
		if slices.Contains(s.Queues(), q) {
			on = append(on, q)
		}
	}
	return on
}

// followDuty lets the pace follow who is on duty. Whoever is deleted is not.
func (h *herald) followDuty(e *core.RecordEvent) error {
	s := records.AsStaff(e.Record)
	h.figures.Pace.OnDuty(s.Id, dutyOf(s), h.desk.Clock.Now())
	return nil
}

func (h *herald) endDuty(e *core.RecordEvent) error {
	h.figures.Pace.OnDuty(e.Record.Id, nil, h.desk.Clock.Now())
	return nil
}

// rebuildPace lets the pace go once more through what has happened of late, and then as things stand now.
func rebuildPace(app core.App, figures *queue.Figures, now time.Time) error {
	work, err := records.RecentWork(app)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, w := range work {
		seen[w.Case] = true
	}
	open, err := openInQueues(app)
	if err != nil {
		return err
	}
	for _, c := range open {
		if !seen[c.Id] { // it joined before what is read
			followPace(figures, c, c.Since())
		}
	}
	for _, w := range work {
		figures.Pace.Follow(queue.Sighting{
			ID: w.Case, Seq: w.Seq, Queue: w.Queue, Level: w.Level, State: w.State, Clinician: w.Clinician, At: w.At,
		})
	}
	for _, c := range open {
		followPace(figures, c, now)
	}
	staff, err := records.OnDutyAnywhere(app)
	for _, s := range staff {
		figures.Pace.OnDuty(s.Id, dutyOf(s), now)
	}
	return err
}

// openInQueues are the cases that wait or that a clinician has, in the order in which they began to wait.
func openInQueues(app core.App) ([]*records.Case, error) {
	waiting, err := records.AllWaiting(app)
	if err != nil {
		return nil, err
	}
	held, err := records.InHands(app)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(waiting, held)
	slices.SortFunc(all, func(a, b *records.Case) int {
		return cmp.Or(a.Since().Compare(b.Since()), cmp.Compare(a.Id, b.Id))
	})
	return all, nil
}

// foretell says what somebody who is about to stand in line is told of the wait.
func foretell(desk *care.Desk, figures *queue.Figures) func(core.App, *records.Case) (records.Foretold, bool) {
	return func(tx core.App, c *records.Case) (records.Foretold, bool) {
		now := desk.Clock.Now()
		ahead, err := records.AheadOf(tx, c)
		sign, noSign := api.SignOf(tx, c.Queue(), now)
		if err = errors.Join(err, noSign); err != nil { // a figure may be missing; a place may not
			desk.Log.Error("foretell a wait", "error", err)
			return records.Foretold{}, false
		}
		told := api.GroundOf(&figures.Pace, c.Queue(), sign.Open, now).Again(nil, ahead, c.Level())
		return records.Foretold{Low: told.Low, High: told.High, Ahead: told.Ahead, Crew: int(told.Crew)}, told.Shown
	}
}
