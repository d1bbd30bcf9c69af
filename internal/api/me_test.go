package api_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestHealthSaysWhetherPatientsCanBeLetIn(t *testing.T) {
	t.Parallel()
	p := openPorch(t, func(s *api.Server) { s.Health = api.Health{Missing: []string{"LOTSEN_KEYS"}} })
	if a := p.call(nil, "GET", "/health", ""); a.status != http.StatusServiceUnavailable || a.body["live"] != true || a.body["ready"] != false {
		t.Errorf("not ready it answers %d %v, want 503, live and not ready", a.status, a.body)
	}
	p = openPorch(t, func(s *api.Server) { s.Health = api.Health{Ready: true} })
	if a := p.call(nil, "GET", "/health", ""); a.status != http.StatusOK || a.body["ready"] != true || a.body["missing"] == nil {
		t.Errorf("ready it answers %d %v, want 200, ready, and an empty list", a.status, a.body)
	}
}

func (p *porch) record(collection, id string) *core.Record {
	p.t.Helper()
	r, err := p.App.FindRecordById(collection, id)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func TestMeIsWhoAsks(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	anna := p.Person(t, kit.Anna, "Anna Andersson")
	me := func() *core.Record { return p.record(records.Patients, anna.ID) }
	got := p.call(me(), "GET", "/me", "")
	if got.body["id"] != anna.ID || got.body["personalNumber"] != kit.Anna || got.body["name"] != "Anna Andersson" {
		t.Errorf("GET /me gave %d %v, want Anna with her own number", got.status, got.body)
	}
	got = p.call(me(), "PUT", "/me", `{"phone": "070-174 06 05", "language": "sv-simple"}`)
	if got.body["phone"] != kit.Phone || got.body["language"] != "sv-simple" || got.body["name"] != "Anna Andersson" {
		t.Errorf("PUT /me gave %d %v, want the new number and language, and the old name", got.status, got.body)
	}
	got = p.call(me(), "PUT", "/me", `{"phone": ""}`)
	if got.body["phone"] != "" || got.body["language"] != "sv-simple" {
		t.Errorf("PUT /me gave %d %v, want no number and the language as it was", got.status, got.body)
	}
	got = p.call(me(), "PUT", "/me", `{"phone": "08-123 456", "language": "la", "name": " ", "personalNumber": "1"}`)
	for field, code := range map[string]string{
		"phone": "validation_demo_phone", "language": "validation_not_one_of", "name": "validation_required", "personalNumber": "validation_unknown_field",
	} {
		got.want(t, field, http.StatusBadRequest, field, code)
	}
	nurse := p.record(records.StaffMembers, p.Nurse.ID)
	got = p.call(nurse, "GET", "/me", "")
	if got.body["role"] != "nurse" || got.body["queues"].([]any)[0] != p.Norrvik.Id || len(got.body["duty"].([]any)) != 0 {
		t.Errorf("GET /me gave %d %v, want the nurse with her queue", got.status, got.body)
	}
	p.call(nurse, "PUT", "/me", `[`).want(t, "a nurse's details", http.StatusForbidden, "", "")
	for _, method := range []string{"GET", "PUT"} {
		p.call(nil, method, "/me", `[`).want(t, "nobody", http.StatusUnauthorized, "", "")
	}
	p.call(nil, "DELETE", "/me/session", "").want(t, "nobody's session", http.StatusUnauthorized, "", "")
	p.call(me(), "DELETE", "/me/session", "").want(t, "the session", http.StatusNoContent, "", "")
	if p.ended != 1 {
		t.Errorf("%d sessions ended, want one", p.ended)
	}
}

func TestOutsideTheDemoAPhoneMustBeAMobile(t *testing.T) {
	t.Parallel()
	p := openPorch(t, func(s *api.Server) { s.Demo = false })
	anna := p.record(records.Patients, p.Person(t, kit.Anna, "Anna").ID)
	p.call(anna, "PUT", "/me", `{"phone": "08-123 456 78"}`).want(t, "a fixed line", http.StatusBadRequest, "phone", "validation_phone_not_mobile")
	p.call(anna, "PUT", "/me", `{"phone": "x"}`).want(t, "no number", http.StatusBadRequest, "phone", "validation_invalid_phone")
	p.call(anna, "PUT", "/me", `{"phone": "0701740605"}`).want(t, "a mobile", http.StatusOK, "", "")
}
