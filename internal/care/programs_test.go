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

// TestWhatEndsByItselfIsInSwedishToo holds that the programme asks no less of itself than of a clinician: the journal is read in Swedish.
func TestWhatEndsByItselfIsInSwedishToo(t *testing.T) {
	t.Parallel()
	english := texts.Of("en")
	for name, c := range map[string]struct {
		end  func(s shift, id string)
		want records.Ending
	}{
		"a pause without an answer": {
			func(s shift, id string) {
				s.claim(id)
				s.must(s.Desk.RangUp(s.t.Context(), s.Nurse, id, true))
				s.say(s.Nurse, id, "Drink water.")
				s.must(s.Desk.Pause(s.t.Context(), s.Nurse, id, s.Clock.Now().Add(time.Hour)))
				s.after(time.Hour)
			},
			records.Ending{
				Outcome: "advice", Advice: english.Say(texts.CasePauseEnded) + "\n\nDrink water.",
				AdviceSv: texts.Swedish.Say(texts.CasePauseEnded) + "\n\nDrink water.",
			},
		},
		"a second miss": {
			func(s shift, id string) {
				s.rules(map[string]any{"secondMiss": care.MissEnd})
				for range 2 {
					s.claim(id)
					s.accepted(id)
					s.after(10 * time.Minute)
				}
			},
			records.Ending{Outcome: "no_show", Advice: english.Say(texts.CaseMissedOut), AdviceSv: texts.Swedish.Say(texts.CaseMissedOut)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			anna := s.Person(t, kit.Anna, "Anna")
			opened, _, err := s.Desk.Open(t.Context(), anna, care.Opening{Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "en", Body: "x"})
			s.must(nil, err)
			s.Decide(t, anna, opened.Id, nil)
			s.must(s.Desk.Join(t.Context(), anna, opened.Id, care.Joining{Phone: kit.Phone}))
			c.end(s, opened.Id)
			s.InState(t, opened.Id, cases.Closed)
			if got := s.Case(t, opened.Id).Ending(); got != c.want {
				t.Errorf("it ended with %+v, want %+v", got, c.want)
			}
		})
	}
}
