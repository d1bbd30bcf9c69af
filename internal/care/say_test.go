package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// TestWhoWritesWhen is the sentence of api.md: the patient in waiting, called, active and paused; the case's clinician once it is called; a note
// by staff of its queue from waiting on, after the end too.
func TestWhoWritesWhen(t *testing.T) {
	t.Parallel()
	for _, state := range cases.States() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			ended := !state.Open()
			queued := s.Case(t, s.id).Queue() != ""
			for name, try := range map[string]struct {
				who    access.Who
				kind   string
				may    bool
				hidden bool // the case is not there for them
			}{
				"the patient":         {s.child, "", state == cases.Waiting || state.Held(), false},
				"the clinician":       {s.Nurse, "", state.Held(), !queued},
				"a colleague":         {s.Doctor, "", false, !queued},
				"a colleague's note":  {s.Doctor, records.Note, queued, !queued},
				"a named one's note":  {s.named, records.Note, queued && !ended, !queued || ended},
				"a stranger":          {s.stranger, "", false, true},
				"a stranger's note":   {s.South, records.Note, false, true},
				"nobody":              {access.Who{}, "", false, true},
				"staff as the system": {s.Doctor, records.FromSystem, false, !queued},
			} {
				err := s.draft(t, func(s *scene) error {
					_, err := s.say(t, try.who, try.kind, "ord")
					return err
				})
				switch {
				case try.may && err != nil:
					t.Errorf("%s: got %v, want that it is said", name, err)
				case try.hidden && !errors.Is(err, access.ErrHidden):
					t.Errorf("%s: got %v, want that the case is not there", name, err)
				case !try.may && err == nil:
					t.Errorf("%s: said, want that it is refused", name)
				}
			}
		})
	}
}

func TestThePatientsFirstWordGoesOnWithTheCase(t *testing.T) {
	t.Parallel()
	for state, want := range map[cases.State]cases.State{
		cases.Waiting: cases.Waiting, cases.Called: cases.Active, cases.Active: cases.Active, cases.Paused: cases.Active,
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			if state == cases.Called {
				deliver(t, s)
			}
			_, err := s.say(t, s.guardian, "", "Jag är här.")
			s.must(t, err)
			s.InState(t, s.id, want)
			c := s.Case(t, s.id)
			at, what := c.Timer()
			if answer := what == records.DueOverdue && state.Held(); what != records.DueNothing && !answer || !c.Due().IsZero() {
				t.Errorf("a timer %q at %v still runs", what, at)
			}
			s.Clock.Advance(3 * time.Hour)
			s.due(t)
			s.InState(t, s.id, want)
			if c.IsHere() != state.Held() {
				t.Errorf("marked as here: %v", c.IsHere())
			}
		})
	}
}

func TestTheServerSaysWhoWroteAndWhere(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	for i, try := range []struct {
		who        access.Who
		kind, want string
		nr         int
	}{
		{s.guardian, "staff", records.FromPatient, 1},
		{s.Nurse, "patient", records.FromStaff, 2},
		{s.Doctor, records.Note, records.Note, 0},
		{s.Nurse, records.FromSystem, records.FromStaff, 3},
		{s.child, "", records.FromPatient, 4},
	} {
		m, err := records.NewMessage(s.App, s.id, "ord")
		s.must(t, err)
		m.Load(map[string]any{"kind": try.kind, "author": s.stranger.ID, "authorName": "Någon", "seq": 999, "nr": 999, "created": "2001-01-01 00:00:00.000Z"})
		if try.want != records.Note {
			m.Mention([]string{s.Lead.ID})
		}
		_, err = s.Desk.Say(t.Context(), try.who, m, "print", func(tx core.App) error { return tx.Save(m) })
		s.must(t, err)
		if m.Kind() != try.want || m.Author() != try.who.ID || m.AuthorName() != try.who.Name || m.Nr() != try.nr {
			t.Errorf("%d: kind %q, author %q %q, number %d; want %q by %q, number %d", i, m.Kind(), m.Author(), m.AuthorName(), m.Nr(), try.want, try.who.Name, try.nr)
		}
		if m.Seq() != s.Case(t, s.id).Seq() || !m.Created().Equal(s.Clock.Now()) || len(m.Mentions()) != 0 {
			t.Errorf("%d: event %d at %v naming %v; want the case's last event, now, nobody", i, m.Seq(), m.Created(), m.Mentions())
		}
	}
	if s.maySee(t, s.named) && len(s.Case(t, s.id).Mentioned()) != 1 {
		t.Error("a message that is no note has named somebody")
	}
}

func TestAMessageThatCannotBeSavedLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Called)
	full := errors.New("the disk is full")
	for name, who := range map[string]access.Who{"the patient": s.guardian, "the clinician": s.Nurse} {
		m, err := records.NewMessage(s.App, s.id, "ord")
		s.must(t, err)
		err = s.unchanged(t, name, func() error {
			_, err := s.Desk.Say(t.Context(), who, m, "print", func(core.App) error { return full })
			return err
		})
		if !errors.Is(err, full) {
			t.Errorf("%s: got %v, want the fault", name, err)
		}
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	for range 3 {
		_, err := s.say(t, s.guardian, "", "ord")
		s.must(t, err)
	}
	read := func(who access.Who, upTo int) {
		t.Helper()
		if _, err := s.Desk.MarkRead(t.Context(), who, s.id, upTo); err != nil {
			t.Fatalf("read up to %d: %v", upTo, err)
		}
	}
	marks := func(patient, staff int) {
		t.Helper()
		if c := s.Case(t, s.id); c.ReadByPatient() != patient || c.ReadByStaff() != staff {
			t.Errorf("read by the patient up to %d, by staff up to %d; want %d and %d", c.ReadByPatient(), c.ReadByStaff(), patient, staff)
		}
	}
	read(s.guardian, 1)
	marks(1, 0)
	read(s.Nurse, 2)
	marks(1, 2)
	_ = s.unchanged(t, "reading that changes nothing", func() error {
		read(s.Doctor, 3) // a colleague looks on
		read(s.Nurse, 1)  // never back
		read(s.guardian, 0)
		return nil
	})
	read(s.Nurse, 1000) // never beyond what there is
	marks(1, 3)
	for name, who := range map[string]access.Who{"a stranger": s.stranger, "another unit": s.South} {
		if _, err := s.Desk.MarkRead(t.Context(), who, s.id, 1); !errors.Is(err, access.ErrHidden) {
			t.Errorf("%s: got %v, want that the case is not there", name, err)
		}
	}
	if _, err := s.Desk.MarkRead(t.Context(), s.named, s.id, 1); !errors.Is(err, access.ErrDenied) {
		t.Errorf("whom a note names: got %v, want that they may not", err)
	}
}

func TestAColleagueMayReadWhatAWaitingPatientWrites(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	_, err := s.say(t, s.guardian, "", "Hon har fått mer ont.")
	s.must(t, err)
	unread := func(want int) {
		t.Helper()
		if n, err := records.UnreadByStaff(s.App, s.Case(t, s.id)); err != nil || n != want {
			t.Errorf("%d unread, %v; want %d", n, err, want)
		}
	}
	unread(1)
	_, err = s.Desk.MarkRead(t.Context(), s.Doctor, s.id, 1)
	s.must(t, err)
	unread(0)
}
