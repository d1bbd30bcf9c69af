package care

import (
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/hours"
	"lotsen/internal/records"
)

// Standing is how a queue stands at one time: whether it is open, and what its lead has switched.
type Standing struct {
	Open     bool
	OpensAt  time.Time // while closed; zero where it is not known
	ClosesAt time.Time // while open; zero where it is not known

	PausedUntil time.Time // zero where it is not paused
	Cap         *int      // how many may join today; nil for any number
	CapUntil    time.Time
	Message     string // the lead's line to those who wait; "" for none

	queue string
	hours hours.Hours
}

// Place is a queue with its unit and its region: what its hours are put together from.
type Place struct {
	Queue  *records.Queue
	Unit   *records.Unit
	Region *records.Region
}

// PlaceOf finds what a queue belongs to.
func PlaceOf(app core.App, q *records.Queue) (Place, error) {
	unit, err := records.UnitByID(app, q.Unit())
	if err != nil {
		return Place{}, fmt.Errorf("find unit of queue: %w", err)
	}
	region, err := records.RegionByID(app, q.Region())
	if err != nil {
		return Place{}, fmt.Errorf("find region of queue: %w", err)
	}
	return Place{q, unit, region}, nil
}

// HoursOf are the hours that hold in a place. One whose plan cannot be read is always open, as one without any: how it is set up never costs a patient
// an answer. Queue and Unit may be nil: then the hours are those of what is left.
func HoursOf(app core.App, p Place) hours.Hours {
	plans := make([]hours.Plan, 0, 3)
	read := func(id string, raw []byte) bool {
		plan, err := understood.parse(raw)
		if err != nil {
			logMisread(app, id, "hours", raw, err)
			return false
		}
		plans = append(plans, plan)
		return true
	}
	ok := read(p.Region.Id, p.Region.Hours())
	if p.Unit != nil {
		ok = read(p.Unit.Id, p.Unit.Hours()) && ok
	}
	if p.Queue != nil {
		ok = read(p.Queue.Id, p.Queue.Hours()) && ok
	}
	if !ok {
		return hours.Layer()
	}
	return hours.Layer(plans...)
}

// StandingAt is how the queue of a place stands at now.
func StandingAt(app core.App, p Place, now time.Time) Standing {
	s := Standing{queue: p.Queue.Id, hours: HoursOf(app, p)}
	at := s.hours.At(now)
	s.Open, s.OpensAt, s.ClosesAt = at.Open, at.OpensAt, at.ClosesAt
	if until := p.Queue.PausedUntil(); until.After(now) {
		s.PausedUntil = until
	}
	if n, until := p.Queue.Cap(); until.After(now) {
		s.Cap, s.CapUntil = &n, until
	}
	if text, until := p.Queue.Message(); until.After(now) {
		s.Message = text
	}
	return s
}

// Refusal says why somebody of this level may not join the queue now, or is nil. Level 1 and 2 always may: a queue never keeps out who may be in danger.
func (d *Desk) Refusal(s Standing, level cases.Level) (*NotEligible, error) {
	return s.refusal(d.App, level, d.Clock.Now())
}

func (s Standing) refusal(app core.App, level cases.Level, now time.Time) (*NotEligible, error) {
	switch {
	case level <= cases.Urgent:
		return nil, nil
	case !s.Open && s.hours.Refuses():
		return &NotEligible{Code: queueClosed, OpensAt: s.OpensAt, Line: s.Message}, nil
	case !s.PausedUntil.IsZero():
		return &NotEligible{Code: queuePaused, OpensAt: s.openFrom(s.PausedUntil), Until: s.PausedUntil, Line: s.Message}, nil
	case s.Cap == nil:
		return nil, nil
	}
	if full, err := s.Full(app, now); err != nil || !full {
		return nil, err
	}
	until := s.CapUntil
	if tomorrow := hours.Tomorrow(now); tomorrow.Before(until) {
		until = tomorrow
	}
	return &NotEligible{Code: queueFull, OpensAt: s.openFrom(until), Until: until, Line: s.Message}, nil
}

// Full says whether as many have joined today as the lead lets in.
func (s Standing) Full(app core.App, now time.Time) (bool, error) {
	if s.Cap == nil {
		return false, nil
	}
	n, err := records.JoinedSince(app, s.queue, hours.Midnight(now))
	if err != nil {
		return false, fmt.Errorf("count who has joined today: %w", err)
	}
	return n >= *s.Cap, nil
}

// openFrom is the first time from at on at which it is open; zero where none is known.
func (s Standing) openFrom(at time.Time) time.Time {
	then := s.hours.At(at)
	if then.Open {
		return at
	}
	return then.OpensAt
}

// mayJoin refuses who may not join a queue now.
func (a *Act) mayJoin(q *records.Queue) error {
	p, err := PlaceOf(a.tx, q)
	if err != nil {
		return err
	}
	s := StandingAt(a.tx, p, a.Now)
	refusal, err := s.refusal(a.tx, a.Case.Level(), a.Now)
	if err != nil {
		return err
	}
	if refusal != nil {
		return refusal
	}
	if !s.Open {
		a.Case.TellShut(a.Now) // the answer to joining says so
	}
	return nil
}

// opens is the next time at which the queue that the case would join is open: now, if it is, or if that is not known.
func (a *Act) opens() (time.Time, error) {
	to, err := a.route()
	if err != nil {
		return a.Now, a.unrouted(err)
	}
	p, err := PlaceOf(a.tx, to.Queue)
	if err != nil {
		return a.Now, a.unrouted(err)
	}
	if s := StandingAt(a.tx, p, a.Now); s.OpensAt.After(a.Now) {
		return s.OpensAt, nil
	}
	return a.Now, nil
}

// InTime says whether a case of level 1 or 2 can be met within its target, as far as hours and duty tell: not where the queue is closed now or closes
// before, nor where nobody is on duty. Others always can, and so can one that has met somebody.
func (s Standing) InTime(c *records.Case, t Times, now time.Time, onDuty int) bool {
	if c.Level() == 0 || c.Level() > cases.Urgent || c.State() != cases.Recommended && c.State() != cases.Waiting {
		return true
	}
	since := c.Since()
	if c.State() != cases.Waiting {
		since = now
	}
	target := t.Target(c.Level(), since)
	return s.Open && onDuty > 0 && (s.ClosesAt.IsZero() || !s.ClosesAt.Before(target))
}
