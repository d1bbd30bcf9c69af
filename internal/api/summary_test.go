package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// lastLook is the newest row of the access log.
func (w *world) lastLook(t *testing.T) records.Look {
	t.Helper()
	row, err := records.LastLook(w.App)
	if err != nil {
		t.Fatal(err)
	}
	return row.Look()
}

func TestTheSummaryIsWhatAClinicianReadsFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, anna)
	w.Decide(t, anna, c.Id, map[string]string{"no_cold": "true", "days": "3"})
	w.call(t, anna, "POST", "/cases/"+c.Id+"/freetext", object{"text": "Det <svider>.\nMest på natten."}).want(t, http.StatusOK)
	w.call(t, anna, "POST", "/cases/"+c.Id+"/queue", object{"interpreter": true, "phone": kit.Phone}).want(t, http.StatusOK)
	path := "/cases/" + c.Id + "/summary"
	looks := w.looks(t)
	a := w.call(t, w.Nurse, "GET", path, nil)
	a.want(t, http.StatusOK)
	for name, want := range (object{
		"name": "Anna Andersson", "personalNumber": "19851101-2380", "age": 41.0, "phone": kit.Phone, "language": "sv", "interpreter": true,
		"protected": false, "guardian": nil,
	}) {
		if got := a.at("patient", name); got != want {
			t.Errorf("patient.%s is %v, want %v", name, got, want)
		}
	}
	flags, _ := a.json["redFlags"].([]any)
	if len(flags) < 5 {
		t.Fatalf("%d red flags, want each that was asked", len(flags))
	}
	for _, f := range flags {
		if line := f.(map[string]any); line["yes"] != false || line["answer"] != "Nej" || line["question"] == "" {
			t.Errorf("red flag %v, want a no in words", line)
		}
	}
	if a.json["level"] != float64(w.Case(t, c.Id).Level()) || a.json["protocol"] != "sore_throat" || a.json["hash"] != c.Protocol() {
		t.Errorf("level %v, protocol %v, hash %v", a.json["level"], a.json["protocol"], a.json["hash"])
	}
	for _, list := range []string{"reasons", "positives", "rest", "fired", "ownWords"} {
		if got, ok := a.json[list].([]any); !ok || len(got) == 0 {
			t.Errorf("%s is %v, want something", list, a.json[list])
		}
	}
	text, _ := a.json["text"].(string)
	at := -1
	for _, part := range []string{"Anna Andersson, 41\n", "\nVarningstecken\n", "\nViktiga svar\n", "\nÖvriga svar\n", "\nEgna ord\nDet <svider>.\nMest på natten.\n"} {
		i := strings.Index(text, part)
		if i <= at {
			t.Errorf("the text to copy lacks %q, or has it in the wrong place:\n%s", part, text)
		}
		at = i
	}
	if strings.Contains(text, "2380") || strings.ContainsAny(text, "\t\r") {
		t.Errorf("the text to copy has a personal number or odd blanks:\n%s", text)
	}
	if l := w.lastLook(t); w.looks(t) != looks+1 || l.What != "summary" || l.Case != c.Id || l.Patient != anna.ID || l.By != w.Nurse.ID {
		t.Errorf("%d looks more, the last %+v; want this one", w.looks(t)-looks, l)
	}
	w.call(t, anna, "GET", path, nil).want(t, http.StatusForbidden)
	english := w.call(t, w.Nurse, "GET", path, nil, "Accept-Language", "en")
	if text, _ := english.json["text"].(string); !strings.Contains(text, "Red flags") || !strings.Contains(text, flags[0].(map[string]any)["question"].(string)) {
		t.Errorf("in English the headings change and the questions stay as the patient read them:\n%s", text)
	}
}

func TestAPersonalNumberIsWholeOnlyWhileTheCaseIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.Active(t, kit.Anna)
	path := "/cases/" + c.Id + "/summary"
	if got := w.call(t, w.Nurse, "GET", path, nil).at("patient", "personalNumber"); got != "19851101-2380" {
		t.Errorf("while it is open: %v", got)
	}
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, w.Nurse, "GET", path, nil)
	if got, _ := a.at("patient", "personalNumber").(string); strings.Contains(got, "2380") || got == "" {
		t.Errorf("after the end: %v, want it masked", got)
	}
	if strings.Contains(a.raw, "2380") {
		t.Error("after the end the last digits stand somewhere in the summary")
	}
}

