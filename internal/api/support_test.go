package api_test

import (
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// rows are the items of an answer.
func rows(t *testing.T, a response) []object {
	t.Helper()
	a.want(t, http.StatusOK)
	list, ok := a.json["items"].([]any)
	if !ok {
		t.Fatalf("no items: %s", a.raw)
	}
	out := make([]object, len(list))
	for i, item := range list {
		out[i] = item.(object)
	}
	return out
}

// has fails the test unless the object holds exactly these.
func has(t *testing.T, what string, got object, want object) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: %s is %v, want %v", what, name, got[name], value)
		}
	}
	for name := range got {
		if _, promised := want[name]; !promised {
			t.Errorf("%s: %s is shown: %v", what, name, got[name])
		}
	}
}

func TestSupportGoesThereAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bo, admin := w.Person(t, kit.Anna, "Anna Andersson"), w.Person(t, kit.Bo, "Bo Berg"), w.admin(t)
	asked := w.call(t, anna, "POST", "/support", object{"text": "The camera is black", "page": "photo"}, "Accept-Language", "en")
	asked.want(t, http.StatusOK)
	if list, _ := asked.at("danger").([]any); list == nil || len(list) > 0 || asked.at("alert") != nil {
		t.Errorf("danger is %v, alert %v; want none", asked.at("danger"), asked.at("alert"))
	}
	id := asked.at("support", "id").(string)
	mine := object{"id": id, "text": "The camera is black", "page": "photo", "at": "2026-11-25T08:00:00.000Z", "state": "open", "answer": nil}
	has(t, "what is kept", asked.json["support"].(object), mine)
	shown := rows(t, w.call(t, admin, "GET", "/admin/support", nil))
	if len(shown) != 1 {
		t.Fatalf("the admin is shown %d, want 1", len(shown))
	}
	has(t, "what an admin is shown", shown[0], object{
		"id": id, "text": "The camera is black", "page": "photo", "at": "2026-11-25T08:00:00.000Z", "state": "open", "answer": nil,
		"danger": false, "language": "en",
	})
	path := "/admin/support/" + id + "/answer"
	w.call(t, admin, "POST", path, object{"text": "Allow the browser to use it."}).want(t, http.StatusOK)
	w.call(t, admin, "POST", path, object{"text": "Allow the browser to use it."}).want(t, http.StatusOK)
	w.call(t, admin, "POST", path, object{"text": "Buy another."}).want(t, http.StatusConflict, "state", "answered")
	mine["state"] = "answered"
	hers := rows(t, w.call(t, anna, "GET", "/support", nil))
	if len(hers) != 1 {
		t.Fatalf("she is shown %d, want 1", len(hers))
	}
	has(t, "her answer", hers[0]["answer"].(object), object{"text": "Allow the browser to use it.", "by": nil, "at": "2026-11-25T08:00:00.000Z"})
	delete(hers[0], "answer")
	delete(mine, "answer")
	has(t, "what she is shown", hers[0], mine)
	if others := rows(t, w.call(t, bo, "GET", "/support", nil)); len(others) > 0 {
		t.Errorf("Bo is shown %v, want nothing of hers", others)
	}
	if open := rows(t, w.call(t, admin, "GET", "/admin/support?state=open", nil)); len(open) > 0 {
		t.Errorf("open after the answer: %v", open)
	}
	if done := rows(t, w.call(t, admin, "GET", "/admin/support?state=answered", nil)); len(done) != 1 {
		t.Errorf("%d are answered, want 1", len(done))
	}
	w.call(t, admin, "GET", "/admin/support?state=lost", nil).want(t, http.StatusBadRequest, "state", "validation_not_one_of")
}

func TestAViewGoesToTheLeadAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	said := w.call(t, anna, "POST", "/views", object{"id": "view00000000001", "case": c.Id, "text": "Det gick fort."})
	said.want(t, http.StatusOK)
	hers := object{
		"id": "view00000000001", "text": "Det gick fort.", "at": "2026-11-25T08:00:00.000Z", "state": "open", "answer": nil,
		"case": c.Id, "unit": "norrvik",
	}
	has(t, "what is kept", said.json["view"].(object), hers)
	w.call(t, anna, "POST", "/views", object{"id": "view00000000001", "case": c.Id, "text": "Nej."}).want(t, http.StatusConflict, "id", "id_taken")
	shown := rows(t, w.call(t, w.Lead, "GET", "/views/unit", nil))
	if len(shown) != 1 {
		t.Fatalf("the lead is shown %d, want 1", len(shown))
	}
	hers["danger"], hers["language"] = false, "sv"
	has(t, "what the lead is shown", shown[0], hers)
	w.call(t, w.Lead, "POST", "/views/view00000000001/answer", object{"text": "Tack!"}).want(t, http.StatusOK)
	mine := rows(t, w.call(t, anna, "GET", "/views", nil))
	if len(mine) != 1 || mine[0]["state"] != "answered" {
		t.Fatalf("she is shown %v, want the answered one", mine)
	}
	has(t, "her answer", mine[0]["answer"].(object), object{"text": "Tack!", "by": "Lead", "at": "2026-11-25T08:00:00.000Z"})
	readers := w.call(t, anna, "GET", "/cases/"+c.Id+"/readers", nil)
	if !strings.Contains(readers.raw, "list of views") || !strings.Contains(readers.raw, "views answered") {
		t.Errorf("she is not told that the lead has looked: %s", readers.raw)
	}
	w.InState(t, c.Id, "active")
}

// A guardian whose right has ended keeps what they have written; the case is not theirs to see.
func TestAViewIsItsAuthorsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guardian, c := w.guarded(t)
	w.call(t, guardian, "POST", "/views", object{"case": c.Id, "text": "Barnet fick hjälp."}).want(t, http.StatusOK)
	if _, err := w.Desk.Verify(t.Context(), w.Nurse, c.Id, false, "inte vårdnadshavare"); err != nil {
		t.Fatal(err)
	}
	mine := rows(t, w.call(t, guardian, "GET", "/views", nil))
	if len(mine) != 1 || mine[0]["text"] != "Barnet fick hjälp." || mine[0]["case"] != nil {
		t.Errorf("the guardian is shown %v, want the own words and no case", mine)
	}
	w.call(t, guardian, "POST", "/views", object{"case": c.Id, "text": "Varför?"}).want(t, http.StatusBadRequest, "case", "validation_unknown")
	child := access.Who{Kind: access.Patient, ID: c.Patient()}
	if others := rows(t, w.call(t, child, "GET", "/views", nil)); len(others) > 0 {
		t.Errorf("the child is shown %v, want nothing of the guardian's", others)
	}
}

func TestDangerInARemarkIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, admin := w.Person(t, kit.Anna, "Anna Andersson"), w.admin(t)
	for path, body := range map[string]object{
		"/support": {"text": "The app hangs and I have chest pain"},
		"/views":   {"text": "Nobody answers my chest pain", "region": "demo"},
	} {
		said := w.call(t, anna, "POST", path, body, "Accept-Language", "en")
		said.want(t, http.StatusOK)
		alert, _ := said.at("alert").(string)
		if list, _ := said.at("danger").([]any); len(list) == 0 || !strings.Contains(alert, "112") || !strings.Contains(alert, "Nobody has been alerted") {
			t.Errorf("%s: danger %v, alert %q; want 112, and that nobody has been alerted", path, said.at("danger"), alert)
		}
		again := w.call(t, anna, "POST", path, body, "Accept-Language", "en")
		if again.raw != said.raw {
			t.Errorf("%s again: %s, want the first answer %s", path, again.raw, said.raw)
		}
	}
	if shown := rows(t, w.call(t, admin, "GET", "/admin/support", nil)); len(shown) != 1 || shown[0]["danger"] != true {
		t.Errorf("the admin is shown %v, want one that is marked", shown)
	}
	if shown := rows(t, w.call(t, w.Lead, "GET", "/views/unit", nil)); len(shown) != 1 || shown[0]["danger"] != true || shown[0]["case"] != nil {
		t.Errorf("the lead is shown %v, want one that is marked", shown)
	}
	if n, err := w.App.CountRecords(records.Cases); err != nil || n > 0 {
		t.Errorf("%d cases, %v; want none", n, err)
	}
}

