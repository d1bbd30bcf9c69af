package api_test

import (
	"net/http"
	"testing"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

type object = map[string]any

func opening(more object) object {
	in := object{"region": "demo", "complaint": "sore_throat"}
	for name, value := range more {
		in[name] = value
	}
	return in
}

func childOf(number string, guardian bool) object {
	return object{"dependant": object{"personalNumber": number, "name": "Elsa", "guardian": guardian}}
}

func TestOpenGivesCaseAndStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	in := opening(object{"id": "caseanna0000001", "unit": "soder", "phone": "070-174 06 05"})
	a := w.call(t, anna, "POST", "/cases", in, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	for name, want := range (object{
		"id": "caseanna0000001", "state": "answering", "complaint": "sore_throat", "level": 0.0, "region": w.Region.Id, "unit": w.Soder.Unit(),
		"patient": anna.ID, "created": "2026-11-25T08:00:00.000Z", "since": nil, "due": nil, "closed": nil, "seq": 1.0,
	}) {
		if got := a.at("case", name); got != want {
			t.Errorf("case.%s is %v, want %v", name, got, want)
		}
	}
	for _, hidden := range []string{"phone", "protocol", "fingerprint", "person", "timer"} {
		if got := a.at("case", hidden); got != nil {
			t.Errorf("case.%s is shown: %v", hidden, got)
		}
	}
	if got := a.at("step", "question", "text"); got != "Do you have any of these right now?" {
		t.Errorf("the first question is %v", got)
	}
	if a.at("step", "progress", "answered") != 0.0 || a.at("step", "progress", "expected").(float64) < 1 {
		t.Errorf("progress is %v", a.at("step", "progress"))
	}
	if got := w.Case(t, "caseanna0000001").Phone(); got != kit.Phone {
		t.Errorf("the case's phone is %q, want it in E.164", got)
	}
}

func TestOpenNamesEveryBadField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	for name, try := range map[string]struct {
		body  any
		codes []string
	}{
		"nothing": {object{}, []string{"region", "validation_required", "complaint", "validation_required"}},
		"unknown names, and an unknown field": {
			opening(object{"region": "nowhere", "complaint": "hiccups", "colour": "red", "id": "X"}),
			[]string{"region", "validation_unknown", "complaint", "validation_unknown", "colour", "validation_unknown_field", "id", "validation_invalid_id"},
		},
		"unknown unit and a bad phone": {
			opening(object{"unit": "nowhere", "phone": "112"}),
			[]string{"unit", "validation_unknown", "phone", "validation_invalid_phone"},
		},
		"a fixed line":        {opening(object{"phone": "08-123 456 78"}), []string{"phone", "validation_phone_not_mobile"}},
		"wrong types":         {opening(object{"region": 1, "phone": true}), []string{"region", "validation_invalid_type", "phone", "validation_invalid_type"}},
		"dependant no object": {opening(object{"dependant": "Elsa"}), []string{"dependant", "validation_invalid_type"}},
		"dependant without number": {
			opening(object{"dependant": object{"guardian": true}, "complaint": ""}),
			[]string{"dependant.personalNumber", "validation_required", "complaint", "validation_required"},
		},
		"dependant with a wrong number": {opening(childOf("202312152389", true)), []string{"dependant.personalNumber", "validation_invalid_personal_number"}},
	} {
		a := w.call(t, anna, "POST", "/cases", try.body)
		a.want(t, http.StatusBadRequest, try.codes...)
		if got := len(a.at("data").(object)); got != len(try.codes)/2 {
			t.Errorf("%s: %d fields are named, want %d: %s", name, got, len(try.codes)/2, a.raw)
		}
	}
	w.call(t, anna, "POST", "/cases", "[]").want(t, http.StatusBadRequest)
	w.call(t, anna, "POST", "/cases", "{", "Content-Type", "application/json").want(t, http.StatusBadRequest)
	w.call(t, anna, "POST", "/cases", "region=demo", "Content-Type", "application/x-www-form-urlencoded").want(t, http.StatusUnsupportedMediaType)
	w.call(t, anna, "POST", "/cases", opening(object{"phone": string(make([]byte, 70_000))})).want(t, http.StatusRequestEntityTooLarge)
	if rows, err := records.CasesOf(w.App, anna.ID, 1); err != nil || len(rows) != 0 {
		t.Errorf("a refused request has opened %d cases, %v", len(rows), err)
	}
}

func TestOpenAsksWhoFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.call(t, guest, "POST", "/cases", "{").want(t, http.StatusUnauthorized)
	w.call(t, w.Nurse, "POST", "/cases", "{").want(t, http.StatusForbidden)
	w.call(t, w.admin(t), "POST", "/cases", "{").want(t, http.StatusForbidden)
}

func TestWhomTheServiceIsNotFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	for name, try := range map[string]struct {
		more object
		code string
	}{
		"a baby":                          {childOf("202603012382", true), "under_one_year"},
		"a baby of nobody":                {childOf("202603012382", false), "under_one_year"},
		"a teenager":                      {childOf(kit.Teen, true), "guardian_age_limit"},
		"a teenager of nobody":            {childOf(kit.Teen, false), "guardian_age_limit"},
		"who does not say to be guardian": {childOf(kit.Child, false), "not_guardian"},
		"who writes the own number as the child's": {childOf(kit.Anna, true), "own_number"},
	} {
		a := w.call(t, anna, "POST", "/cases", opening(try.more))
		a.want(t, http.StatusUnprocessableEntity, "reason", try.code)
		if phones, _ := a.at("data", "reason", "phones").([]any); len(phones) != 2 {
			t.Errorf("%s: the numbers to ring are %v", name, phones)
		}
	}
	w.Region.Set("inService", false)
	if err := w.App.Save(w.Region); err != nil {
		t.Fatal(err)
	}
	w.call(t, anna, "POST", "/cases", opening(nil)).want(t, http.StatusUnprocessableEntity, "reason", "region_closed")
	w.call(t, anna, "POST", "/cases", opening(childOf(kit.Teen, false))).want(t, http.StatusUnprocessableEntity, "reason", "region_closed")
}

func TestTheSameOpeningAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	in := opening(object{"id": "caseanna0000001"})
	first := w.call(t, anna, "POST", "/cases", in)
	first.want(t, http.StatusOK)
	again := w.call(t, anna, "POST", "/cases", in)
	again.want(t, http.StatusOK)
	if again.raw != first.raw {
		t.Errorf("the same again answers\n%s\nwant\n%s", again.raw, first.raw)
	}
	w.call(t, anna, "POST", "/cases", opening(object{"id": "caseanna0000001", "unit": "soder"})).want(t, http.StatusConflict, "id", "id_taken")
	a := w.call(t, anna, "POST", "/cases", opening(object{"id": "caseanna0000002"}))
	a.want(t, http.StatusConflict, "case", "caseanna0000001", "state", "answering")

	bo := w.Person(t, kit.Bo, "Bo Berg")
	w.call(t, bo, "POST", "/cases", in).want(t, http.StatusConflict, "id", "id_taken")

	if _, err := w.Desk.Leave(t.Context(), anna, "caseanna0000001"); err != nil {
		t.Fatal(err)
	}
	w.call(t, anna, "POST", "/cases", in).want(t, http.StatusOK)
}

func TestStateIsAskedBeforeEligibility(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	w.Open(t, anna)
	w.Region.Set("inService", false)
	if err := w.App.Save(w.Region); err != nil {
		t.Fatal(err)
	}
	w.call(t, anna, "POST", "/cases", opening(nil)).want(t, http.StatusConflict, "state", "answering")
}

func TestOneGuardianLearnsNothingOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bo := w.Person(t, kit.Anna, "Anna Andersson"), w.Person(t, kit.Bo, "Bo Berg")
	hers := w.call(t, anna, "POST", "/cases", opening(childOf(kit.Child, true)))
	hers.want(t, http.StatusOK)
	his := w.call(t, bo, "POST", "/cases", opening(childOf(kit.Child, true)))
	his.want(t, http.StatusOK)
	if hers.at("case", "patient") != his.at("case", "patient") || hers.at("case", "id") == his.at("case", "id") {
		t.Errorf("two guardians of a child got %v and %v, want two cases of one child", hers.at("case"), his.at("case"))
	}
	if his.at("case", "guardian") != bo.ID {
		t.Errorf("the guardian is %v, want who asked", his.at("case", "guardian"))
	}
	if a, b := hers.at("step"), his.at("step"); len(a.(object)) != len(b.(object)) || hers.at("step", "question", "id") != his.at("step", "question", "id") {
		t.Errorf("the questions differ: %v, %v", a, b)
	}
	id, _ := hers.at("case", "id").(string)
	w.call(t, bo, "GET", "/cases/"+id+"/step", nil).want(t, http.StatusNotFound)
	w.call(t, bo, "POST", "/cases", opening(childOf(kit.Child, true))).want(t, http.StatusConflict, "case", his.at("case", "id").(string))
}

func TestDemoTakesNobodyReal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.Demo = true
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	in := opening(object{"phone": "+46701234567", "dependant": object{"personalNumber": "202312152370", "guardian": true}})
	w.call(t, anna, "POST", "/cases", in).want(t, http.StatusBadRequest,
		"phone", "validation_demo_phone", "dependant.personalNumber", "validation_demo_personal_number")
}

func TestTheCallerFillsInWhatWasNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	phone, language := kit.Phone, "ar"
	if _, err := w.Desk.SetDetails(t.Context(), anna, care.Details{Phone: &phone, Language: &language}); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, anna, "POST", "/cases", opening(nil))
	a.want(t, http.StatusOK)
	if c := w.Case(t, a.at("case", "id").(string)); c.Phone() != phone || c.Language() != language {
		t.Errorf("the case has phone %q and language %q, want those of the caller", c.Phone(), c.Language())
	}
}
