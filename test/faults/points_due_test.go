package faults

import (
	"net/http"
	"testing"
	"time"

	"lotsen/test/faults/disk"
)

// TestALetterIsSentOnceWhereverItIsCutOff kills the program at each moment on a letter's way: when it is promised, handed over, taken, noted.
func TestALetterIsSentOnceWhereverItIsCutOff(t *testing.T) {
	t.Parallel()
	m := boot(t)
	p, n := m.patients[0], m.nurses[0]
	m.arrive(t, p)
	taken := func(op disk.Op, done bool) bool {
		return op.Path == "data/demo/sms.jsonl" && op.Kind == disk.Write && done
	}
	before, after := points()[2], points()[3] // of the sync
	for _, at := range []struct {
		name string
		arm  func() *int
	}{
		{"promised", func() *int { return m.dieAt(after, 1) }},
		{"handing over is not noted", func() *int { return m.dieAt(before, 2) }},
		{"handing over is noted", func() *int { return m.dieAt(after, 2) }},
		{"taken, not answered", func() *int { return m.dieWhen(taken) }},
		{"answered, not noted", func() *int { return m.dieAt(before, 3) }},
		{"noted", func() *int { return m.dieAt(after, 3) }},
	} {
		sent := len(m.messages(t))
		m.told.begin(1)
		died := at.arm()
		n.next(t.Context())
		m.died(t, died, at.name)
		m.disk.On()
		m.look(t, func(left *wreck) { m.checkWreck(t, left) })
		m.start(t)
		if n.unanswered != nil {
			n.askAgain(t, at.name)
		}
		m.Advance(t, time.Minute)
		if now := len(m.messages(t)); now != sent+1 {
			t.Fatalf("%s: the gateway has taken %d messages for one call", at.name, now-sent)
		}
		m.checkPromises(t, m.told.all())
		n.Want(t, http.StatusOK, http.MethodPost, "/cases/"+p.theCase+"/release", map[string]string{"reason": newID()}, nil)
		m.Advance(t, time.Second) // that the turn is put off is told, too
	}
	m.settle(t)
}

// TestWhatIsDueIsDoneOnceWhereverItIsCutOff kills the program while it does what is due: a turn that is over, and an end that was held.
func TestWhatIsDueIsDoneOnceWhereverItIsCutOff(t *testing.T) {
	t.Parallel()
	for _, at := range points() {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			m := boot(t)
			p, n := m.patients[0], m.nurses[0]
			m.arrive(t, p)
			m.next(t)
			m.Advance(t, time.Minute) // the letter is sent
			m.due(t, at, p, "missed", 11*time.Minute)
			if c := m.record(t, p); c.State != "waiting" {
				t.Errorf("whose turn was over is %q, want waiting", c.State)
			}
			m.next(t)
			m.Advance(t, time.Minute)
			p.here(t.Context())
			n.Want(t, http.StatusOK, http.MethodPost, "/cases/"+p.theCase+"/close", map[string]any{"outcome": "advice", "advice": newID(), "hold": 10}, nil)
			m.due(t, at, p, "closed", time.Minute)
			if c := m.record(t, p); c.State != "closed" {
				t.Errorf("the end that was held has left the case %q, want closed", c.State)
			}
			m.settle(t)
		})
	}
}

// due lets time pass, has the program die in what then is due, and wants that to have happened once in the end.
func (m *machine) due(t *testing.T, at point, p *patient, kind string, later time.Duration) {
	t.Helper()
	before := count(eventsOf(t, p.Client, p.theCase), kind)
	died := m.dieAt(at, 1)
	if _, err := m.Guest().Do(t.Context(), http.MethodPost, "/demo/clock", map[string]string{"advance": later.String()}); err == nil {
		t.Fatalf("%s: the clock was moved, and the program was to die before", kind)
	}
	m.died(t, died, at.name)
	m.disk.On()
	m.look(t, func(left *wreck) { m.checkWreck(t, left) })
	m.start(t)
	m.Advance(t, later)
	if got := count(eventsOf(t, p.Client, p.theCase), kind) - before; got != 1 {
		t.Errorf("%s, cut off at %q, happened %d times, want once", kind, at.name, got)
	}
}

func count(events []event, kind string) (n int) {
	for _, e := range events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