func TestWhatIsWrongWithARemark(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	bo := w.Person(t, kit.Bo, "Bo Berg")
	long := strings.Repeat("å", 4001)
	w.call(t, anna, "POST", "/support", object{"id": "x", "text": long, "page": long[:402], "case": c.Id}).want(t, http.StatusBadRequest,
		"id", "validation_invalid_id", "text", "validation_too_long", "page", "validation_too_long", "case", "validation_unknown_field")
	w.call(t, anna, "POST", "/support", object{"text": " \n"}).want(t, http.StatusBadRequest, "text", "validation_required")
	w.call(t, bo, "POST", "/views", object{"case": c.Id}).want(t, http.StatusBadRequest, "case", "validation_unknown", "text", "validation_required")
	w.call(t, bo, "POST", "/views", object{"text": "Hej"}).want(t, http.StatusBadRequest, "region", "validation_required")
	w.call(t, bo, "POST", "/views", object{"text": long, "region": "demo", "unit": "x"}).want(t, http.StatusBadRequest,
		"text", "validation_too_long", "unit", "validation_unknown")
	w.call(t, anna, "POST", "/views", object{"text": "x", "case": c.Id, "region": "demo"}).want(t, http.StatusBadRequest,
		"case", "validation_one_of_two", "region", "validation_one_of_two")
}

// TestWhoMayNotAnswer asks each door as everybody with every body: who comes before what.
func TestWhoMayNotAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, admin := w.Person(t, kit.Anna, "Anna Andersson"), w.admin(t)
	w.call(t, anna, "POST", "/support", object{"id": "remark000000001", "text": "x"}).want(t, http.StatusOK)
	w.call(t, anna, "POST", "/views", object{"id": "remark000000001", "text": "x", "region": "demo"}).want(t, http.StatusOK)
	south := w.Hire(t, "Southlead", "lead", w.Soder.Id)
	for _, body := range []any{"{", object{"nonsense": 1}, object{"text": "Hej"}} {
		for path, refused := range map[string]map[*access.Who]int{
			"/views/remark000000001/answer": {
				&guest: 401, &anna: 403, &w.Nurse: 403, &w.Doctor: 403, &admin: 403, &w.Idle: 403, &w.South: 403, &south: 404,
			},
			"/views/nobodysnobodysn/answer":         {&guest: 401, &anna: 403, &w.Nurse: 403, &w.Lead: 404, &south: 404},
			"/admin/support/remark000000001/answer": {&guest: 401, &anna: 403, &w.Nurse: 403, &w.Lead: 403},
			"/admin/support/nobodysnobodysn/answer": {&guest: 401, &anna: 403, &w.Lead: 403, &admin: 404},
			"/support":                              {&guest: 401, &w.Nurse: 403, &w.Lead: 403, &admin: 403},
			"/views":                                {&guest: 401, &w.Nurse: 403, &w.Lead: 403, &admin: 403},
		} {
			for who, want := range refused {
				if got := w.call(t, *who, "POST", path, body); got.status != want {
					t.Errorf("POST %s as %s %s: %d, want %d", path, who.Kind, who.Name, got.status, want)
				}
			}
		}
	}
	w.call(t, w.Lead, "POST", "/views/remark000000001/answer", object{"text": " "}).want(t, http.StatusBadRequest, "text", "validation_required")
	w.call(t, admin, "POST", "/admin/support/remark000000001/answer", object{}).want(t, http.StatusBadRequest, "text", "validation_required")
	if list := rows(t, w.call(t, south, "GET", "/views/unit", nil)); len(list) > 0 {
		t.Errorf("another unit's lead is shown %v, want nothing", list)
	}
}
