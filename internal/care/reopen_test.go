package care_test

import (
	"errors"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

func TestAClosedCaseIsOpenedAgain(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	anna := access.Who{Kind: access.Patient, ID: c.Patient(), Name: "Anna"}
	s.must(s.Desk.Rate(t.Context(), anna, c.Id, 2, "för fort"))
	s.Clock.Advance(time.Hour)
	for range 2 {
		s.must(s.Desk.Reopen(t.Context(), s.Doctor, c.Id, "läste svaret på provet"))
	}
	now := s.Case(t, c.Id)
	if now.State() != cases.Active || now.Clinician() != s.Doctor.ID || now.ClinicianName() != s.Doctor.Name || !now.ClosedAt().IsZero() {
		t.Errorf("the case is %q, of %s, ended %v; want it active, the doctor's, not ended", now.State(), now.ClinicianName(), now.ClosedAt())
	}
	if now.Ending() != (records.Ending{Advice: "Ta två tabletter."}) || !now.Since().Equal(c.Since()) || len(now.Mentioned()) > 0 {
		t.Errorf("the case has %+v, since %v; want the advice alone, and the old time", now.Ending(), now.Since())
	}
	if stars, _ := now.Rating(); stars != 2 || now.Seq() != c.Seq()+2 {
		t.Errorf("rating %d, event %d; want what was given, and one event for both requests", stars, now.Seq())
	}
	s.noTimer(c.Id)
	s.told(c.Id, texts.SmsReopened)
	s.happened(c.Id, cases.Reopened)
	if told := s.lastTold(c.Id); told.Ended == nil || told.Ended.FollowUp != "ring i morgon" || told.Ended.Outcome != "advice" || told.Why == "" {
		t.Errorf("the event carries %+v because of %q, want how it had ended, and why it is open", told.Ended, told.Why)
	}
	s.say(s.Doctor, c.Id, "En sak till.")
	s.say(anna, c.Id, "Ja?")
	s.strikes(c.Id)
	s.must(s.Desk.Close(t.Context(), s.Doctor, c.Id, records.Ending{Outcome: "booked", Advice: "Kom på fredag."}))
	s.strikes(c.Id, records.Struck{Advice: "Ta två tabletter.", Until: records.RFC3339(s.Clock.Now()), ByName: s.Doctor.Name})
	s.told(c.Id, texts.SmsClosed)
	s.Clock.Advance(3 * time.Minute)
	s.must(s.Desk.Reopen(t.Context(), s.Doctor, c.Id, "läste svaret på provet")) // meant anew
	s.InState(t, c.Id, cases.Active)
	s.must(s.Desk.Close(t.Context(), s.Doctor, c.Id, records.Ending{Outcome: "booked", Advice: "Kom på fredag."}))
	s.InState(t, c.Id, cases.Closed)
	if got, err := s.Case(t, c.Id).Struck(); err != nil || len(got) != 1 {
		t.Errorf("%d struck, %v; want no more for the same advice again", len(got), err)
	}
}

func TestOnlyOneCaseOfAComplaintIsOpen(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	anna := access.Who{Kind: access.Patient, ID: c.Patient(), Name: "Anna"}
	second := s.Open(t, anna)
	var open *care.AlreadyOpen
	if _, err := s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"); !errors.As(err, &open) || open.Case != "" || !open.ToStaff {
		t.Errorf("with another case open, that no staff see yet: %v %+v, want that there is one, unnamed", err, open)
	}
	s.Decide(t, anna, second.Id, nil)
	s.must(s.Desk.Join(t.Context(), anna, second.Id, care.Joining{Phone: kit.Phone}))
	if _, err := s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"); !errors.As(err, &open) || open.Case != second.Id {
		t.Errorf("with another case in the same queue: %v, want it named", err)
	}
	s.InState(t, c.Id, cases.Closed)
	s.must(s.Desk.Leave(t.Context(), anna, second.Id))
	s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
	var already *care.AlreadyOpen
	if _, err := s.Desk.Join(t.Context(), anna, second.Id, care.Joining{Phone: kit.Phone}); !errors.As(err, &already) {
		t.Errorf("regretting having left the other: %v, want that one is open", err)
	}
}

// TestTheRightOfAGuardianComesBackWithTheCase: where it ended because the case did, and for no other reason.
func TestTheRightOfAGuardianComesBackWithTheCase(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		number string
		before func(s shift, id string)
		again  bool
		after  bool // once more closed
	}{
		"nobody has verified": {number: kit.Child, before: func(shift, string) {}, again: true},
		"verified": {number: kit.Child, again: true, after: true, before: func(s shift, id string) {
			s.must(s.Desk.Verify(s.t.Context(), s.Nurse, id, true, ""))
		}},
		"blocked": {number: kit.Child, before: func(s shift, id string) {
			s.must(s.Desk.Verify(s.t.Context(), s.Nurse, id, false, "spärr"))
		}},
		"13 meanwhile": {number: "201312152380", before: func(s shift, _ string) { s.after(30 * 24 * time.Hour) }},
		"13 this minute, and the timer is late": {number: "201312152380", before: func(s shift, _ string) {
			s.Clock.Advance(30 * 24 * time.Hour)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			guardian, child, id := s.forChild(c.number)
			s.claim(id)
			s.must(s.Desk.Close(t.Context(), s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."}))
			s.sees(guardian, id, false)
			c.before(s, id)
			letters := len(s.letters(id))
			s.must(s.Desk.Reopen(t.Context(), s.Nurse, id, "x"))
			s.sees(guardian, id, c.again)
			s.sees(child, id, true)
			if told := len(s.letters(id)) > letters; told != c.again {
				t.Errorf("a text message was sent: %v, want %v", told, c.again)
			}
			s.must(s.Desk.Close(t.Context(), s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila mer."}))
			s.sees(guardian, id, c.after)
		})
	}
}

func TestAReopenedCaseThatWasGivenBackIsNoRepeat(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	c := s.closed()
	s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
	s.must(s.Desk.Release(t.Context(), s.Nurse, c.Id, "lunch"))
	if _, err := s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"); !refusedIn(err, cases.Waiting) {
		t.Errorf("asking again after giving it back: %v, want that it waits", err)
	}
}
