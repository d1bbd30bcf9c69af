package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/test/kit"
)

// office is open from 8 to 17 on weekdays. The clinic's clock starts at 9 on a Wednesday.
const office = `{"week": {"mon": ["08:00-17:00"], "tue": ["08:00-17:00"], "wed": ["08:00-17:00"], "thu": ["08:00-17:00"], "fri": ["08:00-17:00"]}, ` +
	`"exceptions": [{"date": "2026-11-26", "hours": ["08:00-12:00"], "sv": "Utbildning", "en": "Training"}]}`

// hours sets the opening hours of Norrvik's queue.
func (w *world) hours(t *testing.T, plan string) {
	t.Helper()
	w.Norrvik.SetHours(json.RawMessage(plan))
	if err := w.App.Save(w.Norrvik); err != nil {
		t.Fatal(err)
	}
}

// until moves the clock to a time of Sweden in winter.
func (w *world) until(t *testing.T, text string) {
	t.Helper()
	to, err := time.Parse("2006-01-02 15:04 -0700", text+" +0100")
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(to.Sub(w.Clock.Now()))
}

// on lets the nurse be on duty, or not.
func (w *world) on(t *testing.T, on bool) {
	t.Helper()
	w.call(t, w.Nurse, "PUT", "/queues/"+w.Norrvik.Id+"/duty", object{"on": on}).want(t, http.StatusNoContent)
}

// decided opens a case and answers its questions.
func (w *world) decided(t *testing.T, digits string, answers map[string]string) (access.Who, string) {
	t.Helper()
	who := w.Person(t, digits, "P")
	c := w.Open(t, who)
	w.Decide(t, who, c.Id, answers)
	return who, c.Id
}

// urgently makes a sore throat level 2.
var urgently = map[string]string{"throat_urgent": `["dry"]`}

// TestAtNightOnChristmasDay: the questions are asked, red flags act, advice is given; only what can wait waits.
func TestAtNightOnChristmasDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hours(t, office)
	w.until(t, "2026-12-25 03:00")
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	opened := w.call(t, anna, "POST", "/cases", object{"region": "demo", "complaint": "sore_throat", "phone": "070-174 06 05"})
	opened.want(t, http.StatusOK)
	id := opened.at("case", "id").(string)
	flag := w.call(t, anna, "PUT", "/cases/"+id+"/answers/rf_now", object{"value": []string{"rf_blue"}})
	flag.want(t, http.StatusOK)
	if flag.at("step", "decision", "level") != 1.0 || fmt.Sprint(flag.at("step", "decision", "next")) != "[call112 queue]" {
		t.Errorf("a red flag gives %s, want level 1 and 112 first", flag.raw)
	}
	if phones := flag.at("step", "warning", "phones"); fmt.Sprint(phones) != "[112 1177]" || flag.at("step", "refusal") != nil {
		t.Errorf("a red flag gives %s, want the warning to ring 112, and that nobody refuses", flag.raw)
	}
	bo, mild := w.decided(t, kit.Bo, nil)
	step := w.call(t, bo, "GET", "/cases/"+mild+"/step", nil, "Accept-Language", "en")
	step.want(t, http.StatusOK)
	if advice := step.at("decision", "advice").([]any); len(advice) == 0 {
		t.Error("no advice is given, want it whatever the hour")
	}
	if step.at("open") != false || step.at("opensAt") != "2026-12-28T07:00:00.000Z" || step.at("closesAt") != nil || step.at("warning") != nil ||
		step.at("refusal", "code") != "queue_closed" || step.at("refusal", "opensAt") != "2026-12-28T07:00:00.000Z" {
		t.Errorf("the step says %s, want that it is closed and when it opens", step.raw)
	}
	join := w.call(t, bo, "POST", "/cases/"+mild+"/queue", object{}, "Accept-Language", "en")
	join.want(t, http.StatusUnprocessableEntity, "reason", "queue_closed")
	if join.at("data", "reason", "opensAt") != "2026-12-28T07:00:00.000Z" || fmt.Sprint(join.at("data", "reason", "phones")) != "[1177 112]" ||
		!strings.Contains(join.at("message").(string), "opens on Monday 28/12 at 08:00") {
		t.Errorf("joining gives %s, want when it opens and whom to ring", join.raw)
	}
	w.call(t, anna, "POST", "/cases/"+id+"/queue", object{}).want(t, http.StatusOK)
	for _, lang := range []string{"sv", "en", "sv-simple", "ar"} {
		words := w.call(t, bo, "POST", "/cases/"+mild+"/queue", object{}, "Accept-Language", lang).at("message").(string)
		if !strings.Contains(words, "28/12") || !strings.Contains(words, "1177") || !strings.Contains(words, "112") {
			t.Errorf("%s says %q, want when and whom to ring", lang, words)
		}
	}
}

