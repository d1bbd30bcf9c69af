package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/cases"
	"lotsen/test/kit"
)

// due lets time pass and does what is held until then.
func (w *world) due(t *testing.T, after time.Duration) {
	t.Helper()
	w.Clock.Advance(after)
	if _, err := w.Desk.RunHeld(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// nth is a value of the n-th object of a list.
func nth(list any, n int, names ...string) any {
	all, _ := list.([]any)
	if n >= len(all) {
		return nil
	}
	return response{json: all[n].(map[string]any)}.at(names...)
}

func TestAMessageIsHeldAndTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.Active(t, kit.Anna)
	path := "/cases/" + c.Id + "/held"
	one, two := object{"id": "heldmessage0001", "body": "ett", "hold": 5}, object{"id": "heldmessage0002", "body": "två", "hold": 1}
	first := w.call(t, w.Nurse, "POST", path, one)
	first.want(t, http.StatusOK)
	if first.at("held", "id") != one["id"] || first.at("held", "due") != "2026-11-25T08:00:05.000Z" || first.at("held", "body") != "ett" {
		t.Errorf("held: %s, want it, due in five seconds", first.raw)
	}
	if again := w.call(t, w.Nurse, "POST", path, one); again.raw != first.raw {
		t.Errorf("the same again: %s, want %s", again.raw, first.raw)
	}
	w.call(t, w.Nurse, "POST", path, two).want(t, http.StatusOK)
	for _, other := range []object{{"id": one["id"], "body": "tre", "hold": 5}, {"id": one["id"], "body": "ett", "hold": 4}} {
		w.call(t, w.Nurse, "POST", path, other).want(t, http.StatusConflict, "id", "id_taken")
	}
	for hold, code := range map[any]string{nil: "validation_required", 0: "validation_too_small", 11: "validation_too_large", "5": "validation_invalid_type"} {
		w.call(t, w.Nurse, "POST", path, object{"id": "heldmessage0003", "body": "x", "hold": hold}).want(t, http.StatusBadRequest, "hold", code)
	}
	list := w.call(t, w.Nurse, "GET", path, nil)
	if items, _ := list.at("items").([]any); len(items) != 2 || nth(list.at("items"), 0, "body") != "ett" || nth(list.at("items"), 1, "state") != "held" {
		t.Errorf("held: %s, want both, in order", list.raw)
	}
	if other := w.call(t, w.Doctor, "GET", path, nil); other.status != http.StatusOK || strings.Contains(other.raw, "ett") {
		t.Errorf("a colleague is shown %d %s, want nothing", other.status, other.raw)
	}
	for range 2 {
		w.call(t, w.Nurse, "DELETE", path+"/heldmessage0001", nil).want(t, http.StatusNoContent)
	}
	w.call(t, w.Doctor, "DELETE", path+"/heldmessage0002", nil).want(t, http.StatusNotFound)
	w.call(t, w.Nurse, "DELETE", path+"/nobodysnobodysn", nil).want(t, http.StatusNotFound)
	if again := w.call(t, w.Nurse, "POST", path, one); again.status != http.StatusOK || again.at("held", "state") != "taken_back" || again.at("held", "body") != "ett" {
		t.Errorf("a late copy of what was taken back: %s, want what was answered first, and that it is taken back", again.raw)
	}
	w.due(t, 5*time.Second)
	w.call(t, w.Nurse, "DELETE", path+"/heldmessage0002", nil).want(t, http.StatusConflict, "state", "active", "held", "said")
	if list := w.call(t, w.Nurse, "GET", path, nil); list.raw != "{\"items\":[]}\n" {
		t.Errorf("held when all is said: %q", list.raw)
	}
	events := w.call(t, w.Nurse, "GET", "/cases/"+c.Id+"/events", nil)
	if strings.Contains(events.raw, `"ett"`) || !strings.Contains(events.raw, `"två"`) {
		t.Errorf("the events are %s, want the second message alone", events.raw)
	}
}

func TestAnEndIsHeldAndTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	path := "/cases/" + c.Id
	body := object{"outcome": "advice", "advice": "Vila.", "hold": 10}
	first := w.call(t, w.Nurse, "POST", path+"/close", body)
	first.want(t, http.StatusOK)
	if first.at("closesAt") != "2026-11-25T08:00:10.000Z" || first.at("case", "closesAt") != first.at("closesAt") || first.at("case", "state") != "active" {
		t.Errorf("a held end: %s, want the case as it is, and when it closes", first.raw)
	}
	if again := w.call(t, w.Nurse, "POST", path+"/close", body); again.raw != first.raw {
		t.Errorf("the same again: %s, want %s", again.raw, first.raw)
	}
	other := w.call(t, w.Nurse, "POST", path+"/close", object{"outcome": "advice", "advice": "Kom in.", "hold": 10})
	other.want(t, http.StatusConflict, "state", "active", "close", "close_held")
	if other.at("data", "close", "closesAt") != first.at("closesAt") {
		t.Errorf("another end: %s, want when the case closes", other.raw)
	}
	if level := w.call(t, w.Doctor, "PUT", path+"/level", object{"level": 3, "reason": "x"}); level.at("case", "closesAt") != nil {
		t.Errorf("a colleague is told when the case closes: %s", level.raw)
	}
	list := w.call(t, w.Nurse, "GET", path+"/held", nil)
	if nth(list.at("items"), 0, "kind") != "close" || nth(list.at("items"), 0, "state") != "failed" || nth(list.at("items"), 0, "why") != "level" || nth(list.at("items"), 0, "ending", "advice") != "Vila." {
		t.Errorf("a stopped end is shown as %s, want it with its words, stopped by the level", list.raw)
	}
	body["id"] = "short"
	w.call(t, w.Nurse, "POST", path+"/close", body).want(t, http.StatusBadRequest, "id", "validation_invalid_id")
	body["id"] = "thefirstendid01"
	w.call(t, w.Nurse, "POST", path+"/close", body).want(t, http.StatusOK)
	for range 2 {
		w.call(t, w.Nurse, "DELETE", path+"/close", nil).want(t, http.StatusNoContent)
	}
	if late := w.call(t, w.Nurse, "POST", path+"/close", body); late.at("case", "state") != "active" || late.at("closesAt") != nil {
		t.Errorf("a late copy of what was taken back: %s, want the case, which closes at no time", late.raw)
	}
	body["hold"] = 9
	w.call(t, w.Nurse, "POST", path+"/close", body).want(t, http.StatusConflict, "id", "id_taken")
	w.due(t, time.Minute)
	w.InState(t, c.Id, cases.Active)
	body["id"] = "thesecondendid2"
	w.call(t, w.Nurse, "POST", path+"/close", body).want(t, http.StatusOK)
	w.due(t, 10*time.Second)
	w.InState(t, c.Id, cases.Closed)
	w.call(t, w.Nurse, "DELETE", path+"/close", nil).want(t, http.StatusConflict, "state", "closed")
	if again := w.call(t, w.Nurse, "POST", path+"/close", body); again.at("case", "state") != "closed" {
		t.Errorf("the same after the end: %s, want the case", again.raw)
	}
	if seen := w.call(t, anna, "GET", path+"/events", nil); strings.Count(seen.raw, `"kind":"closed"`) != 1 {
		t.Errorf("the patient is told %s, want one end", seen.raw)
	}
}

