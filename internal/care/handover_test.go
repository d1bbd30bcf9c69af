package care_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// maySee says whether who sees the case as it now is.
func (s *scene) maySee(t testing.TB, who access.Who) bool {
	t.Helper()
	return access.Check(who, access.See, s.now(t).Facts()) == nil
}

func invalid(err error, field, code string) bool {
	var wrong *care.Invalid
	return errors.As(err, &wrong) && wrong.Field == field && wrong.Code == code
}

func TestAHandOverToAQueueEndsTheOldEyesAndKeepsTheWait(t *testing.T) {
	t.Parallel()
	for _, state := range held {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			before := s.Case(t, s.id)
			s.Clock.Advance(7 * time.Minute)
			s.must(t, s.Desk.Transfer(t.Context(), s.Nurse, s.id, care.Handover{Queue: s.Soder.Id, Note: "bor i Söder"}))
			c := s.Case(t, s.id)
			if c.State() != cases.Waiting || c.Queue() != s.Soder.Id || c.Unit() != s.Soder.Unit() || c.Clinician() != "" || c.ClinicianName() != "" {
				t.Errorf("the case is %q in queue %q of unit %q with clinician %q", c.State(), c.Queue(), c.Unit(), c.Clinician())
			}
			if !c.Since().Equal(before.Since()) {
				t.Errorf("it waits since %v, want %v: the waiting time is kept", c.Since(), before.Since())
			}
			if at, what := c.Timer(); what != records.DueNothing || !at.IsZero() || !c.Due().IsZero() {
				t.Errorf("a timer %q at %v is left of the old turn", what, at)
			}
			for name, who := range map[string]access.Who{
				"the nurse": s.Nurse, "a colleague": s.Doctor, "the lead": s.Lead, "whom a note named": s.named,
			} {
				if s.maySee(t, who) {
					t.Errorf("%s still sees the case", name)
				}
			}
			if !s.maySee(t, s.South) || !s.maySee(t, s.guardian) {
				t.Error("the new queue, or the patient's side, does not see the case")
			}
			ev, err := records.LastEvent(s.App, s.id, cases.Transferred)
			s.must(t, err)
			var told care.Told
			s.must(t, ev.Data(&told))
			if told.From != s.Norrvik.Id || told.Why != "bor i Söder" {
				t.Errorf("the history says from %q, why %q", told.From, told.Why)
			}
			if _, err := s.Desk.Claim(t.Context(), s.South, s.id, "nästa"); err != nil {
				t.Errorf("the new queue cannot take it: %v", err)
			}
		})
	}
}

func TestAHandOverToAPersonKeepsTheCaseAsItIs(t *testing.T) {
	t.Parallel()
	for _, state := range held {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			before := s.Case(t, s.id)
			s.must(t, s.Desk.Transfer(t.Context(), s.Nurse, s.id, care.Handover{Clinician: s.Doctor.ID, Note: "läkarfråga"}))
			c := s.Case(t, s.id)
			if c.Clinician() != s.Doctor.ID || c.ClinicianName() != "Doctor" || c.ClinicianRole() != "doctor" {
				t.Errorf("held by %q, %q, %q", c.Clinician(), c.ClinicianName(), c.ClinicianRole())
			}
			if c.State() != state || !c.Due().Equal(before.Due()) || !c.Since().Equal(before.Since()) {
				t.Errorf("the case is %q, due %v, since %v; want it as it was", c.State(), c.Due(), c.Since())
			}
			if _, err := s.Desk.Release(t.Context(), s.Nurse, s.id, "min"); !errors.Is(err, access.ErrDenied) {
				t.Errorf("who has handed it over acts on: got %v, want ErrDenied", err)
			}
			if _, err := s.say(t, s.Doctor, "", "Hej, jag har tagit över."); err != nil {
				t.Errorf("who has got it cannot write: %v", err)
			}
		})
	}
}

