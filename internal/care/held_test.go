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

// hold has a message held, and answers its id.
func (s shift) hold(who access.Who, id, body string, wait time.Duration) string {
	s.t.Helper()
	m := core.GenerateDefaultRandomId()
	s.must(s.Desk.HoldMessage(s.t.Context(), who, id, care.HeldMessage{ID: m, Body: body, For: wait}))
	return m
}

// said are the texts of a case's messages, in order.
func (s shift) said(id string) []string {
	s.t.Helper()
	all, err := records.MessagesOf(s.App, id)
	s.must(nil, err)
	var out []string
	for _, m := range all {
		out = append(out, m.Body())
	}
	return out
}

// says fails the test unless the messages of the case are these.
func (s shift) says(id string, want ...string) {
	s.t.Helper()
	if got := s.said(id); !slices.Equal(got, want) {
		s.t.Errorf("the messages are %q, want %q", got, want)
	}
}

// kept are the states of what who has held of a case, or could not say.
func (s shift) kept(who access.Who, id string) []string {
	s.t.Helper()
	all, err := s.Desk.HeldOf(s.t.Context(), who, id)
	s.must(nil, err)
	var out []string
	for _, u := range all {
		out = append(out, u.Kind()+" "+u.State())
	}
	return out
}

func TestAHeldMessageIsSaidWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	before := s.Case(t, c.Id)
	id := s.hold(s.Nurse, c.Id, "Hej!", 5*time.Second)
	s.after(5*time.Second - time.Millisecond)
	if now := s.Case(t, c.Id); now.Seq() != before.Seq() || now.Messages() != before.Messages() {
		t.Errorf("before its time the case has event %d and %d messages, want %d and %d", now.Seq(), now.Messages(), before.Seq(), before.Messages())
	}
	s.says(c.Id)
	s.after(time.Millisecond)
	s.says(c.Id, "Hej!")
	m, err := records.MessageByID(s.App, id)
	s.must(nil, err)
	if m.Kind() != records.FromStaff || m.Author() != s.Nurse.ID || !m.Created().Equal(s.Clock.Now()) || m.Seq() != before.Seq()+1 || m.Nr() != 1 {
		t.Errorf("the message is %s of %s, said %v, event %d, number %d; want the nurse's, said now, as the next", m.Kind(), m.Author(), m.Created(), m.Seq(), m.Nr())
	}
	s.happened(c.Id, cases.Replied)
	s.after(time.Minute)
	s.says(c.Id, "Hej!")
}

func TestAHeldMessageIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	in := care.HeldMessage{ID: core.GenerateDefaultRandomId(), Body: "fel patient", For: 5 * time.Second}
	s.must(s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, in))
	for range 2 {
		s.must(nil, s.Desk.TakeBack(t.Context(), s.Nurse, c.Id, in.ID))
	}
	s.must(s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, in)) // a copy that comes late brings nothing back
	s.after(time.Minute)
	s.says(c.Id)
	u, err := records.UnsaidByID(s.App, in.ID)
	s.must(nil, err)
	if u.State() != records.TakenBack || u.Body() != "" {
		t.Errorf("what was taken back is %s and holds %q, want no words", u.State(), u.Body())
	}
}

func TestWhatWasSaidIsNotTakenBack(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	id := s.hold(s.Nurse, c.Id, "Hej!", time.Second)
	s.after(time.Second)
	if err := s.Desk.TakeBack(t.Context(), s.Nurse, c.Id, id); !errors.Is(err, care.ErrSaid) {
		t.Errorf("taking back what was said: %v, want ErrSaid", err)
	}
	s.says(c.Id, "Hej!")
}

// Whatever the holds, one author's words come out in the order in which they were written, and none before its time.
func TestHeldMessagesComeOutInOrder(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	for i, wait := range []time.Duration{10, 1, 4, 10} {
		s.hold(s.Nurse, c.Id, string(rune('a'+i)), wait*time.Second)
	}
	s.after(9 * time.Second)
	s.says(c.Id)
	s.after(time.Second)
	s.says(c.Id, "a", "b", "c", "d")
}

