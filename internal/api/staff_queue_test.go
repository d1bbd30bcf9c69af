package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// more numbers that belong to nobody, of people of age.
var more = []string{"198511022389", "198511032388", "198511042387", "198511052386", "198511062385"}

// line lets n people wait, a minute apart, the first with the level 5.
func (w *world) line(t testing.TB, n int) []string {
	t.Helper()
	var ids []string
	for _, digits := range more[:n] {
		_, c := w.Waiting(t, digits)
		ids = append(ids, c.Id)
		w.Clock.Advance(time.Minute)
	}
	return ids
}

func TestQueueDoorsAskWhoFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, admin := w.Person(t, kit.Anna, "Anna Andersson"), w.admin(t)
	queue := "/queues/" + w.Norrvik.Id
	for _, d := range []struct {
		door
		lead bool
	}{
		{door{"PUT", "/duty", "{"}, false},
		{door{"PUT", "/state", "{"}, true},
		{door{"GET", "/cases", nil}, false},
		{door{"GET", "/cases?limit=0&after=x", nil}, false},
		{door{"GET", "/staff", nil}, false},
		{door{"GET", "/unjoined", nil}, true},
		{door{"POST", "/next", "{"}, false},
	} {
		for name, try := range map[string]struct {
			who    access.Who
			status int
		}{
			"a guest":           {guest, http.StatusUnauthorized},
			"a patient":         {anna, http.StatusForbidden},
			"a superuser":       {admin, http.StatusForbidden},
			"staff elsewhere":   {w.South, http.StatusNotFound},
			"staff of no queue": {w.Idle, http.StatusNotFound},
		} {
			if a := w.call(t, try.who, d.method, queue+d.path, d.body); a.status != try.status {
				t.Errorf("%s %s by %s is %d, want %d", d.method, d.path, name, a.status, try.status)
			}
		}
		if a := w.call(t, w.Nurse, d.method, queue+d.path, d.body); d.lead && a.status != http.StatusForbidden {
			t.Errorf("%s by a nurse is %d, want 403: it is the lead's", d.path, a.status)
		}
		for _, id := range []string{"nosuchqueue0000", "x", w.Soder.Id, "%00"} {
			if a := w.call(t, w.Lead, d.method, "/queues/"+id+d.path, d.body); a.status != http.StatusNotFound {
				t.Errorf("%s of the queue %q is %d, want 404", d.path, id, a.status)
			}
		}
	}
	for _, path := range []string{"/queues", "/cases/search"} {
		method := map[bool]string{true: "GET", false: "POST"}[path == "/queues"]
		w.call(t, guest, method, path, nil).want(t, http.StatusUnauthorized)
		w.call(t, anna, method, path, nil).want(t, http.StatusForbidden)
		a := w.call(t, admin, method, path, nil)
		a.want(t, http.StatusForbidden)
		if !strings.Contains(a.raw, "/admin/breakglass") {
			t.Errorf("%s answers a superuser %s, want how to look", path, a.raw)
		}
	}
}

func TestMyQueues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.line(t, 3)
	if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, ids[2], cases.Urgent, "låter illa"); err != nil {
		t.Fatal(err)
	}
	w.Open(t, w.Person(t, kit.Anna, "Anna Andersson"))
	w.call(t, w.Nurse, "PUT", "/queues/"+w.Norrvik.Id+"/duty", object{"on": true}).want(t, http.StatusNoContent)
	got := w.call(t, w.Nurse, "GET", "/queues", nil).list(t)
	if len(got) != 1 {
		t.Fatalf("a nurse of one queue sees %d", len(got))
	}
	level := strconv.Itoa(int(w.Case(t, ids[0]).Level()))
	waiting := got[0]["waiting"].(map[string]any)
	if waiting["2"] != 1.0 || waiting[level] != 2.0 || waiting["1"] != 0.0 || len(waiting) != 5 {
		t.Errorf("waiting by level: %v", waiting)
	}
	if got[0]["longest"] != "2026-11-25T08:00:00.000Z" || got[0]["answering"] != 1.0 || got[0]["onDuty"] != 1.0 || got[0]["id"] != w.Norrvik.Id {
		t.Errorf("the queue is %v", got[0])
	}
	if idle := w.call(t, w.Idle, "GET", "/queues", nil); idle.raw != "[]\n" {
		t.Errorf("staff without a queue see %s", idle.raw)
	}
	south := w.call(t, w.South, "GET", "/queues", nil).list(t)
	if len(south) != 1 || south[0]["longest"] != nil || south[0]["answering"] != 0.0 || south[0]["onDuty"] != 0.0 {
		t.Errorf("the other queue is %v, want nobody in it", south)
	}
}

