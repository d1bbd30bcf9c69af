package permissions

import (
	"context"
	"net/http"
	"testing"
	"time"

	"lotsen/internal/api"
)

// ending is something after which old eyes see a case no more.
type ending struct {
	name, subject string
	happens       func(*testing.T, *world)
	lost          []string // who sees the case before, and nothing of it afterwards
	kept          []string // who still does
	gone          []string // of the lost, those whose connection ends as a whole
}

// endings are all that api.md and issue 3 name.
var endings = []ending{
	{
		name: "a hand-over to another queue", subject: "active",
		happens: func(_ *testing.T, w *world) {
			w.moves("nurse", "POST", "active", "transfer", `{"queue":"`+w.Soder.Id+`","note":"x"}`, 204)
		},
		lost: []string{"nurse", "doctor", "leader", "Mona"}, kept: []string{"Anna"},
	},
	{
		name: "a hand-over within the unit", subject: "active",
		happens: func(_ *testing.T, w *world) {
			w.moves("nurse", "POST", "active", "transfer", `{"queue":"`+w.second.Id+`","note":"x"}`, 204)
		},
		lost: []string{"nurse", "doctor", "leader"}, kept: []string{"Anna", "Mona"},
	},
	{
		name: "the nurse gets another queue", subject: "active",
		happens: func(_ *testing.T, w *world) { w.move("nurse", w.Soder.Id) },
		lost:    []string{"nurse"}, kept: []string{"Anna", "doctor", "leader", "Mona"},
	},
	{
		name: "the nurse who closed it gets another queue", subject: "closed",
		happens: func(_ *testing.T, w *world) { w.move("nurse", w.Soder.Id) },
		lost:    []string{"nurse"}, kept: []string{"Bo", "doctor", "leader"},
	},
	{
		name: "a doctor loses every queue", subject: "active",
		happens: func(_ *testing.T, w *world) { w.move("doctor") },
		lost:    []string{"doctor"}, kept: []string{"Anna", "nurse", "leader"},
	},
	{
		name: "who is mentioned gets a queue of another unit", subject: "active",
		happens: func(_ *testing.T, w *world) { w.move("Mona", w.Soder.Id) },
		lost:    []string{"Mona"}, kept: []string{"Anna", "nurse", "doctor"},
	},
	{
		name: "who is mentioned loses every queue", subject: "active",
		happens: func(_ *testing.T, w *world) { w.move("Mona") },
		lost:    []string{"Mona"}, kept: []string{"Anna", "nurse", "doctor"},
	},
	{
		name: "the case ends for who is mentioned", subject: "active",
		happens: func(_ *testing.T, w *world) { w.finish("active") },
		lost:    []string{"Mona"}, kept: []string{"Anna", "nurse", "doctor"},
	},
	{
		name: "an admin moves a nurse in the dashboard", subject: "active",
		happens: func(_ *testing.T, w *world) {
			r := w.send(request{caller: "admin", method: http.MethodPatch, path: recordsOf("staff") + "/" + w.people["nurse"].ID, body: `{"queues":[]}`})
			if r.status != http.StatusOK {
				w.t.Errorf("an admin moves a nurse: %d %s, want 200", r.status, r.body)
			}
		},
		lost: []string{"nurse"}, kept: []string{"Anna", "doctor"},
	},
	{
		name: "a nurse is deleted", subject: "active",
		happens: func(t *testing.T, w *world) {
			t.Helper()
			if err := w.App.Delete(w.record("nurse")); err != nil {
				t.Fatal(err)
			}
		},
		lost: []string{"nurse"}, gone: []string{"nurse"}, kept: []string{"Anna", "doctor"},
	},
	{
		name: "a password is changed", subject: "active",
		happens: func(t *testing.T, w *world) {
			t.Helper()
			r := w.record("doctor")
			r.SetPassword("another one")
			if err := w.App.Save(r); err != nil {
				t.Fatal(err)
			}
		},
		lost: []string{"doctor"}, gone: []string{"doctor"}, kept: []string{"Anna", "nurse"},
	},
	{
		name: "a guardian is blocked", subject: "child",
		happens: func(_ *testing.T, w *world) {
			w.moves("nurse", "PUT", "child", "guardian", `{"blocked":true,"reason":"x"}`, 200)
		},
		lost: []string{"Gerda"}, kept: []string{"Kim", "nurse", "doctor"},
	},
	{
		name: "the case ends for a guardian whom nobody has verified", subject: "child",
		happens: func(_ *testing.T, w *world) { w.finish("child") },
		lost:    []string{"Gerda"}, kept: []string{"Kim", "nurse", "doctor"},
	},
	{
		name: "the case ends for a guardian who is verified", subject: "child",
		happens: func(_ *testing.T, w *world) {
			w.moves("nurse", "PUT", "child", "guardian", `{"verified":true}`, 200)
			w.finish("child")
		},
		kept: []string{"Gerda", "Kim", "nurse"},
	},
	{
		name: "the child turns 13", subject: "child", happens: birthday,
		lost: []string{"Gerda"}, kept: []string{"Kim", "nurse", "doctor"},
	},
	{
		name: "the child turns 13, and the case has ended", subject: "elder", happens: birthday,
		lost: []string{"Olle"}, kept: []string{"Kim", "nurse", "doctor"},
	},
}