// TestLevelTwoThatNobodyReachesInTime: the number comes first and waiting second, on the decision and in the place.
func TestLevelTwoThatNobodyReachesInTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at, plan string
		duty     bool
		warned   bool
		opens    any
	}{
		"somebody is on duty":        {"2026-11-25 10:00", office, true, false, nil},
		"nobody is on duty":          {"2026-11-25 10:00", office, false, true, nil},
		"closed":                     {"2026-11-25 18:00", office, true, true, "2026-11-26T07:00:00.000Z"},
		"closes within the target":   {"2026-11-25 16:46", office, true, true, nil},
		"closes with the target":     {"2026-11-25 16:45", office, true, false, nil},
		"always open":                {"2026-11-25 22:00", `{}`, true, false, nil},
		"closed for nobody knows":    {"2026-11-25 10:00", `{"week": {}}`, true, true, nil},
		"closed, and who waits may":  {"2026-11-25 18:00", `{"whenClosed": "wait", ` + office[1:], true, true, "2026-11-26T07:00:00.000Z"},
		"closed, and nobody on duty": {"2026-11-25 18:00", office, false, true, "2026-11-26T07:00:00.000Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.hours(t, c.plan)
			w.on(t, c.duty)
			w.until(t, c.at)
			who, id := w.decided(t, kit.Anna, urgently)
			next := map[bool]string{false: "[queue call1177 call112]", true: "[call1177 queue call112]"}[c.warned]
			step := w.call(t, who, "GET", "/cases/"+id+"/step", nil)
			if got := fmt.Sprint(step.at("decision", "next")); got != next {
				t.Errorf("the ways on are %s, want %s", got, next)
			}
			place := w.call(t, who, "POST", "/cases/"+id+"/queue", object{})
			place.want(t, http.StatusOK)
			for what, a := range map[string]response{"the decision": step, "the place": place} {
				warning, _ := a.at("warning").(map[string]any)
				if (warning != nil) != c.warned || warning != nil && (warning["code"] != "not_in_time" || warning["opensAt"] != c.opens || fmt.Sprint(warning["phones"]) != "[1177 112]" || warning["text"] == "") {
					t.Errorf("%s warns %v, want %v until %v", what, warning, c.warned, c.opens)
				}
			}
		})
	}
}

func TestOthersAreNotWarned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hours(t, office)
	w.until(t, "2026-11-25 16:59")
	who, c := w.Waiting(t, kit.Anna)
	if a := w.call(t, who, "GET", "/cases/"+c.Id+"/queue", nil); a.at("warning") != nil || a.at("closesAt") != "2026-11-25T16:00:00.000Z" || a.at("open") != true {
		t.Errorf("the place is %s, want no warning, and when it closes", a.raw)
	}
	taken, urgents := w.decided(t, kit.Bo, urgently)
	w.call(t, taken, "POST", "/cases/"+urgents+"/queue", object{}).want(t, http.StatusOK)
	if _, err := w.Desk.Claim(t.Context(), w.Nurse, urgents, "test"); err != nil {
		t.Fatal(err)
	}
	if a := w.call(t, taken, "GET", "/cases/"+urgents+"/queue", nil); a.at("warning") != nil {
		t.Errorf("whose turn it is is warned: %s", a.raw)
	}
}

