package care_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// openFor opens a case for a child.
func (s shift) openFor(guardian access.Who, child string) (*records.Case, error) {
	s.t.Helper()
	c, _, err := s.Desk.Open(context.Background(), guardian, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "sv", Body: child,
		Dependant: &care.Dependant{Number: kit.Number(s.t, child), Name: "Elsa", Guardian: true},
	})
	return c, err
}

// forChild is a child's case that waits in line.
func (s shift) forChild(digits string) (guardian, child access.Who, id string) {
	s.t.Helper()
	guardian = s.Person(s.t, kit.Anna, "Anna Andersson")
	c, err := s.openFor(guardian, digits)
	s.must(nil, err)
	s.Decide(s.t, guardian, c.Id, nil)
	s.must(s.Desk.Join(context.Background(), guardian, c.Id, care.Joining{Phone: kit.Phone}))
	return guardian, access.Who{Kind: access.Patient, ID: c.Patient(), Name: "Elsa"}, c.Id
}

// sees fails the test unless who may, or may not, read the case.
func (s shift) sees(who access.Who, id string, want bool) {
	s.t.Helper()
	_, err := s.Desk.May(context.Background(), who, access.See, id)
	if err != nil && !errors.Is(err, access.ErrHidden) {
		s.t.Fatalf("ask who may see: %v", err)
	}
	if got := err == nil; got != want {
		s.t.Errorf("%s sees the case: %v, want %v", who.Name, got, want)
	}
}

func TestTheThirteenthBirthdayEndsTheGuardiansRight(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		number string
		ends   time.Time
	}{
		"in winter":            {"201312152380", time.Date(2026, 12, 14, 23, 0, 0, 0, time.UTC)},
		"in summer time":       {"201404102384", time.Date(2027, 4, 9, 22, 0, 0, 0, time.UTC)},
		"born on 29 February":  {"201602292383", time.Date(2029, 2, 28, 23, 0, 0, 0, time.UTC)},
		"coordination number":  {"201401692387", time.Date(2027, 1, 8, 23, 0, 0, 0, time.UTC)},
		"day of birth unknown": {"201312602384", time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			guardian, child, id := s.forChild(c.number)
			s.after(c.ends.Sub(kit.Start) - time.Millisecond)
			s.sees(guardian, id, true)
			s.after(time.Millisecond)
			s.sees(guardian, id, false)
			s.sees(child, id, true)
			s.happened(id, cases.Guarded)
			s.InState(t, id, cases.Waiting)
			if _, err := s.Desk.Leave(context.Background(), guardian, id); !errors.Is(err, access.ErrHidden) {
				t.Errorf("the guardian leaves the queue: %v, want that there is nothing to leave", err)
			}
			s.claim(id)
			s.must(s.Desk.Here(context.Background(), child, id))
			if _, err := s.Desk.Verify(context.Background(), s.Nurse, id, true, "test"); !errors.As(err, new(*cases.Refused)) {
				t.Errorf("verifying a right that has ended: %v, want that the state does not allow it", err)
			}
			_, err := s.openFor(guardian, c.number)
			var not *care.NotEligible
			if !errors.As(err, &not) || not.Code != "guardian_age_limit" {
				t.Errorf("opening once more: %v, want guardian_age_limit", err)
			}
			if more, err := s.Desk.RunBirthdays(context.Background()); more || err != nil {
				t.Errorf("another birthday: %v, %v; want none", more, err)
			}
		})
	}
}

// Two guardians, and a child with one more case: the birthday ends all that was, and nothing of other children.
func TestABirthdayIsOneChilds(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	anna, _, first := s.forChild("201312152380")
	s.claim(first)
	s.must(s.Desk.Close(context.Background(), s.Nurse, first, records.Ending{Outcome: "advice", Advice: "Vila."}))
	s.must(s.Desk.Verify(context.Background(), s.Nurse, first, true, "test"))
	second, err := s.openFor(anna, "201312152380")
	s.must(nil, err)
	bo := s.Person(t, kit.Bo, "Bo Berg")
	theirs, err := s.openFor(bo, "201312152380")
	s.must(nil, err)
	_, _, sibling := s.forChild("201404102384")
	s.sees(anna, first, true)
	s.sees(bo, theirs.Id, true)
	s.after(time.Date(2026, 12, 15, 0, 0, 0, 0, time.UTC).Sub(s.Clock.Now()))
	s.sees(anna, first, false)
	s.sees(anna, second.Id, false)
	s.sees(anna, sibling, true)
	s.sees(bo, theirs.Id, false)
}

func TestAnUnverifiedGuardianReadsNothingAfterTheEnd(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, end := range map[string]func(shift, access.Who, string){
		"closed": func(s shift, _ access.Who, id string) {
			s.claim(id)
			s.must(s.Desk.Close(ctx, s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."}))
		},
		"the pause ended": func(s shift, guardian access.Who, id string) {
			s.claim(id)
			s.must(s.Desk.Here(ctx, guardian, id))
			s.must(s.Desk.Pause(ctx, s.Nurse, id, s.Clock.Now().Add(time.Hour)))
			s.after(2 * time.Hour)
		},
		"missed twice": func(s shift, _ access.Who, id string) {
			s.rules(map[string]any{"secondMiss": care.MissEnd})
			for range 2 {
				s.claim(id)
				s.accepted(id)
				s.after(time.Hour)
			}
		},
		"left, and not regretted": func(s shift, guardian access.Who, id string) {
			s.must(s.Desk.Leave(ctx, guardian, id))
			s.after(10*time.Minute - time.Second)
			s.sees(guardian, id, true)
			s.after(time.Second)
		},
	} {
		for _, verified := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newShift(t)
				guardian, child, id := s.forChild(kit.Child)
				if verified {
					s.claim(id)
					s.must(s.Desk.Verify(ctx, s.Nurse, id, true, "test"))
					s.must(s.Desk.Release(ctx, s.Nurse, id, "test"))
				}
				s.sees(guardian, id, true)
				end(s, guardian, id)
				if got := s.Case(t, id).State(); got.Open() {
					t.Fatalf("the case is %q, want it ended", got)
				}
				s.sees(guardian, id, verified)
				s.sees(child, id, true)
			})
		}
	}
}

func TestABlockedGuardianSeesNoneOfTheChildsCases(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	ctx := context.Background()
	guardian, child, first := s.forChild(kit.Child)
	s.claim(first)
	s.must(s.Desk.Verify(ctx, s.Nurse, first, true, "test"))
	s.must(s.Desk.Close(ctx, s.Nurse, first, records.Ending{Outcome: "advice", Advice: "Vila."}))
	second, err := s.openFor(guardian, kit.Child)
	s.must(nil, err)
	s.Decide(t, guardian, second.Id, nil)
	s.must(s.Desk.Join(ctx, guardian, second.Id, care.Joining{Phone: kit.Phone}))
	s.claim(second.Id)
	s.sees(guardian, first, true)
	s.must(s.Desk.Verify(ctx, s.Nurse, second.Id, false, "test"))
	s.sees(guardian, first, false)
	s.sees(guardian, second.Id, false)
	s.sees(child, second.Id, true)
	s.InState(t, second.Id, cases.Called)
	s.must(s.Desk.Close(ctx, s.Nurse, second.Id, records.Ending{Outcome: "advice", Advice: "Vila."}))
	_, err = s.openFor(guardian, kit.Child)
	var not *care.NotEligible
	if !errors.As(err, &not) || not.Code != "not_guardian" {
		t.Errorf("opening once more: %v, want not_guardian", err)
	}
}
