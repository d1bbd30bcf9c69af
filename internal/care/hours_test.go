package care_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// office is open from 8 to 17 on weekdays. The clinic's clock starts at 9 on a Wednesday.
const office = `{"week": {"mon": ["08:00-17:00"], "tue": ["08:00-17:00"], "wed": ["08:00-17:00"], "thu": ["08:00-17:00"], "fri": ["08:00-17:00"]}}`

// adults are numbers that belong to nobody, of people of age.
var adults = []string{"198511022389", "198511032388", "198511042387", "198511052386", "198511062385"}

// urgently makes a sore throat level 2, atOnce level 1.
var (
	urgently = map[string]string{"throat_urgent": `["dry"]`}
	atOnce   = map[string]string{"rf_now": `["rf_blue"]`}
)

// hours sets the queue's opening hours.
func (s shift) hours(q *records.Queue, plan string) {
	s.t.Helper()
	now, err := records.QueueByID(s.App, q.Id)
	s.must(nil, err)
	now.SetHours(json.RawMessage(plan))
	s.must(nil, s.App.Save(now))
}

// at sets the clock on to a time and does what is due.
func (s shift) at(text string) {
	s.t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04", text, stockholm(s.t))
	s.must(nil, err)
	s.after(to.Sub(s.Clock.Now()))
}

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// decided opens a case for the person of a number, with a decision.
func (s shift) decided(digits string, answers map[string]string) (access.Who, string) {
	s.t.Helper()
	who := s.Person(s.t, digits, "P")
	c := s.Open(s.t, who)
	s.Decide(s.t, who, c.Id, answers)
	return who, c.Id
}

// joins tries to join; the refusal is nil where it went well.
func (s shift) joins(who access.Who, id string) *care.NotEligible {
	s.t.Helper()
	_, err := s.Desk.Join(s.t.Context(), who, id, care.Joining{Phone: kit.Phone})
	var no *care.NotEligible
	if !errors.As(err, &no) {
		s.must(nil, err)
	}
	return no
}

// refusedFor fails the test unless joining is refused for that reason and the case stays as it was.
func (s shift) refusedFor(who access.Who, id, code, opens string) {
	s.t.Helper()
	no := s.joins(who, id)
	if no == nil {
		s.t.Fatalf("joined, want to be refused for %s", code)
	}
	if got := no.OpensAt.In(stockholm(s.t)).Format("2006-01-02 15:04"); no.Code != code || got != opens {
		s.t.Errorf("refused for %s until %s, want %s until %s", no.Code, got, code, opens)
	}
	s.InState(s.t, id, cases.Recommended)
	if !s.Case(s.t, id).Decided() {
		s.t.Error("the refusal has cost the decision")
	}
}

// switched lets the lead switch something.
func (s shift) switched(in care.Switches) {
	s.t.Helper()
	s.must(nil, s.Desk.Switch(s.t.Context(), s.Lead, s.Norrvik.Id, in))
}

func TestAClosedQueueRefusesOnlyWhatCanWait(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	s.at("2026-12-25 03:00")
	mild, mildly := s.decided(adults[0], nil)
	s.refusedFor(mild, mildly, "queue_closed", "2026-12-28 08:00")
	urgent, urgents := s.decided(adults[1], urgently)
	red, flagged := s.decided(adults[2], atOnce)
	for who, id := range map[*access.Who]string{&urgent: urgents, &red: flagged} {
		if no := s.joins(*who, id); no != nil {
			t.Errorf("level %d is refused for %s", s.Case(t, id).Level(), no.Code)
		}
	}
	s.at("2026-12-28 08:00")
	if no := s.joins(mild, mildly); no != nil {
		t.Errorf("refused for %s when it has opened", no.Code)
	}
	for i, want := range []string{flagged, urgents, mildly} {
		next, err := s.Desk.TakeNext(t.Context(), s.Nurse, s.Norrvik.Id, "")
		s.must(nil, err)
		if next.Id != want {
			t.Errorf("at opening the patient number %d is another than the order of urgency says", i+1)
		}
	}
}

