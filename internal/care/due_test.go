package care_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

func TestAPauseRemindsHalfwayAndEndsWithTheAdvice(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	s.say(s.Nurse, c.Id, "Drick mycket vatten.")
	until := s.Clock.Now().Add(time.Hour)
	s.must(s.Desk.Pause(context.Background(), s.Nurse, c.Id, until))
	s.after(30*time.Minute - time.Second)
	s.happened(c.Id, cases.PausedFor)
	s.after(time.Second)
	s.happened(c.Id, cases.Reminded)
	s.told(c.Id, texts.SmsReminder)
	if got := s.Case(t, c.Id).Due(); !got.Equal(until) {
		t.Errorf("people are told %v after the reminder, want %v", got, until)
	}
	s.after(30*time.Minute - time.Second)
	s.InState(t, c.Id, cases.Paused)
	s.after(time.Second)
	s.InState(t, c.Id, cases.Closed)
	s.told(c.Id, texts.SmsPauseEnded)
	s.noTimer(c.Id)
	want := texts.Swedish.Say(texts.CasePauseEnded) + "\n\nDrick mycket vatten."
	if end := s.Case(t, c.Id).Ending(); end.Outcome != "advice" || end.Advice != want {
		t.Errorf("it ended with %+v, want the advice %q", end, want)
	}
}

func TestAWordInThePauseGoesOn(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	s.must(s.Desk.Pause(context.Background(), s.Nurse, c.Id, s.Clock.Now().Add(time.Hour)))
	s.after(45 * time.Minute)
	s.say(who, c.Id, "Jag mår bättre.")
	s.after(24 * time.Hour)
	s.InState(t, c.Id, cases.Active)
	s.noTimer(c.Id)
}

func TestNoPauseEndsWhatMayBeDangerous(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, before := range map[string]func(shift, access.Who, string){
		"level 1": func(s shift, _ access.Who, id string) {
			s.must(s.Desk.SetLevel(ctx, s.Nurse, id, cases.Immediate, "test"))
		},
		"level 2": func(s shift, _ access.Who, id string) {
			s.must(s.Desk.SetLevel(ctx, s.Nurse, id, cases.Urgent, "test"))
		},
		"an unanswered word": func(s shift, who access.Who, id string) { s.say(who, id, "Jag har ont.") },
		"unread own words":   shift.ownWords,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, c := s.Active(t, kit.Anna)
			before(s, who, c.Id)
			s.must(s.Desk.Pause(ctx, s.Nurse, c.Id, s.Clock.Now().Add(time.Hour)))
			s.after(24 * time.Hour)
			s.InState(t, c.Id, cases.Paused)
			s.happened(c.Id, cases.Kept)
			s.noTimer(c.Id)
		})
	}
}

func TestWhatWasNeverFinishedOrJoined(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decided, worse, words bool
		want                  cases.State
	}{
		"never decided":                  {want: cases.Expired},
		"decided, mild":                  {decided: true, want: cases.Referred},
		"decided, dangerous":             {decided: true, worse: true, want: cases.Recommended},
		"never decided, but worse since": {worse: true, want: cases.Recommended},
		"never decided, own words":       {words: true, want: cases.Answering},
		"decided, mild, own words":       {decided: true, words: true, want: cases.Recommended},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who := s.Person(t, kit.Anna, "Anna Andersson")
			opened := s.Open(t, who)
			if c.decided {
				s.after(24 * time.Hour)
				s.Decide(t, who, opened.Id, nil)
			}
			if c.worse {
				s.feelWorse(who, opened.Id)
			}
			if c.words {
				s.ownWords(who, opened.Id)
			}
			s.after(72*time.Hour - time.Second)
			if got := s.Case(t, opened.Id).State(); !got.Open() {
				t.Errorf("it is %q before three days are over", got)
			}
			s.after(time.Second)
			s.InState(t, opened.Id, c.want)
			s.noTimer(opened.Id)
		})
	}
}

// Due times stand in rows: a program that starts finds what came due while there was none.
func TestTimersSurviveTheProgram(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, called := s.Taken(t, kit.Anna)
	s.accepted(called.Id)
	_, paused := s.Active(t, kit.Bo)
	s.must(s.Desk.Pause(context.Background(), s.Nurse, paused.Id, s.Clock.Now().Add(time.Hour)))
	asking := s.Open(t, s.Person(t, "202305292381", "Kim"))
	s.Clock.Advance(30 * 24 * time.Hour)
	s.Desk = &care.Desk{App: s.App, Clock: s.Clock, Keys: s.Desk.Keys, Protocols: kit.Library(t), Log: s.Desk.Log}
	s.run()
	s.InState(t, called.Id, cases.Waiting)
	s.InState(t, paused.Id, cases.Closed)
	s.InState(t, asking.Id, cases.Expired)
}

// One case that cannot go on, whatever the reason, holds up no other.
func TestATimerThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, broken := s.Taken(t, kit.Anna)
	s.accepted(broken.Id)
	s.Clock.Advance(time.Second)
	_, sound := s.Taken(t, kit.Bo)
	s.accepted(sound.Id)
	_, err := s.App.DB().NewQuery("UPDATE cases SET region = 'gone00000000000' WHERE id = {:id}").Bind(map[string]any{"id": broken.Id}).Execute()
	s.must(nil, err)
	s.Clock.Advance(time.Hour)
	if did, err := s.Desk.RunDue(context.Background()); !did || !errors.Is(err, records.ErrNotFound) {
		t.Errorf("run due: %v, %v; want that something was done and something was not", did, err)
	}
	s.InState(t, broken.Id, cases.Called)
	s.InState(t, sound.Id, cases.Waiting)
}
