// Package faults takes from the built binary what it stands on, while people are at work in it, and asks afterwards what is there: it is killed at any
// moment and at named points, the power is cut, the disk is full, read-only or broken, the clock jumps, a reader stalls.
//
// It holds the promises that only a process which fails can break: what was answered outlives it, a text message that was promised goes out once,
// no case is left halfway, who is served is told when nothing can be written, and the program comes up again by itself on the folder that it left.
// docs/decisions/0010-out-of-order.md says what the means prove, and what not. `make faults` goes on for longer.
package faults

import (
	"flag"
	"net/http"
	"slices"
	"testing"
	"time"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.RunBinary(m) }

// rounds makes the random tests go on for so many times as long.
var rounds = flag.Int("rounds", 1, "how many times as long the random faults go on")

const (
	kills = 8                // of a clinic at work
	up    = 20 * time.Second // how long the program may take to come up again
)

// TestWhatWasAnsweredOutlivesAKill lets patients and nurses work, kills the program at any moment, and again, on the same folder.
func TestWhatWasAnsweredOutlivesAKill(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.outlives(t, kills**rounds, w.kill)
}

// TestAKillAfterTheGatewaysAnswerSendsNoSecondMessage kills as soon as the gateway has put a message on its disk: the program has not noted
// that it was sent, and must ask again without sending it again.
func TestAKillAfterTheGatewaysAnswerSendsNoSecondMessage(t *testing.T) {
	t.Parallel()
	w := open(t)
	p, n := w.patients[0], w.nurses[0]
	w.arrive(t, p)
	between := 0
	for range 5 {
		before := len(w.messages(t))
		w.killAtNextMessage(t, n)
		w.look(t, func(left *wreck) { between += left.letters(t)[records.LetterSending] })
		w.start(t)
		w.Advance(t, time.Minute)
		if sent := w.messages(t); len(sent) != before+1 {
			t.Fatalf("the gateway has taken %d messages for one call: %v", len(sent)-before, sent)
		}
		var place struct{ State, Due string }
		p.Want(t, http.StatusOK, http.MethodGet, "/cases/"+p.theCase+"/queue", nil, &place)
		if place.State != "called" || place.Due == "" {
			t.Fatalf("the time for not coming has not started after the restart: %+v", place)
		}
		n.Want(t, http.StatusOK, http.MethodPost, "/cases/"+p.theCase+"/release", map[string]string{"reason": newID()}, nil)
		w.Advance(t, time.Second) // that the turn is put off is told, too
	}
	t.Logf("%d of 5 kills came between the gateway's answer and our note of it", between)
	if between == 0 {
		t.Error("no kill came between the gateway's answer and our note of it: this test has tried nothing")
	}
	w.settle(t)
}

// TestAKilledStartIsStartedAgain kills the very first start, which makes the collections and the people, at any moment.
func TestAKilledStartIsStartedAgain(t *testing.T) {
	t.Parallel()
	for range 3 {
		b := kit.Unstarted(t)
		for range 3 {
			b.KillStarting(t, time.Duration(draw(1200))*time.Millisecond)
		}
		w := &world{Binary: b}
		w.start(t)
		w.people(t)
		if n := len(w.queues); n != 2 {
			t.Errorf("after killed starts there are %d queues, want 2", n)
		}
		w.arrive(t, w.patients[0])
		w.settle(t)
	}
}

// held says whether a clinician has a case in this state.
func held(state string) bool { return slices.Contains([]string{"called", "active", "paused"}, state) }

// goesOn says whether a case has not ended.
func goesOn(state string) bool {
	return held(state) || slices.Contains([]string{"answering", "recommended", "waiting"}, state)
}