func TestWhoMayWaitForTheOpening(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, `{"whenClosed": "wait", `+office[1:])
	s.at("2026-11-25 22:00")
	who, id := s.decided(kit.Anna, nil)
	if no := s.joins(who, id); no != nil {
		t.Fatalf("refused for %s, want to wait", no.Code)
	}
	s.run()
	s.happened(id, cases.Joined) // and is not told again: the answer to joining has said so
	if n := len(s.letters(id)); n != 0 {
		t.Errorf("%d letters, want none", n)
	}
}

func TestHoursOfRegionUnitAndQueue(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.Region.SetHours(json.RawMessage(`{"week": {}}`))
	s.must(nil, s.App.Save(s.Region))
	who, id := s.decided(kit.Anna, nil)
	if no := s.joins(who, id); no == nil || !no.OpensAt.IsZero() {
		t.Errorf("%+v, want to be refused, and that nobody knows until when", no)
	}
	unit, err := records.UnitByID(s.App, s.Norrvik.Unit())
	s.must(nil, err)
	unit.SetHours(json.RawMessage(`{"week": {"thu": ["10:00-11:00"]}}`))
	s.must(nil, s.App.Save(unit))
	s.refusedFor(who, id, "queue_closed", "2026-11-26 10:00")
	s.hours(s.Norrvik, office)
	if no := s.joins(who, id); no != nil {
		t.Errorf("refused for %s, want the queue's own hours to hold", no.Code)
	}
}

// TestHoursThatCannotBeReadCostNoPatientAnAnswer: they stand there since another version, or were written past the program.
func TestHoursThatCannotBeReadCostNoPatientAnAnswer(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, err := s.App.DB().NewQuery(`UPDATE queues SET hours = '{"week": {"mon": "8-17"}}'`).Execute()
	s.must(nil, err)
	who, id := s.decided(kit.Anna, nil)
	s.run()
	if no := s.joins(who, id); no != nil {
		t.Errorf("refused for %s, want that it is open", no.Code)
	}
	s.switched(care.Switches{Message: new("Vi är färre idag."), Until: s.Clock.Now().Add(time.Hour)})
}

func TestALeadPauses(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	_, before := s.Waiting(t, kit.Bo)
	s.switched(care.Switches{Paused: new(true), Until: kit.Start.Add(time.Hour)})
	who, id := s.decided(kit.Anna, nil)
	s.refusedFor(who, id, "queue_paused", "2026-11-25 10:00")
	s.InState(t, before.Id, cases.Waiting)
	urgent, urgents := s.decided(adults[0], urgently)
	if no := s.joins(urgent, urgents); no != nil {
		t.Errorf("level 2 is refused for %s", no.Code)
	}
	s.switched(care.Switches{Paused: new(true), Until: kit.Start.Add(8 * time.Hour)}) // 17:00: the queue closes then
	s.refusedFor(who, id, "queue_paused", "2026-11-26 08:00")
	s.switched(care.Switches{Paused: new(false)})
	if no := s.joins(who, id); no != nil {
		t.Errorf("refused for %s after the pause", no.Code)
	}
}

func TestALimitCountsJoinsOfTheDay(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.at("2026-11-25 23:30")
	s.Waiting(t, adults[0]) // yesterday's, though UTC has the same day
	s.at("2026-11-26 00:30")
	ctx, two := t.Context(), 2
	s.switched(care.Switches{Cap: &care.Cap{N: &two}, Until: s.Clock.Now().Add(72 * time.Hour)})
	who, first := s.Waiting(t, adults[1])
	s.Waiting(t, adults[2])
	third, id := s.decided(adults[3], nil)
	s.refusedFor(third, id, "queue_full", "2026-11-27 00:00")

	s.must(s.Desk.Leave(ctx, who, first.Id))
	s.refusedFor(third, id, "queue_full", "2026-11-27 00:00") // the place is kept for ten minutes
	if no := s.joins(who, first.Id); no != nil {
		t.Errorf("who regrets is refused for %s", no.Code)
	}
	urgent, urgents := s.decided(adults[4], urgently)
	if no := s.joins(urgent, urgents); no != nil {
		t.Errorf("level 2 is refused for %s", no.Code)
	}
	s.at("2026-11-27 00:00")
	if no := s.joins(third, id); no != nil {
		t.Errorf("refused for %s the day after", no.Code)
	}
}

