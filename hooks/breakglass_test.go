package hooks

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestNothingIsReadWithoutBreakingTheGlassAndEachTryIsWritten(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	for i, path := range v.behind() {
		r := v.reads(path)
		if r.Code != http.StatusForbidden || !strings.Contains(r.Body.String(), "/admin/breakglass") {
			t.Errorf("%s: %d %s, want 403 and how it is done", path, r.Code, r.Body)
		}
		if n := v.rows("refused "); n != i+1 {
			t.Errorf("%s: %d refusals are in the access log, want %d", path, n, i+1)
		}
	}
	if n := v.looks(v.anna, v.hers.Id); len(n) > 0 && n["refused view of cases"] > 0 {
		t.Errorf("Anna is told of what nobody has read: %v", n)
	}
	v.walked()
}

func TestABrokenGlassShowsForAReasonAndATime(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	v.breaks("")
	for i, path := range v.behind() {
		if r := v.reads(path); r.Code != http.StatusOK {
			t.Errorf("%s behind the glass: %d %s, want 200", path, r.Code, r.Body)
		}
		if n := v.rows("list of") + v.rows("view of") + v.rows("events") + v.rows("summary"); n != i+1 {
			t.Errorf("%s: %d looks are in the access log, want one a request: %d", path, n, i+1)
		}
	}
	if n := v.found(v.reads("/api/collections/cases/records")); n != 2 {
		t.Errorf("%d cases are listed, want both", n)
	}
	for path, status := range map[string]int{
		"/api/collections/audit/records": 403, "/api/collections/outbox/records": 403, "/api/collections/guardianships/records": 403,
		"/api/lotsen/v1/cases/" + v.hers.Id + "/step": 403, "/api/lotsen/v1/cases/" + v.hers.Id + "/readers": 403,
		"/api/lotsen/v1/cases/nobody000000000/events": 404,
	} {
		if r := v.reads(path); r.Code != status {
			t.Errorf("%s behind the glass: %d, want %d", path, r.Code, status)
		}
	}
	number := kit.Number(t, kit.Anna)
	if body := v.reads("/api/lotsen/v1/cases/" + v.hers.Id + "/summary").Body.String(); strings.Contains(body, number.Long()) || strings.Contains(body, number.Digits()) {
		t.Errorf("a superuser is shown the whole personal number: %.200s", body)
	}
	v.Clock.Advance(15*time.Minute - time.Millisecond)
	v.status(http.StatusOK, v.reads("/api/collections/cases/records"))
	v.Clock.Advance(time.Millisecond)
	for _, path := range v.behind() {
		if r := v.reads(path); r.Code != http.StatusForbidden {
			t.Errorf("%s a quarter of an hour later: %d, want 403", path, r.Code)
		}
	}
	v.walked()
}

func TestABrokenGlassIsForReading(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	v.breaks("")
	case1, message := "/api/collections/cases/records/"+v.hers.Id, "/api/collections/messages/records"
	for _, door := range [][3]string{
		{"PATCH", case1, `{"state":"closed"}`},
		{"DELETE", case1, ""},
		{"POST", message, `{"case":"` + v.hers.Id + `","body":"x"}`},
		{"POST", message, `{"case":"` + v.hers.Id + `","kind":"note","body":"x"}`},
		{"PATCH", message + "/" + v.word[v.hers.Id], `{"body":"x"}`},
		{"PATCH", "/api/collections/patients/records/" + v.anna.ID, `{"name":"x"}`},
		{"POST", "/api/lotsen/v1/cases/" + v.hers.Id + "/claim", `{"reason":"x"}`},
		{"PUT", "/api/lotsen/v1/cases/" + v.hers.Id + "/level", `{"level":1,"reason":"x"}`},
		{"PUT", "/api/lotsen/v1/cases/" + v.hers.Id + "/read", `{"upTo":1}`},
		{"POST", "/api/collections/breakglass/records", `{"superuser":"x","reason":"x"}`},
	} {
		if r := v.ask(door[0], door[1], v.super, door[2]); r.Code < 400 {
			t.Errorf("%s %s behind the glass: %d %s, want a refusal", door[0], door[1], r.Code, r.Body)
		}
	}
	if now := v.Case(t, v.hers.Id); now.State() != v.hers.State() || now.Level() != v.hers.Level() {
		t.Errorf("the case is %s at level %d, want it as it was", now.State(), now.Level())
	}
	s := v.lines.open()
	s.ask(v.super, caseTopic(v.hers.Id))
	if e := s.next(caseTopic(v.hers.Id)); e.data != refusedData {
		t.Errorf("a superuser is told %s of a topic, want a refusal", e.data)
	}
}

