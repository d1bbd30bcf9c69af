package care

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/hours"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// RunHours lets opening hours and the lead's switches take effect, and says whether there was anything to do: it compares what those who wait were
// last told, which stands in the queue's row, with what holds now. When a queue closes, each who waits is told once, in a transaction of its own: a
// crash in between leaves the others to be told after it.
func (d *Desk) RunHours(ctx context.Context) (bool, error) {
	places, err := placesOf(d.App)
	if err != nil {
		return false, fmt.Errorf("find queues: %w", err)
	}
	did := false
	var faults []error
	for _, p := range places {
		one, err := d.keepHours(ctx, p)
		if err != nil {
			faults = append(faults, fmt.Errorf("keep the hours of queue %s: %w", p.Queue.Id, err))
		}
		did = did || one
	}
	if did {
		faults = append(faults, d.durable(ctx))
	}
	return did, errors.Join(faults...)
}

// placesOf are all queues, each with what it belongs to, in three queries.
func placesOf(app core.App) ([]Place, error) {
	regions, err := records.RegionList(app)
	if err != nil {
		return nil, err
	}
	units, err := records.UnitList(app)
	if err != nil {
		return nil, err
	}
	queues, err := records.QueueList(app)
	if err != nil {
		return nil, err
	}
	regionOf, unitOf := map[string]*records.Region{}, map[string]*records.Unit{}
	for _, r := range regions {
		regionOf[r.Id] = r
	}
	for _, u := range units {
		unitOf[u.Id] = u
	}
	list := make([]Place, 0, len(queues))
	for _, q := range queues {
		if p := (Place{q, unitOf[q.Unit()], regionOf[q.Region()]}); p.Region != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// keepHours does what is due for one queue. An error with one case keeps no other from being told.
func (d *Desk) keepHours(ctx context.Context, p Place) (did bool, err error) {
	now := d.Clock.Now()
	if turned(p.Queue, HoursOf(d.App, p), now) || endSwitches(p.Queue, now) {
		if p, did, err = d.turnSign(ctx, p.Queue.Id); err != nil {
			return did, err
		}
	}
	from := p.Queue.ShutFrom()
	if from.IsZero() {
		return did, nil
	}
	untold, err := records.NotToldShut(d.App, p.Queue.Id, from, dueAtOnce)
	if err != nil {
		return did, err
	}
	var faults []error
	for _, id := range untold {
		told, err := d.tellShut(ctx, id, p)
		if err != nil {
			faults = append(faults, fmt.Errorf("tell case %s: %w", id, err))
		}
		did = did || told
	}
	return did, errors.Join(faults...)
}

// turned says whether a queue's row tells something else than its hours: it has opened, it has closed, or it has done both while nobody looked.
func turned(q *records.Queue, h hours.Hours, now time.Time) bool {
	from, open := q.ShutFrom(), h.At(now).Open
	if open || from.IsZero() {
		return open != from.IsZero()
	}
	missed := h.At(from)
	return !missed.Open && !missed.OpensAt.IsZero() && !missed.OpensAt.After(now)
}

// turnSign notes in the queue's row what holds now, as it is read anew. Saving the row tells pages and streams.
func (d *Desk) turnSign(ctx context.Context, queue string) (p Place, did bool, err error) {
	err = d.App.RunInTransaction(func(tx core.App) error {
		q, err := records.QueueByID(tx, queue)
		if err != nil {
			return err
		}
		if p, err = PlaceOf(tx, q); err != nil {
			return err
		}
		now := d.Clock.Now()
		did = endSwitches(q, now)
		if h := HoursOf(tx, p); turned(q, h, now) {
			did = true
			if err := turn(ctx, tx, q, h.At(now), now); err != nil {
				return err
			}
		}
		if !did {
			return nil
		}
		return tx.SaveWithContext(ctx, q)
	})
	return p, did && err == nil, err
}

// turn notes that a queue has opened or closed. With its day ends the duty in it.
func turn(ctx context.Context, tx core.App, q *records.Queue, to hours.Status, now time.Time) error {
	if to.Open {
		q.Unshut()
		return nil
	}
	from := to.Since
	if from.IsZero() {
		from = now
	}
	q.Shut(from)
	return endTheDay(ctx, tx, q.Id, to, now)
}

// tellShut tells who waits that the queue has closed, if that is still so and was not told.
func (d *Desk) tellShut(ctx context.Context, id string, p Place) (told bool, err error) {
	err = d.App.RunInTransaction(func(tx core.App) error {
		c, err := records.CaseByID(tx, id)
		if err != nil {
			return err
		}
		q, err := records.QueueByID(tx, p.Queue.Id)
		if err != nil {
			return err
		}
		from := q.ShutFrom()
		told = c.State() == cases.Waiting && c.Queue() == q.Id && !from.IsZero() && c.ShutTold().Before(from)
		if !told {
			return nil
		}
		_, err = d.actIn(ctx, tx, request{who: programme, event: cases.ShutFor, find: theCase(id), fill: func(a *Act) error { return a.shut(p) }})
		return err
	})
	return told && err == nil, err
}

// shut tells one who waits that the queue has closed: when it opens, or where to turn. The place is kept.
func (a *Act) shut(p Place) error {
	a.Case.TellShut(a.Now)
	opens := StandingAt(a.tx, p, a.Now).OpensAt
	a.told.OpensAt = records.RFC3339(opens)
	letter := records.Post{Seq: a.nextSeq(), Until: opens}
	switch {
	case a.Case.Level() <= cases.Urgent:
		a.told.Words, letter.Text = texts.CaseShutUrgent, texts.SmsShutRead
	case opens.IsZero():
		a.told.Words, letter.Text = texts.CaseShut, texts.SmsShut
	default:
		a.told.Words, letter.Text = texts.CaseShutUntil, texts.SmsShutUntil
		letter.Args = map[string]string{"when": texts.Of(a.Case.Language()).When(hours.Local(opens))}
	}
	return a.send(letter)
}

// shutStands says whether a case waits in a queue that is closed.
func shutStands(tx core.App, caseID string) (bool, error) {
	c, err := records.CaseByID(tx, caseID)
	if err != nil || c.State() != cases.Waiting {
		return false, err
	}
	q, err := records.QueueByID(tx, c.Queue())
	if err != nil {
		return false, err
	}
	return !q.ShutFrom().IsZero(), nil
}
