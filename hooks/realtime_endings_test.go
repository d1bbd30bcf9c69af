package hooks

import (
	"errors"
	"testing"
	"time"

	"lotsen/internal/records"
)

// lateBy gives a time that runs ahead, so that a token of an hour ends in d.
func lateBy(d time.Duration) func(*Realtime) {
	return func(rt *Realtime) {
		rt.pace = pace{idle: soon, ping: 100 * time.Millisecond, write: soon}
		rt.Now = func() time.Time { return now().Add(time.Hour - d) }
	}
}

func TestAConnectionEndsWhenItsTokenDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, lateBy(1500*time.Millisecond))
	h.listening(h.patient(), caseTopic(oneCase)).end()
	if got := h.rt.Fanout.Counts().Lines; got != 0 {
		t.Errorf("%d lines are left, want none", got)
	}
}

func TestAWatchEndsWhenItsTokenDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) {
		rt.Watch = func(string) (string, time.Time, bool) { return oneCase, now().Add(100 * time.Millisecond), true }
	})
	h.allow(oneCase, true, placeTopic(oneCase))
	s := h.open()
	s.listen("watch", placeTopic(oneCase))
	s.end()
}

func TestANewTokenProlongsTheConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t, lateBy(2500*time.Millisecond))
	patient := h.patient()
	s := h.listening(patient, caseTopic(oneCase))
	s.listen(h.token(patient, 2*time.Hour, ""), caseTopic(oneCase))
	for range 27 { // longer than the first token lives
		s.next("ping")
	}
	h.tell(caseTopic(oneCase), "still here")
	s.gets(caseTopic(oneCase), `"still here"`)
}

// After a hand-over, whatever wrote the case, the old eyes are told and see no more.
func TestATopicEndsWithTheRightToIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.row(records.Cases, map[string]any{"state": "active"})
	topic, place := caseTopic(c.Id), placeTopic(c.Id)
	old, patient := h.nurse(), h.patient()
	nurse, reader := h.listening(old, topic, caseTopic(otherCase)), h.listening(patient, topic, place)

	h.allow(old.Id, false, topic)
	h.allow(patient.Id, false, place)
	h.save(c)
	nurse.gets(topic, refusedData)
	reader.gets(place, refusedData)
	h.tell(topic, "to those who may")
	h.tell(place, "to nobody")
	h.tell(caseTopic(otherCase), "another case")
	nurse.gets(caseTopic(otherCase), `"another case"`)
	reader.gets(topic, `"to those who may"`)
}

func TestAQueuesTopicEndsWithTheQueue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	queue := h.row(records.Queues, map[string]any{"name": "Q"})
	nurse := h.nurse()
	s := h.listening(nurse, queueTopic(queue.Id), staffTopic(nurse.Id))
	h.allow(nurse.Id, false, queueTopic(queue.Id))
	if err := h.app.Delete(queue); err != nil {
		t.Fatalf("deleting a queue: %v", err)
	}
	s.gets(queueTopic(queue.Id), refusedData)
	h.tell(staffTopic(nurse.Id), 1)
	s.gets(staffTopic(nurse.Id), "1")
}

func TestTopicsEndWhenAPersonChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse, other := h.nurse(), h.nurse()
	s, stays := h.listening(nurse, caseTopic(oneCase), queueTopic(oneCase)), h.listening(other, queueTopic(oneCase))
	h.allow(nurse.Id, false, queueTopic(oneCase))
	h.save(nurse) // another role, other queues
	s.gets(queueTopic(oneCase), refusedData)
	h.tell(queueTopic(oneCase), "queue")
	h.tell(caseTopic(oneCase), "case")
	s.gets(caseTopic(oneCase), `"case"`)
	stays.gets(queueTopic(oneCase), `"queue"`)
}

func TestConnectionsEndWithThePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse, other := h.nurse(), h.nurse()
	s, stays := h.listening(nurse, caseTopic(oneCase)), h.listening(other, caseTopic(oneCase))
	if err := h.app.Delete(nurse); err != nil {
		t.Fatalf("deleting a nurse: %v", err)
	}
	h.tell(caseTopic(oneCase), 1)
	s.end()
	stays.gets(caseTopic(oneCase), "1")
}

func TestConnectionsEndWhenAllTokensOfAPersonDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse := h.nurse()
	s := h.listening(nurse, caseTopic(oneCase))
	nurse.RefreshTokenKey()
	h.save(nurse)
	h.tell(caseTopic(oneCase), 1)
	s.end()
}

func TestConnectionsEndWithTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	patient := h.patient()
	h.allow(patient.Id, true, caseTopic(oneCase))
	ends, stays := h.open(), h.open()
	ends.listen(h.token(patient, time.Hour, "phone"), caseTopic(oneCase))
	stays.listen(h.token(patient, time.Hour, "laptop"), caseTopic(oneCase))
	if err := records.EndSession(h.app, "phone", patient.Id, now().Add(time.Hour)); err != nil {
		t.Fatalf("ending a session: %v", err)
	}
	h.tell(caseTopic(oneCase), 1)
	ends.end()
	stays.gets(caseTopic(oneCase), "1")
}

func TestAConnectionEndsWhenItsRightCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse := h.nurse()
	s := h.listening(nurse, caseTopic(oneCase))
	h.mu.Lock()
	h.fault = errors.New("the database is gone")
	h.mu.Unlock()
	h.save(nurse)
	h.tell(caseTopic(oneCase), 1)
	s.end()
}

// What lies in the buffer of a reader that is behind is not shown after the right has ended.
func TestWhatIsBufferedDoesNotOutliveTheRight(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := newRealtimeClient(h.rt)
	c.Subscribe(caseTopic(oneCase), caseTopic(otherCase))
	h.tell(caseTopic(oneCase), "said before the end")
	c.line.Drop(caseTopic(oneCase))
	c.line.Send(refusal(caseTopic(oneCase)))
	h.tell(caseTopic(otherCase), "another")
	var written []string
	for len(c.Channel()) > 0 {
		if m := <-c.Channel(); !c.outlived(&m) {
			written = append(written, m.Name+string(m.Data))
		}
	}
	want := []string{"ping{}", caseTopic(oneCase) + refusedData, caseTopic(otherCase) + `"another"`}
	if len(written) != 3 || written[0] != want[0] || written[1] != want[1] || written[2] != want[2] {
		t.Errorf("written: %q, want %q", written, want)
	}
}
