package hooks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"lotsen/internal/records"
	"lotsen/internal/settings"
	"lotsen/test/kit"
)

const routesPath = "/api/collections/routes/records"

// refusedField fails the test unless exactly one field was refused, with words that speak of what would be right.
func (w *whole) refusedField(what string, r interface {
	Result() *http.Response
}, field, says string,
) {
	w.t.Helper()
	res := r.Result()
	defer res.Body.Close() //nolint:errcheck // it is in memory
	var got struct {
		Data map[string]struct{ Code, Message string }
	}
	err := json.NewDecoder(res.Body).Decode(&got)
	if err != nil || res.StatusCode != http.StatusBadRequest || len(got.Data) != 1 || !strings.Contains(got.Data[field].Message, says) {
		w.t.Errorf("%s: %d %v (%v), want 400, %s alone, and that it speaks of %q", what, res.StatusCode, got.Data, err, field, says)
	}
}

// TestASlipInARouteIsToldAtOnce holds that a table which would leave a case without a queue cannot be saved, and that it is said what would be right.
func TestASlipInARouteIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	far, err := records.NewRegion(w.App, "far", "Far", "", "", false)
	if err == nil {
		err = w.App.Save(far)
	}
	if err != nil {
		t.Fatal(err)
	}
	abroad, err := records.NewUnit(w.App, far.Id, "abroad", "Abroad", 0)
	if err == nil {
		err = w.App.Save(abroad)
	}
	if err != nil {
		t.Fatal(err)
	}
	there, err := records.NewQueue(w.App, far.Id, abroad.Id, "There", 0)
	if err == nil {
		err = w.App.Save(there)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ row, field, says string }{
		{`"complaints":"sore_throat fevr"`, "complaints", "fevr"},
		{`"languages":"sv, la"`, "languages", "la"},
		{`"levels":["6"]`, "levels", ""},
		{`"ageFrom":80,"ageTo":18`, "ageTo", "at most 18"},
		{`"ageFrom":-1`, "ageFrom", "whole years"},
		{`"hours":{"from":"17","to":"08:00"}`, "hours", "17:00"},
		{`"hours":{"days":["måndag"]}`, "hours", "holiday"},
		{`"hours":"evenings"`, "hours", "days"},
		{`"unit":"` + abroad.Id + `"`, "unit", "another region"},
		{`"levels":["1"],"queue":"` + there.Id + `"`, "queue", "another region"},
		{`"levels":["1"],"queue":""`, "queue", ""},
		{`"levels":["1"],"rank":10`, "rank", "same rank"},
		{`"rank":3`, "rank", "no conditions"},
		{`"unit":"` + w.Norrvik.Unit() + `","levels":["3"],"rank":11`, "rank", "never reached"},
	} {
		row := map[string]any{"region": w.Region.Id, "rank": 5, "queue": w.Norrvik.Id}
		if err := json.Unmarshal([]byte("{"+c.row+"}"), &row); err != nil {
			t.Fatal(err)
		}
		body, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		w.refusedField(c.row, w.ask("POST", routesPath, super, string(body)), c.field, c.says)
	}
	last := fmt.Sprintf(`{"region":"%s","rank":2000,"queue":"%s","levels":["1"]}`, w.Region.Id, w.Norrvik.Id)
	if r := w.ask("POST", routesPath, super, last); r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), "the last row takes what no other row does") {
		t.Errorf("a last row with a condition: %d %s", r.Code, r.Body)
	}
	right := fmt.Sprintf(`{"region":"%s","rank":5,"queue":"%s","complaints":"sore_throat","levels":["2","3"],"ageFrom":18,"languages":"sv,en",
		"hours":{"days":["mon","holiday"],"from":"17:00","to":"08:00"}}`, w.Region.Id, w.Soder.Id)
	w.status(http.StatusOK, w.ask("POST", routesPath, super, right))
}

// table is the region's, by rank.
func (w *whole) table() map[int]*records.Route {
	w.t.Helper()
	rows, err := records.RoutesOf(w.App, w.Region.Id)
	if err != nil {
		w.t.Fatal(err)
	}
	out := map[int]*records.Route{}
	for _, r := range rows {
		out[r.Rank()] = r
	}
	return out
}

