package hooks

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// vault is the whole program with a superuser, and two patients whose cases have been talked in.
type vault struct {
	*whole
	super, files string
	anna, bo     access.Who
	hers, his    *records.Case
	word         map[string]string // the id of a message, by case
}

func openVault(t *testing.T) *vault {
	t.Helper()
	v := &vault{whole: openWhole(t), word: map[string]string{}}
	v.super, v.files = v.superuser()
	v.anna, v.hers = v.Active(t, kit.Anna)
	v.bo, v.his = v.Active(t, kit.Bo)
	v.word[v.hers.Id] = v.say(v.anna, v.hers, "Hemligt om Anna")
	v.word[v.his.Id] = v.say(v.bo, v.his, "Hemligt om Bo")
	return v
}

func (v *vault) say(who access.Who, c *records.Case, body string) string {
	v.t.Helper()
	r := v.ask("POST", "/api/collections/messages/records", v.tokenOf(who), `{"case":"`+c.Id+`","body":"`+body+`"}`)
	v.status(http.StatusOK, r)
	var m struct{ ID string }
	if err := json.Unmarshal(r.Body.Bytes(), &m); err != nil {
		v.t.Fatal(err)
	}
	return m.ID
}

const breakglass = "/api/lotsen/v1/admin/breakglass"

// breaks breaks the glass, for one case or, where id is "", for all.
func (v *vault) breaks(id string) {
	v.t.Helper()
	body := `{"reason":"felsökning av bilagor"}`
	if id != "" {
		body = `{"reason":"felsökning av bilagor","case":"` + id + `"}`
	}
	v.status(http.StatusOK, v.ask("POST", breakglass, v.super, body))
}

// reads asks for a list or a record as the superuser.
func (v *vault) reads(path string) *httptest.ResponseRecorder { return v.ask("GET", path, v.super, "") }

// found counts the rows of a list.
func (v *vault) found(r *httptest.ResponseRecorder) int {
	v.t.Helper()
	var out struct {
		Items      []map[string]any
		TotalItems int
	}
	if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil || r.Code != http.StatusOK {
		v.t.Errorf("got %d %.200s, want 200 and a list", r.Code, r.Body)
	}
	if out.TotalItems != len(out.Items) {
		v.t.Errorf("%d rows are counted and %d shown", out.TotalItems, len(out.Items))
	}
	return len(out.Items)
}

// behind are the ways to what lies behind the glass.
func (v *vault) behind() []string {
	return []string{
		"/api/collections/cases/records", "/api/collections/cases/records/" + v.hers.Id,
		"/api/collections/messages/records", "/api/collections/messages/records/" + v.word[v.hers.Id],
		"/api/collections/answers/records", "/api/collections/events/records",
		"/api/collections/patients/records", "/api/collections/patients/records/" + v.anna.ID,
		"/api/lotsen/v1/cases/" + v.hers.Id + "/events", "/api/lotsen/v1/cases/" + v.hers.Id + "/summary",
	}
}

// rows counts the rows of the access log that say so of the superuser.
func (v *vault) rows(prefix string) int {
	v.t.Helper()
	n := 0
	if err := records.EachLook(v.App.DB(), func(l records.Look) error {
		if l.ByKind == string(access.Superuser) && strings.HasPrefix(l.What, prefix) {
			n++
		}
		return nil
	}); err != nil {
		v.t.Fatal(err)
	}
	return n
}
