package faults

import (
	"context"
	"testing"

	"lotsen/test/faults/disk"
)

// point is a moment in a commit at which the program dies. Between two operations on the disk nothing changes that outlives it, so these are all
// the moments that there are; what happens on the network meanwhile is an answer, which the program has given or has not.
type point struct {
	name string
	here func(op disk.Op, done bool, writes int) bool // writes counts those of this commit, the present one included
}

// points are the named moments. The first of a write-ahead log that begins anew is its header: it is synced alone, and no commit.
func points() []point {
	return []point{
		{"nothing is written", func(op disk.Op, done bool, _ int) bool { return op.Kind == disk.Write && !done }},
		{"half is written", func(op disk.Op, done bool, writes int) bool { return op.Kind == disk.Write && !done && writes == 4 }},
		{"written, not synced", func(op disk.Op, done bool, writes int) bool { return op.Kind == disk.Sync && !done && writes > 1 }},
		{"synced, not answered", func(op disk.Op, done bool, writes int) bool { return op.Kind == disk.Sync && done && writes > 1 }},
	}
}

// dieAt kills the program at the so-manieth commit from now on, when it comes to the point. It gives how often it has come there: 0 or 1.
func (m *machine) dieAt(p point, commit int) *int {
	writes, commits := 0, 1
	return m.dieWhen(func(op disk.Op, done bool) bool {
		if !ofDatabase(op) {
			return false
		}
		if op.Kind == disk.Write && !done {
			writes++
		}
		if commits == commit && p.here(op, done, writes) {
			return true
		}
		if op.Kind == disk.Sync && done {
			if writes > 1 {
				commits++
			}
			writes = 0
		}
		return false
	})
}

// dieWhen kills the program at the first operation that is so.
func (m *machine) dieWhen(here func(op disk.Op, done bool) bool) *int {
	died := new(int)
	m.disk.Watch(func(op disk.Op, done bool) error {
		if !here(op, done) {
			return nil
		}
		*died++
		m.Shoot()
		return disk.ErrPower // it does not get further, whatever its other threads do
	})
	return died
}

// died waits for the end, and wants it to have been there.
func (m *machine) died(t *testing.T, times *int, where string) {
	t.Helper()
	m.Gone(t)
	m.disk.Watch(nil)
	if *times != 1 {
		t.Fatalf("the program came to %q %d times, want once", where, *times)
	}
}

// TestEveryStepIsWholeAtEveryPoint walks through the life of a case, and kills the program in each step, at one point after the other. What it had
// not answered is asked again after the restart: it is done then, once.
func TestEveryStepIsWholeAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, p := range points() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			m := boot(t)
			m.live(t, p, func() { m.disk.On() })
		})
	}
}

// TestEveryStepIsWholeWhenThePowerIsCut does the same, and takes away what was not synced, or pieces of it.
func TestEveryStepIsWholeWhenThePowerIsCut(t *testing.T) {
	t.Parallel()
	for _, p := range points()[1:] { // before the first write there is nothing to lose
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			m := boot(t)
			m.live(t, p, func() { m.replace(t) })
		})
	}
}

// live is the life of a case in which every step is cut off. again is what happens to the disk before the restart.
func (m *machine) live(t *testing.T, at point, again func()) {
	t.Helper()
	p, n := m.patients[0], m.nurses[0]
	p.ill = true
	for _, step := range []struct {
		name string
		who  *person
		do   func(context.Context) bool
	}{
		{"opening", &p.person, p.openCase},
		{"answering", &p.person, p.answer},
		{"joining", &p.person, p.join},
		{"taking", &n.person, n.next},
		{"coming", &p.person, p.here},
		{"saying", &p.person, p.speak},
		{"answering back", &n.person, func(ctx context.Context) bool { return n.say(ctx, p.theCase) }},
		{"own words", &p.person, p.ownWords},
		{"another level", &n.person, func(ctx context.Context) bool { return n.level(ctx, p.theCase) }},
		{"closing", &n.person, func(ctx context.Context) bool { return n.end(ctx, p.theCase) }},
	} {
		m.told.begin(1)
		died := m.dieAt(at, 1)
		answered := step.do(t.Context())
		if answered {
			t.Fatalf("%s: it was answered, and the program was to die before", step.name)
		}
		m.died(t, died, at.name)
		again()
		m.look(t, func(left *wreck) { m.checkWreck(t, left) })
		m.start(t)
		step.who.askAgain(t, step.name)
		if step.name == "answering" {
			for p.answer(t.Context()) && m.stateOf(t, p) == "answering" { // what is left
			}
		}
		m.checkPromises(t, m.told.all())
		if t.Failed() {
			t.Fatalf("%s, at %q", step.name, at.name)
		}
	}
	m.settle(t)
}

// askAgain sends what was cut off once more: it must be done now, and once.
func (p *person) askAgain(t *testing.T, what string) {
	t.Helper()
	r := p.unanswered
	if p.unanswered = nil; r == nil {
		t.Fatalf("%s: nothing was cut off: %v", what, p.told.takeFaults())
	}
	answer, err := p.Do(t.Context(), r.method, r.path, r.body)
	if err != nil || !answer.OK() {
		t.Fatalf("%s: asked again it was answered %d %s (%v), want as if for the first time", what, answer.Status, answer.Body, err)
	}
	p.told.keep(r.promised(answer))
}

func (w *world) stateOf(t *testing.T, p *patient) string {
	t.Helper()
	var c caseRecord
	p.Want(t, 200, "GET", recordPath("cases", p.theCase), nil, &c)
	return c.State
}