// birthday moves the clock on, one minute past the midnight at which Kim is 13.
func birthday(t *testing.T, w *world) {
	t.Helper()
	w.Clock.Advance(time.Date(2036, 12, 14, 23, 1, 0, 0, time.UTC).Sub(w.Clock.Now()))
	for {
		more, err := w.Desk.RunBirthdays(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// TestALeadIsOneNoMore: who leads no longer sees what leads see.
func TestALeadIsOneNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token("leader")
	path := api.Base + "/queues/" + w.Norrvik.Id + "/unjoined"
	if r := w.send(request{token: token, method: "GET", path: path}); r.status != http.StatusOK {
		t.Fatalf("a lead: %d, want 200", r.status)
	}
	lead := w.record("leader")
	lead.Set("role", "nurse")
	if err := w.App.Save(lead); err != nil {
		t.Fatal(err)
	}
	if r := w.send(request{token: token, method: "GET", path: path}); r.status != http.StatusForbidden {
		t.Errorf("a lead no more: %d, want 403", r.status)
	}
}

// TestALogInThatEndsShowsNothing: by REST, on the stream, and for a new token of the same log-in.
func TestALogInThatEndsShowsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := "lotsen/cases/" + w.cases["active"]
	for _, caller := range []string{"Anna", "nurse"} {
		s := w.listen(caller, topic)
		w.send(request{token: s.token, method: "DELETE", path: api.Base + "/me/session"})
		s.refusedWith(t, topic, true)
		if got := w.reads(s.token, "active"); got != http.StatusNotFound {
			t.Errorf("%s reads the case: %d, want 404", caller, got)
		}
		collection := w.record(caller).Collection().Name
		if r := w.send(request{token: s.token, method: "POST", path: "/api/collections/" + collection + "/auth-refresh"}); r.status != 401 {
			t.Errorf("%s renews the token: %d, want 401", caller, r.status)
		}
	}
}

// TestAQueueThatIsLostIsToldNoMore: its topic ends with the right, too.
func TestAQueueThatIsLostIsToldNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := "lotsen/queues/" + w.Norrvik.Id
	s := w.listen("doctor", topic)
	w.move("doctor", w.Soder.Id)
	s.refusedWith(t, topic, false)
	w.moves("nurse", "POST", "active", "release", `{"reason":"x"}`, 200)
	if told := s.all(); len(told) != 1 || told[0].data != refusal {
		t.Errorf("the doctor is told %v, want the refusal alone", told)
	}
	if r := w.send(request{token: s.token, method: "GET", path: api.Base + "/queues/" + w.Norrvik.Id + "/cases"}); r.status != http.StatusNotFound {
		t.Errorf("the doctor lists the queue: %d, want 404", r.status)
	}
}

// TestAWatchTokenEndsWithTheGuardiansRight: it was given to the guardian.
func TestAWatchTokenEndsWithTheGuardiansRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tokens["watch token"] = func() string { return w.watch("child") }
	topic := "lotsen/cases/" + w.cases["child"] + "/queue"
	place := request{caller: "watch token", method: "GET", path: api.Base + "/cases/" + w.cases["child"] + "/queue"}
	s := w.listen("watch token", topic)
	if told, r := s.all(), w.send(place); len(told) > 0 || r.status != http.StatusOK {
		t.Errorf("before: told %v, asked %d, want nothing and 200", told, r.status)
	}
	w.moves("nurse", "PUT", "child", "guardian", `{"blocked":true,"reason":"x"}`, 200)
	s.refusedWith(t, topic, false)
	if r := w.send(place); r.status != http.StatusUnauthorized {
		t.Errorf("after: %d, want 401", r.status)
	}
}
