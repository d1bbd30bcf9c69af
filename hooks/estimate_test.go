package hooks

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// number is a personal number of the test series, another for each n.
func number(n int) string {
	day := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format("20060102") + "238"
	sum := 0
	for i, c := range day[2:] {
		d := int(c-'0') * (2 - i%2)
		sum += d/10 + d%10
	}
	return day + fmt.Sprint((10-sum%10)%10)
}

// joins lets the person of a number join through the door, as patients do.
func (w *whole) joins(digits string) (who access.Who, id, token string, place map[string]any) {
	w.t.Helper()
	who = w.Person(w.t, digits, "Anna Andersson")
	opened := w.Open(w.t, who)
	w.Decide(w.t, who, opened.Id, nil)
	token = w.tokenOf(who)
	return who, opened.Id, token, w.status(http.StatusOK, w.ask("POST", "/api/lotsen/v1/cases/"+opened.Id+"/queue", token, `{}`))
}

// duty puts staff on duty in Norrvik, or off.
func (w *whole) duty(on bool, staff ...access.Who) {
	w.t.Helper()
	for _, s := range staff {
		body := fmt.Sprintf(`{"on":%v}`, on)
		w.status(http.StatusNoContent, w.ask("PUT", "/api/lotsen/v1/queues/"+w.Norrvik.Id+"/duty", w.tokenOf(s), body))
	}
}

func (w *whole) place(id, token, lang string) map[string]any {
	w.t.Helper()
	return w.status(http.StatusOK, w.ask("GET", "/api/lotsen/v1/cases/"+id+"/queue", token, "", "Accept-Language", lang))
}

func (w *whole) waitOfRegion() any {
	w.t.Helper()
	return w.status(http.StatusOK, w.ask("GET", "/api/lotsen/v1/regions/demo", "", ""))["wait"].([]any)[0].(map[string]any)["estimate"]
}

// figure reads an estimate and holds it against what is promised of one.
func (w *whole) figure(of any) (low, high int) {
	w.t.Helper()
	e, ok := of.(map[string]any)
	if !ok {
		w.t.Fatalf("the estimate is %v, want a figure", of)
	}
	low, high = int(e["low"].(float64)), int(e["high"].(float64))
	if high <= low || high-low > max(low, 15) {
		w.t.Errorf("the estimate is %d to %d, want no wider than its lower end and 15", low, high)
	}
	if at, err := time.Parse(time.RFC3339, e["at"].(string)); err != nil || !at.Equal(w.Clock.Now()) {
		w.t.Errorf("the estimate is of %v (%v), want of now", e["at"], err)
	}
	return low, high
}

func TestAFigureNeedsSomebodyOnDuty(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	_, id, token, place := w.joins(kit.Anna)
	if place["estimate"] != nil {
		t.Errorf("joined with nobody on duty and is told %v, want null", place["estimate"])
	}
	if e := w.waitOfRegion(); e != nil {
		t.Errorf("the region tells a wait of %v with nobody on duty, want null", e)
	}
	if told, ok := w.Case(t, id).Foretold(); ok {
		t.Errorf("%v is kept as what was told, want nothing", told)
	}
	w.duty(true, w.Nurse)
	w.figure(w.place(id, token, "sv")["estimate"])
	w.figure(w.waitOfRegion())
	_, bo, _, place := w.joins(kit.Bo)
	low, high := w.figure(place["estimate"])
	if told, ok := w.Case(t, bo).Foretold(); !ok || told.Low != low || told.High != high || told.Ahead != 1 || told.Crew != 1 {
		t.Errorf("%+v (%v) is kept as what was told on joining, want %d to %d with one ahead and one at work", told, ok, low, high)
	}
	w.duty(false, w.Nurse)
	if e := w.place(id, token, "sv")["estimate"]; e != nil {
		t.Errorf("with nobody on duty any more: %v, want null", e)
	}
	w.duty(true, w.Nurse)
	super, _ := w.superuser()
	if r := w.ask("DELETE", "/api/collections/staff/records/"+w.Nurse.ID, super, ""); r.Code != http.StatusNoContent {
		t.Fatalf("delete the nurse: %d %s", r.Code, r.Body)
	}
	if e := w.place(id, token, "sv")["estimate"]; e != nil {
		t.Errorf("with the one on duty deleted: %v, want null", e)
	}
}

