package care_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

var resting = records.Ending{Outcome: "advice", Advice: "Vila och drick.", LevelWas: "right"}

// holdEnd has the end of a case held for ten seconds, and answers when the case ends.
func (s shift) holdEnd(id string) time.Time {
	s.t.Helper()
	return s.holdEndAs(id, "")
}

// holdEndAs does it under an id of the client's.
func (s shift) holdEndAs(id, end string) time.Time {
	s.t.Helper()
	s.must(s.Desk.HoldClose(s.t.Context(), s.Nurse, id, care.HeldEnd{ID: end, Ending: resting, For: 10 * time.Second}))
	at, err := care.ClosesAt(s.App, s.Nurse, id)
	s.must(nil, err)
	return at
}

// closesAt fails the test unless the end of the case is held until then.
func (s shift) closesAt(id string, want time.Time) {
	s.t.Helper()
	at, err := care.ClosesAt(s.App, s.Nurse, id)
	s.must(nil, err)
	if !at.Equal(want) {
		s.t.Errorf("the case closes at %v, want %v", at, want)
	}
}

func TestAHeldEndClosesWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	before := s.Case(t, c.Id)
	at := s.holdEnd(c.Id)
	if want := s.Clock.Now().Add(10 * time.Second); !at.Equal(want) {
		t.Errorf("the case closes at %v, want %v", at, want)
	}
	s.after(10*time.Second - time.Millisecond)
	if now := s.Case(t, c.Id); now.Seq() != before.Seq() || now.State() != cases.Active || now.Ending().Advice != "" {
		t.Errorf("before its time the case is %q with event %d and advice %q, want nothing of it", now.State(), now.Seq(), now.Ending().Advice)
	}
	s.closesAt(c.Id, at)
	s.after(time.Millisecond)
	now := s.Case(t, c.Id)
	if now.State() != cases.Closed || now.Ending() != resting || !now.ClosedAt().Equal(at) || now.Clinician() != s.Nurse.ID || now.Seq() != before.Seq()+1 {
		t.Errorf("the case is %q with %+v, ended %v, event %d; want it closed as was written, now, as the next", now.State(), now.Ending(), now.ClosedAt(), now.Seq())
	}
	s.told(c.Id, texts.SmsClosed)
	s.happened(c.Id, cases.Ended)
	s.closesAt(c.Id, time.Time{})
	again, err := s.Desk.HoldClose(t.Context(), s.Nurse, c.Id, care.HeldEnd{Ending: resting, For: 10 * time.Second})
	s.must(nil, err)
	s.must(s.Desk.Close(t.Context(), s.Nurse, c.Id, resting)) // the same without a hold is the same end
	if again.State() != cases.Closed || s.Case(t, c.Id).Seq() != now.Seq() {
		t.Error("the same again, after the end, is not answered with the first")
	}
}

func TestAHeldEndIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	seq := s.Case(t, c.Id).Seq()
	s.must(nil, s.Desk.TakeBackClose(t.Context(), s.Nurse, c.Id)) // nothing to do
	s.holdEnd(c.Id)
	for range 2 {
		s.must(nil, s.Desk.TakeBackClose(t.Context(), s.Nurse, c.Id))
	}
	s.after(3 * time.Minute)
	s.InState(t, c.Id, cases.Active)
	if got := s.Case(t, c.Id).Seq(); got != seq {
		t.Errorf("%d events more, want none", got-seq)
	}
	s.holdEnd(c.Id)
	s.after(10 * time.Second)
	s.InState(t, c.Id, cases.Closed)
	if err := s.Desk.TakeBackClose(t.Context(), s.Nurse, c.Id); !refusedIn(err, cases.Closed) {
		t.Errorf("taking back an end that was: %v, want that the state does not allow it", err)
	}
}

