package api_test

import (
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/care"
	"lotsen/test/kit"
)

// wantAll fails the test unless exactly these fields are named, with these codes.
func (a response) wantAll(t *testing.T, codes ...string) {
	t.Helper()
	a.want(t, http.StatusBadRequest, codes...)
	if got, _ := a.at("data").(object); len(got) != len(codes)/2 {
		t.Errorf("%d fields are named, want %d: %s", len(got), len(codes)/2, a.raw)
	}
}

// TestBlanksAreNotSent holds that a text of blanks in the place of one that must be sent is none.
func TestBlanksAreNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	path := "/cases/" + c.Id
	for _, blank := range []string{" ", "\t\n ", "\u00a0\u2003"} {
		w.call(t, anna, "POST", "/cases", object{"region": blank, "complaint": blank, "dependant": object{"personalNumber": blank}}).wantAll(t,
			"region", "validation_required", "complaint", "validation_required", "dependant.personalNumber", "validation_required")
		w.call(t, anna, "POST", path+"/freetext", object{"text": blank}).wantAll(t, "text", "validation_required")
		w.call(t, anna, "PUT", "/me", object{"name": blank}).wantAll(t, "name", "validation_required")
		for door, field := range map[string]string{"/claim": "reason", "/release": "reason"} {
			w.call(t, w.Nurse, "POST", path+door, object{field: blank}).wantAll(t, field, "validation_required")
		}
		w.call(t, w.Nurse, "PUT", path+"/level", object{"level": 2, "reason": blank}).wantAll(t, "reason", "validation_required")
		w.call(t, w.Nurse, "POST", path+"/transfer", object{"clinician": w.Doctor.ID, "note": blank}).wantAll(t, "note", "validation_required")
		w.call(t, w.Nurse, "POST", path+"/close", object{"outcome": "advice", "advice": blank}).wantAll(t, "advice", "validation_required")
		w.call(t, w.Nurse, "POST", "/cases/search", object{"name": "Anna", "reason": blank}).wantAll(t, "reason", "validation_required")
	}
	if now := w.Case(t, c.Id).Seq(); now != c.Seq() {
		t.Errorf("%d events of blanks", now-c.Seq())
	}
	w.call(t, w.Nurse, "POST", path+"/release", object{"reason": "  rast\n"}).want(t, http.StatusOK)
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "x"); err != nil {
		t.Fatal(err)
	}
	w.call(t, w.Nurse, "POST", path+"/close", object{"outcome": "advice", "advice": "  Vila.\n"}).want(t, http.StatusOK)
	if got := w.Case(t, c.Id).Ending().Advice; got != "  Vila.\n" {
		t.Errorf("the advice is kept as %q, want it as it was written", got)
	}
}

// TestRulesOverSeveralFieldsAreAskedWithTheOthers holds that what no field alone breaks is named together with what one does.
func TestRulesOverSeveralFieldsAreAskedWithTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.guarded(t)
	path := "/cases/" + c.Id
	w.call(t, w.Nurse, "POST", path+"/transfer", object{"x": 1}).wantAll(t, "x", "validation_unknown_field", "note", "validation_required",
		"queue", "validation_one_of_two", "clinician", "validation_one_of_two")
	w.call(t, w.Nurse, "POST", path+"/transfer", object{"queue": 5, "note": "x"}).wantAll(t, "queue", "validation_invalid_type")
	w.call(t, w.Nurse, "PUT", path+"/guardian", object{"verified": true, "blocked": true, "reason": 1}).wantAll(t,
		"verified", "validation_one_of_two", "blocked", "validation_one_of_two", "reason", "validation_invalid_type")
	w.call(t, w.Nurse, "POST", "/cases/search", object{"personalNumber": "850101-0000"}).wantAll(t,
		"personalNumber", "validation_invalid_personal_number", "reason", "validation_required")
	w.call(t, w.Nurse, "PUT", path+"/read", object{"upTo": "x", "freetext": 1}).wantAll(t, "upTo", "validation_invalid_type", "freetext", "validation_invalid_type")
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	w.call(t, anna, "PUT", path+"/read", object{"upTo": "x", "freetext": true}).wantAll(t,
		"upTo", "validation_invalid_type", "freetext", "validation_unknown_field")
}

func TestAdviceInAnotherLanguageIsAskedForInSwedishWithTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c, _, err := w.Desk.Open(t.Context(), anna, care.Opening{Region: "demo", Complaint: "sore_throat", Language: "en", Body: "x"})
	if err != nil {
		t.Fatal(err)
	}
	w.Decide(t, anna, c.Id, nil)
	if _, err := w.Desk.Join(t.Context(), anna, c.Id, care.Joining{}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "x"); err != nil {
		t.Fatal(err)
	}
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/close", object{"outcome": "nonsense", "advice": "Rest."}).wantAll(t,
		"outcome", "validation_not_one_of", "adviceSv", "validation_swedish_required")
}

// TestABodyIsUTF8 holds that what is no UTF-8 is refused: it would be stored as something that nobody has written.
func TestABodyIsUTF8(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	for _, text := range []string{"\xff", "\xc3\x28", "halsont \xe5r", "\xed\xa0\x80", "abc\xc3"} {
		a := w.send(t, w.token(t, anna), "POST", "/cases/"+c.Id+"/freetext", strings.NewReader(`{"text":"`+text+`"}`), "Content-Type", "application/json")
		if a.status != http.StatusBadRequest || len(a.at("data").(object)) != 0 {
			t.Errorf("%q is answered %d %s, want 400, malformed", text, a.status, a.raw)
		}
	}
	if now := w.Case(t, c.Id).Seq(); now != c.Seq() {
		t.Errorf("%d events of what is no text", now-c.Seq())
	}
	w.call(t, anna, "POST", "/cases/"+c.Id+"/freetext", object{"text": "halsen är öm 🤒"}).want(t, http.StatusOK)
}
