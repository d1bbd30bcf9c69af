package care_test

import (
	"slices"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// onDuty are the names of those on duty in a queue.
func (s shift) onDuty(q *records.Queue) []string {
	s.t.Helper()
	staff, err := records.DutyIn(s.App, q.Id)
	s.must(nil, err)
	names := []string{}
	for _, m := range staff {
		names = append(names, m.Name())
	}
	slices.Sort(names)
	return names
}

// TestAtClosingTimeWhatIsHeldGoesOn: the day of the queue is over, and that of a conversation is not.
func TestAtClosingTimeWhatIsHeldGoesOn(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	s.at("2026-11-25 16:58")
	s.must(nil, s.Desk.Duty(t.Context(), s.Nurse, s.Norrvik.Id, true))
	_, called := s.Taken(t, adults[0])
	s.accepted(called.Id)
	_, active := s.Active(t, adults[1])
	_, paused := s.Active(t, adults[2])
	s.must(s.Desk.Pause(t.Context(), s.Nurse, paused.Id, s.Clock.Now().Add(48*time.Hour)))
	type stand struct {
		seq, letters int
		state        cases.State
		clinician    string
		due, timer   time.Time
		freed, told  time.Time
	}
	stands := func(id string) stand {
		c := s.Case(t, id)
		timer, _ := c.Timer()
		return stand{c.Seq(), len(s.letters(id)), c.State(), c.Clinician(), c.Due(), timer, c.Freed(), c.ShutTold()}
	}
	before := map[string]stand{}
	for _, id := range []string{called.Id, active.Id, paused.Id} {
		before[id] = stands(id)
	}
	s.at("2026-11-25 17:00")
	if on := s.onDuty(s.Norrvik); len(on) != 0 {
		t.Errorf("%v are on duty, want nobody: it has closed", on)
	}
	for id, want := range before {
		if got := stands(id); got != want {
			t.Errorf("a case that is %s stands as %+v at closing time, want as before: %+v", want.state, got, want)
		}
	}
	s.must(s.Desk.Close(t.Context(), s.Nurse, active.Id, records.Ending{Outcome: "advice", Advice: "Drick mycket."}))
}

// TestAWholeOpeningThatWasMissed: the program was down, or its clock was moved. Those told of yesterday's closing are told of today's.
func TestAWholeOpeningThatWasMissed(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	_, c := s.Waiting(t, adults[0])
	s.at("2026-11-25 17:00")
	s.toldShut(c.Id, 1)
	s.at("2026-11-26 07:59")
	s.toldShut(c.Id, 1)
	s.at("2026-11-26 17:05")
	s.toldShut(c.Id, 2)
	s.run()
	s.toldShut(c.Id, 2)
	e, err := records.LastEvent(s.App, c.Id, cases.ShutFor)
	s.must(nil, err)
	var told care.Told
	s.must(nil, e.Data(&told))
	if told.OpensAt != "2026-11-27T07:00:00.000Z" {
		t.Errorf("told that it opens at %s, want the next opening", told.OpensAt)
	}
	s.at("2026-11-29 12:00") // Sunday: it has been open on Friday
	s.toldShut(c.Id, 3)
	s.after(time.Hour)
	s.toldShut(c.Id, 3)
}

// TestHoursThatAreChangedOnAClosedEveningTellNobodyTwice: it has not been open in between.
func TestHoursThatAreChangedOnAClosedEveningTellNobodyTwice(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	_, c := s.Waiting(t, adults[0])
	s.at("2026-11-25 18:00")
	s.hours(s.Norrvik, `{"week": {"wed": ["08:00-17:30"], "thu": ["08:00-17:00"]}}`)
	s.run()
	s.toldShut(c.Id, 1)
}

// TestWhatTheOldQueueToldDoesNotHoldInTheNew: who is handed to a queue that is closed, too, is told when that one opens.
func TestWhatTheOldQueueToldDoesNotHoldInTheNew(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, office)
	s.hours(s.Soder, `{"week": {"wed": ["08:00-16:00"], "fri": ["10:00-16:00"]}}`)
	_, c := s.Waiting(t, adults[0])
	s.at("2026-11-25 17:00")
	s.toldShut(c.Id, 1)
	s.after(10 * time.Minute)
	s.must(s.Desk.Claim(t.Context(), s.Nurse, c.Id, "hör till Söder"))
	s.must(nil, s.Desk.Transfer(t.Context(), s.Nurse, c.Id, care.Handover{Queue: s.Soder.Id, Note: "bor i Söder"}))
	s.run()
	s.toldShut(c.Id, 2)
	e, err := records.LastEvent(s.App, c.Id, cases.ShutFor)
	s.must(nil, err)
	var told care.Told
	s.must(nil, e.Data(&told))
	if told.OpensAt != "2026-11-27T09:00:00.000Z" {
		t.Errorf("told that it opens at %s, want when the new queue does", told.OpensAt)
	}
	s.after(time.Hour)
	s.toldShut(c.Id, 2)
}

