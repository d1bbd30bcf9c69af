package care_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// shift is a clinic in which time passes.
type shift struct {
	*kit.Clinic
	t *testing.T
}

func newShift(t *testing.T) shift {
	t.Helper()
	return shift{kit.New(t), t}
}

// must fails the test at once if something on the way to what is tested fails.
func (s shift) must(_ any, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("on the way: %v", err)
	}
}

// after moves the clock on and does all that is due then.
func (s shift) after(d time.Duration) {
	s.t.Helper()
	s.Clock.Advance(d)
	s.run()
}

func (s shift) run() {
	s.t.Helper()
	for _, job := range []func(context.Context) (bool, error){s.Desk.RunHeld, s.Desk.RunDue, s.Desk.RunHours, s.Desk.RunBirthdays} {
		for more := true; more; {
			var err error
			more, err = job(context.Background())
			s.must(nil, err)
		}
	}
}

// accepted plays the provider that takes the case's last letter, now.
func (s shift) accepted(id string) {
	s.t.Helper()
	s.acceptedBefore(id, 0)
}

// acceptedBefore is accepted where we learn it a while after.
func (s shift) acceptedBefore(id string, while time.Duration) {
	s.t.Helper()
	l := s.letters(id)
	s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
		return s.Desk.CallDelivered(context.Background(), tx, id, l[len(l)-1].Seq(), s.Clock.Now().Add(-while))
	}))
}

// refused plays the provider that does not.
func (s shift) refused(id string) {
	s.t.Helper()
	l := s.letters(id)
	s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
		return s.Desk.CallFailed(context.Background(), tx, id, l[len(l)-1].Seq())
	}))
}

func (s shift) letters(id string) []*records.Letter {
	s.t.Helper()
	all, err := records.LettersOf(s.App, id)
	s.must(nil, err)
	return all
}

// told fails the test unless the case's last letter says that.
func (s shift) told(id, text string) {
	s.t.Helper()
	all := s.letters(id)
	if len(all) == 0 || all[len(all)-1].Text() != text {
		s.t.Errorf("%d letters, the last of which does not say %q", len(all), text)
	}
}

// happened fails the test unless the case's last event is of that kind.
func (s shift) happened(id string, want cases.Event) {
	s.t.Helper()
	all, err := records.EventsAfter(s.App, id, 0, 1000)
	s.must(nil, err)
	if got := all[len(all)-1].Kind(); got != want {
		s.t.Errorf("last there was %q, want %q", got, want)
	}
}

// noTimer fails the test if anything is due for the case at any time, or people are told so.
func (s shift) noTimer(id string) {
	s.t.Helper()
	c := s.Case(s.t, id)
	if at, what := c.Timer(); what != records.DueNothing || !c.Due().IsZero() {
		s.t.Errorf("%q is due at %v and people are told %v, want nothing", what, at, c.Due())
	}
}

func (s shift) claim(id string) {
	s.t.Helper()
	_, err := s.Desk.Claim(context.Background(), s.Nurse, id, "test")
	s.must(nil, err)
}

func (s shift) say(who access.Who, id, body string) {
	s.t.Helper()
	m, err := records.NewMessage(s.App, id, body)
	s.must(nil, err)
	m.Id = core.GenerateDefaultRandomId()
	_, err = s.Desk.Say(context.Background(), who, m, body, func(tx core.App) error { return tx.Save(m) })
	s.must(nil, err)
}

// rules sets the region's own times.
func (s shift) rules(times map[string]any) {
	s.t.Helper()
	s.Region.SetTimes(times)
	s.must(nil, s.App.Save(s.Region))
}

func (s shift) ownWords(who access.Who, id string) {
	s.t.Helper()
	_, _, err := s.Desk.OwnWords(context.Background(), who, id, "Det började i går.")
	s.must(nil, err)
}

// feelWorse answers every red flag with yes.
func (s shift) feelWorse(who access.Who, id string) {
	s.t.Helper()
	flags, err := s.Desk.RedFlags(context.Background(), s.Case(s.t, id))
	s.must(nil, err)
	yes := map[string]json.RawMessage{}
	for _, q := range flags {
		yes[q.ID] = json.RawMessage("true")
		if len(q.Options) > 0 {
			raw, err := json.Marshal([]string{q.Options[0].Code})
			s.must(nil, err)
			yes[q.ID] = raw
		}
	}
	s.must(s.Desk.FeelWorse(context.Background(), who, id, yes))
	if got := s.Case(s.t, id).Level(); got > cases.Urgent {
		s.t.Fatalf("with every red flag the level is %d", got)
	}
}
