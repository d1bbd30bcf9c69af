package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestTheDoorThatIsShownIsTheOneToGoThrough holds that who was decided by day, and looks again in the evening, is told of the evening's queue: it
// takes the case, whatever the day's would say.
func TestTheDoorThatIsShownIsTheOneToGoThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hours(t, office)
	w.Route(t, records.Row{Rank: 1, Hours: json.RawMessage(`{"from":"17:00","to":"08:00"}`), Queue: w.Soder.Id})
	w.until(t, "2026-11-25 16:50")
	anna, id := w.decided(t, kit.Anna, nil)
	day := w.call(t, anna, "GET", "/cases/"+id+"/step", nil)
	if day.at("open") != true || day.at("closesAt") != "2026-11-25T16:00:00.000Z" {
		t.Errorf("by day the step says %s, want that it closes at 17", day.raw)
	}
	w.until(t, "2026-11-25 18:00")
	evening := w.call(t, anna, "GET", "/cases/"+id+"/step", nil)
	if evening.at("open") != true || evening.at("refusal") != nil {
		t.Errorf("in the evening the step says %s, want the door of the evening's queue, which is open", evening.raw)
	}
	w.call(t, anna, "POST", "/cases/"+id+"/queue", object{}).want(t, http.StatusOK)
}
