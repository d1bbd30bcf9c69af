package care_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestTheSameActTwiceIsDoneOnce does every act of staff twice, in every state that allows it, and again when a colleague has gone on with the case.
// The second and third are answered as done and change nothing.
func TestTheSameActTwiceIsDoneOnce(t *testing.T) {
	t.Parallel()
	for _, state := range standing {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			for name, a := range staffActs {
				if !slices.Contains(a.in, state) || name == "note" || name == "reply" { // those have an id of their own
					continue
				}
				_ = s.draft(t, func(s *scene) error {
					if err := a.do(s, t, s.Nurse); err != nil {
						t.Errorf("%s: %v", name, err)
					}
					if err := s.unchanged(t, name+" twice", func() error { return a.do(s, t, s.Nurse) }); err != nil {
						t.Errorf("%s twice: got %v, want the first answer", name, err)
					}
					s.goOn(t)
					if err := s.unchanged(t, name+" later", func() error { return a.do(s, t, s.Nurse) }); err != nil {
						t.Errorf("%s, once the case is %q: got %v, want the first answer", name, s.now(t).State(), err)
					}
					return nil
				})
			}
		})
	}
}

// goOn lets somebody end the case, whoever holds it.
func (s *scene) goOn(t *testing.T) {
	t.Helper()
	c := s.now(t)
	by := map[string]access.Who{s.Nurse.ID: s.Nurse, s.Lead.ID: s.Lead}[c.Clinician()]
	if c.State() == cases.Waiting {
		by = s.Doctor
		if c.Queue() == s.Soder.Id {
			by = s.South
		}
		_, err := s.Desk.Claim(context.Background(), by, s.id, "annars glöms det")
		s.must(t, err)
	}
	_, err := s.Desk.Close(context.Background(), by, s.id, records.Ending{Outcome: "booked", Advice: "Tid i morgon."})
	if err != nil && !refusedIn(err, cases.Closed) {
		t.Fatalf("end the case: %v", err)
	}
}

func TestTheFirstAnswerIsGivenAgain(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	ctx := t.Context()
	first, err := s.Desk.SetLevel(ctx, s.Doctor, s.id, cases.Urgent, "låter sämre")
	s.must(t, err)
	s.must(t, s.close())
	again, err := s.Desk.SetLevel(ctx, s.Doctor, s.id, cases.Urgent, "låter sämre")
	if err != nil || again.State() != cases.Active || again.Seq() != first.Seq() || again.Level() != cases.Urgent {
		t.Errorf("the level again, after the end: %+v, %v; want the case as it was at event %d", again, err, first.Seq())
	}
	if _, err := s.Desk.SetLevel(ctx, s.Doctor, s.id, cases.Urgent, "en annan anledning"); !refusedIn(err, cases.Closed) {
		t.Errorf("another body: got %v, want that the state refuses", err)
	}
	if _, err := s.Desk.SetLevel(ctx, s.Lead, s.id, cases.Urgent, "låter sämre"); !refusedIn(err, cases.Closed) {
		t.Errorf("the same body by somebody else: got %v, want that the state refuses", err)
	}
	s.Clock.Advance(61 * time.Minute)
	if _, err := s.Desk.SetLevel(ctx, s.Doctor, s.id, cases.Urgent, "låter sämre"); !refusedIn(err, cases.Closed) {
		t.Errorf("after an hour: got %v, want that the state refuses", err)
	}
}

func TestPauseResumePauseIsNoRepeat(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	ctx := t.Context()
	until := s.Clock.Now().Add(time.Hour)
	for range 3 {
		if _, err := s.Desk.Pause(ctx, s.Nurse, s.id, until); err != nil {
			t.Fatalf("pause: %v", err)
		}
		s.InState(t, s.id, cases.Paused)
		if _, err := s.Desk.Resume(ctx, s.Nurse, s.id); err != nil {
			t.Fatalf("resume: %v", err)
		}
		s.InState(t, s.id, cases.Active)
	}
	local := until.In(time.FixedZone("", 3600))
	if _, err := s.Desk.Pause(ctx, s.Nurse, s.id, local); err != nil {
		t.Fatal(err)
	}
	if err := s.unchanged(t, "the same moment, written otherwise", func() error {
		_, err := s.Desk.Pause(ctx, s.Nurse, s.id, until)
		return err
	}); err != nil {
		t.Errorf("the same moment, written otherwise: %v", err)
	}
}

func TestHereCountsAgainAfterASecondCall(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Called)
	s.must(t, s.here())
	_, err := s.Desk.Release(t.Context(), s.Nurse, s.id, "fel kö")
	s.must(t, err)
	if s.Case(t, s.id).IsHere() {
		t.Error("the case is back in line, and still marked as here")
	}
	s.must(t, s.claim())
	s.InState(t, s.id, cases.Called)
	if err := s.here(); err != nil {
		t.Fatalf("here, after a second call: %v", err)
	}
	s.InState(t, s.id, cases.Active)
}