func TestTheListIsTheOrderInWhichPatientsAreTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.line(t, 5)
	for i, level := range []cases.Level{4, 2, 4, 5, 2} {
		if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, ids[i], level, "bedömning"); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{ids[1], ids[4], ids[0], ids[2], ids[3]}
	queue := "/queues/" + w.Norrvik.Id
	for _, limit := range []int{1, 2, 3, 4, 5, 200} {
		var got []string
		for after := any(""); after != nil; {
			a := w.call(t, w.Nurse, "GET", queue+"/cases?limit="+strconv.Itoa(limit)+"&after="+after.(string), nil)
			a.want(t, http.StatusOK)
			items := a.json["items"].([]any)
			for _, row := range items {
				got = append(got, row.(map[string]any)["id"].(string))
			}
			if len(items) == 0 || len(items) > limit || len(got) > len(want) {
				t.Fatalf("limit %d: a page of %d, %d rows in all", limit, len(items), len(got))
			}
			after = a.json["next"]
		}
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: the list is %v, want %v", limit, got, want)
		}
	}
	var taken []string
	for range want {
		a := w.call(t, w.Nurse, "POST", queue+"/next", nil)
		a.want(t, http.StatusOK)
		taken = append(taken, a.at("case", "id").(string))
	}
	if !slices.Equal(taken, want) {
		t.Errorf("taken in the order %v, want that of the list, %v", taken, want)
	}
	w.call(t, w.Nurse, "POST", queue+"/next", nil).want(t, http.StatusNoContent)
	w.call(t, w.Nurse, "POST", queue+"/next", object{"take": "take00000000001"}).want(t, http.StatusNoContent)
}

func TestTheSamePageWhileTheQueueMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.line(t, 4)
	page := func(after string) response {
		return w.call(t, w.Nurse, "GET", "/queues/"+w.Norrvik.Id+"/cases?limit=2&after="+after, nil)
	}
	first := page("")
	next := first.json["next"].(string)
	if next != ids[1] {
		t.Fatalf("next is %q, want the last row of the page", next)
	}
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, next, "test"); err != nil {
		t.Fatal(err)
	}
	rest := page(next).json["items"].([]any)
	if len(rest) != 2 || rest[0].(map[string]any)["id"] != ids[2] {
		t.Errorf("after a row that has been taken meanwhile: %v, want the two behind it", rest)
	}
}

func TestBadPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, elsewhere := w.Active(t, kit.Anna)
	if _, err := w.App.DB().NewQuery("UPDATE cases SET queue = '" + w.Soder.Id + "' WHERE id = '" + elsewhere.Id + "'").Execute(); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"limit=0":                     {"limit", "validation_too_small"},
		"limit=-1":                    {"limit", "validation_too_small"},
		"limit=201":                   {"limit", "validation_too_large"},
		"limit=ten":                   {"limit", "validation_invalid_type"},
		"limit=1e2":                   {"limit", "validation_invalid_type"},
		"limit=99999999999999999999":  {"limit", "validation_invalid_type"},
		"after=x":                     {"after", "validation_invalid_id"},
		"after=nosuchcase00000":       {"after", "validation_unknown"},
		"after=" + elsewhere.Id:       {"after", "validation_unknown"},
		"limit=0&after=%27%20OR%201":  {"limit", "validation_too_small", "after", "validation_invalid_id"},
		"limit=201&after=aaaaaaaaaaa": {"limit", "validation_too_large", "after", "validation_invalid_id"},
	} {
		w.call(t, w.Nurse, "GET", "/queues/"+w.Norrvik.Id+"/cases?"+query, nil).want(t, http.StatusBadRequest, want...)
	}
}

func TestDuty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/queues/" + w.Norrvik.Id
	onDuty := func(want float64) {
		t.Helper()
		if got := w.call(t, w.Lead, "GET", "/queues", nil).list(t)[0]["onDuty"]; got != want {
			t.Errorf("%v on duty, want %v", got, want)
		}
	}
	for range 2 {
		w.call(t, w.Nurse, "PUT", path+"/duty", object{"on": true}).want(t, http.StatusNoContent)
		onDuty(1)
	}
	w.call(t, w.Doctor, "PUT", path+"/duty", object{"on": true}).want(t, http.StatusNoContent)
	onDuty(2)
	w.call(t, w.Nurse, "PUT", path+"/duty", object{"on": false}).want(t, http.StatusNoContent)
	onDuty(1)
	w.call(t, w.Nurse, "PUT", path+"/duty", object{}).want(t, http.StatusBadRequest, "on", "validation_required")
	w.call(t, w.Nurse, "PUT", path+"/duty", object{"on": nil, "off": 1}).want(t, http.StatusBadRequest, "on", "validation_required", "off", "validation_unknown_field")
	w.call(t, w.Nurse, "PUT", path+"/duty", object{"on": 1}).want(t, http.StatusBadRequest, "on", "validation_invalid_type")

	_, c := w.Active(t, kit.Anna)
	staff := w.call(t, w.Nurse, "GET", path+"/staff", nil).list(t)
	if len(staff) != 3 {
		t.Fatalf("%d staff of the queue, want doctor, lead and nurse", len(staff))
	}
	for i, want := range []object{
		{"id": w.Doctor.ID, "name": "Doctor", "role": "doctor", "onDuty": true, "active": 0.0},
		{"id": w.Lead.ID, "name": "Lead", "role": "lead", "onDuty": false, "active": 0.0},
		{"id": w.Nurse.ID, "name": "Nurse", "role": "nurse", "onDuty": false, "active": 1.0},
	} {
		for name, value := range want {
			if staff[i][name] != value {
				t.Errorf("staff %d: %s is %v, want %v", i, name, staff[i][name], value)
			}
		}
	}
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	doctor, err := records.StaffByID(w.App, w.Doctor.ID)
	if err != nil {
		t.Fatal(err)
	}
	doctor.Set("queues", []string{w.Soder.Id})
	if err := w.App.Save(doctor); err != nil {
		t.Fatal(err)
	}
	onDuty(0)
}

