package care_test

import (
	"errors"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

func TestATakeIsOfOneQueue(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	both := s.Hire(t, "Both", "nurse", s.Norrvik.Id, s.Soder.Id)
	const take = "take00000000001"
	first, err := s.Desk.TakeNext(t.Context(), both, s.Norrvik.Id, take)
	s.must(t, err)
	if _, err := s.Desk.TakeNext(t.Context(), both, s.Soder.Id, take); !errors.Is(err, care.ErrTaken) {
		t.Errorf("the same take in another queue: got %v, want ErrTaken", err)
	}
	if c, err := s.Desk.TakeNext(t.Context(), s.Nurse, s.Norrvik.Id, take); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("somebody else's take of that name: got %v, %v; want nobody, for nobody waits", c, err)
	}
	s.must(t, s.Desk.Transfer(t.Context(), both, s.id, care.Handover{Queue: s.Soder.Id, Note: "bor där"}))
	again, err := s.Desk.TakeNext(t.Context(), both, s.Norrvik.Id, take)
	if err != nil || again.Id != first.Id || again.State() != cases.Called {
		t.Errorf("the take again, after a hand-over: %v, %v; want the first answer", again, err)
	}
	s.Clock.Advance(2 * time.Hour)
	if again, err = s.Desk.TakeNext(t.Context(), both, s.Norrvik.Id, take); err != nil || again.Id != first.Id {
		t.Errorf("the take again, hours later: %v, %v; want the first answer, for the id is the client's", again, err)
	}
	s.InState(t, s.id, cases.Waiting)
}

func TestATakeWhoseCaseIsHandedAwayShowsNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	const take = "take00000000001"
	_, err := s.Desk.TakeNext(t.Context(), s.Nurse, s.Norrvik.Id, take)
	s.must(t, err)
	s.must(t, s.Desk.Transfer(t.Context(), s.Nurse, s.id, care.Handover{Queue: s.Soder.Id, Note: "bor där"}))
	if c, err := s.Desk.TakeNext(t.Context(), s.Nurse, s.Norrvik.Id, take); !errors.Is(err, access.ErrHidden) {
		t.Errorf("got %v, %v; want that the case is not there", c, err)
	}
}

func TestTheSameMessageIsOneMessage(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	for kind, who := range map[string]access.Who{"": s.guardian, records.Note: s.Doctor} {
		m, err := s.say(t, who, kind, "samma ord")
		s.must(t, err)
		again := func(who access.Who, print string) (*records.Message, error) {
			copied, err := records.NewMessage(s.App, s.id, m.Body())
			s.must(t, err)
			copied.Id = m.Id
			copied.Set("kind", kind)
			return s.Desk.Say(t.Context(), who, copied, print, nil)
		}
		_ = s.unchanged(t, "the same message", func() error {
			if got, err := again(who, "print of samma ord"); err != nil || got.Id != m.Id {
				t.Errorf("the same message: %v, %v; want the first", got, err)
			}
			if _, err := again(who, "print of something else"); !errors.Is(err, care.ErrTaken) {
				t.Errorf("other words under its id: got %v, want ErrTaken", err)
			}
			if _, err := again(s.Nurse, "print of samma ord"); !errors.Is(err, care.ErrTaken) {
				t.Errorf("somebody else under its id: got %v, want ErrTaken", err)
			}
			return nil
		})
	}
}

func TestTheSameMessageAfterTheEndIsStillThatMessage(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	m, err := s.say(t, s.child, "", "sista ordet")
	s.must(t, err)
	s.must(t, s.close())
	again, err := records.NewMessage(s.App, s.id, m.Body())
	s.must(t, err)
	again.Id = m.Id
	if got, err := s.Desk.Say(t.Context(), s.child, again, "print of sista ordet", nil); err != nil || got.Id != m.Id {
		t.Errorf("got %v, %v; want the first, for a repeat is known before the state is asked", got, err)
	}
}

func TestAMessageOfACaseThatIsHandedAwayIsNotShownAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	m, err := s.say(t, s.Nurse, "", "mina ord")
	s.must(t, err)
	s.must(t, s.Desk.Transfer(t.Context(), s.Nurse, s.id, care.Handover{Queue: s.Soder.Id, Note: "bor där"}))
	again, err := records.NewMessage(s.App, s.id, m.Body())
	s.must(t, err)
	again.Id = m.Id
	if got, err := s.Desk.Say(t.Context(), s.Nurse, again, "print of mina ord", nil); !errors.Is(err, access.ErrHidden) {
		t.Errorf("got %v, %v; want that the case is not there", got, err)
	}
}