// TestALateCopyOfAHeldEndEndsNothing holds that what was taken back, or stopped, is not held again by a copy of its request under its id. Without an id
// nobody can tell, and a person who presses again means it.
func TestALateCopyOfAHeldEndEndsNothing(t *testing.T) {
	t.Parallel()
	undo := map[string]func(s shift, who access.Who, id string){
		"taken back": func(s shift, _ access.Who, id string) { s.must(nil, s.Desk.TakeBackClose(s.t.Context(), s.Nurse, id)) },
		"stopped":    func(s shift, who access.Who, id string) { s.say(who, id, "en sak till") },
		"taken back, and another one too": func(s shift, _ access.Who, id string) {
			s.must(nil, s.Desk.TakeBackClose(s.t.Context(), s.Nurse, id))
			s.must(s.Desk.HoldClose(s.t.Context(), s.Nurse, id, care.HeldEnd{Ending: records.Ending{Outcome: "booked", Advice: "Kom."}, For: time.Second}))
			s.must(nil, s.Desk.TakeBackClose(s.t.Context(), s.Nurse, id))
		},
	}
	for name, undo := range undo {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, c := s.Active(t, kit.Anna)
			const first = "thefirstendasid"
			s.holdEndAs(c.Id, first)
			undo(s, who, c.Id)
			s.Clock.Advance(2 * time.Minute)
			s.holdEndAs(c.Id, first)
			s.closesAt(c.Id, time.Time{})
			s.after(time.Minute)
			s.InState(t, c.Id, cases.Active)
			s.holdEnd(c.Id) // pressed again
			s.after(10 * time.Second)
			s.InState(t, c.Id, cases.Closed)
		})
	}
	t.Run("done, and opened again", func(t *testing.T) {
		t.Parallel()
		s := newShift(t)
		_, c := s.Active(t, kit.Anna)
		s.holdEnd(c.Id)
		s.after(10 * time.Second)
		s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
		s.holdEnd(c.Id)
		s.after(10 * time.Second)
		s.InState(t, c.Id, cases.Closed)
	})
}

// TestTheIDOfAnEndStandsForIt: the same again is answered, another one is refused, and a new id is a new wish.
func TestTheIDOfAnEndStandsForIt(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	const id = "oneendatonce001"
	end := func(in care.HeldEnd) error {
		in.ID = max(in.ID, id)
		_, err := s.Desk.HoldClose(t.Context(), s.Nurse, c.Id, in)
		return err
	}
	for range 2 {
		s.must(nil, end(care.HeldEnd{Ending: resting}))
		s.InState(t, c.Id, cases.Closed)
	}
	s.must(s.Desk.Reopen(t.Context(), s.Nurse, c.Id, "x"))
	s.must(nil, end(care.HeldEnd{Ending: resting}))
	s.InState(t, c.Id, cases.Active)
	for name, in := range map[string]care.HeldEnd{
		"another end":  {Ending: records.Ending{Outcome: "booked", Advice: "Kom."}},
		"another hold": {Ending: resting, For: time.Second},
	} {
		if err := end(in); !errors.Is(err, care.ErrTaken) {
			t.Errorf("%s under that id: %v, want that it is taken", name, err)
		}
	}
	if _, err := s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, care.HeldMessage{ID: id, Body: "x", For: time.Second}); !errors.Is(err, care.ErrTaken) {
		t.Errorf("a message under that id: %v, want that it is taken", err)
	}
	s.must(nil, end(care.HeldEnd{ID: "twoendsatonce02", Ending: resting})) // at once, and meant
	s.InState(t, c.Id, cases.Closed)
}

