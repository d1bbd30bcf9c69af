package care_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/cases"
)

// everybody is who may try an act, apart from the nurse, who holds the case when somebody does.
func (s *scene) everybody() map[string]access.Who {
	return map[string]access.Who{
		"nobody":                  {},
		"the guardian":            s.guardian,
		"the child":               s.child,
		"another patient":         s.stranger,
		"staff of another unit":   s.South,
		"staff without a queue":   s.Idle,
		"staff whom a note names": s.named,
		"a colleague":             s.Doctor,
		"a lead":                  s.Lead,
		"the nurse":               s.Nurse,
		"a superuser":             {Kind: access.Superuser, ID: "superuser000001"},
	}
}

// sees says what the case is to a caller before anything is tried: nil, or that it does not exist. What a note gives ends with the case; so does
// the right of a guardian whom nobody has verified, but while the patient's side may still regret having left.
func (s *scene) sees(caller string, state cases.State, joined bool) error {
	may := false
	switch caller {
	case "the child":
		may = true
	case "the guardian":
		may = state.Open() || state == cases.Cancelled
	case "a colleague", "a lead", "the nurse":
		may = joined
	case "staff whom a note names":
		may = joined && state.Open()
	}
	if may {
		return nil
	}
	return access.ErrHidden
}

// want is the refusal that an act should meet, from api.md: first whether the caller sees the case, then whether they may, then the state.
func (s *scene) want(a act, caller string, state cases.State, joined, taken bool) error {
	if err := s.sees(caller, state, joined); err != nil {
		return err
	}
	may := caller == "the nurse" && (taken || a.team)
	may = may || a.team && (caller == "a colleague" || caller == "a lead")
	may = may || a.named && caller == "staff whom a note names"
	switch {
	case !may:
		return access.ErrDenied
	case !slices.Contains(a.in, state):
		return &cases.Refused{State: state}
	}
	return nil
}

// TestWhoMayDoWhatInWhichState lets everybody try every act of staff in every state. A refusal changes nothing at all.
func TestWhoMayDoWhatInWhichState(t *testing.T) {
	t.Parallel()
	for _, state := range cases.States() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			c := s.Case(t, s.id)
			joined, taken := c.Queue() != "", c.Clinician() != ""
			before := s.trace(t)
			for name, a := range staffActs {
				callers := s.everybody()
				if name == "note" || name == "reply" { // care takes what a patient says for the patient's own message
					maps.DeleteFunc(callers, func(_ string, who access.Who) bool { return who.Kind == access.Patient })
				}
				for caller, who := range callers {
					want := s.want(a, caller, state, joined, taken)
					if want == nil {
						if err := s.draft(t, func(s *scene) error { return a.do(s, t, who) }); err != nil {
							t.Errorf("%s, %s: got %v, want that it is done", caller, name, err)
						}
						continue
					}
					if err := a.do(s, t, who); !sameRefusal(err, want) {
						t.Errorf("%s, %s: got %v, want %v", caller, name, err, want)
					}
				}
				if after := s.trace(t); after != before {
					t.Fatalf("%s: a refusal has changed something:\n%s", name, differences(before, after))
				}
			}
		})
	}
}

func sameRefusal(got, want error) bool {
	var refused *cases.Refused
	if errors.As(want, &refused) {
		return refusedIn(got, refused.State)
	}
	return errors.Is(got, want)
}
