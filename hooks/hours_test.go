package hooks

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/fanout"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestASlipInOpeningHoursIsToldAtOnce holds it for regions, units and queues, and that it is said what would be right.
func TestASlipInOpeningHoursIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	for _, path := range []string{"regions/records/" + w.Region.Id, "units/records/" + w.Norrvik.Unit(), "queues/records/" + w.Norrvik.Id} {
		path := "/api/collections/" + path
		r := w.ask("PATCH", path, super, `{"hours":{"week":{"mon":["8-17"]}}}`)
		var got struct {
			Data map[string]struct{ Code, Message string }
		}
		if err := json.Unmarshal(r.Body.Bytes(), &got); err != nil || r.Code != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want 400", path, r.Code, r.Body)
			continue
		}
		if why := got.Data["hours"].Message; !strings.Contains(why, `week: mon: "8-17"`) || !strings.Contains(why, "08:00-17:00") {
			t.Errorf("%s: it says %q, want which part, and what would be right", path, why)
		}
		w.status(http.StatusOK, w.ask("PATCH", path, super, `{"hours":{"week":{"mon":["08:00-17:00"]}}}`))
		w.status(http.StatusOK, w.ask("PATCH", path, super, `{"hours":null}`))
	}
	// What another version has left there must not keep a lead from her switches.
	if _, err := w.App.DB().NewQuery(`UPDATE queues SET hours = '{"week": 1}'`).Execute(); err != nil {
		t.Fatal(err)
	}
	until := records.RFC3339(w.Clock.Now().Add(time.Hour))
	w.status(http.StatusNoContent, w.ask("PUT", "/api/lotsen/v1/queues/"+w.Norrvik.Id+"/state", w.tokenOf(w.Lead), `{"paused":true,"until":"`+until+`"}`))
}

// TestWhoeverWaitsSeesTheDoor holds the stream of a place against GET …/queue: the lead's line, its end, and closing time.
func TestWhoeverWaitsSeesTheDoor(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, c := w.Waiting(t, kit.Anna)
	token, lead := w.tokenOf(anna), w.tokenOf(w.Lead)
	place, staff := w.lines.open(), w.lines.open()
	place.listen(token, placeTopic(c.Id))
	staff.listen(lead, queueTopic(w.Norrvik.Id))
	path := "/api/lotsen/v1/queues/" + w.Norrvik.Id
	sees := func(what string) {
		t.Helper()
		want := w.status(http.StatusOK, w.ask("GET", "/api/lotsen/v1/cases/"+c.Id+"/queue", token, ""))
		queues := w.list(w.ask("GET", "/api/lotsen/v1/queues", lead, ""))
		for s, name := range map[*stream]string{place: placeTopic(c.Id), staff: queueTopic(w.Norrvik.Id)} {
			var got map[string]any
			if err := json.Unmarshal([]byte(s.next(name).data), &got); err != nil {
				t.Fatalf("an event is no JSON: %v", err)
			}
			for _, field := range []string{"open", "opensAt", "closesAt", "message"} {
				if value, there := got[field]; !there || value != want[field] || value != queues[0][field] {
					t.Errorf("%s: %s tells %s %v, want %v as is answered", what, name, field, value, want[field])
				}
			}
			for _, field := range []string{"paused", "full"} {
				if value, there := got[field]; s == place && (!there || value != want[field]) {
					t.Errorf("%s: the place tells %s %v, want %v as is answered", what, field, value, want[field])
				}
			}
		}
	}
	until := records.RFC3339(w.Clock.Now().Add(time.Hour))
	w.status(http.StatusNoContent, w.ask("PUT", path+"/state", lead, `{"message":"Vi är färre idag.","until":"`+until+`"}`))
	sees("the lead's line")
	w.Clock.Advance(time.Hour)
	sees("its end")
	super, _ := w.superuser()
	w.status(http.StatusOK, w.ask("PATCH", "/api/collections/units/records/"+w.Norrvik.Unit(), super, `{"hours":{"week":{"wed":["08:00-17:00"]}}}`))
	sees("new hours of its unit")
}

// TestALineReachesTwoHundredOnce counts what 200 who wait are told when their lead writes a line, and when it ends: one event each, and no letter.
func TestALineReachesTwoHundredOnce(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	told, log := new(fanout.Fanout), slog.New(slog.DiscardHandler)
	h := &herald{app: c.App, desk: c.Desk, fanout: told, ranks: new(queue.Ranks), log: log, told: map[string]placeTold{}}
	bindHours(c.App, h)
	lines := make([]*fanout.Line, 200)
	for i := range lines {
		id := fmt.Sprintf("waiting%08d", i)
		h.ranks.Place(queue.Entry{ID: id, Queue: c.Norrvik.Id, Level: cases.Days, Since: kit.Start.Add(time.Duration(i))}, 1)
		lines[i] = told.Open(id)
		lines[i].Listen(false, placeTopic(id))
	}
	message := "Vi är färre idag."
	began := now()
	err := c.Desk.Switch(t.Context(), c.Lead, c.Norrvik.Id, care.Switches{Message: &message, Until: c.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	reaches := func(message string) {
		t.Helper()
		for i, line := range lines {
			want := fmt.Sprintf(`{"ahead":%d,"closesAt":null,"estimate":null,"full":false,"message":%s,"open":true,"opensAt":null,"paused":null,"position":%d,"type":"place"}`, i, message, i+1)
			select {
			case got := <-line.Out():
				if string(got.Data) != want {
					t.Fatalf("number %d is told %s, want %s", i, got.Data, want)
				}
			case <-time.After(soon):
				t.Fatalf("number %d is told nothing", i)
			}
		}
	}
	reaches(`"Vi är färre idag."`)
	t.Logf("200 who wait were told after %v", now().Sub(began))
	c.Clock.Advance(time.Hour)
	if _, err := c.Desk.RunHours(t.Context()); err != nil {
		t.Fatal(err)
	}
	reaches("null")
	for i, line := range lines {
		if n := len(line.Out()); n > 0 {
			t.Errorf("number %d is told %d times more", i, n)
		}
	}
	if n, err := c.App.CountRecords(records.Outbox); err != nil || n != 0 {
		t.Errorf("%d letters (%v), want none: a line is no reason for 200 of them", n, err)
	}
}