func TestAnotherEndWaitsUntilTheFirstIsTakenBack(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	at := s.holdEnd(c.Id)
	s.Clock.Advance(time.Second)
	if again := s.holdEnd(c.Id); !again.Equal(at) {
		t.Errorf("the same again closes at %v, want %v", again, at)
	}
	other := records.Ending{Outcome: "assessed", Advice: "Kom in."}
	var held *care.CloseHeld
	if _, err := s.Desk.HoldClose(t.Context(), s.Nurse, c.Id, care.HeldEnd{Ending: other, For: 5 * time.Second}); !errors.As(err, &held) || !held.At.Equal(at) || held.State != cases.Active {
		t.Fatalf("another end: %v, want that one is held until %v", err, at)
	}
	s.must(s.Desk.Close(t.Context(), s.Nurse, c.Id, other)) // at once is for good
	if got := s.Case(t, c.Id).Ending(); got != other {
		t.Errorf("the case has ended with %+v, want what was said at once", got)
	}
	if left := s.kept(s.Nurse, c.Id); len(left) > 0 {
		t.Errorf("still kept: %v", left)
	}
	s.after(time.Minute)
	if got := s.Case(t, c.Id).Ending(); got != other {
		t.Errorf("the case has then ended with %+v", got)
	}
}

// TestNoCaseIsClosedOverAWordThatNobodyHasRead: whatever is said or done meanwhile stops a held end. What only reads, or rings, does not.
func TestNoCaseIsClosedOverAWordThatNobodyHasRead(t *testing.T) {
	t.Parallel()
	end := func(s shift, id string, end records.Ending) error {
		_, err := s.Desk.Close(s.t.Context(), s.Nurse, id, end)
		return err
	}
	colleague := func(s shift, id string) error {
		m, err := records.NewMessage(s.App, id, "vänta")
		s.must(nil, err)
		m.Set("kind", records.Note)
		_, err = s.Desk.Say(s.t.Context(), s.Doctor, m, "x", func(tx core.App) error { return tx.Save(m) })
		return err
	}
	for name, c := range map[string]struct {
		do    func(s shift, who access.Who, id string) error
		stops string // what is noted as why; "" where it goes on
	}{
		"the patient writes":   {func(s shift, who access.Who, id string) error { s.say(who, id, "en sak till"); return nil }, "said"},
		"own words":            {func(s shift, who access.Who, id string) error { s.ownWords(who, id); return nil }, "freetext"},
		"worse":                {func(s shift, who access.Who, id string) error { s.feelWorse(who, id); return nil }, "worse"},
		"a colleague's note":   {func(s shift, _ access.Who, id string) error { return colleague(s, id) }, "noted"},
		"the clinician writes": {func(s shift, _ access.Who, id string) error { s.say(s.Nurse, id, "en sak till"); return nil }, "replied"},
		"one more held message": {func(s shift, _ access.Who, id string) error {
			s.hold(s.Nurse, id, "en sak till", time.Second)
			return nil
		}, "replied"},
		"a level by a colleague": {func(s shift, _ access.Who, id string) error {
			_, err := s.Desk.SetLevel(context.Background(), s.Doctor, id, 2, "x")
			return err
		}, "level"},
		"given back": {func(s shift, _ access.Who, id string) error {
			_, err := s.Desk.Release(context.Background(), s.Nurse, id, "x")
			return err
		}, "released"},
		"handed to a colleague": {func(s shift, _ access.Who, id string) error {
			return s.Desk.Transfer(context.Background(), s.Nurse, id, care.Handover{Clinician: s.Doctor.ID, Note: "x"})
		}, "handed"},
		"staff lose the queue": {func(s shift, _ access.Who, id string) error {
			return s.App.RunInTransaction(func(tx core.App) error { return s.Desk.LoseStaff(context.Background(), tx, s.Nurse.ID, nil) })
		}, "released"},
		"the patient reads":       {func(s shift, who access.Who, id string) error { s.say(s.Doctor, id, "x"); return nil }, ""},
		"a new number":            {func(s shift, who access.Who, _ string) error { s.setPhone(who, other); return nil }, ""},
		"closed at once the same": {func(s shift, _ access.Who, id string) error { return end(s, id, resting) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, active := s.Active(t, kit.Anna)
			if name == "the patient reads" {
				s.say(s.Nurse, active.Id, "Hej!")
				c.do = func(s shift, who access.Who, id string) error {
					_, err := s.Desk.MarkRead(s.t.Context(), who, id, 1)
					return err
				}
			}
			s.holdEnd(active.Id)
			s.must(nil, c.do(s, who, active.Id))
			all, err := s.Desk.HeldOf(t.Context(), s.Nurse, active.Id)
			s.must(nil, err)
			if c.stops == "" {
				s.after(time.Minute)
				s.InState(t, active.Id, cases.Closed)
				return
			}
			if len(all) == 0 || all[0].State() != records.Failed || all[0].Why() != c.stops {
				t.Fatalf("kept: %v, want the end, stopped by %q", s.kept(s.Nurse, active.Id), c.stops)
			}
			if e, err := all[0].Ending(); err != nil || e != resting {
				t.Errorf("what was written is %+v, %v; want it whole", e, err)
			}
			s.after(time.Minute)
			if got := s.Case(t, active.Id).State(); got == cases.Closed {
				t.Error("the case is closed")
			}
		})
	}
}

