package care_test

import (
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
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
// though the case has come back to where it can be made.
func TestALateCopyOpensAndClosesNothing(t *testing.T) {
	t.Parallel()
	end := records.Ending{Outcome: "advice", Advice: "Ta två tabletter.", LevelWas: "right", FollowUp: "ring i morgon"}
	other := records.Ending{Outcome: "booked", Advice: "Kom på fredag."}
	for name, c := range map[string]struct {
		between func(s shift, id string)
		copied  func(s shift, id string) (*records.Case, error)
		stays   cases.State
		anew    cases.State // when a person means it, later
	}{
		"reopen, after a new close": {
			between: func(s shift, id string) {
				s.must(s.Desk.Reopen(s.t.Context(), s.Nurse, id, "x"))
				s.must(s.Desk.Close(s.t.Context(), s.Nurse, id, other))
			},
			copied: func(s shift, id string) (*records.Case, error) {
				return s.Desk.Reopen(s.t.Context(), s.Nurse, id, "x")
			},
			stays: cases.Closed, anew: cases.Active,
		},
		"close, after a reopen": {
			between: func(s shift, id string) { s.must(s.Desk.Reopen(s.t.Context(), s.Nurse, id, "x")) },
			copied: func(s shift, id string) (*records.Case, error) {
				return s.Desk.Close(s.t.Context(), s.Nurse, id, end)
			},
			stays: cases.Active, anew: cases.Closed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			id := s.closed().Id
			c.between(s, id)
			seq, letters := s.Case(t, id).Seq(), len(s.letters(id))
			s.Clock.Advance(2 * time.Minute)
			s.must(c.copied(s, id))
			if now := s.Case(t, id); now.State() != c.stays || now.Seq() != seq || len(s.letters(id)) != letters {
				t.Errorf("after the copy the case is %q, with %d events and %d letters more; want it %q as before", now.State(), now.Seq()-seq, len(s.letters(id))-letters, c.stays)
			}
			s.Clock.Advance(time.Second)
			s.must(c.copied(s, id))
			s.InState(t, id, c.anew)
		})
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