// TestAFigureRisesWithItsReason lets others be found to be more ill: on the topic and when asked, in the language of each, and over a restart.
func TestAFigureRisesWithItsReason(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.duty(true, w.Nurse, w.Doctor, w.Lead)
	_, id, token, place := w.joins(kit.Anna)
	_, before := w.figure(place["estimate"])
	stream := w.lines.open()
	stream.listen(token, placeTopic(id))
	for n := range 6 {
		_, other, _, _ := w.joins(number(n))
		if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, other, cases.Urgent, "låter sjuk"); err != nil {
			t.Fatalf("level: %v", err)
		}
	}
	e := w.place(id, token, "en")["estimate"]
	if _, after := w.figure(e); after <= before {
		t.Fatalf("six who are more ill came first, and the wait is told as %v, want later than %d", e, before)
	}
	said := e.(map[string]any)
	if said["reasonCode"] != string(queue.MoreUrgent) || !strings.Contains(said["reason"].(string), "sooner") {
		t.Errorf("the figure rose for %v (%v), want more_urgent, in English", said["reasonCode"], said["reason"])
	}
	for told := map[string]any{}; ; {
		if err := json.Unmarshal([]byte(stream.next(placeTopic(id)).data), &told); err != nil {
			t.Fatalf("an event is no JSON: %v", err)
		}
		if told["ahead"] != 6.0 {
			continue
		}
		figure, ok := told["estimate"].(map[string]any)
		if !ok || figure["high"] != said["high"] || figure["reasonCode"] != said["reasonCode"] || !strings.Contains(figure["reason"].(string), "snabbare") {
			t.Errorf("the topic tells %v, want %v as is answered, with the reason in the case's language", told["estimate"], said)
		}
		break
	}
	var again queue.Figures
	if err := rebuildPace(w.App, &again, w.Clock.Now()); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	c := w.Case(t, id)
	entry := queue.Entry{ID: id, Queue: c.Queue(), Level: c.Level(), Since: c.Since()}
	if told, _ := again.Tell(entry, 6, w.Clock.Now()); !told.Shown || told.High <= before || told.Reason != queue.MoreUrgent {
		t.Errorf("after a restart: %+v, want a later figure than %d and more_urgent: it is kept what was told", told, before)
	}
}

// TestAFigureThatSlipsIsToldByTimeAlone: nothing happens but that nobody is helped.
func TestAFigureThatSlipsIsToldByTimeAlone(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.duty(true, w.Nurse)
	_, id, token, place := w.joins(kit.Anna)
	_, before := w.figure(place["estimate"])
	stream := w.lines.open()
	stream.listen(token, placeTopic(id))
	w.Clock.Advance(6 * time.Minute)
	var told map[string]any
	if err := json.Unmarshal([]byte(stream.next(placeTopic(id)).data), &told); err != nil {
		t.Fatalf("an event is no JSON: %v", err)
	}
	if _, after := w.figure(told["estimate"]); after <= before || told["estimate"].(map[string]any)["reasonCode"] != string(queue.Slower) {
		t.Errorf("nobody is helped for six minutes, and told is %v, want later than %d and slower", told["estimate"], before)
	}
	w.Clock.Advance(5 * time.Hour)
	if err := json.Unmarshal([]byte(stream.next(placeTopic(id)).data), &told); err != nil {
		t.Fatalf("an event is no JSON: %v", err)
	}
	if told["estimate"] != nil {
		t.Errorf("nobody is helped for five hours, and told is %v, want null: there is no ground any more", told["estimate"])
	}
}

