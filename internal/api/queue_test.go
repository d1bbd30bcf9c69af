package api_test

import (
	"net/http"
	"testing"
	"time"

	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/personnummer"
	"lotsen/test/kit"
)

func TestJoiningTellsThePlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Waiting(t, kit.Bo)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, anna)
	path := "/cases/" + c.Id + "/queue"
	before := w.call(t, anna, "GET", path, nil)
	before.want(t, http.StatusOK)
	if before.json["position"] != nil || before.json["state"] != "answering" {
		t.Errorf("before joining the place is %s", before.raw)
	}
	w.call(t, anna, "POST", path, object{}).want(t, http.StatusConflict, "state", "answering")
	w.Decide(t, anna, c.Id, nil)

	a := w.call(t, anna, "POST", path, object{"phone": "070-174 06 07", "interpreter": true})
	a.want(t, http.StatusOK)
	for name, want := range (object{"position": 2.0, "ahead": 1.0, "estimate": nil, "open": true, "opensAt": nil, "state": "waiting"}) {
		if got, there := a.json[name]; !there || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if now := w.Case(t, c.Id); now.Phone() != "+46701740607" || !now.Interpreter() {
		t.Errorf("the case has phone %q and interpreter %v", now.Phone(), now.Interpreter())
	}
	again := w.call(t, anna, "POST", path, object{"phone": "070-174 06 07", "interpreter": true})
	again.want(t, http.StatusOK)
	if again.json["position"] != 2.0 {
		t.Errorf("joining again gives %s", again.raw)
	}

	left := w.call(t, anna, "DELETE", path, nil)
	left.want(t, http.StatusOK)
	if left.at("case", "state") != "cancelled" || left.at("case", "closed") != "2026-11-25T08:00:00.000Z" {
		t.Errorf("leaving gives %s", left.raw)
	}
	w.call(t, anna, "DELETE", path, nil).want(t, http.StatusOK)
	w.Clock.Advance(9 * time.Minute)
	back := w.call(t, anna, "POST", path, nil)
	back.want(t, http.StatusOK)
	if back.json["position"] != 2.0 {
		t.Errorf("who regrets stands at %v, want the old place", back.json["position"])
	}
	w.call(t, anna, "DELETE", path, nil).want(t, http.StatusOK)
	w.Clock.Advance(11 * time.Minute)
	w.call(t, anna, "POST", path, nil).want(t, http.StatusConflict, "state", "cancelled")
}

func TestWatchingReadsThePlaceAndNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	_, other := w.Waiting(t, kit.Bo)
	path := "/cases/" + c.Id + "/queue"
	watch, _ := w.call(t, anna, "GET", path, nil).json["watch"].(string)
	id, until, ok := api.ReadWatch(w.App, watch, time.Now())
	if !ok || id != c.Id || time.Until(until) < 11*time.Hour || time.Until(until) > 12*time.Hour {
		t.Fatalf("the watch token is of %q until %v, %v; want this case for 12 hours", id, until, ok)
	}
	for _, token := range []string{watch, "Bearer " + watch} {
		a := w.send(t, token, "GET", path, nil)
		a.want(t, http.StatusOK)
		if a.json["position"] != 1.0 || a.json["state"] != "waiting" || a.json["watch"] != watch {
			t.Errorf("watching gives %s", a.raw)
		}
	}
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "test"); err != nil {
		t.Fatal(err)
	}
	turn := w.send(t, watch, "GET", path, nil)
	if turn.json["state"] != "called" || turn.json["position"] != nil {
		t.Errorf("it is their turn, and watching gives %s", turn.raw)
	}
	w.send(t, watch, "GET", "/cases/"+other.Id+"/queue", nil).want(t, http.StatusUnauthorized)
	w.send(t, watch+"x", "GET", path, nil).want(t, http.StatusUnauthorized)
	w.send(t, watch, "DELETE", path, nil).want(t, http.StatusUnauthorized)
	w.send(t, watch, "GET", "/me", nil).want(t, http.StatusUnauthorized)
	old, err := api.NewWatch(w.App, c.Id, time.Now().Add(-time.Second))
	if err != nil {
		t.Fatal(err)
	}
	w.send(t, old, "GET", path, nil).want(t, http.StatusUnauthorized)
}

// TestWatchingTellsNotHowUrgentItIs: a warning is for level 1 and 2 alone.
func TestWatchingTellsNotHowUrgentItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, id := w.decided(t, kit.Anna, urgently)
	own := w.call(t, who, "POST", "/cases/"+id+"/queue", object{})
	own.want(t, http.StatusOK)
	if own.at("warning", "code") != "not_in_time" {
		t.Errorf("the patient is told %s, want the warning", own.raw)
	}
	watch := w.send(t, own.json["watch"].(string), "GET", "/cases/"+id+"/queue", nil)
	watch.want(t, http.StatusOK)
	for _, name := range []string{"warning", "refusal"} {
		if value, there := watch.json[name]; there {
			t.Errorf("who watches is told the %s %v", name, value)
		}
	}
}

func TestWatchingEndsWithTheRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	number, err := personnummer.Parse(kit.Child, kit.Start)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := w.Desk.Open(t.Context(), anna, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Dependant: &care.Dependant{Number: number, Name: "Elsa", Guardian: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Decide(t, anna, c.Id, nil)
	a := w.call(t, anna, "POST", "/cases/"+c.Id+"/queue", nil)
	a.want(t, http.StatusOK)
	watch, _ := a.json["watch"].(string)
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Verify(t.Context(), w.Nurse, c.Id, false, "inte vårdnadshavare"); err != nil {
		t.Fatal(err)
	}
	w.send(t, watch, "GET", "/cases/"+c.Id+"/queue", nil).want(t, http.StatusUnauthorized)
	w.InState(t, c.Id, cases.Called)
}