func TestABrokenGlassForOneCaseShowsThatCase(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	v.breaks(v.hers.Id)
	for _, list := range []string{"cases", "messages", "patients"} {
		if n := v.found(v.reads("/api/collections/" + list + "/records")); n != 1 {
			t.Errorf("%d %s are listed, want hers alone", n, list)
		}
	}
	for _, path := range v.behind() {
		v.status(http.StatusOK, v.reads(path))
	}
	for _, path := range []string{
		"/api/collections/cases/records/" + v.his.Id, "/api/collections/messages/records/" + v.word[v.his.Id],
		"/api/collections/patients/records/" + v.bo.ID,
		"/api/lotsen/v1/cases/" + v.his.Id + "/events", "/api/lotsen/v1/cases/" + v.his.Id + "/summary",
	} {
		if r := v.reads(path); r.Code != http.StatusForbidden {
			t.Errorf("%s, of another case: %d, want 403", path, r.Code)
		}
	}
	for filter, want := range map[string]int{
		"body ~ 'Anna'":                               1,
		"body ~ 'Bo'":                                 0,
		"id != '' || id != ''":                        1,
		"body ~ 'Bo' // and then":                     0,
		"id != '') || (id != ''":                      -1,
		"id != '' \n) || (body ~ 'Bo'":                -1,
		"case.patient.name ~ 'Anna' || body ~ 'Bo'":   1,
		"case = '" + v.his.Id + "'":                   0,
		"case = '" + v.his.Id + "' || body ~ 'Hemli'": 1,
	} {
		r := v.reads("/api/collections/messages/records?filter=" + url.QueryEscape(filter))
		if want < 0 {
			if r.Code != http.StatusBadRequest {
				t.Errorf("filter %q: %d %s, want 400", filter, r.Code, r.Body)
			}
			continue
		}
		if n := v.found(r); n != want {
			t.Errorf("filter %q finds %d, want %d", filter, n, want)
		}
	}
	v.walked()
}

func TestTheGlassIsEndedByItselfByHandAndByAnother(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	open := func(path string) bool { return v.reads(path).Code == http.StatusOK }
	hers, his := "/api/collections/cases/records/"+v.hers.Id, "/api/collections/cases/records/"+v.his.Id
	v.breaks(v.hers.Id)
	v.breaks(v.his.Id)
	if open(hers) || !open(his) {
		t.Error("two are open at once, want the last alone")
	}
	v.status(http.StatusNoContent, v.ask("DELETE", breakglass, v.super, ""))
	v.status(http.StatusNoContent, v.ask("DELETE", breakglass, v.super, ""))
	if open(his) {
		t.Error("it is open though it was ended")
	}
	v.breaks("")
	before := v.reads(breakglass).Body.String()
	v.Clock.Advance(time.Minute)
	v.breaks("")
	var list struct {
		Items []struct{ Until, Reason, Name string }
	}
	if err := json.Unmarshal([]byte(before), &list); err != nil || len(list.Items) != 3 {
		t.Fatalf("%s (%v), want three in the list", before, err)
	}
	if after := v.reads(breakglass).Body.String(); after != before {
		t.Errorf("the same again, while it is open:\n%s\nwant\n%s", after, before)
	}
	if list.Items[0].Name != "boss@demo.test" || list.Items[0].Until != "2026-11-25T08:15:00.000Z" {
		t.Errorf("the newest is %+v", list.Items[0])
	}
	v.walked()
}

func TestWhatABreakGlassIsRefused(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	for body, code := range map[string]string{
		`{}`:                                                  "validation_required",
		`{"reason":"          "}`:                             "validation_required",
		`{"reason":"för kort"}`:                               "validation_too_short",
		`{"reason":"tio tecken","case":"x"}`:                  "validation_invalid_id",
		`{"reason":"tio tecken","for":"Anna"}`:                "validation_unknown_field",
		`{"reason":"` + strings.Repeat("x", 1001) + `"}`:      "validation_too_long",
		`{"reason":"tio tecken","case":"nobody000000000"}`:    "validation_unknown",
		`{"reason":"tio tecken","until":"2027-01-01T00:00Z"}`: "validation_unknown_field",
	} {
		if r := v.ask("POST", breakglass, v.super, body); r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), code) {
			t.Errorf("%s: %d %s, want 400 and %s", body, r.Code, r.Body, code)
		}
	}
	for _, who := range []access.Who{v.anna, v.Nurse, v.Lead} {
		for _, method := range []string{"POST", "GET", "DELETE"} {
			if r := v.ask(method, breakglass, v.tokenOf(who), ""); r.Code != http.StatusForbidden {
				t.Errorf("%s by %s: %d, want 403", method, who.Name, r.Code)
			}
		}
	}
}

