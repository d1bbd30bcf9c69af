package care_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
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

// kinds are what has happened to a case, in order.
func (s shift) kinds(id string) []cases.Event {
	s.t.Helper()
	all, err := records.EventsAfter(s.App, id, 0, 1000)
	s.must(nil, err)
	out := make([]cases.Event, 0, len(all))
	for _, ev := range all {
		out = append(out, ev.Kind())
	}
	return out
}

// count is how often something has happened to a case.
func (s shift) count(id string, what cases.Event) int {
	s.t.Helper()
	n := 0
	for _, kind := range s.kinds(id) {
		if kind == what {
			n++
		}
	}
	return n
}

func TestAnUnansweredWordIsOverdueAndThenAnyones(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	s.reply(c.Id)
	s.after(time.Hour)
	if n := s.count(c.Id, cases.Overdue); n != 0 {
		t.Fatalf("overdue %d times, and nobody waits for an answer", n)
	}
	s.say(who, c.Id, "Det gör ont.")
	s.after(9 * time.Minute)
	s.say(who, c.Id, "Är du där?") // the first word counts
	s.after(time.Minute)
	s.happened(c.Id, cases.Overdue)
	if _, err := s.Desk.Claim(context.Background(), s.Doctor, c.Id, "hjälper till"); !errors.As(err, new(*care.HeldBy)) {
		t.Errorf("a colleague takes over after 10 minutes: %v, want that the nurse has it", err)
	}
	s.after(10 * time.Minute)
	s.happened(c.Id, cases.Freed)
	s.noTimer(c.Id)
	letters := len(s.letters(c.Id))
	s.must(s.Desk.Claim(context.Background(), s.Doctor, c.Id, "hjälper till"))
	s.happened(c.Id, cases.TakenOver)
	now := s.Case(t, c.Id)
	if now.Clinician() != s.Doctor.ID || now.State() != cases.Active || !now.Freed().IsZero() || now.Owed().IsZero() || !now.Since().Equal(c.Since()) {
		t.Errorf("taken over: clinician %q, %s, free since %v, owed since %v, waiting since %v", now.ClinicianName(), now.State(), now.Freed(), now.Owed(), now.Since())
	}
	if n := len(s.letters(c.Id)); n != letters {
		t.Errorf("taking over sends %d text messages, want none: the patient is here", n-letters)
	}
	s.must(s.Desk.Claim(context.Background(), s.Doctor, c.Id, "hjälper till")) // the same again
	if n := s.count(c.Id, cases.TakenOver); n != 1 {
		t.Errorf("the same request again: taken over %d times", n)
	}
	s.after(10 * time.Minute)
	if n := s.count(c.Id, cases.Overdue); n != 2 {
		t.Errorf("overdue %d times, want once for each clinician", n)
	}
}

// reply lets the nurse write.
func (s shift) reply(id string) {
	s.t.Helper()
	s.say(s.Nurse, id, "Jag läser.")
}