// TestDutyEndsWithTheDayOfItsQueue and not with a break in it, nor elsewhere; who comes back is on duty.
func TestDutyEndsWithTheDayOfItsQueue(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.hours(s.Norrvik, `{"week": {"wed": ["08:00-12:00", "13:00-17:00"], "thu": ["08:00-17:00"]}}`)
	both := s.Hire(t, "Both", "nurse", s.Norrvik.Id, s.Soder.Id)
	for _, q := range []*records.Queue{s.Norrvik, s.Soder} {
		s.must(nil, s.Desk.Duty(t.Context(), both, q.Id, true))
	}
	is := func(at string, want bool) {
		t.Helper()
		s.at("2026-11-" + at)
		if on := s.onDuty(s.Norrvik); slices.Contains(on, "Both") != want {
			t.Errorf("on duty at %s: %v, want %v", at, on, want)
		}
	}
	is("25 12:30", true)
	is("25 16:59", true)
	is("25 17:00", false)
	if on := s.onDuty(s.Soder); !slices.Equal(on, []string{"Both"}) {
		t.Errorf("%v are on duty in the queue that is open, want as before", on)
	}
	s.must(nil, s.Desk.Duty(t.Context(), both, s.Norrvik.Id, true))
	is("25 17:30", true)
	is("26 08:00", true)
	is("26 17:00", false)
}

// TestDutyOfWhomNothingIsHeardEnds: whoever is told what happens, acts or looks is there.
func TestDutyOfWhomNothingIsHeardEnds(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	ctx := t.Context()
	live := map[string]bool{s.Lead.ID: true}
	s.Desk.Live, s.Desk.Heard = func(staff string) bool { return live[staff] }, new(care.Heard)
	pass := func(d time.Duration) {
		t.Helper()
		s.Clock.Advance(d)
		for more := true; more; {
			var err error
			more, err = s.Desk.RunDuty(ctx)
			s.must(nil, err)
		}
	}
	are := func(want ...string) {
		t.Helper()
		if on := s.onDuty(s.Norrvik); !slices.Equal(on, want) {
			t.Errorf("%v are on duty, want %v", on, want)
		}
	}
	lead, nurse, doctor := s.Lead.Name, s.Nurse.Name, s.Doctor.Name
	everybody := []string{lead, nurse, doctor}
	slices.Sort(everybody)
	pass(0)
	_, c := s.Active(t, kit.Anna)
	for _, who := range []string{s.Lead.ID, s.Nurse.ID, s.Doctor.ID} {
		m, err := records.StaffByID(s.App, who)
		s.must(nil, err)
		s.must(nil, s.Desk.Duty(ctx, m.Who(""), s.Norrvik.Id, true))
	}
	pass(2*time.Hour - time.Minute)
	are(everybody...)
	s.reply(c.Id) // the nurse acts
	s.must(nil, s.Desk.Looked(ctx, s.Doctor, "queue", []*records.Case{c}, ""))
	pass(2*time.Hour - time.Minute)
	are(everybody...)
	pass(time.Minute)
	are(lead)
	live[s.Lead.ID] = false
	pass(2*time.Hour - time.Minute)
	are(lead)
	pass(time.Minute)
	are()
	if now := s.Case(t, c.Id); now.Clinician() != s.Nurse.ID || s.count(c.Id, cases.Alone) != 0 {
		t.Errorf("the case is %q's, and the lead was told of it %d times; want it the nurse's, and that the lines tell", now.ClinicianName(), s.count(c.Id, cases.Alone))
	}
	s.must(nil, s.Desk.Duty(ctx, s.Nurse, s.Norrvik.Id, true))
	pass(time.Minute)
	are(nurse)
}