func TestTenMinutesMoreOnceACall(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Called)
	hold := func() time.Time {
		t.Helper()
		deliver(t, s)
		before := s.Case(t, s.id).Due()
		if _, err := s.Desk.Hold(t.Context(), s.guardian, s.id); err != nil {
			t.Fatalf("hold: %v", err)
		}
		after := s.Case(t, s.id).Due()
		if after.Sub(before) != 10*time.Minute {
			t.Errorf("held until %v, before until %v: want ten minutes more", after, before)
		}
		return after
	}
	first := hold()
	if _, err := s.Desk.Hold(t.Context(), s.guardian, s.id); err != nil || !s.Case(t, s.id).Due().Equal(first) {
		t.Errorf("hold again: %v, due %v; want the first answer and %v", err, s.Case(t, s.id).Due(), first)
	}
	s.must(t, s.noShow())
	s.must(t, s.claim())
	hold() // a second call gives them anew
}

// deliver lets the provider accept the message of the present call.
func deliver(t *testing.T, s *scene) {
	t.Helper()
	call, err := records.LastEvent(s.App, s.id, cases.Taken)
	s.must(t, err)
	s.must(t, s.Desk.CallDelivered(t.Context(), s.App, s.id, call.Seq(), s.Clock.Now()))
}

func TestLevelsMayGoBackAndForth(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	for _, level := range []cases.Level{2, 4, 2, 4} {
		got, err := s.Desk.SetLevel(t.Context(), s.Doctor, s.id, level, "bedömning")
		if err != nil || got.Level() != level || s.Case(t, s.id).Level() != level {
			t.Errorf("level %d: %v, the case has %d", level, err, s.Case(t, s.id).Level())
		}
	}
}

func TestEveryTelephoneCallOfANewTurnCounts(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Called)
	for range 2 {
		_, err := s.Desk.RangUp(t.Context(), s.Nurse, s.id, false)
		s.must(t, err)
		s.must(t, s.noShow())
		s.must(t, s.claim())
	}
	if n := s.count(t, cases.RangUp); n != 2 {
		t.Errorf("%d telephone calls in the history, want 2", n)
	}
}

// count is how many events of a kind the case has.
func (s *scene) count(t *testing.T, kind cases.Event) int {
	t.Helper()
	events, err := records.EventsAfter(s.App, s.id, 0, 1000)
	s.must(t, err)
	n := 0
	for _, e := range events {
		if e.Kind() == kind {
			n++
		}
	}
	return n
}

func TestHandingOverToTheSamePersonTwiceInTwoTurns(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	to := care.Handover{Clinician: s.Doctor.ID, Note: "läkarfråga"}
	for range 2 {
		s.must(t, s.Desk.Transfer(t.Context(), s.Nurse, s.id, to))
		if got := s.Case(t, s.id).Clinician(); got != s.Doctor.ID {
			t.Fatalf("handed over, and held by %q", got)
		}
		_, err := s.Desk.Release(t.Context(), s.Doctor, s.id, "inget för mig")
		s.must(t, err)
		s.must(t, s.claim())
	}
}

func TestNewOwnWordsAreReadAnew(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	for _, text := range []string{"Hon dricker inte.", "Nu har hon utslag också."} {
		_, _, err := s.Desk.OwnWords(t.Context(), s.guardian, s.id, text)
		s.must(t, err)
		if !s.Case(t, s.id).WordsUnread() {
			t.Fatal("new words, and no mark")
		}
		_, err = s.Desk.MarkWordsRead(t.Context(), s.Nurse, s.id)
		s.must(t, err)
		if s.Case(t, s.id).WordsUnread() {
			t.Fatalf("read %q, and the mark is still there", text)
		}
	}
}

func TestAPatientMayFeelWorseInTheSameWordsAfterStaffHaveJudged(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	bad := worstRedFlags(t, c, waiting)
	before, err := c.Desk.FeelWorse(t.Context(), anna, waiting.Id, bad)
	if err != nil || before.Level() != cases.Immediate {
		t.Fatalf("worse: level %d, %v; want 1", before.Level(), err)
	}
	if again, err := c.Desk.FeelWorse(t.Context(), anna, waiting.Id, bad); err != nil || again.Seq() != before.Seq() {
		t.Errorf("the same again at once: event %d, %v; want the first answer, %d", again.Seq(), err, before.Seq())
	}
	if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, waiting.Id, cases.Days, "pratat med henne"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.FeelWorse(t.Context(), anna, waiting.Id, bad); err != nil {
		t.Fatal(err)
	}
	if got := c.Case(t, waiting.Id).Level(); got != cases.Immediate {
		t.Errorf("worse again after a nurse has lowered the level: %d, want 1", got)
	}
}
