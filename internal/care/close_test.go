package care_test

import (
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

func TestClosingKeepsWhatThePatientReads(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	_, err := s.Desk.Verify(t.Context(), s.Nurse, s.id, true, "") // who is not verified is not told to log in and read
	s.must(t, err)
	end := records.Ending{Outcome: "referred_clinic", Advice: "Åk till jouren.", LevelWas: "lower", FollowUp: "Ring i morgon."}
	_, err = s.Desk.Close(t.Context(), s.Nurse, s.id, end)
	s.must(t, err)
	c := s.Case(t, s.id)
	if c.Ending() != end || !c.ClosedAt().Equal(s.Clock.Now()) || c.Clinician() != s.Nurse.ID {
		t.Errorf("ended with %+v at %v by %q", c.Ending(), c.ClosedAt(), c.Clinician())
	}
	if _, what := c.Timer(); what != records.DueNothing || !c.Due().IsZero() {
		t.Errorf("an ended case has the timer %q", what)
	}
	s.lastLetter(t, texts.SmsClosed)
}

// lastLetter fails the test unless the case's last text message says that.
func (s *scene) lastLetter(t *testing.T, want string) *records.Letter {
	t.Helper()
	letters, err := records.LettersOf(s.App, s.id)
	s.must(t, err)
	if len(letters) == 0 {
		t.Fatalf("no text message, want %q", want)
	}
	last := letters[len(letters)-1]
	if last.Text() != want || last.To() != kit.Phone || last.Seq() != s.Case(t, s.id).Seq() {
		t.Errorf("the last text message is %q to %s of event %d; want %q of event %d", last.Text(), last.To(), last.Seq(), want, s.Case(t, s.id).Seq())
	}
	return last
}

func TestAdviceThatIsNotSwedishStandsInSwedishToo(t *testing.T) {
	t.Parallel()
	for language, needed := range map[string]bool{"sv": false, "sv-simple": false, "en": true, "ar": true} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			opened, _, err := c.Desk.Open(t.Context(), anna, care.Opening{Region: "demo", Complaint: "sore_throat", Language: language, Phone: kit.Phone, Body: 1})
			if err != nil {
				t.Fatal(err)
			}
			c.Decide(t, anna, opened.Id, nil)
			for _, step := range []func() error{
				func() error {
					_, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{Phone: kit.Phone})
					return err
				},
				func() error { _, err := c.Desk.Claim(t.Context(), c.Nurse, opened.Id, "test"); return err },
			} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			end := records.Ending{Outcome: "advice", Advice: "Rest."}
			_, err = c.Desk.Close(t.Context(), c.Nurse, opened.Id, end)
			if needed != invalid(err, "adviceSv", "validation_swedish_required") {
				t.Errorf("without Swedish: got %v, want it to be needed: %v", err, needed)
			}
			if !needed {
				return
			}
			c.InState(t, opened.Id, cases.Called)
			end.AdviceSv = "Vila."
			if _, err := c.Desk.Close(t.Context(), c.Nurse, opened.Id, end); err != nil {
				t.Errorf("with Swedish: %v", err)
			}
		})
	}
}

func TestAPauseIsAheadAndNotForEver(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	now := s.Clock.Now()
	for name, try := range map[string]struct {
		until time.Time
		code  string
	}{
		"a moment ago":     {now.Add(-time.Millisecond), "validation_in_past"},
		"now":              {now, "validation_in_past"},
		"no time":          {time.Time{}, "validation_in_past"},
		"a month and more": {now.Add(30*24*time.Hour + time.Millisecond), "validation_invalid"},
		"year 9999":        {time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "validation_invalid"},
		"year 10000":       {time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -3600)), "validation_invalid"},
	} {
		err := s.unchanged(t, name, func() error {
			_, err := s.Desk.Pause(t.Context(), s.Nurse, s.id, try.until)
			return err
		})
		if !invalid(err, "until", try.code) {
			t.Errorf("%s: got %v, want %s", name, err, try.code)
		}
	}
	_, err := s.Desk.Pause(t.Context(), s.Nurse, s.id, now.Add(30*24*time.Hour))
	s.must(t, err)
	until := now.Add(time.Hour)
	s.must(t, resume(t, s))
	_, err = s.Desk.Pause(t.Context(), s.Nurse, s.id, until)
	s.must(t, err)
	s.Clock.Advance(2 * time.Hour)
	if _, err := s.Desk.Pause(t.Context(), s.Nurse, s.id, until); err != nil {
		return // over an hour: no repeat any more, and a time that has been
	}
	t.Error("a pause that has been over for an hour is taken for a repeat")
}

func resume(t *testing.T, s *scene) error {
	t.Helper()
	_, err := s.Desk.Resume(t.Context(), s.Nurse, s.id)
	return err
}

func TestATelephoneCallThatIsAnsweredIsAPatientWhoIsHere(t *testing.T) {
	t.Parallel()
	for _, state := range held {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			if state == cases.Called {
				deliver(t, s)
			}
			before := s.Case(t, s.id)
			_, err := s.Desk.RangUp(t.Context(), s.Nurse, s.id, false)
			s.must(t, err)
			s.InState(t, s.id, state)
			if !s.Case(t, s.id).Due().Equal(before.Due()) {
				t.Error("a call that nobody answered has moved the time for coming")
			}
			_, err = s.Desk.RangUp(t.Context(), s.Nurse, s.id, true)
			s.must(t, err)
			s.InState(t, s.id, cases.Active)
			if c := s.Case(t, s.id); !c.Due().IsZero() || c.Ring() {
				t.Errorf("due %v, asks staff to ring: %v; want neither", c.Due(), c.Ring())
			}
			s.Clock.Advance(24 * time.Hour)
			s.due(t)
			s.InState(t, s.id, cases.Active)
		})
	}
}

func TestALevelByAPersonKeepsTheComputedOne(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	computed := s.Case(t, s.id).Level()
	for level := cases.Immediate; level <= cases.SelfCare; level++ {
		_, err := s.Desk.SetLevel(t.Context(), s.Doctor, s.id, level, "bedömning")
		s.must(t, err)
		if c := s.Case(t, s.id); c.Level() != level || c.Computed() != computed {
			t.Errorf("level %d, computed %d; want %d and %d", c.Level(), c.Computed(), level, computed)
		}
	}
	ev, err := records.LastEvent(s.App, s.id, cases.Levelled)
	s.must(t, err)
	var told care.Told
	s.must(t, ev.Data(&told))
	if told.Was != cases.Days || told.Level != cases.SelfCare || told.Why != "bedömning" {
		t.Errorf("the history says from %d to %d, why %q", told.Was, told.Level, told.Why)
	}
}