func TestWhereACaseCannotBeHandedTo(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	far, err := records.NewRegion(s.App, "far", "Far", "", "far", true)
	s.must(t, err)
	s.must(t, s.App.Save(far))
	unit, err := records.NewUnit(s.App, far.Id, "far", "Far", 0)
	s.must(t, err)
	s.must(t, s.App.Save(unit))
	away, err := records.NewQueue(s.App, far.Id, unit.Id, "Far", 0)
	s.must(t, err)
	s.must(t, s.App.Save(away))
	for name, try := range map[string]struct {
		to    care.Handover
		field string
	}{
		"no such queue":              {care.Handover{Queue: "nothere00000000"}, "queue"},
		"the queue that it is in":    {care.Handover{Queue: s.Norrvik.Id}, "queue"},
		"a queue of another region":  {care.Handover{Queue: away.Id}, "queue"},
		"no such person":             {care.Handover{Clinician: "nothere00000000"}, "clinician"},
		"a person of another unit":   {care.Handover{Clinician: s.South.ID}, "clinician"},
		"a person without a queue":   {care.Handover{Clinician: s.Idle.ID}, "clinician"},
		"a person of another queue":  {care.Handover{Clinician: s.named.ID}, "clinician"},
		"a patient":                  {care.Handover{Clinician: s.stranger.ID}, "clinician"},
		"who holds it already":       {care.Handover{Clinician: s.Nurse.ID}, "clinician"},
		"the guardian of that child": {care.Handover{Clinician: s.guardian.ID}, "clinician"},
	} {
		err := s.unchanged(t, name, func() error { return s.Desk.Transfer(t.Context(), s.Nurse, s.id, try.to) })
		if !invalid(err, try.field, "validation_unknown") {
			t.Errorf("%s: got %v, want that %s is unknown", name, err, try.field)
		}
	}
	s.must(t, s.close())
	err = s.Desk.Transfer(t.Context(), s.Nurse, s.id, care.Handover{Queue: "nothere00000000"})
	if !invalid(err, "queue", "validation_unknown") {
		t.Errorf("a wrong queue in a wrong state: got %v, want the body first", err)
	}
}

func TestAReleasedCaseStandsWhereItStood(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	_, first := c.Waiting(t, kit.Anna)
	c.Clock.Advance(time.Minute)
	_, second := c.Waiting(t, kit.Bo)
	for range 2 {
		taken, err := c.Desk.TakeNext(t.Context(), c.Nurse, c.Norrvik.Id, "")
		if err != nil || taken.Id != first.Id {
			t.Fatalf("took %v, %v; want who has waited longest, %s", taken, err, first.Id)
		}
		c.Clock.Advance(time.Minute)
		if _, err := c.Desk.Release(t.Context(), c.Nurse, first.Id, "avbruten"); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := records.WaitingIn(c.App, c.Norrvik.Id, nil, 10)
	if err != nil || len(rows) != 2 || rows[0].Id != first.Id || rows[1].Id != second.Id {
		t.Errorf("the line is %v, %v; want the old order", rows, err)
	}
}

func TestAClaimOfATakenCaseNamesWhoHasIt(t *testing.T) {
	t.Parallel()
	for _, state := range held {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			var by *care.HeldBy
			err := s.unchanged(t, "claim", func() error {
				_, err := s.Desk.Claim(t.Context(), s.Doctor, s.id, "min patient")
				return err
			})
			if !errors.As(err, &by) || by.ID != s.Nurse.ID || by.Name != "Nurse" || !refusedIn(err, state) {
				t.Errorf("got %v, want that Nurse has it, and that it is %q", err, state)
			}
		})
	}
	s := newScene(t, cases.Closed)
	var by *care.HeldBy
	if _, err := s.Desk.Claim(t.Context(), s.Doctor, s.id, "min patient"); errors.As(err, &by) || !refusedIn(err, cases.Closed) {
		t.Errorf("an ended case: got %v, want a refusal by the state alone", err)
	}
}

