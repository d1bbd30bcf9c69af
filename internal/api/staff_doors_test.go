package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// staffDoor is a command of staff on a case.
type staffDoor struct {
	door
	team   bool        // staff of the queue may, without the claim
	wrong  cases.State // a state that refuses it; "" for none
	bad    any         // a body with nothing right
	faults []string    // what is said of it
}

func staffDoors(w *world) []staffDoor {
	long := strings.Repeat("å", 4001)
	until := w.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	return []staffDoor{
		{
			door{"POST", "/claim", object{"reason": "väntat länge"}},
			true, cases.Closed,
			object{"reason": " \n", "why": 1},
			[]string{"reason", "validation_required", "why", "validation_unknown_field"},
		},
		{
			door{"POST", "/release", object{"reason": "fel kö"}},
			false, cases.Closed,
			object{"reason": 7, "Reason": "x"},
			[]string{"reason", "validation_invalid_type", "Reason", "validation_unknown_field"},
		},
		{
			door{"POST", "/transfer", object{"queue": w.Soder.Id, "note": "bor där"}},
			false, cases.Closed,
			object{"queue": "SODER", "clinician": "x", "note": long[:2002]},
			[]string{"queue", "validation_invalid_id", "clinician", "validation_invalid_id", "note", "validation_too_long"},
		},
		{
			door{"PUT", "/level", object{"level": 2, "reason": "låter sämre"}},
			true, cases.Closed,
			object{"level": 6},
			[]string{"level", "validation_too_large", "reason", "validation_required"},
		},
		{
			door{"POST", "/noshow", nil},
			false, cases.Closed,
			object{"reason": "sen"},
			[]string{"reason", "validation_unknown_field"},
		},
		{
			door{"POST", "/pause", object{"until": until}},
			false, cases.Closed,
			object{"until": "i morgon"},
			[]string{"until", "validation_invalid_time"},
		},
		{
			door{"POST", "/resume", object{}},
			false, cases.Closed,
			object{"": 1},
			[]string{"", "validation_unknown_field"},
		},
		{
			door{"POST", "/phonecall", object{"answered": false}},
			false, cases.Closed,
			object{"answered": "no"},
			[]string{"answered", "validation_invalid_type"},
		},
		{
			door{"POST", "/close", object{"outcome": "booked", "advice": "Tid i morgon.", "levelWas": "right", "followUp": "-", "hold": 0}},
			false, cases.Closed,
			object{"outcome": "cured", "advice": long, "adviceSv": " ", "levelWas": "maybe", "followUp": long, "hold": 11},
			[]string{
				"outcome", "validation_not_one_of", "advice", "validation_too_long", "adviceSv", "validation_required",
				"levelWas", "validation_not_one_of", "followUp", "validation_too_long", "hold", "validation_too_large",
			},
		},
		{
			door{"DELETE", "/close", nil},
			false, cases.Closed,
			object{"reason": "ångrar mig"},
			[]string{"reason", "validation_unknown_field"},
		},
		{
			door{"POST", "/held", object{"id": "heldmessage0000", "body": "Hej!", "hold": 5}},
			false, cases.Closed,
			object{"id": "X", "body": " \n", "hold": 11, "kind": "note"},
			[]string{"id", "validation_invalid_id", "body", "validation_required", "hold", "validation_too_large", "kind", "validation_unknown_field"},
		},
		{
			door{"POST", "/amend", object{"advice": "Tvärtom.", "reason": "fel råd"}},
			true, "",
			object{"advice": long, "adviceSv": " ", "outcome": "advice"},
			[]string{
				"advice", "validation_too_long", "adviceSv", "validation_required", "reason", "validation_required", "outcome", "validation_unknown_field",
			},
		},
		{
			door{"POST", "/reopen", object{"reason": "mer att säga"}},
			true, "",
			object{"reason": " \n", "clinician": "x"},
			[]string{"reason", "validation_required", "clinician", "validation_unknown_field"},
		},
		{
			door{"PUT", "/guardian", object{"verified": true, "reason": "sett intyget"}},
			false, "",
			object{"verified": true, "blocked": true, "reason": long[:2002]},
			[]string{"verified", "validation_one_of_two", "blocked", "validation_one_of_two", "reason", "validation_too_long"},
		},
	}
}