// TestTheLastRowStays holds that a table keeps its last row, and that a region without any begins with it.
func TestTheLastRowStays(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	at := func(rank int) string { return routesPath + "/" + w.table()[rank].Id }
	w.refusedField("a condition on the last", w.ask("PATCH", at(1000), super, `{"languages":"ar"}`), "languages", "no conditions")
	w.refusedField("before the others", w.ask("PATCH", at(1000), super, `{"rank":1}`), "rank", "no conditions")
	if r := w.ask("DELETE", at(1000), super, ""); r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), "last row") {
		t.Errorf("deleting the last row: %d %s, want 400", r.Code, r.Body)
	}
	w.status(http.StatusOK, w.ask("PATCH", at(1000), super, `{"queue":"`+w.Soder.Id+`","rank":900}`))
	for _, rank := range []int{10, 20, 900} {
		w.status(http.StatusNoContent, w.ask("DELETE", at(rank), super, ""))
	}
	conditional := fmt.Sprintf(`{"region":"%s","queue":"%s","levels":["1"]}`, w.Region.Id, w.Norrvik.Id)
	w.refusedField("a first row with a condition", w.ask("POST", routesPath, super, conditional), "levels", "no conditions")
	first := fmt.Sprintf(`{"region":"%s","queue":"%s"}`, w.Region.Id, w.Norrvik.Id)
	w.status(http.StatusOK, w.ask("POST", routesPath, super, first))
	for _, level := range []string{"1", "2", "3"} { // without ranks they stand in the order in which they were made, before the last
		body := fmt.Sprintf(`{"region":"%s","queue":"%s","levels":["%s"]}`, w.Region.Id, w.Norrvik.Id, level)
		w.status(http.StatusOK, w.ask("POST", routesPath, super, body))
	}
	table := w.table()
	for rank, level := range map[int]int{10: 1, 20: 2, 30: 3} {
		if r := table[rank]; r == nil || len(r.Levels()) != 1 || int(r.Levels()[0]) != level {
			t.Errorf("row %d is %v, want that of level %d", rank, r, level)
		}
	}
	if r := table[1000]; r == nil || len(table) != 4 {
		t.Errorf("the table has %d rows, want four and the first one last", len(table))
	}
	w.refusedField("another region", w.ask("PATCH", at(10), super, `{"region":"`+w.otherRegion()+`"}`), "region", "stays")
}

func (w *whole) otherRegion() string {
	w.t.Helper()
	r, err := records.NewRegion(w.App, "other", "Other", "", "", false)
	if err == nil {
		err = w.App.Save(r)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Id
}

// TestWhereRowsLeadStays holds that a queue or a unit which rows name is neither deleted nor moved away: the row would take what it was not made for.
func TestWhereRowsLeadStays(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	places := []string{"queues/records/" + w.Soder.Id, "units/records/" + w.Soder.Unit()}
	for _, path := range places {
		if r := w.ask("DELETE", "/api/collections/"+path, super, ""); r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), "Rows of routes name it: 1") {
			t.Errorf("deleting %s: %d %s, want 400", path, r.Code, r.Body)
		}
	}
	other := w.otherRegion()
	for _, path := range places {
		w.refusedField("moving "+path, w.ask("PATCH", "/api/collections/"+path, super, `{"region":"`+other+`"}`), "region", "Rows of routes name it: 1")
	}
	w.status(http.StatusNoContent, w.ask("DELETE", routesPath+"/"+w.table()[20].Id, super, ""))
	for _, path := range places {
		w.status(http.StatusNoContent, w.ask("DELETE", "/api/collections/"+path, super, ""))
	}
}

