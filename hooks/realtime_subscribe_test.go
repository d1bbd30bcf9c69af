package hooks

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"lotsen/internal/topics"
)

func TestARefusedTopicIsToldAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	patient := h.patient()
	h.allow(patient.Id, true, caseTopic(oneCase), placeTopic(oneCase))
	s := h.open()
	s.listen(h.token(patient, time.Hour, ""), caseTopic(otherCase), caseTopic(oneCase), placeTopic(oneCase))
	s.gets(caseTopic(otherCase), refusedData)
	h.tell(caseTopic(otherCase), "not yours")
	h.tell(caseTopic(oneCase), "yours")
	h.tell(placeTopic(oneCase), "yours too")
	s.gets(caseTopic(oneCase), `"yours"`)
	s.gets(placeTopic(oneCase), `"yours too"`)
}

func TestWhatIsNoTopicOfOursIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	patient := h.patient()
	h.allow(patient.Id, true, caseTopic(oneCase))
	for _, name := range []string{
		caseTopic(oneCase) + "?options=%7B%22query%22%3A%7B%7D%7D", caseTopic(oneCase) + "/", "lotsen/cases/*", "lotsen/",
		"lotsen/patients/" + oneCase,
	} {
		s := h.open()
		s.listen(h.token(patient, time.Hour, ""), name, caseTopic(oneCase))
		s.gets(name, refusedData)
		h.tell(caseTopic(oneCase), 1)
		s.gets(caseTopic(oneCase), "1")
	}
}

func TestAGuestIsRefusedEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.allow("", true, caseTopic(oneCase))
	expired := h.token(h.patient(), -time.Minute, "")
	for what, token := range map[string]string{"no token": "", "nonsense": "abc", "an expired token": expired} {
		s := h.open()
		s.listen(token, caseTopic(oneCase))
		if e := s.next(caseTopic(oneCase)); e.data != refusedData {
			t.Errorf("%s: got %s, want a refusal", what, e.data)
		}
	}
}

func TestOnlySoManyTopicsAreAskedAbout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse := h.nurse()
	var names []string
	for i := range 2 * mostTopics {
		names = append(names, caseTopic(fmt.Sprintf("case%011d", i)))
	}
	h.allow(nurse.Id, true, names...)
	s := h.open()
	s.listen(h.token(nurse, time.Hour, ""), append(names, names...)...)
	if got := h.rt.Fanout.Counts(); got.Topics != mostTopics || got.Cut != 0 {
		t.Errorf("%+v, want %d topics and an open connection", got, mostTopics)
	}
}

func TestAConnectionStaysItsOwners(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.patient(), h.patient()
	h.allow(second.Id, true, caseTopic(otherCase))
	s := h.listening(first, caseTopic(oneCase))
	if status := s.ask(h.token(second, time.Hour, ""), caseTopic(otherCase)); status != http.StatusForbidden {
		t.Errorf("somebody else's token on the connection answers %d, want 403", status)
	}
	h.tell(caseTopic(otherCase), "of the second")
	h.tell(caseTopic(oneCase), "of the first")
	s.gets(caseTopic(oneCase), `"of the first"`)
}

// PocketBase lets two people through who ask on a guest's connection at the same
// time; the second of them is refused here.
func TestTwoPeopleAtOnceDoNotShareAConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.patient(), h.patient()
	h.allow(second.Id, true, caseTopic(otherCase))
	s := h.open()
	client, err := h.rt.broker.ClientById(s.id)
	if err != nil {
		t.Fatalf("the connection is not known: %v", err)
	}
	c, ok := client.(*realtimeClient)
	if !ok {
		t.Fatalf("the client is a %T, want one of ours", client)
	}
	c.admit(badge{who: Who{Collection: first.Collection().Name, ID: first.Id}, until: now().Add(time.Hour)})
	if status := s.ask(h.token(second, time.Hour, ""), caseTopic(otherCase)); status != http.StatusForbidden {
		t.Errorf("the second answers %d, want 403", status)
	}
}

func TestAWatchTokenShowsThePlaceInLineOfItsCaseAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) {
		rt.Watch = func(token string) (string, time.Time, bool) { return oneCase, now().Add(time.Hour), token == "watch" }
	})
	all := []string{caseTopic(oneCase), placeTopic(otherCase), queueTopic(oneCase), staffTopic(oneCase), placeTopic(oneCase)}
	h.allow(oneCase, true, all...)
	for _, header := range []string{"watch", "Bearer watch"} {
		s := h.open()
		s.listen(header, all...)
		for _, name := range all[:4] {
			s.gets(name, refusedData)
		}
		h.tell(placeTopic(oneCase), 3)
		s.gets(placeTopic(oneCase), "3")
	}
	s := h.open()
	s.listen("not a watch token", placeTopic(oneCase))
	s.gets(placeTopic(oneCase), refusedData)
}

func TestAWatchTokenGivesWayToItsCase(t *testing.T) {
	t.Parallel()
	ended := false
	h := newHouse(t, func(rt *Realtime) {
		rt.Watch = func(string) (string, time.Time, bool) { return oneCase, now().Add(time.Hour), !ended }
	})
	h.allow(oneCase, true, placeTopic(oneCase))
	s := h.open()
	s.listen("watch", placeTopic(oneCase))
	h.allow(oneCase, false, placeTopic(oneCase))
	h.rt.recheck(t.Context(), topics.Topic{Kind: topics.Place, ID: oneCase})
	s.gets(placeTopic(oneCase), refusedData)

	patient := h.patient() // the same connection, now logged in
	h.allow(patient.Id, true, caseTopic(oneCase))
	s.listen(h.token(patient, time.Hour, ""), caseTopic(oneCase))
	h.tell(caseTopic(oneCase), 1)
	s.gets(caseTopic(oneCase), "1")
}

func TestARightThatCannotBeAskedForFailsTheRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	patient := h.patient()
	h.fault = errors.New("the database is gone")
	s := h.open()
	if status := s.ask(h.token(patient, time.Hour, ""), caseTopic(oneCase)); status != http.StatusInternalServerError {
		t.Errorf("subscribing answers %d, want 500: a refusal would be a lie", status)
	}
}

func TestARightThatEndsWhileItIsBeingAskedFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	patient := h.patient()
	h.allow(patient.Id, true, caseTopic(oneCase))
	h.ask = func() { // the answer, still yes, is on its way
		h.allow(patient.Id, false, caseTopic(oneCase))
		h.rt.recheck(t.Context(), topics.Topic{Kind: topics.Case, ID: oneCase})
	}
	s := h.open()
	s.listen(h.token(patient, time.Hour, ""), caseTopic(oneCase))
	s.gets(caseTopic(oneCase), refusedData)
	if h.rt.Fanout.Counts().Lines != 0 {
		t.Error("the client listens by a right that has ended")
	}
}
