package api_test

import (
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/api"
	"lotsen/test/kit"
)

// FuzzBodies throws bytes at every command of a patient that reads a body. No body is the fault of the server, and every refusal is one of api.md.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[]`, `{"value":`, `{"value":[[]]}`, `{"value":{"a":1}}`, `{"text":"\ud800"}`, `{"text":"\u0000"}`, "{\"text\":\"\xff\"}",
		`{"answers":{"rf_now":["none"],"":1,"a.b":2}}`, `{"answers":{"rf_now":1e999}}`, `{"rating":99999999999999999999}`, `{"upTo":1.5}`,
		`{"id":"caseanna0000001","region":"demo","complaint":"sore_throat","dependant":{"personalNumber":"00000000-0000","guardian":true}}`,
		`{"dependant":[],"dependant":{}}`, `{"phone":"+46٠701740605"}`, `{"on":"true"}`, `{"region":"demo' OR 1=1 --","complaint":"x"}`,
	} {
		f.Add(seed)
	}
	w := newWorld(f)
	anna, c := w.Waiting(f, kit.Anna)
	token := w.token(f, anna)
	path := "/cases/" + c.Id
	targets := [][2]string{
		{"POST", "/cases"},
		{"PUT", path + "/answers/photo"},
		{"PUT", path + "/answers/days"},
		{"POST", path + "/freetext"},
		{"POST", path + "/worse"},
		{"POST", path + "/queue"},
		{"POST", path + "/here"},
		{"POST", path + "/hold"},
		{"PUT", path + "/read"},
		{"POST", path + "/typing"},
		{"POST", path + "/feedback"},
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, target := range targets {
			a := w.send(t, token, target[0], target[1], strings.NewReader(body), "Content-Type", "application/json")
			switch a.status {
			case http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			default:
				t.Errorf("%s %s answers %d to %q: %s", target[0], strings.TrimPrefix(target[1], api.Base), a.status, body, a.raw)
			}
			if a.status >= http.StatusBadRequest && (a.json["status"] != float64(a.status) || a.json["message"] == "" || a.json["data"] == nil) {
				t.Errorf("%s %s refuses %q with %s, want PocketBase's shape", target[0], target[1], body, a.raw)
			}
		}
	})
}
