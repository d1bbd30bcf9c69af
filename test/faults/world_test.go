package faults

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lotsen/test/kit"
)

// world is a running demo with a few people in it, and what they have been promised.
type world struct {
	*kit.Binary
	told     *ledger
	patients []*patient
	nurses   []*nurse
	queues   []string
}

// open starts a world.
func open(t *testing.T) *world {
	t.Helper()
	w := &world{Binary: kit.Demo(t)}
	w.people(t)
	return w
}

// people logs everybody in. Their log-ins outlive the kills.
func (w *world) people(t *testing.T) {
	t.Helper()
	w.told = &ledger{promises: map[string][]promise{}, owner: map[string]*patient{}}
	for i := range 4 {
		number := personalNumber(fmt.Sprintf("198%d0101238", i))
		w.patients = append(w.patients, &patient{
			person: person{Client: w.Patient(t, number, fmt.Sprintf("Påhittad %d", i)), told: w.told},
			phone:  fmt.Sprintf("+4670174060%d", 5+i),
		})
	}
	for _, email := range []string{"nurse@demo.test", "doctor@demo.test", "south@demo.test"} {
		n := &nurse{person: person{Client: w.Staff(t, email), told: w.told}}
		var queues []struct{ ID string }
		n.Want(t, http.StatusOK, http.MethodGet, "/queues", nil, &queues)
		if len(queues) != 1 {
			t.Fatalf("%s has %d queues, want one", email, len(queues))
		}
		n.queue = queues[0].ID
		w.nurses = append(w.nurses, n)
	}
	nurse, doctor, south := w.nurses[0], w.nurses[1], w.nurses[2]
	nurse.colleague, doctor.colleague = doctor.ID, nurse.ID
	nurse.elsewhere, doctor.elsewhere, south.elsewhere = south.queue, south.queue, nurse.queue
	w.queues = []string{nurse.queue, south.queue}
}

// of is somebody who belongs to a queue.
func (w *world) of(queue string) *nurse {
	for _, n := range w.nurses {
		if n.queue == queue {
			return n
		}
	}
	return nil
}

// outlives lets everybody work at once and ends the program by end, again and again on what is left, and checks each time that all that was answered
// is there.
func (w *world) outlives(t *testing.T, times int, end func(*testing.T)) {
	t.Helper()
	for range times {
		w.workUntil(t, func() { end(t) })
		w.look(t, func(left *wreck) { w.checkWreck(t, left) })
		w.start(t)
		w.checkPromises(t, w.told.fresh())
		w.checkLines(t)
		if t.Failed() {
			return
		}
	}
	w.settle(t)
	w.start(t)
	w.checkPromises(t, w.told.all())
}

// kill kills the program.
func (w *world) kill(t *testing.T) {
	t.Helper()
	w.Kill(t)
}

// workUntil lets everybody work at once, and ends the program by end a moment after so many requests have been answered. It returns when nobody
// works any more.
func (w *world) workUntil(t *testing.T, end func()) {
	t.Helper()
	enough, delay := 30+draw(90), time.Duration(draw(15_000))*time.Microsecond
	reached := w.told.begin(enough)
	done := w.work(t.Context())
	select {
	case <-reached:
		<-time.After(delay) // any moment, not one after an answer
	case <-time.After(30 * time.Second):
		t.Errorf("people have been answered less than %d times in half a minute", enough)
	}
	end()
	done()
	for _, fault := range w.told.takeFaults() {
		t.Error(fault)
	}
	t.Logf("ended after %d answers and %v", enough, delay)
}

// work lets everybody work until there is no answer any more, or ctx ends. What it gives waits for that.
func (w *world) work(ctx context.Context) (wait func()) {
	var all sync.WaitGroup
	for _, p := range w.patients {
		all.Go(func() { p.work(ctx, p.step) })
	}
	for _, n := range w.nurses {
		all.Go(func() { n.work(ctx, n.step) })
	}
	return all.Wait
}

// start brings the program up again, in time.
func (w *world) start(t *testing.T) {
	t.Helper()
	began := time.Now()
	w.Start(t)
	if took := time.Since(began); took > up {
		t.Errorf("the program came up after %v, want %v at most", took, up)
	}
}

// arrive lets a patient come as far as the queue.
func (w *world) arrive(t *testing.T, p *patient) {
	t.Helper()
	for range 100 {
		var c caseRecord
		if p.theCase != "" {
			p.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", p.theCase), nil, &c)
		}
		if c.State == "waiting" {
			return
		}
		next := p.openCase
		switch c.State {
		case "answering":
			next = p.answer
		case "recommended":
			next = p.join
		}
		if !next(t.Context()) {
			break
		}
	}
	t.Fatalf("a patient does not come to the queue: %v", w.told.takeFaults())
}

// killAtNextMessage lets a nurse call the first in line, and kills the program as soon as the gateway has written the message down.
func (w *world) killAtNextMessage(t *testing.T, n *nurse) {
	t.Helper()
	before := w.inboxSize(t)
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		_, _ = n.Do(t.Context(), http.MethodPost, "/queues/"+n.queue+"/next", map[string]string{"take": newID()}) // the kill may come first
	}()
	look := time.NewTicker(100 * time.Microsecond)
	defer look.Stop()
	tooLate := time.After(20 * time.Second)
	for w.inboxSize(t) == before {
		select {
		case <-look.C:
		case <-tooLate:
			t.Fatalf("no message has come to the gateway:\n%s", w.Said())
		}
	}
	w.Kill(t)
	<-asked
}

// settle lets time pass until no letter is on its way any more, stops the program, and checks what then is final.
func (w *world) settle(t *testing.T) {
	t.Helper()
	for range 5 {
		w.Advance(t, 2*time.Minute) // less than a turn is held
		w.Stop(t)
		settled := false
		w.look(t, func(left *wreck) {
			if settled = left.settled(t); settled {
				w.checkWreck(t, left)
				left.checkSent(t)
			}
		})
		if settled || t.Failed() {
			return
		}
		w.start(t)
	}
	t.Error("text messages are still on their way ten minutes after the last kill")
}

// draw is a random number below n.
func draw(n int64) int64 {
	drawn, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic(err) // never happens
	}
	return drawn.Int64()
}

// newID is an id as a client makes it, and a text that stands nowhere else.
func newID() string { return strings.ToLower(rand.Text()[:15]) }

// personalNumber adds the check digit to YYYYMMDD and a serial of the test series.
func personalNumber(eleven string) string {
	sum := 0
	for i, digit := range eleven[2:] {
		n := int(digit-'0') * (2 - i%2)
		sum += n/10 + n%10
	}
	return fmt.Sprintf("%s%d", eleven, (10-sum%10)%10)
}

// recordPath is where PocketBase has a record; "" for the list of them.
func recordPath(collection, id string) string {
	return strings.TrimSuffix("/api/collections/"+collection+"/records/"+id, "/")
}

// rest is what somebody does who has nothing to do, or thinks.
func rest(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(10 * time.Millisecond):
		return true
	}
}