func TestWhatAnswersAPatientsWord(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, answer := range map[string]func(shift, string){
		"a word":        func(s shift, id string) { s.reply(id) },
		"the telephone": func(s shift, id string) { s.must(s.Desk.RangUp(ctx, s.Nurse, id, true)) },
		"a pause":       func(s shift, id string) { s.must(s.Desk.Pause(ctx, s.Nurse, id, s.Clock.Now().Add(100*time.Hour))) },
		"giving back":   func(s shift, id string) { s.must(s.Desk.Release(ctx, s.Nurse, id, "hinner inte")) },
		"the end": func(s shift, id string) {
			s.must(s.Desk.Close(ctx, s.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, c := s.Active(t, kit.Anna)
			s.say(who, c.Id, "Hallå?")
			answer(s, c.Id)
			s.after(time.Hour)
			now := s.Case(t, c.Id)
			if s.count(c.Id, cases.Overdue) != 0 || !now.Owed().IsZero() || !now.Freed().IsZero() {
				t.Errorf("owed since %v, free since %v, after %v", now.Owed(), now.Freed(), s.kinds(c.Id))
			}
		})
	}
}

func TestComingWithoutAWordIsAWordToo(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Taken(t, kit.Anna)
	s.must(s.Desk.Here(context.Background(), who, c.Id))
	s.after(20 * time.Minute)
	if got := s.kinds(c.Id); !slices.Contains(got, cases.Overdue) || !slices.Contains(got, cases.Freed) {
		t.Errorf("the patient is here and nobody has written for 20 minutes: %v", got)
	}
}

func TestARegionsOwnTimesOfSilence(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.rules(map[string]any{"overdue": 3, "free": 5})
	who, c := s.Active(t, kit.Anna)
	s.say(who, c.Id, "Hallå?")
	s.after(3 * time.Minute)
	s.happened(c.Id, cases.Overdue)
	s.after(2 * time.Minute)
	s.happened(c.Id, cases.Freed)
	if _, err := care.ParseTimes([]byte(`{"overdue": 10, "free": 5}`)); err == nil {
		t.Error("free before overdue is taken")
	}
}

func TestALineThatIsLostForTooLongIsToldToTheLead(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	live := map[string]bool{s.Nurse.ID: true}
	s.Desk.Live = func(staff string) bool { return live[staff] }
	lines := func() {
		t.Helper()
		for more := true; more; {
			var err error
			more, err = s.Desk.RunLines(context.Background())
			s.must(nil, err)
		}
	}
	_, c := s.Active(t, kit.Anna)
	s.reply(c.Id)
	lines()
	s.Clock.Advance(time.Hour)
	lines()
	live[s.Nurse.ID] = false
	lines()
	s.Clock.Advance(4 * time.Minute)
	live[s.Nurse.ID] = true // back in time
	lines()
	live[s.Nurse.ID] = false
	lines()
	s.Clock.Advance(5*time.Minute - time.Millisecond)
	lines()
	if n := s.count(c.Id, cases.Alone); n != 0 {
		t.Fatalf("the lead is told %d times, before the time is over", n)
	}
	s.Clock.Advance(time.Millisecond)
	lines()
	s.Clock.Advance(time.Hour)
	lines()
	if n := s.count(c.Id, cases.Alone); n != 1 {
		t.Fatalf("the lead is told %d times, want once", n)
	}
	if s.Case(t, c.Id).Freed().IsZero() {
		t.Error("nobody else may take the case over")
	}
	live[s.Nurse.ID] = true
	lines()
	if rows, err := records.AbsenceList(s.App); err != nil || len(rows) != 0 {
		t.Errorf("back at work: %d absences, %v", len(rows), err)
	}
	s.must(s.Desk.Release(context.Background(), s.Nurse, c.Id, "slut"))
	live[s.Nurse.ID] = false
	lines()
	if rows, err := records.AbsenceList(s.App); err != nil || len(rows) != 0 {
		t.Errorf("without open cases: %d absences, %v", len(rows), err)
	}
}

func TestGoingOffDutyLeavesNobodyAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	_, other := s.Waiting(t, kit.Bo)
	s.must(nil, s.Desk.Duty(ctx, s.Nurse, s.Norrvik.Id, true))
	if n := s.count(c.Id, cases.Alone); n != 0 {
		t.Fatalf("coming on duty tells the lead %d times", n)
	}
	s.must(nil, s.Desk.Duty(ctx, s.Nurse, s.Norrvik.Id, false))
	s.must(nil, s.Desk.Duty(ctx, s.Nurse, s.Norrvik.Id, false)) // twice is harmless
	if n, m := s.count(c.Id, cases.Alone), s.count(other.Id, cases.Alone); n != 1 || m != 0 {
		t.Fatalf("off duty: told %d times of the open case and %d times of the other, want 1 and 0", n, m)
	}
	now := s.Case(t, c.Id)
	if now.Clinician() != s.Nurse.ID || now.Freed().IsZero() {
		t.Errorf("the case is %q's and free since %v; want it the nurse's still, and free", now.ClinicianName(), now.Freed())
	}
	s.must(s.Desk.Claim(ctx, s.Lead, c.Id, "tar över"))
	if got := s.Case(t, c.Id).Clinician(); got != s.Lead.ID {
		t.Errorf("the lead takes over: the clinician is %q", got)
	}
	if _, err := s.Desk.Claim(ctx, s.South, c.Id, "från Söder"); !errors.Is(err, access.ErrHidden) {
		t.Errorf("staff of another queue take over: %v", err)
	}
}

func TestTwoWhoTakeOverAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	s.say(who, c.Id, "Hallå?")
	s.after(10 * time.Minute)
	s.after(10 * time.Minute)
	done := make(chan error, 2)
	for _, by := range []access.Who{s.Doctor, s.Lead} {
		go func() {
			_, err := s.Desk.Claim(ctx, by, c.Id, "tar över")
			done <- err
		}()
	}
	var held *care.HeldBy
	one, two := <-done, <-done
	if (one == nil) == (two == nil) || one != nil && !errors.As(one, &held) || two != nil && !errors.As(two, &held) {
		t.Errorf("two at once: %v and %v, want one who has it and one who is told so", one, two)
	}
	if n := s.count(c.Id, cases.TakenOver); n != 1 {
		t.Errorf("taken over %d times", n)
	}
}

func TestWhoWasCalledAndIsNotTakenAfterAllIsTold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, back := range map[string]func(shift, string) error{
		"given back": func(s shift, id string) error { _, err := s.Desk.Release(ctx, s.Nurse, id, "akut"); return err },
		"handed to another queue": func(s shift, id string) error {
			return s.Desk.Transfer(ctx, s.Nurse, id, care.Handover{Queue: s.Soder.Id, Note: "dit"})
		},
		"the nurse is gone": func(s shift, _ string) error {
			return s.App.RunInTransaction(func(tx core.App) error { return s.Desk.LoseStaff(ctx, tx, s.Nurse.ID, nil) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			_, c := s.Taken(t, kit.Anna)
			_, unsent := s.Taken(t, kit.Bo)
			s.accepted(c.Id)
			s.must(nil, back(s, c.Id))
			s.told(c.Id, texts.SmsBackInLine)
			if name != "the nurse is gone" {
				s.must(nil, back(s, unsent.Id))
			}
			s.told(unsent.Id, texts.SmsYourTurn) // it was never sent, and is not sent now
		})
	}
}

func TestAWordAfterAPauseThatWasKeptHasItsTimer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	s.must(s.Desk.SetLevel(ctx, s.Nurse, c.Id, cases.Urgent, "test"))
	s.must(s.Desk.Pause(ctx, s.Nurse, c.Id, s.Clock.Now().Add(time.Hour)))
	s.after(2 * time.Hour)
	s.happened(c.Id, cases.Kept)
	s.say(who, c.Id, "Mycket sämre nu.")
	s.after(10 * time.Minute)
	s.after(10 * time.Minute)
	if n, m := s.count(c.Id, cases.Overdue), s.count(c.Id, cases.Freed); n != 1 || m != 1 {
		t.Errorf("overdue %d times and free %d times, want once each: these are the cases that may be dangerous", n, m)
	}
}

func TestNoTimerEndsACaseWhosePatientFeelsWorse(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("paused", func(t *testing.T) {
		t.Parallel()
		s := newShift(t)
		who, c := s.Active(t, kit.Anna)
		s.must(s.Desk.Pause(ctx, s.Nurse, c.Id, s.Clock.Now().Add(time.Hour)))
		s.worseMildly(who, c.Id)
		s.after(24 * time.Hour)
		s.InState(t, c.Id, cases.Paused)
		s.happened(c.Id, cases.Kept)
	})
	t.Run("missed", func(t *testing.T) {
		t.Parallel()
		s := newShift(t)
		s.rules(map[string]any{"secondMiss": "end"})
		who, c := s.Taken(t, kit.Anna)
		s.must(s.Desk.NoShow(ctx, s.Nurse, c.Id))
		s.worseMildly(who, c.Id)
		s.claim(c.Id)
		s.must(s.Desk.NoShow(ctx, s.Nurse, c.Id))
		s.InState(t, c.Id, cases.Waiting)
	})
	t.Run("active", func(t *testing.T) {
		t.Parallel()
		s := newShift(t)
		who, c := s.Active(t, kit.Anna)
		s.reply(c.Id)
		s.worseMildly(who, c.Id)
		s.after(10 * time.Minute)
		s.happened(c.Id, cases.Overdue)
		s.reply(c.Id)
		_, _, err := s.Desk.OwnWords(ctx, who, c.Id, "Ont i bröstet")
		s.must(nil, err)
		s.after(10 * time.Minute)
		if n := s.count(c.Id, cases.Overdue); n != 2 {
			t.Errorf("overdue %d times, want for own words, too", n)
		}
	})
}

