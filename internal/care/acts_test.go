package care_test

import (
	"context"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// act is one thing that staff do to a case, with a body that fits.
type act struct {
	in    []cases.State // the states of api.md that allow it
	team  bool          // staff of its queue may, without the claim
	named bool          // whom a note names may, too
	do    func(*scene, testing.TB, access.Who) error
}

var (
	held     = []cases.State{cases.Called, cases.Active, cases.Paused}
	standing = []cases.State{cases.Waiting, cases.Called, cases.Active, cases.Paused}
)

// staffActs are the staff's acts, by their names in api.md.
var staffActs = map[string]act{
	"claim": {in: []cases.State{cases.Waiting}, team: true, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Claim(context.Background(), who, s.id, "väntat länge")
		return err
	}},
	"release": {in: held, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Release(context.Background(), who, s.id, "fel kö")
		return err
	}},
	"transfer to a queue": {in: held, do: func(s *scene, _ testing.TB, who access.Who) error {
		return s.Desk.Transfer(context.Background(), who, s.id, care.Handover{Queue: s.Soder.Id, Note: "bor där"})
	}},
	"transfer to a person": {in: held, do: func(s *scene, _ testing.TB, who access.Who) error {
		return s.Desk.Transfer(context.Background(), who, s.id, care.Handover{Clinician: s.Lead.ID, Note: "slutar nu"})
	}},
	"level": {in: standing, team: true, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.SetLevel(context.Background(), who, s.id, cases.Urgent, "låter sämre")
		return err
	}},
	"noshow": {in: []cases.State{cases.Called}, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.NoShow(context.Background(), who, s.id)
		return err
	}},
	"pause": {in: []cases.State{cases.Active}, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Pause(context.Background(), who, s.id, kit.Start.Add(48*time.Hour))
		return err
	}},
	"resume": {in: []cases.State{cases.Paused}, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Resume(context.Background(), who, s.id)
		return err
	}},
	"phonecall": {in: held, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.RangUp(context.Background(), who, s.id, false)
		return err
	}},
	"close": {in: held, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Close(context.Background(), who, s.id, records.Ending{Outcome: "assessed", Advice: "Kom tillbaka om febern stiger."})
		return err
	}},
	"amend": {in: []cases.State{cases.Closed}, team: true, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Amend(context.Background(), who, s.id, care.Correction{Advice: "Tvärtom.", Reason: "fel råd"})
		return err
	}},
	"reopen": {in: []cases.State{cases.Closed}, team: true, do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Reopen(context.Background(), who, s.id, "mer att säga")
		return err
	}},
	"note": {
		in: append([]cases.State{cases.Closed, cases.Cancelled}, standing...), team: true, named: true,
		do: func(s *scene, t testing.TB, who access.Who) error {
			t.Helper()
			return s.note(t, who, "ring modern")
		},
	},
	"reply": {in: held, do: func(s *scene, t testing.TB, who access.Who) error {
		t.Helper()
		_, err := s.say(t, who, "", "Hej!")
		return err
	}},
	"guardian": {in: append([]cases.State{cases.Closed}, held...), do: func(s *scene, _ testing.TB, who access.Who) error {
		_, err := s.Desk.Verify(context.Background(), who, s.id, true, "sett intyget")
		return err
	}},
}