func TestTheSummaryOfAChildNamesItsGuardian(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.guarded(t)
	path := "/cases/" + c.Id + "/summary"
	a := w.call(t, w.Nurse, "GET", path, nil)
	if a.at("patient", "name") != "Elsa" || a.at("patient", "age") != 2.0 || a.at("patient", "guardian", "name") != "Anna Andersson" {
		t.Errorf("the summary names %v", a.at("patient"))
	}
	if a.at("patient", "guardian", "verified") != false {
		t.Error("a guardian whom nobody has verified stands as verified")
	}
	w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/guardian", object{"verified": true}).want(t, http.StatusOK)
	if a := w.call(t, w.Nurse, "GET", path, nil); a.at("patient", "guardian", "verified") != true {
		t.Error("a verified guardian stands as not verified")
	}
	w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/guardian", object{"blocked": true, "reason": "inte vårdnadshavare"}).want(t, http.StatusOK)
	if a := w.call(t, w.Nurse, "GET", path, nil); a.at("patient", "guardian", "verified") != false {
		t.Error("a blocked guardian stands as verified")
	}
}

func TestOnlyACaseWithAGuardianHasOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, c := w.Active(t, kit.Anna)
	w.call(t, w.Nurse, "PUT", "/cases/"+c.Id+"/guardian", object{"verified": true}).want(t, http.StatusConflict, "state", "active")
}

func TestEarlierContactsAreThoseOfTheCallersQueues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, first := w.Active(t, kit.Anna)
	if _, err := w.Desk.Close(t.Context(), w.Nurse, first.Id, ending()); err != nil {
		t.Fatal(err)
	}
	away := w.call(t, anna, "POST", "/cases", opening(object{"unit": "soder"}))
	away.want(t, http.StatusOK)
	id := away.at("case", "id").(string)
	w.Decide(t, anna, id, nil)
	w.call(t, anna, "POST", "/cases/"+id+"/queue", nil).want(t, http.StatusOK)
	w.call(t, w.South, "POST", "/cases/"+id+"/claim", object{"reason": "test"}).want(t, http.StatusOK)
	if got := w.call(t, w.South, "GET", "/cases/"+id+"/summary", nil).json["earlier"].([]any); len(got) != 0 {
		t.Errorf("staff of the other unit see %v of before", got)
	}
	w.call(t, w.South, "POST", "/cases/"+id+"/close", object{"outcome": "advice", "advice": "Vila."}).want(t, http.StatusOK)
	_, third := w.Active(t, kit.Anna)
	got := w.call(t, w.Nurse, "GET", "/cases/"+third.Id+"/summary", nil).json["earlier"].([]any)
	if len(got) != 1 {
		t.Fatalf("%d earlier contacts, want the one in the nurse's queue", len(got))
	}
	for name, want := range (object{"id": first.Id, "complaint": "sore_throat", "created": "2026-11-25T08:00:00.000Z", "state": "closed", "outcome": "advice"}) {
		if value := got[0].(map[string]any)[name]; value != want {
			t.Errorf("earlier.%s is %v, want %v", name, value, want)
		}
	}
}

