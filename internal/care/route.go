package care

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/hours"
	"lotsen/internal/records"
	"lotsen/internal/routing"
	"lotsen/internal/triage"
)

// Routed is where an errand goes.
type Routed struct {
	Queue *records.Queue
	Route *records.Route // the row that says so; nil where the region has no table that does
}

// RouteTold is the row that sent a case to its queue, as it was then.
type RouteTold struct {
	ID   string `json:"id"`
	Rank int    `json:"rank"`
	Name string `json:"name"`
}

// Told is the row as events tell it; nil for none.
func (r Routed) Told() *RouteTold {
	if r.Route == nil {
		return nil
	}
	return &RouteTold{ID: r.Route.Id, Rank: r.Route.Rank(), Name: r.Route.Name()}
}

// RowOf reads a row. Its error says what of it cannot be read, for who has written it.
func RowOf(r *records.Route) (routing.Route, error) {
	from, to := r.Ages()
	row := routing.Route{
		ID: r.Id, Rank: r.Rank(), Name: r.Name(), Unit: r.Unit(), Complaints: r.Complaints(), Levels: r.Levels(),
		AgeFrom: from, AgeTo: to, Languages: r.Languages(), Queue: r.Queue(),
	}
	var err error
	row.Hours, err = routing.ParseHours(r.Hours())
	return row, err
}

// TryRoute says where an errand of a region would go at its time, and which row says so. One that names no unit is of the region's default unit.
// Errors: access.ErrDenied for all but superusers and those who lead a queue of the region; records.ErrNotFound where it has no queue.
func (d *Desk) TryRoute(_ context.Context, who access.Who, region *records.Region, e routing.Errand) (Routed, error) {
	if err := d.mayTry(who, region); err != nil {
		return Routed{}, err
	}
	t, err := tableOf(d.App, region)
	if err != nil {
		return Routed{}, err
	}
	return t.route(d.App, e)
}

func (d *Desk) mayTry(who access.Who, region *records.Region) error {
	if err := access.TryRoutes(who); err != nil || who.Kind == access.Superuser {
		return err
	}
	for _, id := range who.Queues {
		q, err := records.QueueByID(d.App, id)
		if err != nil {
			return fmt.Errorf("find queue of lead: %w", err)
		}
		if q.Region() == region.Id {
			return nil
		}
	}
	return access.ErrDenied
}

// routes are a region's table as it is read.
type routes struct {
	region string
	unit   string // the id of the unit of cases that name none, or ""
	rows   []*records.Route
	table  []routing.Route // of the same rows

	queues   map[string]*records.Queue // by id: those that rows lead to, as they are found
	standIns map[string]*records.Queue // by unit
}

// tableOf reads a region's table. A row that cannot be read is passed over.
func tableOf(app core.App, region *records.Region) (*routes, error) {
	t := &routes{region: region.Id, queues: map[string]*records.Queue{}, standIns: map[string]*records.Queue{}}
	unit, err := records.UnitBySlug(app, region.Id, region.DefaultUnit())
	switch {
	case err == nil:
		t.unit = unit.Id
	case records.IgnoreMissing(err) != nil:
		return nil, fmt.Errorf("find default unit: %w", err)
	}
	all, err := records.RoutesOf(app, region.Id)
	if err != nil {
		return nil, fmt.Errorf("find routes: %w", err)
	}
	for _, r := range all {
		row, err := RowOf(r)
		if err != nil {
			logMisread(app, region.Id, "route "+r.Id, r.Hours(), err)
			continue
		}
		t.rows, t.table = append(t.rows, r), append(t.table, row)
	}
	return t, nil
}

// route finds the first row that takes an errand. Where there is none, or it leads nowhere, a queue of the unit or the region stands in: how a region
// is set up costs no patient a place.
func (t *routes) route(app core.App, e routing.Errand) (Routed, error) {
	e.Unit = cmp.Or(e.Unit, t.unit)
	e = atDay(e)
	slip := errors.New("no row takes every case")
	if i, ok := routing.Match(t.table, e); ok {
		q, err := t.queue(app, t.table[i].Queue)
		if err == nil {
			return Routed{Queue: q, Route: t.rows[i]}, nil
		}
		if records.IgnoreMissing(err) != nil {
			return Routed{}, fmt.Errorf("find queue of route: %w", err)
		}
		slip = fmt.Errorf("row %s leads to no queue", t.rows[i].Id)
	}
	logMisread(app, t.region, "routes", []byte(slip.Error()), slip)
	return t.standIn(app, e.Unit)
}

// atDay says of an errand what its time says of the day.
func atDay(e routing.Errand) routing.Errand {
	e.Holiday, e.HolidayBefore = hours.Holiday(e.At)
	return e
}

// holding names the rows that hold at some times and hold at now.
func (t *routes) holding(now time.Time) string {
	at, ids := atDay(routing.Errand{At: now}), ""
	for _, r := range t.table {
		if r.Hours != nil && r.Holds(at) {
			ids += r.ID + " "
		}
	}
	return ids
}

// queue finds a queue once for all cases that are sent to it.
func (t *routes) queue(app core.App, id string) (*records.Queue, error) {
	if q, ok := t.queues[id]; ok {
		return q, nil
	}
	q, err := records.QueueByID(app, id)
	if err == nil {
		t.queues[id] = q
	}
	return q, err
}

// standIn is the queue that takes what no row does: the unit's first, or the region's.
func (t *routes) standIn(app core.App, unit string) (Routed, error) {
	if q, ok := t.standIns[unit]; ok {
		return Routed{Queue: q}, nil
	}
	q, err := records.FirstQueueOf(app, unit)
	if errors.Is(err, records.ErrNotFound) {
		q, err = records.FirstQueueIn(app, t.region)
	}
	if err != nil {
		return Routed{}, fmt.Errorf("find a queue of the region: %w", err)
	}
	t.standIns[unit] = q
	return Routed{Queue: q}, nil
}

// errandOf is what of a case its route depends on, as it stands.
func errandOf(c *records.Case, now time.Time) (routing.Errand, error) {
	var person triage.Person
	if err := c.Person(&person); err != nil {
		return routing.Errand{}, err
	}
	return routing.Errand{Unit: c.Unit(), Complaint: c.Complaint(), Level: c.Level(), Age: person.Age, Language: c.Language(), At: now}, nil
}

// route finds where the case goes as it stands. The table is read once an act.
func (a *Act) route() (Routed, error) {
	e, err := errandOf(a.Case, a.Now)
	if err != nil {
		return Routed{}, err
	}
	if a.table == nil {
		if a.table, err = tableIn(a.tx, a.Case.Region()); err != nil {
			return Routed{}, err
		}
	}
	return a.table.route(a.tx, e)
}

func tableIn(app core.App, region string) (*routes, error) {
	r, err := records.RegionByID(app, region)
	if err != nil {
		return nil, fmt.Errorf("find region: %w", err)
	}
	return tableOf(app, r)
}

// unrouted is what is left of an error in finding where a case goes, for acts that only note it: what the patient does is saved, and told. A fault
// of the database that lasts stays one, so that everybody is told; and where no queue takes the case, nothing is wrong with the act.
func (a *Act) unrouted(err error) error {
	if err = records.IgnoreMissing(err); err == nil || records.FaultOf(err).Lasting() {
		return err
	}
	a.tx.Logger().Error(notHeaded, "case", a.Case.Id, "error", err)
	return nil
}