// guarded is a case of a child that the nurse holds.
func (w *world) guarded(t testing.TB) (guardian access.Who, c *records.Case) {
	t.Helper()
	guardian = w.Person(t, kit.Anna, "Anna Andersson")
	opened, _, err := w.Desk.Open(t.Context(), guardian, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "sv", Body: "guarded",
		Dependant: &care.Dependant{Number: kit.Number(t, kit.Child), Name: "Elsa", Guardian: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Decide(t, guardian, opened.Id, nil)
	if _, err := w.Desk.Join(t.Context(), guardian, opened.Id, care.Joining{Phone: kit.Phone}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, opened.Id, "kits skäl"); err != nil {
		t.Fatal(err)
	}
	return guardian, w.Case(t, opened.Id)
}

// TestEveryStaffDoorAsksInOrder tries each command of staff as everybody and with everything wrong: who comes first, then the body, then the state.
func TestEveryStaffDoorAsksInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	guardian, c := w.guarded(t)
	stranger, admin := w.Person(t, kit.Bo, "Bo Berg"), w.admin(t)
	seq := w.Case(t, c.Id).Seq()
	all := append(staffDoors(w), staffDoor{door: door{"GET", "/summary", nil}, team: true})
	for _, d := range all {
		path := "/cases/" + c.Id + d.path
		refused := map[string]struct {
			who    access.Who
			status int
		}{
			"a guest":           {guest, http.StatusUnauthorized},
			"another patient":   {stranger, http.StatusNotFound},
			"staff elsewhere":   {w.South, http.StatusNotFound},
			"staff of no queue": {w.Idle, http.StatusNotFound},
			"the guardian":      {guardian, http.StatusForbidden},
			"a superuser":       {admin, http.StatusForbidden},
		}
		if !d.team {
			refused["a colleague"] = struct {
				who    access.Who
				status int
			}{w.Doctor, http.StatusForbidden}
		}
		for name, try := range refused {
			for _, body := range []any{"{", `{"nonsense": 1}`, d.body} {
				if d.method == "GET" {
					body = nil
				}
				if a := w.call(t, try.who, d.method, path, body); a.status != try.status {
					t.Errorf("%s %s by %s with %v is %d, want %d: %s", d.method, d.path, name, body, a.status, try.status, a.raw)
				}
			}
		}
		for _, id := range []string{"nosuchcase00000", "x", "%00", "..%2f", strings.Repeat("a", 4000), "' OR 1=1 --"} {
			id = strings.ReplaceAll(id, " ", "%20")
			if a := w.call(t, w.Nurse, d.method, "/cases/"+id+d.path, nil); a.status != http.StatusNotFound {
				t.Errorf("%s %s of the case %.20q is %d, want 404", d.method, d.path, id, a.status)
			}
		}
	}
	if a := w.call(t, admin, "POST", "/cases/"+c.Id+"/close", nil); !strings.Contains(a.raw, "/admin/breakglass") {
		t.Errorf("a superuser is answered %s, want how to look", a.raw)
	}
	if now := w.Case(t, c.Id).Seq(); now != seq {
		t.Errorf("%d events of refused commands", now-seq)
	}
}

func TestEveryStaffDoorNamesEveryFault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.guarded(t)
	seq := w.Case(t, c.Id).Seq()
	for _, d := range staffDoors(w) {
		path := "/cases/" + c.Id + d.path
		a := w.call(t, w.Nurse, d.method, path, d.bad)
		a.want(t, http.StatusBadRequest, d.faults...)
		if got, _ := a.at("data").(object); len(got) != len(d.faults)/2 {
			t.Errorf("%s names %d faults, want %d: %s", d.path, len(got), len(d.faults)/2, a.raw)
		}
		for _, body := range []string{"{", "[]", "null", `"x"`, "1", "{} {}", "{,}", `{"a":}`, "\ufeff{}"} {
			if a := w.call(t, w.Nurse, d.method, path, body); a.status != http.StatusBadRequest {
				t.Errorf("%s with %q is %d, want 400", d.path, body, a.status)
			}
		}
		w.call(t, w.Nurse, d.method, path, object{"x": strings.Repeat("a", 64<<10)}).want(t, http.StatusRequestEntityTooLarge)
		w.call(t, w.Nurse, d.method, path, "reason=x", "Content-Type", "application/x-www-form-urlencoded").want(t, http.StatusUnsupportedMediaType)
		token := w.token(t, w.Nurse)
		if a := w.send(t, token, d.method, path, strings.NewReader(`{"reason": "x"}`)); a.status != http.StatusUnsupportedMediaType {
			t.Errorf("%s with a body of no type is %d, want 415", d.path, a.status)
		}
	}
	if now := w.Case(t, c.Id).Seq(); now != seq {
		t.Errorf("%d events of refused commands", now-seq)
	}
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/close", object{}).want(t, http.StatusBadRequest,
		"outcome", "validation_required", "advice", "validation_required")
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/transfer", object{"note": "x"}).want(t, http.StatusBadRequest,
		"queue", "validation_one_of_two", "clinician", "validation_one_of_two")
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/pause", object{"until": 12}).want(t, http.StatusBadRequest, "until", "validation_invalid_type")
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/pause", object{"until": nil}).want(t, http.StatusBadRequest, "until", "validation_required")
	w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/guardian", object{"blocked": true, "reason": " "}).want(t, http.StatusBadRequest, "reason", "validation_required")
	for level, code := range map[any]string{0: "validation_required", -1: "validation_too_small", 6: "validation_too_large", 2.5: "validation_invalid_type", "2": "validation_invalid_type"} {
		w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/level", object{"level": level, "reason": "x"}).want(t, http.StatusBadRequest, "level", code)
	}
}

