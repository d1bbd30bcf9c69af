package care_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// closed is a case that the nurse has closed.
func (s shift) closed() *records.Case {
	s.t.Helper()
	_, c := s.Active(s.t, kit.Anna)
	s.must(s.Desk.Close(s.t.Context(), s.Nurse, c.Id, records.Ending{Outcome: "advice", Advice: "Ta två tabletter.", LevelWas: "right", FollowUp: "ring i morgon"}))
	return s.Case(s.t, c.Id)
}

// strikes fails the test unless the struck advice of the case is this, the newest first.
func (s shift) strikes(id string, want ...records.Struck) {
	s.t.Helper()
	got, err := s.Case(s.t, id).Struck()
	s.must(nil, err)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.t.Errorf("struck is %+v, want %+v", got, want)
	}
}

func (s shift) lastTold(id string) care.Told {
	s.t.Helper()
	events, err := records.EventsAfter(s.App, id, 0, 1000)
	s.must(nil, err)
	var told care.Told
	s.must(nil, events[len(events)-1].Data(&told))
	return told
}

func TestWrongAdviceIsStruckAndStaysReadable(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	letters := len(s.letters(c.Id))
	s.Clock.Advance(time.Hour)
	at := records.RFC3339(s.Clock.Now())
	in := care.Correction{Advice: "Ta en tablett.", Reason: "fel dos"}
	for range 2 {
		now, err := s.Desk.Amend(t.Context(), s.Doctor, c.Id, in)
		s.must(nil, err)
		if now.Ending().Advice != in.Advice || now.State() != cases.Closed || now.Seq() != c.Seq()+1 {
			t.Fatalf("the case is %q with %q, event %d; want it closed with the new advice, once", now.State(), now.Ending().Advice, now.Seq())
		}
	}
	s.happened(c.Id, cases.Amended)
	s.told(c.Id, texts.SmsAdviceChanged)
	if n := len(s.letters(c.Id)) - letters; n != 1 {
		t.Errorf("%d text messages, want one", n)
	}
	s.strikes(c.Id, records.Struck{Advice: "Ta två tabletter.", Until: at, ByName: s.Doctor.Name})
	if told := s.lastTold(c.Id); told.Amended == nil || told.Amended.Was != "Ta två tabletter." || told.Amended.Advice != in.Advice || told.Why != "fel dos" {
		t.Errorf("the event carries %+v because of %q, want both advices and the reason", told.Amended, told.Why)
	}
	now := s.Case(t, c.Id)
	if now.Clinician() != c.Clinician() || !now.ClosedAt().Equal(c.ClosedAt()) || now.Ending().FollowUp != "ring i morgon" || now.Ending().Outcome != "advice" {
		t.Errorf("a correction has changed more than the advice: %+v", now.Ending())
	}
	s.Clock.Advance(time.Minute)
	s.must(s.Desk.Amend(t.Context(), s.Nurse, c.Id, care.Correction{Advice: "Ta ingen.", Reason: "allergi"}))
	s.strikes(
		c.Id, records.Struck{Advice: "Ta en tablett.", Until: records.RFC3339(s.Clock.Now()), ByName: s.Nurse.Name},
		records.Struck{Advice: "Ta två tabletter.", Until: at, ByName: s.Doctor.Name},
	)
}

func TestTheSameAdviceIsNoCorrection(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	var wrong *care.Invalid
	_, err := s.Desk.Amend(t.Context(), s.Doctor, c.Id, care.Correction{Advice: "Ta två tabletter.", Reason: "x"})
	if !errors.As(err, &wrong) || wrong.Field != "advice" || wrong.Code != "validation_unchanged" {
		t.Errorf("the same advice: %v, want that it is no other", err)
	}
	s.strikes(c.Id)
}