func TestSearchFindsInTheCallersQueuesAndIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	w.Person(t, kit.Bo, "Bo 100 % Berg") // known, without a case
	for name, try := range map[string]struct {
		who   whoSays
		body  object
		found int
	}{
		"by number":              {w.Nurse, object{"personalNumber": "19851101-2380"}, 1},
		"by ten digits":          {w.Nurse, object{"personalNumber": "851101-2380"}, 1},
		"by part of the name":    {w.Nurse, object{"name": "andersson"}, 1},
		"by a colleague":         {w.Doctor, object{"name": "Anna"}, 1},
		"nobody of that name":    {w.Nurse, object{"name": "Cecilia"}, 0},
		"a name without a case":  {w.Nurse, object{"name": "Bo"}, 0},
		"a sign that means any":  {w.Nurse, object{"name": "%"}, 0},
		"one that means one":     {w.Nurse, object{"name": "Ann_"}, 0},
		"quotes":                 {w.Nurse, object{"name": "' OR '1'='1"}, 0},
		"a number of nobody":     {w.Nurse, object{"personalNumber": "198511022389"}, 0},
		"by staff elsewhere":     {w.South, object{"personalNumber": kit.Anna}, 0},
		"elsewhere, by name":     {w.South, object{"name": "Anna"}, 0},
		"by staff of no queue":   {w.Idle, object{"name": "Anna"}, 0},
		"no queue, by number":    {w.Idle, object{"personalNumber": kit.Anna}, 0},
		"by a lead":              {w.Lead, object{"personalNumber": kit.Anna}, 1},
		"a known one, no case":   {w.Nurse, object{"personalNumber": kit.Bo}, 0},
		"with blanks around":     {w.Nurse, object{"name": " Anna Andersson "}, 1},
		"the other field empty":  {w.Nurse, object{"name": "Anna", "personalNumber": ""}, 1},
		"the other field a null": {w.Nurse, object{"name": "Anna", "personalNumber": nil}, 1},
	} {
		looks := w.looks(t)
		try.body["reason"] = "ringde om svaret"
		a := w.call(t, try.who, "POST", "/cases/search", try.body)
		a.want(t, http.StatusOK)
		items, ok := a.json["items"].([]any)
		if !ok || len(items) != try.found {
			t.Errorf("%s: found %s, want %d", name, a.raw, try.found)
			continue
		}
		l := w.lastLook(t)
		if w.looks(t) != looks+1 || l.What != "search" || l.Why != "ringde om svaret" || l.By != try.who.ID {
			t.Errorf("%s: %d looks more, the last %+v; want this one", name, w.looks(t)-looks, l)
		}
		if try.found == 1 && (items[0].(map[string]any)["id"] != c.Id || l.Case != c.Id || l.Patient != anna.ID) {
			t.Errorf("%s: found %v, the log names %q", name, items[0], l.Case)
		}
	}
}

func TestSearchAsksForAReasonAndOneThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	looks := w.looks(t)
	for name, try := range map[string]struct {
		body  any
		codes []string
	}{
		"nothing":       {nil, []string{"reason", "validation_required", "name", "validation_one_of_two", "personalNumber", "validation_one_of_two"}},
		"both":          {object{"reason": "x", "name": "A", "personalNumber": kit.Anna}, []string{"name", "validation_one_of_two", "personalNumber", "validation_one_of_two"}},
		"a blank name":  {object{"reason": "x", "name": " "}, []string{"name", "validation_one_of_two", "personalNumber", "validation_one_of_two"}},
		"no number":     {object{"reason": "x", "personalNumber": "850101-0000"}, []string{"personalNumber", "validation_invalid_personal_number"}},
		"a wrong digit": {object{"reason": "x", "personalNumber": "198511012381"}, []string{"personalNumber", "validation_invalid_personal_number"}},
		"too long":      {object{"reason": strings.Repeat("a", 1001), "personalNumber": strings.Repeat("1", 21)}, []string{"reason", "validation_too_long", "personalNumber", "validation_too_long"}},
		"wrong types":   {object{"reason": 1, "name": []int{1}, "who": 1}, []string{"reason", "validation_invalid_type", "name", "validation_invalid_type", "who", "validation_unknown_field"}},
	} {
		a := w.call(t, w.Nurse, "POST", "/cases/search", try.body)
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400: %s", name, a.status, a.raw)
			continue
		}
		a.want(t, http.StatusBadRequest, try.codes...)
	}
	if w.looks(t) != looks {
		t.Error("a search that was refused is in the log")
	}
}

func TestAnActOfStaffIsInTheReadersList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	w.Clock.Advance(time.Minute)
	w.call(t, w.Nurse, "GET", "/cases/"+c.Id+"/summary", nil).want(t, http.StatusOK)
	w.call(t, w.Lead, "PUT", "/cases/"+c.Id+"/level", object{"level": 3, "reason": "hög feber"}).want(t, http.StatusOK)
	list := w.call(t, anna, "GET", "/cases/"+c.Id+"/readers", nil).list(t)
	if len(list) != 2 || list[0]["name"] != "Lead" || list[1]["name"] != "Nurse" || list[1]["what"] != "summary" {
		t.Errorf("the readers are %v, want the lead and the nurse", list)
	}
}
