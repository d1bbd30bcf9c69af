package care_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// scene is a clinic with one case, that of a child whose guardian asks, and everybody who may have to do with it. The nurse holds it from called on.
type scene struct {
	*kit.Clinic
	id                        string
	guardian, child, stranger access.Who
	second                    *records.Queue // of the same unit
	named                     access.Who     // works there, and a note names them
}

// newScene brings the case into a state.
func newScene(t *testing.T, state cases.State) *scene {
	t.Helper()
	s := &scene{Clinic: kit.New(t)}
	s.guardian, s.stranger = s.Person(t, kit.Anna, "Anna Andersson"), s.Person(t, kit.Bo, "Bo Berg")
	q, err := records.NewQueue(s.App, s.Region.Id, s.Norrvik.Unit(), "Norrvik läkare", 1)
	s.must(t, err)
	s.must(t, s.App.Save(q))
	s.second, s.named = q, s.Hire(t, "Named", "doctor", q.Id)
	opened, _, err := s.Desk.Open(t.Context(), s.guardian, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "sv", Body: "scene",
		Dependant: &care.Dependant{Number: kit.Number(t, kit.Child), Name: "Elsa", Guardian: true},
	})
	s.must(t, err)
	s.id, s.child = opened.Id, access.Who{Kind: access.Patient, ID: opened.Patient(), Name: "Elsa"}
	s.bring(t, state)
	s.InState(t, s.id, state)
	return s
}

func (s *scene) bring(t *testing.T, state cases.State) {
	t.Helper()
	ctx := t.Context()
	if state == cases.Answering || state == cases.Expired {
		s.letPass(t, state == cases.Expired)
		return
	}
	s.Decide(t, s.guardian, s.id, nil)
	if state == cases.Recommended || state == cases.Referred {
		s.letPass(t, state == cases.Referred)
		return
	}
	_, err := s.Desk.Join(ctx, s.guardian, s.id, care.Joining{Phone: kit.Phone})
	s.must(t, err)
	s.must(t, s.note(t, s.Doctor, "Titta gärna.", s.named.ID))
	steps := map[cases.State][]func() error{
		cases.Cancelled: {func() error { _, err := s.Desk.Leave(ctx, s.guardian, s.id); return err }},
		cases.Called:    {s.claim},
		cases.Active:    {s.claim, s.here},
		cases.Paused:    {s.claim, s.here, s.pause},
		cases.Closed:    {s.claim, s.here, s.close},
	}
	for _, step := range steps[state] {
		s.must(t, step())
	}
}

// letPass lets the time for joining run out.
func (s *scene) letPass(t *testing.T, pass bool) {
	t.Helper()
	if pass {
		s.Clock.Advance(4 * 24 * time.Hour)
		s.due(t)
	}
}

// due does all that is due.
func (s *scene) due(t *testing.T) {
	t.Helper()
	for {
		more, err := s.Desk.RunDue(t.Context())
		s.must(t, err)
		if !more {
			return
		}
	}
}

func (s *scene) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("set the scene: %v", err)
	}
}

// draft lets do happen and takes it back.
func (s *scene) draft(t *testing.T, do func(*scene) error) (err error) {
	t.Helper()
	taken := errors.New("taken back")
	got := s.App.RunInTransaction(func(tx core.App) error {
		desk, clinic := *s.Desk, *s.Clinic
		desk.App, clinic.Desk = tx, &desk
		inside := *s
		inside.Clinic = &clinic
		err = do(&inside)
		return taken
	})
	if !errors.Is(got, taken) {
		t.Fatalf("take back a draft: %v", got)
	}
	return err
}

func (s *scene) claim() error {
	_, err := s.Desk.Claim(context.Background(), s.Nurse, s.id, "scenens skäl")
	return err
}

func (s *scene) here() error {
	_, err := s.Desk.Here(context.Background(), s.guardian, s.id)
	return err
}

func (s *scene) pause() error {
	_, err := s.Desk.Pause(context.Background(), s.Nurse, s.id, s.Clock.Now().Add(time.Hour))
	return err
}

func (s *scene) close() error {
	_, err := s.Desk.Close(context.Background(), s.Nurse, s.id, records.Ending{Outcome: "advice", Advice: "Vila och drick."})
	return err
}

func (s *scene) noShow() error {
	_, err := s.Desk.NoShow(context.Background(), s.Nurse, s.id)
	return err
}

// say writes a message of that kind, "" for one to the other side.
func (s *scene) say(t testing.TB, who access.Who, kind, body string, mentions ...string) (*records.Message, error) {
	t.Helper()
	m, err := records.NewMessage(s.App, s.id, body)
	if err != nil {
		t.Fatal(err)
	}
	m.Id = core.GenerateDefaultRandomId()
	m.Set("kind", kind)
	m.Mention(mentions)
	_, err = s.Desk.Say(context.Background(), who, m, "print of "+body, func(tx core.App) error { return tx.Save(m) })
	return m, err
}

func (s *scene) note(t testing.TB, who access.Who, body string, mentions ...string) error {
	t.Helper()
	_, err := s.say(t, who, records.Note, body, mentions...)
	return err
}

// now is the case as it stands, in a draft as in the database.
func (s *scene) now(t testing.TB) *records.Case {
	t.Helper()
	c, err := records.CaseByID(s.Desk.App, s.id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// trace is all that the database holds of the case, and how much it holds of everything: what must be the same after a refusal.
func (s *scene) trace(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, name := range records.All() {
		n, err := s.Desk.App.CountRecords(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d\n", name, n)
	}
	raw, err := json.MarshalIndent(s.now(t).Fields(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + string(raw)
}

// unchanged fails the test if do leaves a trace.
func (s *scene) unchanged(t *testing.T, what string, do func() error) error {
	t.Helper()
	before := s.trace(t)
	err := do()
	if after := s.trace(t); after != before {
		t.Errorf("%s: something has changed:\n%s", what, differences(before, after))
	}
	return err
}

// differences are the lines of two traces that differ.
func differences(before, after string) string {
	var b strings.Builder
	old := strings.Split(before, "\n")
	for i, line := range strings.Split(after, "\n") {
		if i >= len(old) || old[i] != line {
			fmt.Fprintln(&b, line)
		}
	}
	return b.String()
}

// refusedIn says whether err is a refusal by the state, with the present one named.
func refusedIn(err error, state cases.State) bool {
	var refused *cases.Refused
	return errors.As(err, &refused) && refused.State == state
}
