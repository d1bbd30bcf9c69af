package hooks

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestASlipOfAnAdminIsToldAtOnce holds that a region which no program can read is not saved, and that it is said what would be right.
func TestASlipOfAnAdminIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	path := "/api/collections/regions/records"
	for _, c := range []struct{ body, field, says string }{
		{`{"times":{"noShow":"abc"}}`, "times", "noShow"},
		{`{"times":"x"}`, "times", "Example"},
		{`{"times":{"noShows":5}}`, "times", "noShows"},
		{`{"times":{"noShow":-5}}`, "times", "-5"},
		{`{"info":{"fees":"x"}}`, "info", "phones"},
		{`{"info":{"phnes":[]}}`, "info", "phnes"},
		{`{"defaultUnit":"norvik"}`, "defaultUnit", "slug"},
		{`{"defaultUnit":""}`, "defaultUnit", "service"},
	} {
		r := w.ask("PATCH", path+"/"+w.Region.Id, super, c.body)
		var got struct {
			Data map[string]struct{ Code, Message string }
		}
		if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil || r.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want 400", c.body, r.Code, r.Body)
			continue
		}
		if why := got.Data[c.field]; len(got.Data) != 1 || !strings.Contains(why.Message, c.says) {
			t.Errorf("%s: data is %v, want %s alone, and that it speaks of %q", c.body, got.Data, c.field, c.says)
		}
	}
	for _, right := range []string{
		`{"times":{"noShow":5,"secondMiss":"end"}}`, `{"times":null}`, `{"info":{"phones":[{"number":"1177","sv":"Råd"}]}}`, `{"defaultUnit":"soder"}`,
		`{"inService":false,"defaultUnit":""}`,
	} {
		w.status(http.StatusOK, w.ask("PATCH", path+"/"+w.Region.Id, super, right))
	}
	w.status(http.StatusOK, w.ask("POST", path, super, `{"slug":"ny","name":"Ny","defaultUnit":"centrum","inService":true}`))
	w.status(http.StatusOK, w.ask("POST", path, super, `{"slug":"far","name":"Far","url":"https://far.example","inService":true}`))
}

func TestANewQueueIsTheLastOfItsUnit(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	for range 5 { // ids are random: one new queue in two would have been first
		body := `{"region":"` + w.Region.Id + `","unit":"` + w.Norrvik.Unit() + `","name":"Ny"}`
		w.status(http.StatusOK, w.ask("POST", "/api/collections/queues/records", super, body))
	}
	if q, err := records.FirstQueueOf(w.App, w.Norrvik.Unit()); err != nil || q.Id != w.Norrvik.Id {
		t.Errorf("cases of the unit go to %v (%v), want the queue that was there", q, err)
	}
	all, err := records.QueueList(w.App)
	if err != nil {
		t.Fatal(err)
	}
	var ranks []int
	for _, q := range all {
		if q.Unit() == w.Norrvik.Unit() {
			ranks = append(ranks, q.Rank())
		}
	}
	if slices.Sort(ranks); !slices.Equal(ranks, []int{0, 1, 2, 3, 4, 5}) {
		t.Errorf("the ranks are %v, want 0 to 5", ranks)
	}
}

// TestWhereCasesStandIsNotDeleted holds it for queues, units and regions, and that who tries is told what to do.
func TestWhereCasesStandIsNotDeleted(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	w.Waiting(t, kit.Anna)
	for path, says := range map[string]string{
		"queues/records/" + w.Norrvik.Id:    "hand over",
		"units/records/" + w.Norrvik.Unit(): "inService",
		"regions/records/" + w.Region.Id:    "inService",
	} {
		r := w.ask("DELETE", "/api/collections/"+path, super, "")
		if r.Code != http.StatusBadRequest || !strings.Contains(r.Body.String(), "Cases stand here: 1, of which 1 are open") || !strings.Contains(r.Body.String(), says) {
			t.Errorf("%s: %d %s, want 400, how many cases, and %q", path, r.Code, r.Body, says)
		}
	}
	w.status(http.StatusNoContent, w.ask("DELETE", routesPath+"/"+w.table()[20].Id, super, "")) // nothing leads there any more
	w.status(http.StatusNoContent, w.ask("DELETE", "/api/collections/queues/records/"+w.Soder.Id, super, ""))
}

// TestDutyEndsWithTheRight holds that who no longer belongs to a queue is not on duty in it, nor when they come back.
func TestDutyEndsWithTheRight(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	both := w.Hire(t, "Both", "nurse", w.Norrvik.Id, w.Soder.Id)
	path := "/api/collections/staff/records/" + both.ID
	for _, q := range []string{w.Norrvik.Id, w.Soder.Id} {
		if err := w.Desk.Duty(t.Context(), both, q, true); err != nil {
			t.Fatal(err)
		}
	}
	w.status(http.StatusOK, w.ask("PATCH", path, super, `{"queues":["`+w.Soder.Id+`"]}`))
	if duty := records.AsStaff(w.record(records.StaffMembers, both.ID)).Duty(); !slices.Equal(duty, []string{w.Soder.Id}) {
		t.Errorf("on duty in %v, want in Söder alone", duty)
	}
	w.status(http.StatusOK, w.ask("PATCH", path, super, `{"queues+":"`+w.Norrvik.Id+`"}`))
	if n, err := records.OnDutyIn(w.App, w.Norrvik.Id); err != nil || n != 0 {
		t.Errorf("%d on duty after coming back (%v), want none: nobody has said so", n, err)
	}
}