func TestAdviceIsAmendedAndACaseReopened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	path := "/cases/" + c.Id
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	w.call(t, w.Doctor, "POST", path+"/amend", object{"advice": ending().Advice, "reason": "x"}).want(t, http.StatusBadRequest, "advice", "validation_unchanged")
	body := object{"advice": "Vila <inte>.", "reason": "hemligt skäl"}
	first := w.call(t, w.Doctor, "POST", path+"/amend", body)
	first.want(t, http.StatusOK)
	if first.at("case", "advice") != "Vila <inte>." || nth(first.at("case", "struck"), 0, "advice") != ending().Advice || nth(first.at("case", "struck"), 0, "byName") != "Doctor" {
		t.Errorf("amended: %s, want the new advice, and the old one struck by the doctor", first.raw)
	}
	if again := w.call(t, w.Doctor, "POST", path+"/amend", body); again.raw != first.raw {
		t.Errorf("the same again: %s, want %s", again.raw, first.raw)
	}
	page := w.call(t, anna, "GET", path+"/print", nil)
	const struck = "<s>Vila &lt;och&gt; drick.</s>"
	if now, old := strings.Index(page.raw, "Vila &lt;inte&gt;."), strings.Index(page.raw, struck); now < 0 || old < now {
		t.Errorf("the new advice stands at %d, the old one struck at %d: want both, in that order", now, old)
	}
	if !strings.Contains(page.raw, "Ersatt 2026-11-25 09:00 av Doctor") {
		t.Error("the page does not say when the advice was replaced, and by whom")
	}
	events := w.call(t, anna, "GET", path+"/events", nil)
	if strings.Contains(events.raw, "hemligt") || !strings.Contains(events.raw, `"struck":"Vila \u003coch\u003e drick."`) {
		t.Errorf("the patient's events are %s, want both advices and no reason", events.raw)
	}
	w.call(t, w.Doctor, "POST", path+"/reopen", object{"reason": "mer"}).want(t, http.StatusOK)
	w.call(t, w.Nurse, "POST", path+"/reopen", object{"reason": "mer"}).want(t, http.StatusConflict, "state", "active")
	w.call(t, w.Nurse, "POST", path+"/amend", object{"advice": "x", "reason": "mer"}).want(t, http.StatusConflict, "state", "active")
	now := w.Case(t, c.Id)
	if now.Clinician() != w.Doctor.ID || now.State() != cases.Active {
		t.Errorf("the case is %q of %s, want it active, the doctor's", now.State(), now.ClinicianName())
	}
	if _, err := w.Desk.Close(t.Context(), w.Doctor, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	second := w.Open(t, anna)
	open := w.call(t, w.Nurse, "POST", path+"/reopen", object{"reason": "igen"})
	open.want(t, http.StatusConflict, "state", "answering", "case", "")
	if strings.Contains(open.raw, second.Id) {
		t.Errorf("staff are told of a case that has not joined: %s", open.raw)
	}
}