// change makes a change to a member of staff as hooks do: what they lose goes in the same transaction.
func (s *scene) change(t *testing.T, who access.Who, keeps ...string) {
	t.Helper()
	s.must(t, s.App.RunInTransaction(func(tx core.App) error {
		return s.Desk.LoseStaff(t.Context(), tx, who.ID, keeps)
	}))
}

func TestWhatStaffLoseGoesBackInLine(t *testing.T) {
	t.Parallel()
	for _, state := range held {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			since := s.Case(t, s.id).Since()
			if s.unchanged(t, "a change that keeps the queue", func() error {
				s.change(t, s.Nurse, s.Soder.Id, s.Norrvik.Id)
				return nil
			}) != nil {
				t.FailNow()
			}
			s.change(t, s.Nurse, s.Soder.Id)
			c := s.Case(t, s.id)
			if c.State() != cases.Waiting || c.Clinician() != "" || !c.Since().Equal(since) {
				t.Errorf("the case is %q, held by %q, since %v; want it waiting where it stood", c.State(), c.Clinician(), c.Since())
			}
			if _, err := s.Desk.TakeNext(t.Context(), s.Doctor, s.Norrvik.Id, ""); err != nil {
				t.Errorf("a colleague cannot take it: %v", err)
			}
		})
	}
}

func TestAnEndedCaseKeepsWhoEndedIt(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Closed)
	_ = s.unchanged(t, "the nurse leaves", func() error {
		s.change(t, s.Nurse)
		return nil
	})
}

func TestWhomANoteNamesLosesItWithTheUnit(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	_ = s.unchanged(t, "another queue of the unit", func() error {
		s.change(t, s.named, s.Norrvik.Id)
		return nil
	})
	s.change(t, s.named, s.Soder.Id)
	if s.maySee(t, s.named) {
		t.Error("staff who have left the unit still see the case that a note named them in")
	}
	if c := s.Case(t, s.id); c.State() != cases.Waiting || len(c.Mentioned()) != 0 {
		t.Errorf("the case is %q, names %v", c.State(), c.Mentioned())
	}
	if s.count(t, cases.Unmentioned) != 1 {
		t.Error("the history does not say so")
	}
}

func TestNotesNameOnlyPeopleOfTheUnit(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	for name, id := range map[string]string{
		"staff of another unit": s.South.ID, "staff without a queue": s.Idle.ID, "a patient": s.stranger.ID, "nobody": "nothere00000000",
	} {
		err := s.unchanged(t, name, func() error { return s.note(t, s.Nurse, "se hit", s.Doctor.ID, id) })
		if !invalid(err, "mentions", "validation_unknown") {
			t.Errorf("%s: got %v, want that the mention is unknown", name, err)
		}
	}
	many := make([]string, 60)
	for i := range many {
		many[i] = core.GenerateDefaultRandomId()
	}
	if err := s.note(t, s.Nurse, "alla", many...); !invalid(err, "mentions", "validation_too_many") {
		t.Errorf("sixty people: got %v, want too many", err)
	}
	s.must(t, s.note(t, s.named, "jag tar in en till", s.Lead.ID, s.Lead.ID))
	if got := s.Case(t, s.id).Mentioned(); !slices.Equal(got, []string{s.named.ID, s.Lead.ID}) {
		t.Errorf("the case names %v, want each once", got)
	}
}

func TestMentionsEndWithTheCase(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	if !s.maySee(t, s.named) {
		t.Fatal("whom a note names does not see the case")
	}
	s.must(t, s.close())
	if s.maySee(t, s.named) {
		t.Error("whom a note named still sees the case after its end")
	}
	s.must(t, s.note(t, s.Doctor, "efteråt", s.named.ID))
	if s.maySee(t, s.named) {
		t.Error("a note after the end opens the case to whom it names")
	}
}