func TestUnjoinedIsForTheLead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bo := w.Person(t, kit.Anna, "Anna Andersson"), w.Person(t, kit.Bo, "Bo Berg")
	flagged, mildly := w.Open(t, anna), w.Open(t, bo)
	w.Decide(t, anna, flagged.Id, map[string]string{"rf_now": `["rf_blue"]`})
	w.Decide(t, bo, mildly.Id, nil)
	path := "/queues/" + w.Norrvik.Id + "/unjoined"
	before := w.looks(t)
	list := w.call(t, w.Lead, "GET", path, nil).list(t)
	if len(list) != 1 || list[0]["id"] != flagged.Id || list[0]["level"] != 1.0 {
		t.Errorf("the unjoined are %v, want the one who was told to ring 112", list)
	} else if since, there := list[0]["since"]; !there || since != nil {
		t.Errorf("since is %v, want null: nobody has joined", since)
	}
	if w.looks(t) != before+1 {
		t.Errorf("%d looks in the log, want one", w.looks(t)-before)
	}
	if _, err := w.Desk.Leave(t.Context(), anna, flagged.Id); err != nil {
		t.Fatal(err)
	}
	if a := w.call(t, w.Lead, "GET", path, nil); a.raw != "[]\n" {
		t.Errorf("after leaving the unjoined are %s", a.raw)
	}
}

// Own words that nobody has read keep a case that never joined, so a person must be able to see it: words of danger first.
func TestWhoHasWrittenAndNotJoinedIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/queues/" + w.Norrvik.Id + "/unjoined"
	var ids []string
	for i, words := range []string{"", "Det började i går.", "Jag har ont i bröstet.", ""} {
		who := w.Person(t, more[i], "P")
		c := w.Open(t, who)
		answers := map[string]string{}
		if i == 3 {
			answers["rf_now"] = `["rf_blue"]`
		}
		w.Decide(t, who, c.Id, answers)
		if words != "" {
			w.call(t, who, "POST", "/cases/"+c.Id+"/freetext", object{"text": words}).want(t, http.StatusOK)
		}
		ids = append(ids, c.Id)
		w.Clock.Advance(time.Minute)
	}
	var got []string
	rows := w.call(t, w.Lead, "GET", path, nil).list(t)
	for _, row := range rows {
		got = append(got, row["id"].(string))
	}
	if want := []string{ids[2], ids[3], ids[1]}; !slices.Equal(got, want) {
		t.Fatalf("the unjoined are %v, want danger, then level 1, then words: %v", got, want)
	}
	for i, want := range []string{"[freetext danger]", "[]", "[freetext]"} {
		if marks := fmt.Sprint(rows[i]["marks"]); marks != want {
			t.Errorf("row %d is marked %s, want %s", i, marks, want)
		}
	}
}

// looks is how many rows the access log has.
func (w *world) looks(t *testing.T) int64 {
	t.Helper()
	n, err := w.App.CountRecords(records.Audit)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := w.line(t, 2)
	path := "/queues/" + w.Norrvik.Id + "/next"
	w.call(t, w.Nurse, "POST", path, object{"take": "x", "queue": "y"}).want(t, http.StatusBadRequest,
		"take", "validation_invalid_id", "queue", "validation_unknown_field")
	first := w.call(t, w.Nurse, "POST", path, object{"take": "take00000000001"})
	first.want(t, http.StatusOK)
	again := w.call(t, w.Nurse, "POST", path, object{"take": "take00000000001"})
	if first.raw != again.raw || first.at("case", "id") != ids[0] {
		t.Errorf("the same take again answers %s, want %s", again.raw, first.raw)
	}
	if other := w.call(t, w.Doctor, "POST", path, object{"take": "take00000000001"}); other.at("case", "id") != ids[1] {
		t.Errorf("somebody else's take of that name answers %s, want the next patient", other.raw)
	}
}
