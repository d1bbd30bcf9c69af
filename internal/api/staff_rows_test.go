package api_test

import (
	"net/http"
	"slices"
	"testing"

	"lotsen/internal/cases"
	"lotsen/test/kit"
)

// row is the only row of the nurse's queue.
func (w *world) row(t *testing.T) object {
	t.Helper()
	a := w.call(t, w.Nurse, "GET", "/queues/"+w.Norrvik.Id+"/cases", nil)
	a.want(t, http.StatusOK)
	items := a.json["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("%d rows, want one: %s", len(items), a.raw)
	}
	return items[0].(map[string]any)
}

func (w *world) marks(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, m := range w.row(t)["marks"].([]any) {
		got = append(got, m.(string))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the row's marks are %v, want %v", got, want)
	}
}

func TestARowSaysWhatItMust(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.Waiting(t, kit.Anna)
	row := w.row(t)
	for name, want := range (object{
		"id": c.Id, "level": float64(c.Level()), "since": "2026-11-25T08:00:00.000Z", "target": nil, "complaint": "sore_throat", "age": 41.0, "unread": 0.0,
	}) {
		if row[name] != want {
			t.Errorf("%s is %v, want %v", name, row[name], want)
		}
	}
	if got, none := row["contacts"].([]any); !none || len(got) != 0 {
		t.Errorf("contacts are %v, want none: it is the first", row["contacts"])
	}
	if len(row) != 9 {
		t.Errorf("the row is %v, want what api.md names, contacts, and no more", row)
	}
	for level, want := range map[cases.Level]any{1: nil, 2: "2026-11-25T08:15:00.000Z", 3: "2026-11-25T09:00:00.000Z", 4: nil, 5: nil} {
		if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, c.Id, level, "bedömning"); err != nil {
			t.Fatal(err)
		}
		if got := w.row(t)["target"]; got != want {
			t.Errorf("level %d: the target is %v, want %v", level, got, want)
		}
	}
}

func TestTheMarksOfARow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	words := func(text string) {
		t.Helper()
		_, _, err := w.Desk.OwnWords(ctx, anna, c.Id, text)
		must(nil, err)
	}
	w.marks(t)
	words("Det kliar lite.")
	w.marks(t, "freetext")
	words("Ont i bröstet sedan i går")
	w.marks(t, "freetext", "danger")
	w.call(t, w.Doctor, "PUT", "/cases/"+c.Id+"/read", object{"freetext": true}).want(t, http.StatusNoContent)
	w.marks(t)
	words("Och nu yrsel.")
	w.marks(t, "freetext", "danger") // danger has been written, and what was written is unread again
	w.call(t, w.Doctor, "PUT", "/cases/"+c.Id+"/read", object{"freetext": true}).want(t, http.StatusNoContent)
	must(w.Desk.Claim(ctx, w.Nurse, c.Id, "test"))
	must(w.Desk.NoShow(ctx, w.Nurse, c.Id))
	w.marks(t, "missed")
	must(w.Desk.Claim(ctx, w.Nurse, c.Id, "test"))
	must(w.Desk.NoShow(ctx, w.Nurse, c.Id))
	w.marks(t, "missed", "call")
	must(w.Desk.FeelWorse(ctx, anna, c.Id, mild(t, w, c)))
	w.marks(t, "worse", "missed", "call")
	must(w.Desk.Claim(ctx, w.Nurse, c.Id, "test"))
	must(w.Desk.RangUp(ctx, w.Nurse, c.Id, true))
	must(w.Desk.Release(ctx, w.Nurse, c.Id, "rast"))
	w.marks(t, "worse", "missed")

	w.say(t, anna, c.Id, "Hej", false)
	w.say(t, anna, c.Id, "Är ni kvar?", false)
	w.say(t, w.Nurse, c.Id, "rings upp", true)
	if got := w.row(t)["unread"]; got != 2.0 {
		t.Errorf("%v unread, want the patient's two", got)
	}
	w.call(t, w.Doctor, "PUT", "/cases/"+c.Id+"/read", object{"upTo": 1}).want(t, http.StatusNoContent)
	if got := w.row(t)["unread"]; got != 1.0 {
		t.Errorf("%v unread, want one", got)
	}
}

func TestMarksOfThoseWhoJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guardian, c := w.guarded(t)
	if _, err := w.Desk.Release(t.Context(), w.Nurse, c.Id, "rast"); err != nil {
		t.Fatal(err)
	}
	w.marks(t, "proxy")
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "test"); err != nil {
		t.Fatal(err)
	}
	w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/guardian", object{"verified": true}).want(t, http.StatusOK)
	if _, err := w.Desk.Release(t.Context(), w.Nurse, c.Id, "rast 2"); err != nil {
		t.Fatal(err)
	}
	w.marks(t)
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, c.Id, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	again := w.call(t, guardian, "POST", "/cases", opening(childOf(kit.Child, true)))
	again.want(t, http.StatusOK)
	id := again.at("case", "id").(string)
	w.Decide(t, guardian, id, nil)
	w.call(t, guardian, "POST", "/cases/"+id+"/queue", object{"interpreter": true}).want(t, http.StatusOK)
	w.marks(t, "repeat", "interpreter", "call")
}