// TestAChangedTableTurnsThoseOnTheirWay holds that who has not joined is seen by the lead of the queue that the table says now, whatever of it has
// changed.
func TestAChangedTableTurnsThoseOnTheirWay(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	opened := w.Open(t, w.Person(t, kit.Anna, "Anna Andersson"))
	headed := func(when string, want *records.Queue) {
		t.Helper()
		if got := w.Case(t, opened.Id).Headed(); got != want.Id {
			t.Errorf("%s: headed for %q, want %s", when, got, want.Name())
		}
	}
	headed("opened", w.Norrvik)
	w.status(http.StatusOK, w.ask("PATCH", routesPath+"/"+w.table()[10].Id, super, `{"queue":"`+w.Soder.Id+`"}`))
	headed("a row was changed", w.Soder)
	row := fmt.Sprintf(`{"region":"%s","queue":"%s","rank":1,"complaints":"sore_throat"}`, w.Region.Id, w.Norrvik.Id)
	w.status(http.StatusOK, w.ask("POST", routesPath, super, row))
	headed("a row was made", w.Norrvik)
	w.status(http.StatusNoContent, w.ask("DELETE", routesPath+"/"+w.table()[1].Id, super, ""))
	headed("it was deleted", w.Soder)
	w.status(http.StatusOK, w.ask("PATCH", routesPath+"/"+w.table()[20].Id, super, `{"queue":"`+w.Norrvik.Id+`"}`))
	w.status(http.StatusOK, w.ask("PATCH", "/api/collections/regions/records/"+w.Region.Id, super, `{"defaultUnit":"soder"}`))
	headed("the region has another default unit", w.Norrvik)
}

// TestAStartSeesWhereAllAreHeaded holds it for cases from before this was kept, and for a table that was changed while the program was not there.
func TestAStartSeesWhereAllAreHeaded(t *testing.T) {
	t.Parallel()
	d := &doorway{Clinic: kit.New(t), t: t}
	opened := d.Open(t, d.Person(t, kit.Anna, "Anna Andersson"))
	if err := records.Rehead(d.App, opened, ""); err != nil {
		t.Fatal(err)
	}
	err := Bind(d.App, Config{
		Version: "test", Settings: &settings.Settings{Keys: d.Desk.Keys}, Clock: d.Clock, Protocols: d.Desk.Protocols, Local: true, Pages: fstest.MapFS{},
	})
	if err == nil {
		err = d.serve()
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Case(t, opened.Id).Headed(); got != d.Norrvik.Id {
		t.Errorf("headed for %q, want Norrvik", got)
	}
}

// TestWhatALeadSwitchesTurnsNobody holds that only what a table asks of a queue has all those on their way looked at: a switch, opening hours and a
// name are answered at once.
func TestWhatALeadSwitchesTurnsNobody(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	opened := w.Open(t, w.Person(t, kit.Anna, "Anna Andersson"))
	lost := func() {
		t.Helper()
		if err := records.Rehead(w.App, w.Case(t, opened.Id), ""); err != nil {
			t.Fatal(err)
		}
	}
	lost()
	w.status(http.StatusNoContent, w.ask("PUT", "/api/lotsen/v1/queues/"+w.Norrvik.Id+"/state", w.tokenOf(w.Lead), `{"message":"Lång väntan","until":"2026-11-25T20:00:00.000Z"}`))
	if got := w.Case(t, opened.Id).Headed(); got != "" {
		t.Errorf("a line of the lead's looks where others are headed: %s", got)
	}
	for _, saved := range []struct {
		path, body string
		turned     bool
	}{
		{"queues/records/" + w.Norrvik.Id, `{"name":"Norrvik dag","hours":{"week":{"mon":["08:00-17:00"]}}}`, false},
		{"queues/records/" + w.Norrvik.Id, `{"rank":7}`, true},
		{"units/records/" + w.Norrvik.Unit(), `{"name":"Norrvik vårdcentral"}`, false},
		{"units/records/" + w.Norrvik.Unit(), `{"rank":7}`, true},
		{"regions/records/" + w.Region.Id, `{"name":"Demo"}`, false},
		{"regions/records/" + w.Region.Id, `{"defaultUnit":"soder"}`, true},
	} {
		lost()
		w.status(http.StatusOK, w.ask("PATCH", "/api/collections/"+saved.path, super, saved.body))
		if got := w.Case(t, opened.Id).Headed() != ""; got != saved.turned {
			t.Errorf("%s of %s looks where others are headed: %v, want %v", saved.body, saved.path, got, saved.turned)
		}
	}
}