// TestThePatientReadsWhoBrokeTheGlassAndWhy: by the region's switch with the name or without, and always with the reason.
func TestThePatientReadsWhoBrokeTheGlassAndWhy(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	v.breaks(v.hers.Id)
	v.reads("/api/collections/messages/records/" + v.word[v.hers.Id])
	v.reads("/api/collections/patients/records/" + v.anna.ID)
	for _, names := range []bool{true, false} {
		v.Region.NameReaders(names)
		if err := v.App.Save(v.Region); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, row := range v.list(v.ask("GET", api.Base+"/cases/"+v.hers.Id+"/readers", v.tokenOf(v.anna), "")) {
			switch row["role"] {
			case "admin":
				seen[row["what"].(string)] = true
				if row["reason"] != "felsökning av bilagor" || (row["name"] == "boss@demo.test") != names {
					t.Errorf("names %v: she reads %v", names, row)
				}
			case "nurse":
				if row["unit"] != "Norrvik" || (row["name"] == "Nurse") != names || !names && row["name"] != "" {
					t.Errorf("names %v: she reads %v", names, row)
				}
				if _, why := row["reason"]; why {
					t.Errorf("she reads why the nurse looked: %v", row)
				}
			}
		}
		if !seen["breakglass"] || !seen["view of messages"] || !seen["view of patients"] {
			t.Errorf("names %v: she reads of the admin %v, want the breaking and both looks", names, seen)
		}
		for _, row := range v.list(v.ask("GET", api.Base+"/cases/"+v.his.Id+"/readers", v.tokenOf(v.bo), "")) {
			if row["role"] == "admin" {
				t.Errorf("Bo reads of a look at Anna: %v", row)
			}
		}
	}
}

func TestWithoutARowInTheLogTheGlassShowsNothing(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	v.breaks("")
	v.App.OnRecordCreate(records.Audit).BindFunc(func(*core.RecordEvent) error { return errors.New("the disk is full") })
	for _, path := range v.behind() {
		if r := v.reads(path); r.Code < 400 || strings.Contains(r.Body.String(), "Hemligt") || strings.Contains(r.Body.String(), "Anna") {
			t.Errorf("%s without a row: %d %.200s, want a failure that shows nothing", path, r.Code, r.Body)
		}
	}
	if r := v.ask("POST", breakglass, v.super, `{"reason":"en annan orsak"}`); r.Code < 400 {
		t.Errorf("breaking the glass without a row: %d, want a failure", r.Code)
	}
}

// TestNoGlassShowsSealedNumbers: neither the sealed personal number nor its keyed hash is any use for finding a fault.
func TestNoGlassShowsSealedNumbers(t *testing.T) {
	t.Parallel()
	v := openVault(t)
	anna, err := records.PatientByID(v.App, v.anna.ID)
	if err != nil {
		t.Fatal(err)
	}
	v.breaks("")
	for _, path := range []string{
		"/api/collections/patients/records", "/api/collections/patients/records?fields=*,sealed,lookup", "/api/collections/patients/records/" + v.anna.ID,
		"/api/collections/cases/records?expand=patient", "/api/collections/cases/records/" + v.hers.Id + "?expand=patient",
		"/api/collections/messages/records?expand=case.patient",
	} {
		r := v.reads(path)
		body := r.Body.String()
		if r.Code != http.StatusOK || !strings.Contains(body, v.anna.ID) {
			t.Errorf("%s: %d %.200s, want 200 and Anna", path, r.Code, body)
		}
		if strings.Contains(body, anna.Sealed()) || strings.Contains(body, `"sealed"`) || strings.Contains(body, `"lookup"`) {
			t.Errorf("%s shows the sealed number or its hash: %.600s", path, body)
		}
	}
	if body := v.reads("/api/collections/patients/records/" + v.anna.ID).Body.String(); !strings.Contains(body, `"protected"`) {
		t.Errorf("a superuser behind the glass is not shown the other hidden fields: %s", body)
	}
}
