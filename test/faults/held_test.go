package faults

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"lotsen/test/kit"
)

// answer is what somebody has been told of one request: that it is done, that it is too late, or, where a kill came first, nothing.
type answer int

const (
	notAsked answer = iota
	cutOff
	granted
	tooLate
)

// word is a message that a nurse has written: held for a while or said at once, and taken back or not.
type word struct {
	id         string
	hold       int64 // seconds; 0 for what is said at once
	sent, back answer
}

// writer writes in one case, one word after the other.
type writer struct {
	*kit.Client
	theCase string
	words   []*word
}

// send writes a word, or asks for the same again.
func (w *writer) send(t *testing.T, one *word) {
	t.Helper()
	path, body := recordPath("messages", ""), map[string]any{"id": one.id, "case": w.theCase, "body": one.id}
	if one.hold > 0 {
		path, body = "/cases/"+w.theCase+"/held", map[string]any{"id": one.id, "body": one.id, "hold": one.hold}
	}
	one.sent = w.ask(t, http.MethodPost, path, body)
}

// ask asks for something, and says what was answered.
func (w *writer) ask(t *testing.T, method, path string, body any) answer {
	t.Helper()
	a, err := w.Do(t.Context(), method, path, body)
	switch {
	case err != nil:
		return cutOff
	case a.OK():
		return granted
	case a.Status == http.StatusConflict:
		return tooLate
	}
	t.Errorf("%s %s was answered %d %s", method, path, a.Status, a.Body)
	return cutOff
}

func (w *writer) takeBack(t *testing.T, one *word) {
	t.Helper()
	one.back = w.ask(t, http.MethodDelete, "/cases/"+w.theCase+"/held/"+one.id, nil)
}

// write goes on until there is no answer any more.
func (w *writer) write(t *testing.T) {
	t.Helper()
	for {
		one := &word{id: newID(), hold: draw(4)}
		w.words = append(w.words, one)
		if w.send(t, one); one.sent == cutOff {
			return
		}
		if draw(3) > 0 {
			continue
		}
		old := w.words[max(0, len(w.words)-1-int(draw(8)))]
		if old.hold == 0 || old.back != notAsked {
			continue
		}
		if w.takeBack(t, old); old.back == cutOff || !rest(t.Context()) {
			return
		}
	}
}

// askAgain asks for what the kill has cut off.
func (w *writer) askAgain(t *testing.T) {
	t.Helper()
	for _, one := range w.words {
		if one.sent == cutOff {
			if w.send(t, one); one.sent != granted {
				t.Errorf("the same word again is refused: it was %v", one.sent)
			}
		}
		if one.back == cutOff {
			w.takeBack(t, one)
		}
	}
}

// check holds what is there against what was written: each word once and in order, but for those that were taken back.
func (w *writer) check(t *testing.T) {
	t.Helper()
	var want, got []string
	back := 0
	for _, one := range w.words {
		if one.back == granted {
			back++
			continue
		}
		want = append(want, one.id)
	}
	for _, m := range listOf[messageRow](t, w.Client, "messages", w.theCase) {
		got = append(got, m.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d words were written and %d taken back; the messages are\n%v\nwant\n%v", len(w.words), back, got, want)
	}
	var left struct{ Items []any }
	w.Want(t, http.StatusOK, http.MethodGet, "/cases/"+w.theCase+"/held", nil, &left)
	if len(left.Items) > 0 {
		t.Errorf("still held, or not said: %v", left.Items)
	}
	t.Logf("%d words, %d taken back", len(w.words), back)
}

// active lets a patient come and a nurse take the case.
func (w *world) active(t *testing.T) *writer {
	t.Helper()
	p, n := w.patients[0], w.nurses[0]
	w.arrive(t, p)
	n.Want(t, http.StatusOK, http.MethodPost, "/queues/"+n.queue+"/next", map[string]string{"take": newID()}, nil)
	p.Want(t, http.StatusNoContent, http.MethodPost, "/cases/"+p.theCase+"/here", nil, nil)
	return &writer{Client: n.Client, theCase: p.theCase}
}

// killWhile kills the program at any moment while somebody does something in it, and brings it up again.
func (w *world) killWhile(t *testing.T, within time.Duration, do func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	<-time.After(time.Duration(draw(int64(within))))
	w.Kill(t)
	<-ended
	w.look(t, func(left *wreck) { w.checkWreck(t, left) })
	w.start(t)
}

// TestWhatIsHeldOutlivesAKill lets a nurse write, hold and take back, and kills the program at any moment: each word is said once or taken back, and
// in the order in which it was written.
func TestWhatIsHeldOutlivesAKill(t *testing.T) {
	t.Parallel()
	w := open(t)
	n := w.active(t)
	for range 5 {
		w.killWhile(t, 3*time.Second, func() { n.write(t) })
		n.askAgain(t)
		w.Advance(t, 20*time.Second)
		if n.check(t); t.Failed() {
			return
		}
	}
	w.settle(t)
}

// TestAHeldEndOutlivesAKill holds the end of a case, takes it back or not, and kills the program at any moment: the case has ended once, or not at all.
func TestAHeldEndOutlivesAKill(t *testing.T) {
	t.Parallel()
	w := open(t)
	n := w.active(t)
	at := "/cases/" + n.theCase
	ends := 0
	for range 6 {
		end := map[string]any{"outcome": "advice", "advice": newID(), "hold": 2}
		sent, back, want := cutOff, notAsked, draw(3) > 0
		w.killWhile(t, 4*time.Second, func() {
			if sent = n.ask(t, http.MethodPost, at+"/close", end); sent == granted && want {
				<-time.After(time.Duration(draw(int64(1500 * time.Millisecond))))
				back = n.ask(t, http.MethodDelete, at+"/close", nil)
			}
		})
		switch {
		case sent == cutOff:
			sent = n.ask(t, http.MethodPost, at+"/close", end)
		case back == cutOff:
			back = n.ask(t, http.MethodDelete, at+"/close", nil)
		}
		w.Advance(t, 5*time.Second)
		state := "active"
		if back != granted {
			state = "closed"
			ends++
		}
		n.endedTimes(t, ends, state, fmt.Sprint(end["advice"]))
		if t.Failed() {
			return
		}
		t.Logf("asked %v, taken back %v: %s", sent, back, state)
		if state == "closed" {
			n.Want(t, http.StatusOK, http.MethodPost, at+"/reopen", map[string]string{"reason": newID()}, nil)
		}
	}
	w.settle(t)
}

// endedTimes fails the test unless the case has ended so often, is in that state, and, if it has ended, with that advice.
func (w *writer) endedTimes(t *testing.T, times int, state, advice string) {
	t.Helper()
	var c caseRecord
	w.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", w.theCase), nil, &c)
	ended := 0
	for _, e := range eventsOf(t, w.Client, w.theCase) {
		if e.Kind == "closed" {
			ended++
		}
	}
	if c.State != state || ended != times || (state == "closed") != (c.Advice == advice) {
		t.Errorf("the case is %q with %q and has ended %d times, want %q, %q and %d", c.State, c.Advice, ended, state, advice, times)
	}
}