func TestEveryStaffDoorReadsTheBodyBeforeTheState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.guarded(t)
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	for _, d := range staffDoors(w) {
		path := "/cases/" + c.Id + d.path
		w.call(t, w.Nurse, d.method, path, d.bad).want(t, http.StatusBadRequest)
		if d.wrong != "" {
			w.call(t, w.Nurse, d.method, path, d.body).want(t, http.StatusConflict, "state", "closed")
		}
	}
	past := w.Clock.Now().Add(-time.Hour).Format(time.RFC3339)
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/pause", object{"until": past}).want(t, http.StatusBadRequest, "until", "validation_in_past")
	w.call(t, w.Nurse, "POST", "/cases/"+c.Id+"/transfer", object{"queue": "nothere00000000", "note": "x"}).
		want(t, http.StatusBadRequest, "queue", "validation_unknown")
}

// TestTheWayOfACaseByStaff goes the whole way, each command twice: the second answers as the first.
func TestTheWayOfACaseByStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	path := "/cases/" + c.Id
	do := func(who access.Who, method, door string, body any, state cases.State) {
		t.Helper()
		first := w.call(t, who, method, path+door, body)
		first.want(t, http.StatusOK)
		if got := first.at("case", "state"); got != string(state) {
			t.Errorf("%s answers a case that is %v, want %s", door, got, state)
		}
		if again := w.call(t, who, method, path+door, body); again.raw != first.raw {
			t.Errorf("%s again answers\n%s\nwant\n%s", door, again.raw, first.raw)
		}
	}
	until := w.Clock.Now().Add(time.Hour).Format(time.RFC3339)
	do(w.Doctor, "PUT", "/level", object{"level": 3, "reason": "hög feber"}, cases.Waiting)
	do(w.Nurse, "POST", "/claim", object{"reason": "hög feber"}, cases.Called)
	w.call(t, w.Doctor, "POST", path+"/claim", object{"reason": "min"}).want(t, http.StatusConflict, "state", "called", "by", w.Nurse.ID)
	held := w.call(t, w.Doctor, "POST", path+"/claim", object{"reason": "min"})
	if held.at("data", "by", "name") != "Nurse" {
		t.Errorf("a claim of a taken case answers %s, want who has it", held.raw)
	}
	do(w.Nurse, "POST", "/noshow", nil, cases.Waiting)
	do(w.Nurse, "POST", "/claim", object{"reason": "andra försöket"}, cases.Called)
	do(w.Nurse, "POST", "/phonecall", object{"answered": true}, cases.Active)
	do(w.Nurse, "POST", "/pause", object{"until": until}, cases.Paused)
	do(w.Nurse, "POST", "/resume", nil, cases.Active)
	do(w.Nurse, "POST", "/release", object{"reason": "rast"}, cases.Waiting)
	do(w.Nurse, "POST", "/claim", object{"reason": "tillbaka"}, cases.Called)
	for range 2 {
		a := w.call(t, w.Nurse, "POST", path+"/transfer", object{"clinician": w.Doctor.ID, "note": "läkarfråga"})
		a.want(t, http.StatusNoContent)
	}
	for range 2 {
		w.call(t, w.Doctor, "POST", path+"/transfer", object{"queue": w.Soder.Id, "note": "bor där"}).want(t, http.StatusNoContent)
	}
	w.call(t, w.Doctor, "GET", path+"/summary", nil).want(t, http.StatusNotFound)
	w.call(t, w.Doctor, "POST", path+"/release", "{").want(t, http.StatusNotFound)
	w.call(t, w.Doctor, "POST", path+"/transfer", object{"queue": w.Soder.Id, "note": "en annan anledning"}).want(t, http.StatusNotFound)
	do(w.South, "POST", "/claim", object{"reason": "först"}, cases.Called)
	do(w.South, "POST", "/close", object{"outcome": "advice", "advice": "Vila."}, cases.Closed)
	w.call(t, w.South, "POST", path+"/close", object{"outcome": "advice", "advice": "Vila mer."}).want(t, http.StatusConflict, "state", "closed")
	if got := w.call(t, anna, "GET", path+"/step", nil); got.status != http.StatusOK {
		t.Errorf("the patient reads it later: %d", got.status)
	}
}

