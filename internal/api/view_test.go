package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestMarksAreNotLostWhenACaseIsTaken holds that who has taken a case sees what its row in the queue said.
func TestMarksAreNotLostWhenACaseIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	path := "/cases/" + c.Id
	w.call(t, anna, "POST", path+"/freetext", object{"text": "Jag har ont i bröstet."}).want(t, http.StatusOK)
	w.say(t, anna, c.Id, "Hej", false)
	w.say(t, anna, c.Id, "Är någon där?", false)
	take := object{"take": "take00000000001"}
	first := w.call(t, w.Nurse, "POST", "/queues/"+w.Norrvik.Id+"/next", take)
	if marks := fmt.Sprint(first.at("case", "marks")); marks != "[freetext danger]" || first.at("case", "unread") != 2.0 || first.at("case", "messages") != 2.0 {
		t.Errorf("taken, the case shows %s, want its marks, 2 unread and 2 messages", first.raw)
	}
	summary := w.call(t, w.Nurse, "GET", path+"/summary", nil)
	if marks := fmt.Sprint(summary.at("marks")); marks != "[freetext danger]" || summary.at("unread") != 2.0 {
		t.Errorf("the summary shows %s and %v unread, want both marks and 2", marks, summary.at("unread"))
	}
	w.say(t, anna, c.Id, "Nu är jag här.", false)
	w.call(t, w.Nurse, "PUT", path+"/read", object{"upTo": 3, "freetext": true}).want(t, http.StatusNoContent)
	if again := w.call(t, w.Nurse, "POST", "/queues/"+w.Norrvik.Id+"/next", take); again.raw != first.raw {
		t.Errorf("the same take again answers\n%s\nwant what was answered then\n%s", again.raw, first.raw)
	}
	summary = w.call(t, w.Nurse, "GET", path+"/summary", nil)
	if marks := fmt.Sprint(summary.at("marks")); marks != "[here]" || summary.at("unread") != 0.0 {
		t.Errorf("after reading, the summary shows %s and %v unread, want that the patient is here", marks, summary.at("unread"))
	}
}

// TestEachSideCountsWhatItHasNotRead opens the case again for the patient, whose answer counts what staff have written.
func TestEachSideCountsWhatItHasNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	in := opening(object{"id": "caseanna0000001", "phone": kit.Phone})
	first := w.call(t, anna, "POST", "/cases", in)
	first.want(t, http.StatusOK)
	if first.at("case", "messages") != 0.0 || first.at("case", "unread") != 0.0 || first.at("case", "marks") != nil {
		t.Errorf("a new case shows %s, want no messages, and no marks to its patient", first.raw)
	}
	w.Decide(t, anna, "caseanna0000001", nil)
	path := "/cases/caseanna0000001"
	w.call(t, anna, "POST", path+"/queue", object{}).want(t, http.StatusOK)
	w.call(t, w.Nurse, "POST", path+"/claim", object{"reason": "x"}).want(t, http.StatusOK)
	w.say(t, w.Nurse, "caseanna0000001", "Hej", false)
	w.say(t, w.Nurse, "caseanna0000001", "till kollegan", true)
	m := w.say(t, w.Nurse, "caseanna0000001", "Hur mår du?", false)
	if shown := m.PublicExport()["nr"]; fmt.Sprint(shown) != "2" {
		t.Errorf("the message shows the number %v, want 2: notes do not count", shown)
	}
	now := w.call(t, anna, "POST", "/cases", in)
	if now.at("case", "messages") != 2.0 || now.at("case", "unread") != 2.0 {
		t.Errorf("to its patient the case shows %s, want 2 messages, both unread", now.raw)
	}
	w.call(t, anna, "PUT", path+"/read", object{"upTo": m.Nr()}).want(t, http.StatusNoContent)
	if now := w.call(t, anna, "POST", "/cases", in); now.at("case", "unread") != 0.0 {
		t.Errorf("after reading up to the number shown, the case shows %s, want none unread", now.raw)
	}
	found := w.call(t, w.Nurse, "POST", "/cases/search", object{"name": "Anna", "reason": "x"})
	if list, _ := found.at("items").([]any); len(list) != 1 || list[0].(object)["marks"] == nil || list[0].(object)["unread"] != 0.0 {
		t.Errorf("a search shows %s, want the case with marks, and nothing unread by staff", found.raw)
	}
	if m.Kind() != records.FromStaff {
		t.Errorf("the message is of the kind %q", m.Kind())
	}
}