func TestSwitchesEndByThemselves(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	none := 0
	_, waiting := s.Waiting(t, kit.Anna)
	s.switched(care.Switches{Paused: new(true), Until: s.Clock.Now().Add(time.Hour)})
	s.switched(care.Switches{Cap: &care.Cap{N: &none}, Until: s.Clock.Now().Add(2 * time.Hour)})
	s.switched(care.Switches{Message: new("Vi är färre idag."), Until: s.Clock.Now().Add(3 * time.Hour)})
	for i, want := range []string{"paused limit said", "limit said", "said", ""} {
		q, err := records.QueueByID(s.App, s.Norrvik.Id)
		s.must(nil, err)
		got := ""
		if !q.PausedUntil().IsZero() {
			got += " paused"
		}
		if _, until := q.Cap(); !until.IsZero() {
			got += " limit"
		}
		if text, until := q.Message(); !until.IsZero() || text != "" {
			got += " said"
		}
		if len(got) > 0 {
			got = got[1:]
		}
		if got != want {
			t.Errorf("after %d hours there stands %q, want %q", i, got, want)
		}
		s.after(time.Hour)
	}
	if n := len(s.letters(waiting.Id)); n != 0 || s.Case(t, waiting.Id).Seq() != waiting.Seq() {
		t.Errorf("who waits has %d letters and %d events more, want neither for a switch", n, s.Case(t, waiting.Id).Seq()-waiting.Seq())
	}
	last, err := records.LastLook(s.App)
	s.must(nil, err)
	l := last.Look()
	if l.By != s.Lead.ID || l.What != "state of queue" || l.Why != "Norrvik: message until 2026-11-25T11:00:00.000Z: Vi är färre idag." {
		t.Errorf("the access log has %q by %q: %q, want who has switched what", l.What, l.ByName, l.Why)
	}
}

func TestOnlyTheLeadSwitches(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	for who, want := range map[*access.Who]error{
		&s.Nurse: access.ErrDenied, &s.South: access.ErrHidden, &s.Idle: access.ErrHidden, {Kind: access.Patient, ID: "x"}: access.ErrDenied,
	} {
		err := s.Desk.Switch(t.Context(), *who, s.Norrvik.Id, care.Switches{Paused: new(true), Until: s.Clock.Now().Add(time.Hour)})
		if !errors.Is(err, want) {
			t.Errorf("%s %s: %v, want %v", who.Kind, who.Name, err, want)
		}
	}
}

// shutTimes counts how often a case was told that the queue has closed, by event and by letter.
func (s shift) shutTimes(id string) (events, letters int) {
	s.t.Helper()
	all, err := records.EventsAfter(s.App, id, 0, 1000)
	s.must(nil, err)
	for _, e := range all {
		if e.Kind() == cases.ShutFor {
			events++
		}
	}
	for _, l := range s.letters(id) {
		switch l.Text() {
		case texts.SmsShut, texts.SmsShutUntil, texts.SmsShutRead:
			letters++
		}
	}
	return events, letters
}

func (s shift) toldShut(id string, want int) {
	s.t.Helper()
	if events, letters := s.shutTimes(id); events != want || letters != want {
		s.t.Errorf("told %d times by event and %d by letter that it has closed, want %d", events, letters, want)
	}
}

