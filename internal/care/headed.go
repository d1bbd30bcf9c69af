package care

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// A case has no queue before it joins, and yet a lead must find who was told to be in a hurry and has not. So each case that may join keeps the queue
// that it is headed for: as it stands, by the table as it stands. It is written with every act of the case, and anew when the table changes or a row
// of it begins or ends to hold.

// head notes where the case would go, while it may join and has not.
func (a *Act) head() error {
	if !unjoined(a.Case) {
		a.Case.HeadFor("")
		return nil
	}
	to, err := a.route()
	switch {
	case err == nil:
		a.Case.HeadFor(to.Queue.Id)
	case errors.Is(err, records.ErrNotFound):
		a.Case.HeadFor("")
	}
	return a.unrouted(err)
}

// Heads notes where cases are headed, beside their acts. It does one thing at a time, so what is noted last is by the newest table.
type Heads struct {
	Desk *Desk

	turn   sync.Mutex
	minute time.Time         // when Run last looked
	held   map[string]string // by region: the rows that held then, of those that hold at some times
}

// notHeaded is said in the log.
const notHeaded = "where a case is headed could not be found"

// DoorOf is the queue that a case waits in, or would join now; "" where none takes it. It asks the table: what is noted with the case is as old as
// the last look at it.
func (d *Desk) DoorOf(c *records.Case) string {
	noted := cmp.Or(c.Queue(), c.Headed())
	if c.Queue() != "" || !unjoined(c) {
		return noted
	}
	t, err := tableIn(d.App, c.Region())
	if err == nil {
		var to string
		if to, err = t.head(d.App, c, d.Clock.Now()); err == nil {
			return to
		}
	}
	d.Log.Error(notHeaded, "case", c.Id, "error", err)
	return noted
}

// Rehead notes anew where each case of a region that has not joined would go: its table has changed. Nothing has happened to the cases, so they
// have no event more.
func (h *Heads) Rehead(id string) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	t, err := tableIn(h.Desk.App, id)
	if err == nil {
		err = h.rehead(t, h.Desk.Clock.Now())
	}
	if err != nil {
		return fmt.Errorf("see where cases are headed: %w", err)
	}
	return nil
}

// Run does the same for each region where a row has begun or ended to hold since it last looked, and for all at the first look of a program. It
// says whether there was one. Hours begin and end with a minute, so it reads the tables once a minute; a region that fails is tried again in the next.
func (h *Heads) Run(context.Context) (bool, error) {
	h.turn.Lock()
	defer h.turn.Unlock()
	now := h.Desk.Clock.Now()
	minute := now.Truncate(time.Minute)
	if minute.Equal(h.minute) {
		return false, nil
	}
	regions, err := records.RegionList(h.Desk.App)
	if err != nil {
		return false, fmt.Errorf("list regions: %w", err)
	}
	did := false
	var faults []error
	for _, r := range regions {
		turned, err := h.keep(r, now)
		if err != nil {
			faults = append(faults, fmt.Errorf("see where cases of region %s are headed: %w", r.Id, err))
		}
		did = did || turned
	}
	h.minute = minute
	return did, errors.Join(faults...)
}

// keep does so for one region, if other rows of its table hold than did.
func (h *Heads) keep(region *records.Region, now time.Time) (bool, error) {
	t, err := tableOf(h.Desk.App, region)
	if err != nil {
		return false, err
	}
	holding := t.holding(now)
	if held, seen := h.held[region.Id]; seen && held == holding {
		return false, nil
	}
	if err := h.rehead(t, now); err != nil {
		return false, err
	}
	if h.held == nil {
		h.held = map[string]string{}
	}
	h.held[region.Id] = holding
	return true, nil
}

// reheadAtOnce is how many cases are noted in one transaction: others who write wait for it.
const reheadAtOnce = 200

// rehead reads without holding up anybody, and writes what has changed. What happens to a case meanwhile notes where that goes, and stands.
func (h *Heads) rehead(t *routes, now time.Time) error {
	list, err := records.UnjoinedIn(h.Desk.App, t.region)
	if err != nil {
		return fmt.Errorf("find cases that have not joined: %w", err)
	}
	to := map[string]string{}
	list = slices.DeleteFunc(list, func(c *records.Case) bool {
		queue, fault := t.head(h.Desk.App, c, now)
		if fault != nil {
			h.Desk.Log.Error(notHeaded, "case", c.Id, "error", fault) // the others are not to wait for it
		}
		to[c.Id] = queue
		return fault != nil || queue == c.Headed()
	})
	for some := range slices.Chunk(list, reheadAtOnce) {
		err = errors.Join(err, h.Desk.App.RunInTransaction(func(tx core.App) error {
			for _, c := range some {
				if err := records.Rehead(tx, c, to[c.Id]); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return err
}

// head is the queue that a case would go to at now; "" where none takes it.
func (t *routes) head(app core.App, c *records.Case, now time.Time) (string, error) {
	e, err := errandOf(c, now)
	if err != nil {
		return "", err
	}
	to, err := t.route(app, e)
	if err != nil {
		return "", records.IgnoreMissing(err)
	}
	return to.Queue.Id, nil
}

// unjoined says whether a case may join a queue and has not.
func unjoined(c *records.Case) bool {
	return c.State() == cases.Answering || c.State() == cases.Recommended
}
