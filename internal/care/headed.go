package care

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// A case has no queue before it joins, and yet a lead must find who was told to be in a hurry and has not. So each case that may join keeps the queue
// that it is headed for: as it stands, by the table as it stands. It is written with every act of the case, and anew when the table changes.

// head notes where the case would go, while it may join and has not.
func (a *Act) head() error {
	if a.Case.State() != cases.Answering && a.Case.State() != cases.Recommended {
		a.Case.HeadFor("")
		return nil
	}
	to, err := a.route()
	if err != nil {
		a.Case.HeadFor("")
		return records.IgnoreMissing(err)
	}
	a.Case.HeadFor(to.Queue.Id)
	return nil
}

// Rehead notes anew where each case of a region that has not joined would go: its table has changed, or time has passed. Nothing has happened to
// the cases, so they have no event more.
func (d *Desk) Rehead(id string) error {
	err := d.App.RunInTransaction(func(tx core.App) error {
		region, err := records.RegionByID(tx, id)
		if err != nil {
			return fmt.Errorf("find region: %w", err)
		}
		t, err := tableOf(tx, region)
		if err != nil {
			return err
		}
		waiting, err := records.UnjoinedIn(tx, id)
		if err != nil {
			return fmt.Errorf("find cases that have not joined: %w", err)
		}
		for _, c := range waiting {
			if err := t.rehead(tx, c, d.Clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("see where cases are headed: %w", err)
	}
	return nil
}

// ReheadAll does the same for all regions.
func (d *Desk) ReheadAll() error {
	regions, err := records.RegionList(d.App)
	if err != nil {
		return fmt.Errorf("list regions: %w", err)
	}
	for _, r := range regions {
		if err := d.Rehead(r.Id); err != nil {
			return err
		}
	}
	return nil
}

func (t *routes) rehead(tx core.App, c *records.Case, now time.Time) error {
	e, err := errandOf(c, now)
	if err != nil {
		return err
	}
	queue := ""
	to, err := t.route(tx, e)
	switch {
	case err == nil:
		queue = to.Queue.Id
	case !errors.Is(err, records.ErrNotFound):
		return err
	}
	if queue == c.Headed() {
		return nil
	}
	return records.Rehead(tx, c, queue)
}
