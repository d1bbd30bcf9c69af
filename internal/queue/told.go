package queue

import (
	"math"
	"sync"
	"time"

	"lotsen/internal/cases"
)

// Reason is why a wait is longer than the same person was told before.
type Reason string

// The reasons.
const (
	MoreUrgent Reason = "more_urgent" // people who are more ill came first
	FewerStaff Reason = "fewer_staff" // fewer are at work
	Slower     Reason = "slower"      // each takes longer
)

// Told is what somebody was told of the wait, and what that rested on.
type Told struct {
	Interval
	Reason Reason // why High is more than was told before, if it is
	Shown  bool   // false: no figure; what was told last is kept, for a later figure may be more
	Basis
}

// Basis is what a figure rested on, so that a later one can say what has changed.
type Basis struct {
	Ahead  int
	Crew   float64 // how many were at work
	each   float64 // what each of them finished in a minute; 0 where the program has been started anew since
	urgent float64 // how many more urgent came in a minute
}

// Again is what to tell somebody who was told last before; nil where nothing was. Where the figure has not fallen and what was told is still
// as good as the best, that is told again: a figure should not tremble. What is told rises only with a reason.
func (g Ground) Again(last *Told, ahead int, level cases.Level) Told {
	i, shown := g.Estimate(ahead, level)
	if !shown {
		if last == nil {
			return Told{}
		}
		kept := *last
		kept.Shown = false
		return kept
	}
	now := Told{Interval: i, Shown: true, Basis: g.basis(ahead, level)}
	if last == nil || last.Interval == (Interval{}) {
		return now
	}
	if i.High <= last.High {
		return now.under(last)
	}
	const asGood = 0.9
	w := g.wait(ahead, level)
	if still := w.chance(last.Interval); still >= least && still >= asGood*w.chance(i) {
		kept := *last
		kept.Shown = true
		return kept
	}
	now.Reason = now.since(last.Basis)
	return now
}

// under is a figure that ends no later than the last. Its beginning is not later, either: that would look like a rise. The reason for an
// earlier rise stands while the figure does.
func (t Told) under(last *Told) Told {
	t.Low = min(t.Low, last.Low)
	if t.Interval == last.Interval {
		t.Reason, t.Basis = last.Reason, last.Basis
	}
	return t
}

func (g Ground) basis(ahead int, level cases.Level) Basis {
	return Basis{Ahead: ahead, Crew: g.crew, each: g.pace / g.crew, urgent: g.urgent(level)}
}

// since is which of the three has lengthened the wait most since then. What can be none of the others is that it goes slower than was thought.
func (t Told) since(then Basis) Reason {
	line := math.Log(float64(t.Ahead+1) / float64(then.Ahead+1))
	staff, each := 0.0, 0.0
	if then.Crew > 0 {
		staff = math.Log(then.Crew / t.Crew)
	}
	if then.each > 0 {
		each = math.Log(then.each / t.each)
		line += math.Max(0, math.Log(t.share()/then.share()))
	}
	switch {
	case line > 0 && line >= staff && line >= each:
		return MoreUrgent
	case staff > 0 && staff >= each:
		return FewerStaff
	}
	return Slower
}

// share is by how much those more urgent lengthen the wait.
func (b Basis) share() float64 {
	if b.each <= 0 || b.Crew <= 0 {
		return 1
	}
	return 1 / (1 - math.Min(mostUrgent, b.urgent/(b.each*b.Crew)))
}

// Figures is what everyone who waits was told, and the pace that it is told from. The zero value is ready; it is safe for concurrent use and must
// not be copied.
type Figures struct {
	Pace Pace

	mu   sync.Mutex
	told map[string]Told
}

// Tell is what to tell a case that has so many ahead, and whether that is another figure than it was told last.
func (f *Figures) Tell(e Entry, ahead int, now time.Time) (t Told, changed bool) {
	return f.TellOn(f.Pace.Ground(e.Queue, now), e, ahead)
}

// TellOn is Tell where the ground is known: one ground serves a whole line.
func (f *Figures) TellOn(g Ground, e Entry, ahead int) (t Told, changed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var last *Told
	if was, known := f.told[e.ID]; known {
		last = &was
	}
	t = g.Again(last, ahead, e.Level)
	f.keep(e.ID, t)
	return t, last == nil || t.Shown != last.Shown || t.Shown && (t.Interval != last.Interval || t.Reason != last.Reason)
}

// Remember notes what a case was told by other means, if nothing later is known.
func (f *Figures) Remember(id string, t Told) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.told[id]; !known {
		f.keep(id, t)
	}
}

// Forget forgets a case that waits no more.
func (f *Figures) Forget(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.told, id)
}

func (f *Figures) keep(id string, t Told) {
	if f.told == nil {
		f.told = map[string]Told{}
	}
	f.told[id] = t
}