func TestALeadsSwitches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/queues/" + w.Norrvik.Id + "/state"
	until := "2026-11-25T10:00:00.000Z"
	w.call(t, w.Lead, "PUT", path, object{"paused": true, "capToday": 3, "message": " Vi är färre idag. ", "until": until}).want(t, http.StatusNoContent)
	queue := func() map[string]any {
		t.Helper()
		return w.call(t, w.Lead, "GET", "/queues", nil).list(t)[0]
	}
	q := queue()
	if q["paused"].(map[string]any)["until"] != until || q["capToday"] != 3.0 || q["message"] != "Vi är färre idag." || q["open"] != true || q["opensAt"] != nil || q["closesAt"] != nil {
		t.Errorf("the queue is %v, want what the lead has switched", q)
	}
	who, id := w.decided(t, kit.Anna, nil)
	join := w.call(t, who, "POST", "/cases/"+id+"/queue", object{})
	join.want(t, http.StatusUnprocessableEntity, "reason", "queue_paused")
	if join.at("data", "reason", "until") != until || join.at("data", "reason", "opensAt") != until || join.at("data", "reason", "line") != "Vi är färre idag." {
		t.Errorf("joining gives %s, want until when, and what the lead says", join.raw)
	}
	if place := w.call(t, who, "GET", "/cases/"+id+"/queue", nil); place.at("message") != "Vi är färre idag." || place.at("refusal", "code") != "queue_paused" {
		t.Errorf("the place is %s, want the lead's line and why not", place.raw)
	}
	w.call(t, w.Lead, "PUT", path, object{"paused": false}).want(t, http.StatusNoContent)
	w.call(t, w.Lead, "PUT", path, object{"capToday": 0, "until": until}).want(t, http.StatusNoContent)
	full := w.call(t, who, "POST", "/cases/"+id+"/queue", object{})
	full.want(t, http.StatusUnprocessableEntity, "reason", "queue_full")
	w.call(t, w.Lead, "PUT", path, object{"capToday": nil, "message": ""}).want(t, http.StatusNoContent)
	if q := queue(); q["paused"] != nil || q["capToday"] != nil || q["message"] != nil {
		t.Errorf("the queue is %v, want everything ended", q)
	}
	place := w.call(t, who, "POST", "/cases/"+id+"/queue", object{})
	place.want(t, http.StatusOK)
	if place.at("message") != nil || place.at("refusal") != nil {
		t.Errorf("the place is %s, want nothing of it", place.raw)
	}
}

func TestWhatASwitchMayNotBe(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	until := "2026-11-25T10:00:00.000Z"
	for _, c := range []struct {
		body   any
		wrong  []string // field, code
		number int
	}{
		{object{}, []string{"paused", "validation_required", "capToday", "validation_required", "message", "validation_required"}, 3},
		{object{"until": until}, []string{"paused", "validation_required"}, 3},
		{object{"paused": true}, []string{"until", "validation_required"}, 1},
		{object{"capToday": 0}, []string{"until", "validation_required"}, 1},
		{object{"message": "x", "until": "2026-11-25T07:59:59Z"}, []string{"until", "validation_in_past"}, 1},
		{object{"message": "x", "until": "2026-12-25T08:00:01Z"}, []string{"until", "validation_too_late"}, 1},
		{object{"message": "x", "until": "tomorrow"}, []string{"until", "validation_invalid_time"}, 1},
		{object{"capToday": -1, "until": until}, []string{"capToday", "validation_too_small"}, 1},
		{object{"capToday": 10001, "until": until}, []string{"capToday", "validation_too_large"}, 1},
		{object{"capToday": "5", "paused": "yes", "message": 1, "x": 1}, []string{"capToday", "validation_invalid_type", "paused", "validation_invalid_type", "message", "validation_invalid_type", "x", "validation_unknown_field"}, 4},
		{object{"message": strings.Repeat("å", 501), "until": until}, []string{"message", "validation_too_long"}, 1},
	} {
		a := w.call(t, w.Lead, "PUT", "/queues/"+w.Norrvik.Id+"/state", c.body)
		a.want(t, http.StatusBadRequest, c.wrong...)
		if got := len(a.at("data").(map[string]any)); got != c.number {
			t.Errorf("%v: %d fields are wrong, want %d: %s", c.body, got, c.number, a.raw)
		}
	}
	w.call(t, w.Lead, "PUT", "/queues/"+w.Norrvik.Id+"/state", object{"message": strings.Repeat("å", 500), "until": "2026-12-25T08:00:00Z"}).want(t, http.StatusNoContent)
}