// worseMildly feels worse, with no red flag.
func (s shift) worseMildly(who access.Who, id string) {
	s.t.Helper()
	flags, err := s.Desk.RedFlags(context.Background(), s.Case(s.t, id))
	s.must(nil, err)
	answers := map[string]json.RawMessage{}
	for _, q := range flags {
		answers[q.ID] = json.RawMessage("false")
		if len(q.Options) > 0 {
			answers[q.ID] = json.RawMessage(`["` + q.Options[len(q.Options)-1].Code + `"]`)
		}
	}
	s.must(s.Desk.FeelWorse(context.Background(), who, id, answers))
}

func TestNoTimerStrikesWhatAClinicianHasAdvised(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	s.must(s.Desk.Close(ctx, s.Nurse, c.Id, records.Ending{Outcome: "advice", Advice: "Ta Alvedon. Sök akut om det blir svårt att andas."}))
	s.must(s.Desk.Reopen(ctx, s.Nurse, c.Id, "en fråga till"))
	s.must(s.Desk.Pause(ctx, s.Nurse, c.Id, s.Clock.Now().Add(time.Hour)))
	s.after(24 * time.Hour)
	s.InState(t, c.Id, cases.Closed)
	now := s.Case(t, c.Id)
	struck, err := now.Struck()
	s.must(nil, err)
	if !strings.HasPrefix(now.Ending().Advice, "Ta Alvedon.") || len(struck) != 0 {
		t.Errorf("after a pause that nobody answered the advice is %q, and %d are struck", now.Ending().Advice, len(struck))
	}
}

func TestWhoIsBackHasTheirCasesAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	_, other := s.Active(t, kit.Bo)
	s.reply(c.Id)
	s.reply(other.Id)
	duty := func(on bool) {
		t.Helper()
		s.must(nil, s.Desk.Duty(ctx, s.Nurse, s.Norrvik.Id, on))
	}
	duty(false)
	s.say(who, c.Id, "Hallå?")
	s.after(30 * time.Minute)
	duty(true)
	s.happened(other.Id, cases.Present)
	if !s.Case(t, other.Id).Freed().IsZero() {
		t.Error("back on duty, and anyone may still take the case over")
	}
	if s.Case(t, c.Id).Freed().IsZero() {
		t.Error("back on duty, and what has waited for half an hour is no longer anyone's")
	}
}

func TestALineIsMissedAnewAfterAStart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	s.Desk.Live = func(string) bool { return false }
	_, c := s.Active(t, kit.Anna)
	look := func() {
		t.Helper()
		for range 3 {
			_, err := s.Desk.RunLines(ctx)
			s.must(nil, err)
		}
	}
	look()
	s.Clock.Advance(time.Hour) // the program is down
	s.must(nil, s.Desk.ForgetLines())
	look()
	if n := s.count(c.Id, cases.Alone); n != 0 {
		t.Fatalf("the lead is told %d times before anybody could come back", n)
	}
	s.Clock.Advance(5 * time.Minute)
	look()
	if n := s.count(c.Id, cases.Alone); n != 1 {
		t.Errorf("the lead is told %d times, want once", n)
	}
	if again, err := s.Desk.RunLines(ctx); again || err != nil {
		t.Errorf("with nothing new to note it does something: %v", err)
	}
}

// TestALetterThatCallsNobodyIsSettled holds that every letter can be noted as taken or refused, not only calls: one that cannot jams all others.
func TestALetterThatCallsNobodyIsSettled(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Waiting(t, kit.Anna)
	s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
		return errors.Join(
			s.Desk.CallDelivered(context.Background(), tx, c.Id, c.Seq(), s.Clock.Now()),
			s.Desk.CallFailed(context.Background(), tx, c.Id, c.Seq()))
	}))
	s.InState(t, c.Id, cases.Waiting)
}

func TestBackInLineIsNotToldToWhoIsCalledAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	_, c := s.Taken(t, kit.Anna)
	s.accepted(c.Id)
	s.must(s.Desk.Release(ctx, s.Nurse, c.Id, "akut"))
	wanted := func() bool {
		t.Helper()
		ok, err := s.Desk.CallStands(ctx, s.App, c.Id, s.Case(t, c.Id).Seq(), texts.SmsBackInLine)
		s.must(nil, err)
		return ok
	}
	if !wanted() {
		t.Error("it is not sent though it is so")
	}
	s.claim(c.Id)
	if wanted() {
		t.Error("it is sent after the case was taken again")
	}
}
