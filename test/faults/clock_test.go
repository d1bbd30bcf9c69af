package faults

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestAClockThatJumps sets the machine's clock back by an hour between two starts, and on by a day: nobody's place in line is lost, what is due is
// done, no case ends that must not, and log-ins, which live by real time, go on.
func TestAClockThatJumps(t *testing.T) {
	t.Parallel()
	w := open(t)
	first, second, third := w.patients[0], w.patients[1], w.patients[2]
	w.arrive(t, first)
	w.jump(t, -time.Hour)
	w.arrive(t, second)
	w.level(t, 2, first, second)
	before, after := w.record(t, first), w.record(t, second)
	if after.Since <= before.Since {
		t.Errorf("who came before the jump waits since %s, who came after it since %s", before.Since, after.Since)
	}
	w.checkLines(t)
	if c := w.next(t); c.ID != first.theCase {
		t.Errorf("after the jump the first in line is %s, want %s who came first", c.ID, first.theCase)
	}
	w.arrive(t, third)
	w.jump(t, 24*time.Hour)
	w.Advance(t, time.Second) // everything that is due by now is done when it returns
	if c := w.record(t, first); c.State != "waiting" || c.Since != before.Since {
		t.Errorf("whose turn was over a day ago is %q since %s, want waiting since %s", c.State, c.Since, before.Since)
	}
	for _, p := range []*patient{second, third} {
		if c := w.record(t, p); c.State != "waiting" {
			t.Errorf("who waited over the jump is %q, want waiting", c.State)
		}
	}
	w.checkLines(t)
	w.settle(t)
}

// jump lets the machine's clock be set while the program is down. The demo's clock is the machine's and how far it was moved; that is kept in a
// file, and set there.
func (w *world) jump(t *testing.T, by time.Duration) {
	t.Helper()
	w.Stop(t)
	path := filepath.Join(w.Dir, "lotsen-demo.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the demo's state: %v", err)
	}
	state := map[string]any{}
	if err := json.Unmarshal(raw, &state); err != nil {
		t.Fatalf("read the demo's state: %v", err)
	}
	moved, _ := state["moved"].(float64)
	state["moved"] = int64(moved) + int64(by)
	if raw, err = json.Marshal(state); err == nil {
		err = os.WriteFile(path, raw, 0o600)
	}
	if err != nil {
		t.Fatalf("write the demo's state: %v", err)
	}
	w.start(t)
}

func (w *world) record(t *testing.T, p *patient) (c caseRecord) {
	t.Helper()
	p.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", p.theCase), nil, &c)
	return c
}

// next takes the first in line.
func (w *world) next(t *testing.T) caseRecord {
	t.Helper()
	var got struct{ Case caseRecord }
	n := w.nurses[0]
	n.Want(t, http.StatusOK, http.MethodPost, "/queues/"+n.queue+"/next", map[string]string{"take": newID()}, &got)
	return got.Case
}

// level makes people equally ill, so that only the time at which they came orders them.
func (w *world) level(t *testing.T, level int, people ...*patient) {
	t.Helper()
	n := w.nurses[0]
	for _, p := range people {
		if w.record(t, p).Level != level {
			n.Want(t, http.StatusOK, http.MethodPut, "/cases/"+p.theCase+"/level", map[string]any{"level": level, "reason": newID()}, nil)
		}
	}
}