// What its author does next waits for no time: what was written before it is said first, in the same transaction.
func TestNothingOvertakesAHeldMessage(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(s shift, id string) error{
		"a message": func(s shift, id string) error { s.say(s.Nurse, id, "direkt"); return nil },
		"the end": func(s shift, id string) error {
			_, err := s.Desk.Close(s.t.Context(), s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."})
			return err
		},
		"a pause": func(s shift, id string) error {
			_, err := s.Desk.Pause(s.t.Context(), s.Nurse, id, s.Clock.Now().Add(time.Hour))
			return err
		},
		"a release": func(s shift, id string) error {
			_, err := s.Desk.Release(s.t.Context(), s.Nurse, id, "lunch")
			return err
		},
		"to a queue": func(s shift, id string) error {
			return s.Desk.Transfer(s.t.Context(), s.Nurse, id, care.Handover{Queue: s.Soder.Id, Note: "bor där"})
		},
		"to a person": func(s shift, id string) error {
			return s.Desk.Transfer(s.t.Context(), s.Nurse, id, care.Handover{Clinician: s.Doctor.ID, Note: "slutar"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			_, c := s.Active(t, kit.Anna)
			s.hold(s.Nurse, c.Id, "ett", 10*time.Second)
			s.hold(s.Nurse, c.Id, "två", 10*time.Second)
			seq := s.Case(t, c.Id).Seq()
			s.must(nil, act(s, c.Id))
			want := []string{"ett", "två"}
			if name == "a message" {
				want = append(want, "direkt")
			}
			s.says(c.Id, want...)
			if now := s.Case(t, c.Id); now.Seq() != seq+3 || now.Messages() != len(want) {
				t.Errorf("%d events and %d messages more, want 3 and %d", now.Seq()-seq, now.Messages(), len(want))
			}
			if left := s.kept(s.Nurse, c.Id); len(left) > 0 {
				t.Errorf("still kept: %v", left)
			}
		})
	}
}

// A colleague's words are no reason to hurry: only what the same author writes waits for nothing.
func TestAColleaguesNoteHurriesNothing(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	s.hold(s.Nurse, c.Id, "ett", 10*time.Second)
	m, err := records.NewMessage(s.App, c.Id, "ring modern")
	s.must(nil, err)
	m.Set("kind", records.Note)
	s.must(s.Desk.Say(t.Context(), s.Doctor, m, "print", func(tx core.App) error { return tx.Save(m) }))
	s.says(c.Id, "ring modern")
}

func TestWhatCannotBeSaidIsKeptForItsAuthor(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(s shift, id string) error{
		"handed over by others": func(s shift, id string) error {
			return s.App.RunInTransaction(func(tx core.App) error { return s.Desk.LoseStaff(s.t.Context(), tx, s.Nurse.ID, nil) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			_, c := s.Active(t, kit.Anna)
			id := s.hold(s.Nurse, c.Id, "ett", 5*time.Second)
			s.must(nil, act(s, c.Id))
			s.after(5 * time.Second)
			s.says(c.Id)
			all, err := s.Desk.HeldOf(t.Context(), s.Nurse, c.Id)
			s.must(nil, err)
			if len(all) != 1 || all[0].Id != id || all[0].State() != records.Failed || all[0].Body() != "ett" {
				t.Fatalf("kept: %v, want the message, with its words", s.kept(s.Nurse, c.Id))
			}
			s.must(nil, s.Desk.TakeBack(t.Context(), s.Nurse, c.Id, id))
			if left := s.kept(s.Nurse, c.Id); len(left) > 0 {
				t.Errorf("put away, and still kept: %v", left)
			}
		})
	}
}

func TestAHeldIDStandsForOneMessage(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	anna, c := s.Active(t, kit.Anna)
	in := care.HeldMessage{ID: core.GenerateDefaultRandomId(), Body: "ett", For: 5 * time.Second}
	first, err := s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, in)
	s.must(nil, err)
	s.Clock.Advance(time.Second)
	again, err := s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, in)
	s.must(nil, err)
	if !again.Due().Equal(first.Due()) {
		t.Errorf("the same again is due %v, want %v", again.Due(), first.Due())
	}
	for name, other := range map[string]care.HeldMessage{
		"another body": {ID: in.ID, Body: "två", For: in.For},
		"another hold": {ID: in.ID, Body: in.Body, For: time.Second},
	} {
		if _, err := s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, other); !errors.Is(err, care.ErrTaken) {
			t.Errorf("%s under the same id: %v, want that it is taken", name, err)
		}
	}
	speak := func(who access.Who, body string) error {
		m, err := records.NewMessage(s.App, c.Id, body)
		s.must(nil, err)
		m.Id = in.ID
		_, err = s.Desk.Say(t.Context(), who, m, care.MessagePrint(m), func(tx core.App) error { return tx.Save(m) })
		return err
	}
	for who, body := range map[*access.Who]string{&anna: "ett", &s.Nurse: "två"} {
		if err := speak(*who, body); !errors.Is(err, care.ErrTaken) {
			t.Errorf("%s says %q under a held id: %v, want that it is taken", who.Name, body, err)
		}
	}
	s.must(nil, speak(s.Nurse, "ett")) // the same, now
	s.says(c.Id, "ett")
	s.after(time.Minute)
	s.says(c.Id, "ett")
	if _, err := s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, care.HeldMessage{ID: in.ID, Body: "ett", For: in.For}); err != nil {
		t.Errorf("the same again, after it was said: %v, want the first answer", err)
	}
}

// TestWhoMayHold: who may write, where one may write.
func TestWhoMayHold(t *testing.T) {
	t.Parallel()
	for _, state := range cases.States() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			c := s.Case(t, s.id)
			joined, taken := c.Queue() != "", c.Clinician() != ""
			like := act{in: held}
			for caller, who := range s.everybody() {
				want := s.want(like, caller, state, joined, taken)
				_, err := s.Desk.HoldMessage(t.Context(), who, s.id, care.HeldMessage{ID: core.GenerateDefaultRandomId(), Body: "x", For: time.Second})
				if want == nil && err == nil {
					continue
				}
				if want == nil || !sameRefusal(err, want) {
					t.Errorf("%s: %v, want %v", caller, err, want)
				}
			}
		})
	}
}
