package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

type whoSays = access.Who

func saveMessage(m *records.Message) func(core.App) error {
	return func(tx core.App) error { return tx.Save(m) }
}

// items are the events of an answer by their number.
func items(t *testing.T, a response) map[int]object {
	t.Helper()
	a.want(t, http.StatusOK)
	out := map[int]object{}
	for _, item := range a.json["items"].([]any) {
		out[int(item.(object)["seq"].(float64))] = item.(object)
	}
	return out
}

func TestEventsHaveNoHolesAndNoSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	start := w.Case(t, c.Id).Seq()
	said := w.say(t, anna, c.Id, "Hej", false)
	note := w.say(t, w.Nurse, c.Id, "Bara vi", true)
	if _, err := w.Desk.MarkRead(t.Context(), w.Nurse, c.Id, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, c.Id, 2, "låter sjuk"); err != nil {
		t.Fatal(err)
	}
	path := "/cases/" + c.Id + "/events?after=" + strconv.Itoa(start)
	hers := items(t, w.call(t, anna, "GET", path, nil))
	ours := items(t, w.call(t, w.Nurse, "GET", path, nil))
	if len(hers) != 4 || len(ours) != 4 {
		t.Fatalf("patient and staff get %d and %d events, want 4 each", len(hers), len(ours))
	}
	message := hers[start+1]
	if message["type"] != "message" || message["message"].(object)["id"] != said.Id || message["message"].(object)["body"] != "Hej" {
		t.Errorf("a message is %v", message)
	}
	if nr := message["message"].(object)["nr"]; nr != 1.0 {
		t.Errorf("the first message shows the number %v, want 1", nr)
	}
	if _, there := message["message"].(object)["fingerprint"]; there {
		t.Error("a message shows its fingerprint")
	}
	if void := hers[start+2]; len(void) != 3 || void["type"] != "void" || void["at"] != "2026-11-25T08:00:00.000Z" {
		t.Errorf("a note is %v to the patient, want type, seq and at alone", void)
	}
	if got := ours[start+2]; got["type"] != "message" || got["message"].(object)["id"] != note.Id {
		t.Errorf("a note is %v to staff", got)
	}
	if read := hers[start+3]; read["type"] != "read" || read["by"] != "staff" || read["upTo"] != 1.0 {
		t.Errorf("a read mark is %v", read)
	}
	state := hers[start+4]
	if state["type"] != "state" || state["kind"] != "level" || state["level"] != 2.0 || state["state"] != "active" || state["clinicianName"] != "Nurse" {
		t.Errorf("a change of level is %v", state)
	}
	for _, secret := range []string{"why", "was", "from", "byName"} {
		if _, there := state[secret]; there {
			t.Errorf("the patient reads %s of a change of level", secret)
		}
	}
	if why := ours[start+4]["why"]; why != "låter sjuk" {
		t.Errorf("staff read the reason as %v", why)
	}
}

func TestEventsComeInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	for i := w.Case(t, c.Id).Seq(); i < 203; i++ {
		w.say(t, anna, c.Id, "Ord "+strconv.Itoa(i), false)
	}
	path := "/cases/" + c.Id + "/events"
	first := w.call(t, anna, "GET", path, nil)
	if n := len(items(t, first)); n != 200 || first.json["next"] != 200.0 {
		t.Errorf("the first page holds %d and goes on at %v, want 200 and 200", n, first.json["next"])
	}
	rest := w.call(t, anna, "GET", path+"?after=200", nil)
	if n := len(items(t, rest)); n != 3 || rest.json["next"] != nil {
		t.Errorf("the rest holds %d and goes on at %v, want 3 and null", n, rest.json["next"])
	}
	none := w.call(t, anna, "GET", path+"?after=203", nil)
	if none.raw != `{"items":[],"next":null}`+"\n" {
		t.Errorf("after the last there is %s", none.raw)
	}
	w.call(t, anna, "GET", path+"?after=x", nil).want(t, http.StatusBadRequest, "after", "validation_invalid_type")
	w.call(t, anna, "GET", path+"?after=-1", nil).want(t, http.StatusBadRequest, "after", "validation_too_small")
}

// TestALookThatShowsNothingIsNone holds that staff who are shown no event are not in the access log for it.
func TestALookThatShowsNothingIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.Active(t, kit.Anna)
	looks := func() int {
		rows, err := records.LooksAt(w.App, c, 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	before := looks()
	path := "/cases/" + c.Id + "/events?after="
	w.call(t, w.Nurse, "GET", path+strconv.Itoa(c.Seq()), nil).want(t, http.StatusOK)
	if looks() != before {
		t.Error("a look at nothing is in the access log")
	}
	w.call(t, w.Nurse, "GET", path+"0", nil).want(t, http.StatusOK)
	if looks() != before+1 {
		t.Error("a look is not in the access log")
	}
}