// TestThePaceIsRebuiltFromWhatHasHappened plays an hour, and holds what the program knows against what it would know after a restart.
func TestThePaceIsRebuiltFromWhatHasHappened(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.duty(true, w.Nurse)
	for n := range 4 {
		w.joins(number(n))
	}
	for range 3 {
		w.Clock.Advance(2 * time.Minute)
		taken, err := w.Desk.TakeNext(t.Context(), w.Nurse, w.Norrvik.Id, "")
		if err != nil {
			t.Fatalf("take: %v", err)
		}
		w.Clock.Advance(4 * time.Minute)
		if err := w.Desk.Transfer(t.Context(), w.Nurse, taken.Id, care.Handover{Queue: w.Soder.Id, Note: "dit"}); err != nil {
			t.Fatalf("transfer: %v", err)
		}
	}
	list, err := records.RecentWork(w.App)
	if err != nil {
		t.Fatalf("recent work: %v", err)
	}
	held := 0
	for _, r := range list {
		if r.Kind == cases.Taken {
			held++
			if r.Queue != w.Norrvik.Id || r.Clinician != w.Nurse.ID || r.State != cases.Called {
				t.Errorf("a case was taken in %s by %s and was %s; want Norrvik, where it then stood, the nurse, and called", r.Queue, r.Clinician, r.State)
			}
		}
	}
	if held != 3 {
		t.Errorf("%d takes are read, want 3", held)
	}
	var again queue.Figures
	if err := rebuildPace(w.App, &again, w.Clock.Now()); err != nil {
		t.Fatalf("rebuild: %v", err)
	}
	i, ok := again.Pace.Ground(w.Norrvik.Id, w.Clock.Now()).Estimate(1, cases.Days)
	if !ok || i.High > 30 {
		t.Errorf("after a restart the second in line is told %v (%v), want a figure: three were helped in eighteen minutes", i, ok)
	}
	if g := again.Pace.Ground(w.Norrvik.Id, w.Clock.Now()); g.OnDuty != 1 {
		t.Errorf("after a restart %d are on duty, want 1", g.OnDuty)
	}
}

// TestNoFigureWhileItIsClosed: neither on joining, nor when asked, nor on the topic, nor for anyone, whoever says that they are on duty.
func TestNoFigureWhileItIsClosed(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.duty(true, w.Nurse)
	_, id, token, place := w.joins(kit.Anna)
	w.figure(place["estimate"])
	line := w.lines.open()
	line.listen(token, placeTopic(id))
	w.figure(w.place(id, token, "sv")["estimate"])
	super, _ := w.superuser()
	w.status(http.StatusOK, w.ask("PATCH", "/api/collections/queues/records/"+w.Norrvik.Id, super, `{"hours":{"week":{"wed":["08:00-08:30"]},"whenClosed":"wait"}}`))
	if err := w.Desk.Duty(t.Context(), w.Doctor, w.Norrvik.Id, true); err != nil {
		t.Fatal(err)
	}
	var told map[string]any
	if err := json.Unmarshal([]byte(line.next(placeTopic(id)).data), &told); err != nil || told["open"] != false || told["estimate"] != nil {
		t.Errorf("the topic tells %v (%v), want that it is closed, and no figure", told, err)
	}
	if e := w.place(id, token, "sv")["estimate"]; e != nil {
		t.Errorf("asked while it is closed: %v, want null", e)
	}
	if e := w.waitOfRegion(); e != nil {
		t.Errorf("the region tells %v while it is closed, want null", e)
	}
	_, bo, _, place := w.joins(kit.Bo)
	if told, ok := w.Case(t, bo).Foretold(); ok || place["estimate"] != nil {
		t.Errorf("joined while it is closed: told %v and %+v is kept, want no figure", place["estimate"], told)
	}
}

// TestAForgottenDutyHidesNoWarning: a queue that is open all night, and a nurse who went home without a word.
func TestAForgottenDutyHidesNoWarning(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.duty(true, w.Nurse)
	staff := w.lines.open()
	staff.listen(w.tokenOf(w.Lead), queueTopic(w.Norrvik.Id))
	w.Clock.Advance(2*time.Hour + time.Minute)
	var told map[string]any
	if err := json.Unmarshal([]byte(staff.next(queueTopic(w.Norrvik.Id)).data), &told); err != nil || told["onDuty"] != 0.0 {
		t.Errorf("her colleagues are told %v (%v), want that nobody is on duty", told, err)
	}
	who := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, who)
	w.Decide(t, who, c.Id, map[string]string{"throat_urgent": `["dry"]`})
	place := w.status(http.StatusOK, w.ask("POST", "/api/lotsen/v1/cases/"+c.Id+"/queue", w.tokenOf(who), `{}`))
	if warning, _ := place["warning"].(map[string]any); warning["code"] != "not_in_time" || place["estimate"] != nil {
		t.Errorf("level 2 is told %v, want the warning and no figure", place)
	}
}
