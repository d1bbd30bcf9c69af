package care_test

import (
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
)

// TestALateCorrectionBringsNoWrongAdviceBack holds that the copy of a correction that a colleague has since corrected changes nothing, and tells
// nobody.
func TestALateCorrectionBringsNoWrongAdviceBack(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	wrong := care.Correction{Advice: "Ta tre tabletter.", Reason: "fel dos"}
	s.must(s.Desk.Amend(t.Context(), s.Nurse, c.Id, wrong))
	s.must(s.Desk.Amend(t.Context(), s.Doctor, c.Id, care.Correction{Advice: "Ta en tablett.", Reason: "fel igen"}))
	seq, letters := s.Case(t, c.Id).Seq(), len(s.letters(c.Id))
	late := func(when string, want string) {
		t.Helper()
		answered, err := s.Desk.Amend(t.Context(), s.Nurse, c.Id, wrong)
		s.must(nil, err)
		if got := s.Case(t, c.Id).Ending().Advice; got != want || answered.Ending().Advice != wrong.Advice {
			t.Errorf("%s: the advice is %q, and %q was answered; want %q, and what was answered first", when, got, answered.Ending().Advice, want)
		}
	}
	late("at once", "Ta en tablett.")
	s.Clock.Advance(59 * time.Minute)
	late("within the hour", "Ta en tablett.")
	if now := s.Case(t, c.Id); now.Seq() != seq || len(s.letters(c.Id)) != letters {
		t.Errorf("%d events and %d letters more, want none", now.Seq()-seq, len(s.letters(c.Id))-letters)
	}
	s.Clock.Advance(2 * time.Minute)
	late("after an hour it is meant anew", wrong.Advice)
}

// TestALateCopyOpensAndClosesNothing holds that for as long as a device tries again, the copy of a move is answered, and made no second time,
// TestWhatWasUndoneIsMeantAnew holds that a case which was opened again closes by the same words, and the other way round: a person who goes back and
// forth means it. A client that wants a late copy to close nothing gives its end an id.
func TestWhatWasUndoneIsMeantAnew(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	for range 2 {
		s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
		s.InState(t, c.Id, cases.Active)
		s.must(s.Desk.Close(t.Context(), s.Nurse, c.Id, c.Ending()))
		s.InState(t, c.Id, cases.Closed)
	}
}

// TestAHeldEndIsMeantThoughTheSameWasSaidBefore holds that an end which is due is no copy of one that was said at once.
func TestAHeldEndIsMeantThoughTheSameWasSaidBefore(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
	s.must(s.Desk.HoldClose(t.Context(), s.Nurse, c.Id, care.HeldEnd{Ending: c.Ending(), For: 5 * time.Second}))
	s.after(5 * time.Second)
	s.InState(t, c.Id, cases.Closed)
}