// A call that is answered, and a time that ends the case by itself, stop a held end too.
func TestAHeldEndInOtherStates(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Taken(t, kit.Anna)
	s.holdEnd(c.Id)
	s.must(s.Desk.Hold(t.Context(), who, c.Id))
	s.closesAt(c.Id, time.Time{})
	s.holdEndAs(c.Id, "endafterahold01")
	s.must(s.Desk.Here(t.Context(), who, c.Id))
	s.closesAt(c.Id, time.Time{})
	if got := s.kept(s.Nurse, c.Id); len(got) != 1 {
		t.Errorf("kept: %v, want the last end alone: a new one puts the stopped away", got)
	}
	s.must(s.Desk.Pause(t.Context(), s.Nurse, c.Id, s.Clock.Now().Add(5*time.Second)))
	s.holdEndAs(c.Id, "endafterapause1")
	s.after(5 * time.Second) // the pause ends, and so does the case
	s.InState(t, c.Id, cases.Closed)
	if got := s.kept(s.Nurse, c.Id); len(got) != 1 || got[0] != "close failed" {
		t.Errorf("kept: %v, want what the nurse wrote, and could not say", got)
	}
}

// What was written before the end is said before it, and does not stop it.
func TestHeldMessagesAreSaidBeforeTheHeldEnd(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	s.hold(s.Nurse, c.Id, "ett", 2*time.Second)
	s.hold(s.Nurse, c.Id, "två", 10*time.Second)
	s.must(s.Desk.HoldClose(t.Context(), s.Nurse, c.Id, care.HeldEnd{Ending: resting, For: time.Second}))
	at, err := care.ClosesAt(s.App, s.Nurse, c.Id)
	s.must(nil, err)
	if want := s.Clock.Now().Add(10 * time.Second); !at.Equal(want) {
		t.Errorf("the case closes at %v, want %v: after what was written before", at, want)
	}
	s.after(2 * time.Second)
	s.says(c.Id, "ett")
	s.closesAt(c.Id, at)
	s.after(8 * time.Second)
	s.says(c.Id, "ett", "två")
	s.InState(t, c.Id, cases.Closed)
	s.happened(c.Id, cases.Ended)
}

// TestAHeldEndIsAskedLikeAnEnd: the right, the advice in Swedish, the state.
func TestAHeldEndIsAskedLikeAnEnd(t *testing.T) {
	t.Parallel()
	for _, state := range cases.States() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			c := s.Case(t, s.id)
			joined, taken := c.Queue() != "", c.Clinician() != ""
			for caller, who := range s.everybody() {
				want := s.want(act{in: held}, caller, state, joined, taken)
				_, err := s.Desk.HoldClose(t.Context(), who, s.id, care.HeldEnd{Ending: resting, For: time.Second})
				if (want == nil) != (err == nil) || want != nil && !sameRefusal(err, want) {
					t.Errorf("%s holds the end: %v, want %v", caller, err, want)
				}
				if err := s.Desk.TakeBackClose(t.Context(), who, s.id); (want == nil) != (err == nil) || want != nil && !sameRefusal(err, want) {
					t.Errorf("%s takes the end back: %v, want %v", caller, err, want)
				}
			}
		})
	}
}
