package api_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestTheThirdInTenDays lets one person come three times, and once long before. Row and summary name the days.
func TestTheThirdInTenDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	come := func() *records.Case {
		t.Helper()
		_, c := w.Active(t, kit.Anna)
		if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
			t.Fatal(err)
		}
		return c
	}
	come()
	w.Clock.Advance(20 * 24 * time.Hour)
	first := come()
	w.Clock.Advance(6 * 24 * time.Hour)
	second := come()
	w.Clock.Advance(3 * 24 * time.Hour)
	_, c := w.Waiting(t, kit.Anna)
	want := []any{records.RFC3339(first.Created()), records.RFC3339(second.Created()), records.RFC3339(c.Created())}
	if got := w.row(t)["contacts"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the row's contacts are %v, want %v", got, want)
	}
	a := w.call(t, w.Nurse, "GET", "/cases/"+c.Id+"/summary", nil)
	if got := a.at("contacts"); !reflect.DeepEqual(got, want) {
		t.Errorf("the summary's contacts are %v, want %v", got, want)
	}
	if text, _ := a.at("text").(string); !strings.Contains(text, "Kontakt nummer 3 på tio dagar: 15/12, 21/12, 24/12") {
		t.Errorf("the text to copy does not say so: %s", text)
	}
}

func TestWhoIsHeldAndByWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	_, other := w.Active(t, kit.Bo)
	w.say(t, w.Nurse, other.Id, "Jag läser.", false)
	w.say(t, anna, c.Id, "Hallå?", false)
	path := "/queues/" + w.Norrvik.Id + "/held"
	rows := func() []map[string]any {
		t.Helper()
		return w.call(t, w.Doctor, "GET", path, nil).list(t)
	}
	before := rows()
	if len(before) != 2 || before[0]["id"] != c.Id || before[0]["freed"] != nil || before[0]["owed"] != "2026-11-25T08:00:00.000Z" || before[0]["clinicianName"] != "Nurse" {
		t.Fatalf("held: %v, want first whose patient waits for a word, not free yet", before)
	}
	w.call(t, w.Doctor, "POST", "/cases/"+c.Id+"/claim", object{"reason": "hjälper till"}).want(t, http.StatusConflict, "by", w.Nurse.ID)
	for range 2 {
		w.Clock.Advance(10 * time.Minute)
		if _, err := w.Desk.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := rows(); got[0]["id"] != c.Id || got[0]["freed"] != "2026-11-25T08:20:00.000Z" {
		t.Errorf("after twenty minutes: %v, want it free", got[0])
	}
	queues := w.call(t, w.Doctor, "GET", "/queues", nil).list(t)
	if queues[0]["free"] != 1.0 {
		t.Errorf("the queue counts %v free, want 1", queues[0]["free"])
	}
	w.call(t, w.Doctor, "POST", "/cases/"+c.Id+"/claim", object{"reason": "hjälper till"}).want(t, http.StatusOK)
	a := w.call(t, w.Doctor, "GET", "/cases/"+c.Id+"/summary", nil)
	if a.at("takenOver", "from") != "Nurse" || a.at("takenOver", "note") != "hjälper till" {
		t.Errorf("taken over from %v", a.at("takenOver"))
	}
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/close", object{"outcome": "advice", "advice": "Vila."}).want(t, http.StatusForbidden)
	seen, err := records.LooksAt(w.App, c, 100)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range seen {
		if row.Look().What == "list of held" && row.Look().By == w.Doctor.ID {
			n++
		}
	}
	if n != 2 {
		t.Errorf("two looks at the list are %d rows of the access log", n)
	}
	if care.Defaults().Free != care.Minutes(20*time.Minute) {
		t.Error("the default is not twenty minutes")
	}
}