// FuzzStaffBodies throws bytes at every command of staff that reads a body. No body is the fault of the server, and every refusal is one of api.md.
func FuzzStaffBodies(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[[[[`, `{"reason":"\ud800"}`, `{"reason":"\u0000"}`, "{\"reason\":\"\xff\"}", `{"level":1e999,"reason":"x"}`,
		`{"until":"9999-12-31T23:59:59-23:59"}`, `{"until":"0000-01-01T00:00:00Z"}`, `{"until":null}`, `{"until":{}}`, `{"answered":[]}`,
		`{"outcome":"advice","advice":"x","hold":-1}`, `{"queue":"aaaaaaaaaaaaaaa","clinician":null,"note":"x"}`,
		`{"personalNumber":"19121212-1212","name":"%","reason":"x"}`, `{"name":"' OR 1=1 --","reason":"x"}`, `{"take":"` + strings.Repeat("a", 15) + `"}`,
		`{"on":true}`, `{"verified":true,"blocked":false,"reason":""}`, `{"verified":{"blocked":1}}`,
	} {
		f.Add(seed)
	}
	w := newWorld(f)
	_, c := w.guarded(f)
	token := w.token(f, w.Nurse)
	targets := [][2]string{{"POST", "/cases/search"}, {"POST", "/queues/" + w.Norrvik.Id + "/next"}, {"PUT", "/queues/" + w.Norrvik.Id + "/duty"}}
	for _, d := range staffDoors(w) {
		targets = append(targets, [2]string{d.method, "/cases/" + c.Id + d.path})
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, target := range targets {
			a := w.send(t, token, target[0], target[1], strings.NewReader(body), "Content-Type", "application/json")
			switch a.status {
			case http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge:
			case http.StatusForbidden, http.StatusNotFound: // a body that fitted has given the case away
			default:
				t.Errorf("%s %s answers %d to %q: %s", target[0], strings.TrimPrefix(target[1], api.Base), a.status, body, a.raw)
			}
			if a.status >= http.StatusBadRequest && (a.json["status"] != float64(a.status) || a.json["message"] == "" || a.json["data"] == nil) {
				t.Errorf("%s %s refuses %q with %s, want PocketBase's shape", target[0], target[1], body, a.raw)
			}
		}
	})
}