// Back and forth is a correction each time, for a reason of its own; so is what was said before the case was opened again, when it is said later.
func TestCorrectionsMayGoBackAndForth(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	one, two := care.Correction{Advice: "ett", Reason: "x"}, care.Correction{Advice: "två", Reason: "x"}
	for _, in := range []care.Correction{one, two, {Advice: "ett", Reason: "y"}} {
		s.must(s.Desk.Amend(t.Context(), s.Doctor, c.Id, in))
	}
	s.must(s.Desk.Reopen(t.Context(), s.Doctor, c.Id, "mer att säga"))
	s.must(s.Desk.Close(t.Context(), s.Doctor, c.Id, records.Ending{Outcome: "advice", Advice: "tre"}))
	s.must(s.Desk.Amend(t.Context(), s.Doctor, c.Id, one)) // a late copy
	if got := s.Case(t, c.Id).Ending().Advice; got != "tre" {
		t.Errorf("after a late copy the advice is %q, want the last", got)
	}
	s.Clock.Advance(3 * time.Minute)
	s.must(s.Desk.Amend(t.Context(), s.Doctor, c.Id, one))
	if got := s.Case(t, c.Id).Ending().Advice; got != "ett" {
		t.Errorf("the advice is %q, want the last", got)
	}
	if got, err := s.Case(t, c.Id).Struck(); err != nil || len(got) != 5 {
		t.Errorf("%d struck, %v; want each that was replaced: 5", len(got), err)
	}
}

func TestACaseIsNotCorrectedWithoutEnd(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	amend := func(i int) error {
		_, err := s.Desk.Amend(t.Context(), s.Doctor, c.Id, care.Correction{Advice: fmt.Sprint("råd ", i), Reason: "x"})
		return err
	}
	for i := range 20 {
		s.must(nil, amend(i))
	}
	var wrong *care.Invalid
	if err := amend(20); !errors.As(err, &wrong) || wrong.Code != "validation_too_many" {
		t.Errorf("the 21st correction: %v, want that it is too many", err)
	}
	if _, err := s.Desk.Reopen(t.Context(), s.Doctor, c.Id, "x"); !errors.As(err, &wrong) {
		t.Errorf("opening it again: %v, want that it is too many", err)
	}
}

// An unverified guardian reads nothing after the end, and is not told to.
func TestACorrectionIsToldToWhoMayReadIt(t *testing.T) {
	t.Parallel()
	for name, verified := range map[string]bool{"verified": true, "not verified": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			_, _, id := s.forChild(kit.Child)
			s.claim(id)
			if verified {
				s.must(s.Desk.Verify(t.Context(), s.Nurse, id, true, ""))
			}
			s.must(s.Desk.Close(t.Context(), s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."}))
			before := len(s.letters(id))
			s.must(s.Desk.Amend(t.Context(), s.Nurse, id, care.Correction{Advice: "Vila mer.", Reason: "x"}))
			if told := len(s.letters(id)) > before; told != verified {
				t.Errorf("a text message was sent: %v, want %v", told, verified)
			}
		})
	}
}

func TestACorrectionIsInSwedishToo(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	anna := s.Person(t, kit.Anna, "Anna")
	c, _, err := s.Desk.Open(t.Context(), anna, care.Opening{Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "en", Body: "x"})
	s.must(nil, err)
	s.Decide(t, anna, c.Id, nil)
	s.must(s.Desk.Join(t.Context(), anna, c.Id, care.Joining{Phone: kit.Phone}))
	s.claim(c.Id)
	s.must(s.Desk.Close(t.Context(), s.Nurse, c.Id, records.Ending{Outcome: "advice", Advice: "Rest.", AdviceSv: "Vila."}))
	var wrong *care.Invalid
	if _, err := s.Desk.Amend(t.Context(), s.Nurse, c.Id, care.Correction{Advice: "Drink.", Reason: "x"}); !errors.As(err, &wrong) || wrong.Field != "adviceSv" {
		t.Errorf("without Swedish: %v, want that it is asked for", err)
	}
	s.must(s.Desk.Amend(t.Context(), s.Nurse, c.Id, care.Correction{Advice: "Rest.", AdviceSv: "Vila mycket.", Reason: "slarv"}))
	s.strikes(c.Id, records.Struck{Advice: "Rest.", AdviceSv: "Vila.", Until: records.RFC3339(s.Clock.Now()), ByName: s.Nurse.Name})
}
