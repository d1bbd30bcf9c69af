package api_test

import (
	"net/http"
	"testing"
	"time"

	"lotsen/internal/cases"
	"lotsen/test/kit"
)

// TestWhoAnswersAndIsInDangerIsSeen lets somebody write words of danger among the first questions, and go away.
func TestWhoAnswersAndIsInDangerIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := func() (out []any) {
		t.Helper()
		for _, row := range w.call(t, w.Lead, "GET", "/queues/"+w.Norrvik.Id+"/unjoined", nil).list(t) {
			out = append(out, row["id"])
			if row["target"] != nil {
				t.Errorf("who has not joined has the target %v", row["target"])
			}
		}
		return out
	}
	anna, bo := w.Person(t, kit.Anna, "Anna"), w.Person(t, kit.Bo, "Bo")
	danger, plain := w.Open(t, anna), w.Open(t, bo)
	w.call(t, anna, "POST", "/cases/"+danger.Id+"/freetext", object{"text": "jag kan inte andas"}).want(t, http.StatusOK)
	w.call(t, bo, "POST", "/cases/"+plain.Id+"/freetext", object{"text": "Det kliar."}).want(t, http.StatusOK)
	if got := ids(); len(got) != 1 || got[0] != danger.Id {
		t.Errorf("unjoined: %v, want who has written words of danger, and not who is still writing", got)
	}
	w.Clock.Advance(4 * 24 * time.Hour)
	if _, err := w.Desk.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.InState(t, plain.Id, cases.Answering)
	if got := ids(); len(got) != 2 || got[0] != danger.Id {
		t.Errorf("after three days: %v, want whoever is kept, danger first", got)
	}
}

// TestTheSameWorseAfterJoiningIsNews holds that what nobody saw before the join is no repeat after it.
func TestTheSameWorseAfterJoiningIsNews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna")
	c := w.Open(t, anna)
	w.Decide(t, anna, c.Id, nil)
	body := object{"answers": mild(t, w, c)}
	count := func() int {
		t.Helper()
		return w.Case(t, c.Id).Seq()
	}
	w.call(t, anna, "POST", "/cases/"+c.Id+"/worse", body).want(t, http.StatusOK)
	before := count()
	w.call(t, anna, "POST", "/cases/"+c.Id+"/worse", body).want(t, http.StatusOK)
	if count() != before {
		t.Error("the same at once is done twice")
	}
	w.call(t, anna, "POST", "/cases/"+c.Id+"/queue", nil).want(t, http.StatusOK)
	before = count()
	a := w.call(t, anna, "POST", "/cases/"+c.Id+"/worse", body)
	a.want(t, http.StatusOK)
	if count() != before+1 || a.at("alert") == nil {
		t.Errorf("the same after joining is taken for a copy: %s", a.raw)
	}
}

// TestThePauseAndTheLimitReachWhoWaits holds that the page of who waits says so, too.
func TestThePauseAndTheLimitReachWhoWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	place := func() response { t.Helper(); return w.call(t, anna, "GET", "/cases/"+c.Id+"/queue", nil) }
	if a := place(); a.at("paused") != nil || a.at("full") != false {
		t.Errorf("before: %s", a.raw)
	}
	w.call(t, w.Lead, "PUT", "/queues/"+w.Norrvik.Id+"/state", object{"paused": true, "capToday": 1, "until": "2026-11-25T12:00:00.000Z"}).want(t, http.StatusNoContent)
	if a := place(); a.at("paused") != "2026-11-25T12:00:00.000Z" || a.at("full") != true || a.at("position") != 1.0 {
		t.Errorf("paused and full: %s", a.raw)
	}
}
