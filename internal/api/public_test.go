package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// public is a world with a region served elsewhere beside its own, which tells of itself, and one person who waits.
func public(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.Region.SetInfo(map[string]any{
		"phones": []map[string]any{{"code": "advice", "number": "1177", "sv": "Råd", "en": "Advice"}},
		"fees":   []map[string]any{{"code": "contact", "amount": 100, "sv": "Kontakt"}},
	})
	elsewhere, err := records.NewRegion(w.App, "annan", "Annan", "https://annan.example", "", true)
	if err == nil {
		err = w.App.Save(elsewhere)
	}
	if err == nil {
		err = w.App.Save(w.Region)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Waiting(t, kit.Anna)
	return w
}

func TestTheServiceTellsOfItself(t *testing.T) {
	t.Parallel()
	w := public(t)
	a := w.call(t, guest, "GET", "", nil)
	a.want(t, http.StatusOK)
	if a.json["version"] != "test" || a.json["features"] == nil || a.json["oldestClient"] == nil {
		t.Errorf("want version, features and oldestClient, got %s", a.raw)
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	w := public(t)
	all := w.call(t, guest, "GET", "/regions", nil).list(t)
	if len(all) != 2 {
		t.Fatalf("%d regions, want 2", len(all))
	}
	if len(all[0]) != 2 || all[0]["name"] != "Annan" || all[0]["url"] != "https://annan.example" {
		t.Errorf("a region served elsewhere is %v, want name and url alone", all[0])
	}
	if all[1]["slug"] != "demo" || all[1]["open"] != true || all[1]["id"] != w.Region.Id {
		t.Errorf("the region served here is %v", all[1])
	}
	for _, name := range []string{"opensAt", "closesAt"} {
		if value, there := all[1][name]; !there || value != nil {
			t.Errorf("%s is %v, want null: who sets no hours is always open", name, value)
		}
	}
}

func TestOneRegion(t *testing.T) {
	t.Parallel()
	w := public(t)
	a := w.call(t, guest, "GET", "/regions/demo", nil, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	if wait := a.json["wait"].([]any)[0].(map[string]any); wait["unit"] != "norrvik" || wait["waiting"] != 1.0 {
		t.Errorf("the wait is %v, want one person at norrvik", wait)
	}
	if units := a.json["units"].([]any); len(units) != 2 {
		t.Errorf("%d units, want 2", len(units))
	}
	if p := a.json["phones"].([]any)[0].(map[string]any); p["text"] != "Advice" || p["number"] != "1177" || p["sv"] != nil {
		t.Errorf("a phone number is %v, want it in English alone", p)
	}
	if f := a.json["fees"].([]any)[0].(map[string]any); f["text"] != "Kontakt" {
		t.Errorf("a fee without English is %v, want it in Swedish", f)
	}
	if n := a.json["notFor"].([]any); len(n) != 0 {
		t.Errorf("notFor is %v, want an empty list", n)
	}
	w.call(t, guest, "GET", "/regions/nowhere", nil).want(t, http.StatusNotFound)
}

func TestComplaintsAndWordsOfDanger(t *testing.T) {
	t.Parallel()
	w := public(t)
	a := w.call(t, guest, "GET", "/regions/demo/complaints", nil, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	item := a.json["items"].([]any)[0].(map[string]any)
	if item["code"] != "sore_throat" || item["title"] != "Sore throat" || !slices.Contains(item["synonyms"].([]any), any("halsfluss")) {
		t.Errorf("a complaint is %v", item)
	}
	danger := a.json["danger"].([]any)
	for _, word := range []string{"chest pain", "ont i bröstet"} {
		if !slices.Contains(danger, any(word)) {
			t.Errorf("the words of danger lack %q", word)
		}
	}
	w.call(t, guest, "GET", "/regions/annan/complaints", nil).want(t, http.StatusNotFound)
}

func TestTheContractIsServed(t *testing.T) {
	t.Parallel()
	w := public(t)
	w.call(t, guest, "GET", "/openapi.json", nil).want(t, http.StatusNotFound)
	w.server.Contract = []byte(`{"openapi":"3.1.0"}`)
	a := w.call(t, guest, "GET", "/openapi.json", nil)
	a.want(t, http.StatusOK)
	if a.json["openapi"] != "3.1.0" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("the contract came as %q: %s", a.header.Get("Content-Type"), a.raw)
	}
}

// TestARegionsSlipIsNoServersFault holds that what cannot be read of a region's record is as if it were not there.
func TestARegionsSlipIsNoServersFault(t *testing.T) {
	t.Parallel()
	w := public(t)
	w.Region.SetInfo("x")
	w.Region.SetTimes(map[string]any{"noShow": "abc"})
	if err := w.App.SaveNoValidate(w.Region); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, guest, "GET", "/regions/demo", nil)
	a.want(t, http.StatusOK)
	if phones, isList := a.at("phones").([]any); !isList || len(phones) != 0 {
		t.Errorf("phones are %v, want none", a.at("phones"))
	}
	w.call(t, w.Nurse, "GET", "/queues/"+w.Norrvik.Id+"/cases", nil).want(t, http.StatusOK)
}
