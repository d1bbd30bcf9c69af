package api_test

import (
	"net/http"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/test/kit"
)

// door is a command on a case, as its patient's side sends it.
type door struct {
	method, path string
	body         any
}

// doors are those of the patient's side alone.
func doors() []door {
	return []door{
		{"GET", "/step", nil},
		{"PUT", "/answers/rf_now", object{"value": []string{"none"}}},
		{"POST", "/freetext", object{"text": "ont"}},
		{"GET", "/worse", nil},
		{"POST", "/worse", object{"answers": object{}}},
		{"POST", "/queue", object{}},
		{"GET", "/queue", nil},
		{"DELETE", "/queue", nil},
		{"POST", "/here", nil},
		{"POST", "/hold", nil},
		{"POST", "/feedback", object{"rating": 5}},
		{"GET", "/print", nil},
		{"GET", "/readers", nil},
	}
}

// common are the doors of both sides.
func common() []door {
	return []door{
		{"PUT", "/read", object{"upTo": 0}},
		{"POST", "/typing", object{"on": true}},
		{"GET", "/events", nil},
	}
}

// TestEveryDoorAsksWhoBeforeItReads tries each command with a body that is no JSON: who may not learns nothing of that.
func TestEveryDoorAsksWhoBeforeItReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, waiting := w.Waiting(t, kit.Anna)
	bo, admin := w.Person(t, kit.Bo, "Bo Berg"), w.admin(t)
	watch, err := api.NewWatch(w.App, waiting.Id, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	sequence := append(doors(), common()...)
	for _, d := range sequence {
		path := "/cases/" + waiting.Id + d.path
		for name, try := range map[string]struct {
			who    access.Who
			status int
		}{
			"a guest":           {guest, http.StatusUnauthorized},
			"another patient":   {bo, http.StatusNotFound},
			"staff elsewhere":   {w.South, http.StatusNotFound},
			"staff of no queue": {w.Idle, http.StatusNotFound},
			"a superuser":       {admin, http.StatusForbidden},
		} {
			if a := w.call(t, try.who, d.method, path, "{"); a.status != try.status {
				t.Errorf("%s %s by %s is %d, want %d", d.method, d.path, name, a.status, try.status)
			}
		}
		if d.path != "/queue" || d.method != "GET" {
			if a := w.send(t, watch, d.method, path, nil); a.status != http.StatusUnauthorized {
				t.Errorf("%s %s with a watch token is %d, want 401", d.method, d.path, a.status)
			}
		}
		if a := w.call(t, anna, d.method, "/cases/nosuchcase00000"+d.path, "{"); a.status != http.StatusNotFound {
			t.Errorf("%s %s of no case is %d, want 404", d.method, d.path, a.status)
		}
	}
	for _, d := range doors() {
		if a := w.call(t, w.Nurse, d.method, "/cases/"+waiting.Id+d.path, "{"); a.status != http.StatusForbidden {
			t.Errorf("%s %s by staff of the queue is %d, want 403", d.method, d.path, a.status)
		}
	}
	if a := w.call(t, w.Nurse, "POST", "/cases/"+waiting.Id+"/typing", "{"); a.status != http.StatusForbidden {
		t.Errorf("typing by staff who do not hold the case is %d, want 403", a.status)
	}
	w.call(t, anna, "GET", "/cases/"+waiting.Id+"/step", nil).want(t, http.StatusOK)
}

// TestTheBodyIsReadBeforeTheState sends what no state allows with a bad body.
func TestTheBodyIsReadBeforeTheState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	path := "/cases/" + c.Id
	flags := w.call(t, anna, "GET", path+"/worse", nil)
	good := object{}
	for _, q := range flags.json["questions"].([]any) {
		good[q.(object)["id"].(string)] = []string{"none"}
	}
	for _, try := range []struct {
		method, path string
		bad, good    any
		field, code  string
	}{
		{"PUT", "/answers/rf_now", object{"value": []string{"cold feet"}}, object{"value": []string{"none"}}, "value", "validation_not_one_of"},
		{"PUT", "/answers/rf_now", object{}, object{"value": []string{"rf_blue"}}, "value", "validation_required"},
		{"POST", "/freetext", object{"text": " "}, object{"text": "ont"}, "text", "validation_required"},
		{"POST", "/worse", object{"answers": object{"nonsense": 1}}, object{"answers": good}, "answers.nonsense", "validation_unknown_field"},
		{"POST", "/queue", object{"phone": "1"}, object{"phone": kit.Phone, "interpreter": true}, "phone", "validation_invalid_phone"},
		{"POST", "/here", object{"x": 1}, nil, "x", "validation_unknown_field"},
		{"POST", "/hold", object{"x": 1}, nil, "x", "validation_unknown_field"},
		{"POST", "/typing", object{}, object{"on": true}, "on", "validation_required"},
	} {
		w.call(t, anna, try.method, path+try.path, try.bad).want(t, http.StatusBadRequest, try.field, try.code)
		if try.path == "/here" {
			continue // done before: a repeat
		}
		w.call(t, anna, try.method, path+try.path, try.good).want(t, http.StatusConflict, "state", "closed")
	}
	w.call(t, anna, "PUT", path+"/answers/nonsense", "{").want(t, http.StatusNotFound)
}