func TestHoursForAnyone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hours(t, office)
	w.Soder.SetHours(json.RawMessage(`{"week": {"wed": ["08:00-20:00"]}}`))
	if err := w.App.Save(w.Soder); err != nil {
		t.Fatal(err)
	}
	regions := func() map[string]any { t.Helper(); return w.call(t, guest, "GET", "/regions", nil).list(t)[0] }
	if r := regions(); r["open"] != true || r["closesAt"] != "2026-11-25T19:00:00.000Z" || r["opensAt"] != nil {
		t.Errorf("the region is %v, want it open until the last door closes", r)
	}
	w.until(t, "2026-11-25 20:00")
	if r := regions(); r["open"] != false || r["opensAt"] != "2026-11-26T07:00:00.000Z" || r["closesAt"] != nil {
		t.Errorf("the region is %v, want it closed until the first door opens", r)
	}
	w.until(t, "2026-12-21 09:00")
	a := w.call(t, guest, "GET", "/regions/demo", nil, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	unit := a.at("units").([]any)[0].(map[string]any)
	if unit["slug"] != "norrvik" || unit["open"] != true || unit["closesAt"] != "2026-12-21T16:00:00.000Z" {
		t.Errorf("the unit is %v, want it open until 17", unit)
	}
	var got []string
	week := a.at("hours").([]any)[0].(map[string]any)
	for _, d := range week["days"].([]any) {
		day := d.(map[string]any)
		line := fmt.Sprint(day["date"], " ", day["hours"])
		if why, is := day["why"].(map[string]any); is {
			line += fmt.Sprint(" ", why["kind"], ": ", why["text"])
		}
		got = append(got, line)
	}
	want := []string{
		"2026-12-21 [08:00-17:00]", "2026-12-22 [08:00-17:00]", "2026-12-23 [08:00-17:00]", "2026-12-24 [] holiday: Christmas Eve",
		"2026-12-25 [] holiday: Christmas Day", "2026-12-26 [] holiday: Boxing Day", "2026-12-27 []",
	}
	if week["unit"] != "norrvik" || !slices.Equal(got, want) {
		t.Errorf("the week of %v is\n%s\nwant\n%s", week["unit"], strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	w.Region.Set("inService", false)
	if err := w.App.Save(w.Region); err != nil {
		t.Fatal(err)
	}
	if r := regions(); r["open"] != false || r["opensAt"] != nil {
		t.Errorf("out of service the region is %v, want it closed, and that nobody knows until when", r)
	}
}

// TestTheEventOfClosingTellsWhenItOpens holds that patients are told it by GET …/events, and so by the topic.
func TestTheEventOfClosingTellsWhenItOpens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hours(t, office)
	who, c := w.Waiting(t, kit.Anna)
	w.until(t, "2026-11-25 17:00")
	if _, err := w.Desk.RunHours(t.Context()); err != nil {
		t.Fatal(err)
	}
	items := w.call(t, who, "GET", fmt.Sprintf("/cases/%s/events?after=%d", c.Id, c.Seq()), nil).at("items").([]any)
	if len(items) != 1 {
		t.Fatalf("%d events, want one", len(items))
	}
	if e := items[0].(map[string]any); e["kind"] != "shut" || e["words"] != "case.shut_until" || e["opensAt"] != "2026-11-26T07:00:00.000Z" || e["state"] != "waiting" {
		t.Errorf("the event is %v, want that it has closed and when it opens", e)
	}
	if a := w.call(t, who, "GET", "/cases/"+c.Id+"/queue", nil); a.at("open") != false || a.at("position") != 1.0 {
		t.Errorf("the place is %s, want it kept", a.raw)
	}
}