func TestAtClosingTimeNobodyIsDropped(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	_, mild := s.Waiting(t, adults[0])
	urgent, urgents := s.decided(adults[1], urgently)
	if no := s.joins(urgent, urgents); no != nil {
		t.Fatalf("level 2 is refused for %s", no.Code)
	}
	_, talking := s.Active(t, adults[2])
	s.at("2026-11-25 16:59")
	s.toldShut(mild.Id, 0)
	s.at("2026-11-25 17:00")
	for id, want := range map[string][2]string{mild.Id: {texts.CaseShutUntil, texts.SmsShutUntil}, urgents: {texts.CaseShutUrgent, texts.SmsShutRead}} {
		s.InState(t, id, cases.Waiting)
		s.toldShut(id, 1)
		s.told(id, want[1])
		e, err := records.LastEvent(s.App, id, cases.ShutFor)
		s.must(nil, err)
		var told care.Told
		s.must(nil, e.Data(&told))
		if told.Words != want[0] || told.OpensAt != "2026-11-26T07:00:00.000Z" {
			t.Errorf("told %q until %q, want %q until it opens", told.Words, told.OpensAt, want[0])
		}
	}
	letters := s.letters(mild.Id)
	args, err := letters[len(letters)-1].Args()
	s.must(nil, err)
	if args["when"] != "torsdag 26/11 kl. 08:00" || !letters[len(letters)-1].Until().Equal(time.Date(2026, 11, 26, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("the letter says %q and is of use until %v, want when it opens for both", args["when"], letters[len(letters)-1].Until())
	}
	s.toldShut(talking.Id, 0)
	s.must(s.Desk.Release(t.Context(), s.Nurse, talking.Id, "dagen är slut"))
	s.after(time.Hour)
	s.toldShut(talking.Id, 1) // waits again, and was not told
	s.toldShut(mild.Id, 1)
	s.at("2026-11-26 08:00")
	s.at("2026-11-26 17:00")
	s.toldShut(mild.Id, 2) // once a closing
}

// TestAClosingThatACrashInterruptsGoesOn: each case is a transaction of its own, and the row says who was told.
func TestAClosingThatACrashInterruptsGoesOn(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	var ids []string
	for _, digits := range adults[:3] {
		_, c := s.Waiting(t, digits)
		ids = append(ids, c.Id)
	}
	crash := errors.New("killed")
	id := s.App.OnRecordCreate(records.Outbox).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("case") != ids[0] {
			return crash
		}
		return e.Next()
	})
	s.Clock.Advance(9 * time.Hour) // 18:00: it has closed while the program was down
	if _, err := s.Desk.RunHours(t.Context()); !errors.Is(err, crash) {
		t.Fatalf("the crash was not met: %v", err)
	}
	s.toldShut(ids[0], 1)
	s.toldShut(ids[1], 0)
	s.App.OnRecordCreate(records.Outbox).Unbind(id)
	s.run()
	s.run()
	for _, id := range ids {
		s.toldShut(id, 1)
	}
}

// TestALetterThatSaysClosedIsNotSentWhenItIsOpen: nor to who waits no more.
func TestALetterThatSaysClosedIsNotSentWhenItIsOpen(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, `{"week": {"wed": ["08:00-17:00"]}, "exceptions": [{"date": "2027-06-01", "hours": []}]}`)
	who, c := s.Waiting(t, adults[0])
	s.at("2026-11-25 17:00")
	stands := func(want bool) {
		t.Helper()
		s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
			got, err := s.Desk.CallStands(t.Context(), tx, c.Id, 1, texts.SmsShutUntil)
			if err == nil && got != want {
				t.Errorf("it is still true: %v, want %v", got, want)
			}
			return err
		}))
	}
	stands(true)
	s.hours(s.Norrvik, `{}`)
	s.run()
	stands(false)
	s.hours(s.Norrvik, office)
	s.run()
	stands(true)
	s.must(s.Desk.Leave(t.Context(), who, c.Id))
	stands(false)
}
