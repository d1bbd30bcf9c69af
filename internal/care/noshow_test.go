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
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

func TestTheTimeForNotComingStartsWhenTheMessageIsAccepted(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Taken(t, kit.Anna)
	since := c.Since()
	s.after(time.Hour)
	s.InState(t, c.Id, cases.Called)
	s.acceptedBefore(c.Id, 3*time.Minute)
	if got, want := s.Case(t, c.Id).Due(), s.Clock.Now().Add(7*time.Minute); !got.Equal(want) {
		t.Errorf("the turn is held until %v, want %v", got, want)
	}
	s.after(7*time.Minute - time.Millisecond)
	s.InState(t, c.Id, cases.Called)
	s.after(time.Millisecond)
	s.InState(t, c.Id, cases.Waiting)
	missed := s.Case(t, c.Id)
	if !missed.Since().Equal(since) || missed.Missed() != 1 || missed.Clinician() != "" || missed.Ring() {
		t.Errorf("after the first miss: since %v, %d misses, clinician %q, ring %v", missed.Since(), missed.Missed(), missed.Clinician(), missed.Ring())
	}
	s.told(c.Id, texts.SmsMissedOnce)
	s.noTimer(c.Id)
}

func TestComingEndsTheTimeForNotComing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, come := range map[string]func(shift, access.Who, string){
		"here":          func(s shift, who access.Who, id string) { s.must(s.Desk.Here(ctx, who, id)) },
		"a first word":  func(s shift, who access.Who, id string) { s.say(who, id, "Hej") },
		"the telephone": func(s shift, _ access.Who, id string) { s.must(s.Desk.RangUp(ctx, s.Nurse, id, true)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, c := s.Taken(t, kit.Anna)
			s.accepted(c.Id)
			come(s, who, c.Id)
			s.after(24 * time.Hour)
			s.InState(t, c.Id, cases.Active)
			s.noTimer(c.Id)
		})
	}
}

func TestHoldGivesTenMinutesOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, before := range map[string]bool{"before the message is accepted": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, c := s.Taken(t, kit.Anna)
			if before {
				s.must(s.Desk.Hold(ctx, who, c.Id))
			}
			s.accepted(c.Id)
			if !before {
				s.must(s.Desk.Hold(ctx, who, c.Id))
			}
			s.after(2 * time.Second)
			s.must(s.Desk.Hold(ctx, who, c.Id)) // the same again: a repeat, no ten minutes more
			s.after(20*time.Minute - 3*time.Second)
			s.InState(t, c.Id, cases.Called)
			s.after(time.Second)
			s.InState(t, c.Id, cases.Waiting)
			s.claim(c.Id)
			s.accepted(c.Id)
			s.must(s.Desk.Hold(ctx, who, c.Id)) // a new call gives them anew
			s.after(20*time.Minute - time.Second)
			s.InState(t, c.Id, cases.Called)
			s.after(time.Second)
			s.InState(t, c.Id, cases.Waiting)
		})
	}
}

func TestTheSecondMiss(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  string
		level cases.Level
		words func(shift, access.Who, string)
		want  cases.State
		told  string
		ring  bool
	}{
		"staff ring":                  {rule: care.MissCall, want: cases.Waiting, told: texts.SmsMissedCall, ring: true},
		"it ends":                     {rule: care.MissEnd, want: cases.Closed, told: texts.SmsMissedEnd},
		"level 2 does not end":        {rule: care.MissEnd, level: cases.Urgent, want: cases.Waiting, told: texts.SmsMissedCall, ring: true},
		"level 1 does not end":        {rule: care.MissEnd, level: cases.Immediate, want: cases.Waiting, told: texts.SmsMissedCall, ring: true},
		"unread own words keep it":    {rule: care.MissEnd, words: shift.ownWords, want: cases.Waiting, told: texts.SmsMissedCall, ring: true},
		"the patient's word keeps it": {rule: care.MissEnd, words: func(s shift, who access.Who, id string) { s.say(who, id, "Hej") }, want: cases.Waiting, told: texts.SmsMissedCall, ring: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			s.rules(map[string]any{"secondMiss": c.rule})
			who, w := s.Waiting(t, kit.Anna)
			if c.level != 0 {
				s.must(s.Desk.SetLevel(context.Background(), s.Nurse, w.Id, c.level, "test"))
			}
			if c.words != nil {
				c.words(s, who, w.Id)
			}
			for range 2 {
				s.claim(w.Id)
				s.accepted(w.Id)
				s.after(10 * time.Minute)
			}
			s.InState(t, w.Id, c.want)
			s.told(w.Id, c.told)
			s.noTimer(w.Id)
			after := s.Case(t, w.Id)
			if after.Ring() != c.ring || !after.Since().Equal(w.Since()) {
				t.Errorf("ring %v and since %v, want %v and %v", after.Ring(), after.Since(), c.ring, w.Since())
			}
			if end := after.Ending(); c.want == cases.Closed && (end.Outcome != "no_show" || end.Advice != texts.Swedish.Say(texts.CaseMissedOut)) {
				t.Errorf("it ended with %+v, want words that say how to go on", end)
			}
		})
	}
}

// A region's own minutes count, and one that sets some keeps the rest.
func TestARegionsOwnTimes(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	s.rules(map[string]any{"noShow": 3})
	_, c := s.Taken(t, kit.Anna)
	s.accepted(c.Id)
	s.after(3*time.Minute - time.Second)
	s.InState(t, c.Id, cases.Called)
	s.after(time.Second)
	s.InState(t, c.Id, cases.Waiting)
}

func TestWhomNoMessageReachesMissesNothing(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]bool{"the number is refused": true, "no number": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who := s.Person(t, kit.Anna, "Anna Andersson")
			opened, _, err := s.Desk.Open(context.Background(), who, care.Opening{Region: "demo", Complaint: "sore_throat", Language: "sv", Body: "a"})
			s.must(nil, err)
			s.Decide(t, who, opened.Id, nil)
			joining := care.Joining{}
			if refuse {
				joining.Phone = kit.Phone
			}
			s.must(s.Desk.Join(context.Background(), who, opened.Id, joining))
			s.claim(opened.Id)
			if refuse {
				s.refused(opened.Id)
			}
			if !s.Case(t, opened.Id).Ring() {
				t.Error("the row does not ask to ring")
			}
			s.after(24 * time.Hour)
			s.InState(t, opened.Id, cases.Called)
			s.must(s.Desk.NoShow(context.Background(), s.Nurse, opened.Id))
			s.InState(t, opened.Id, cases.Waiting)
			after := s.Case(t, opened.Id)
			if after.Missed() != 0 || !after.Ring() {
				t.Errorf("%d misses, ring %v; want none, and still ring", after.Missed(), after.Ring())
			}
			s.claim(opened.Id)
			s.must(s.Desk.RangUp(context.Background(), s.Nurse, opened.Id, false))
			s.must(s.Desk.NoShow(context.Background(), s.Nurse, opened.Id))
			if got := s.Case(t, opened.Id).Missed(); got != 1 {
				t.Errorf("%d misses after a call by telephone that nobody took, want one", got)
			}
		})
	}
}

// What is learnt of an earlier call says nothing of the present one.
func TestNewsOfAnOldCallChangesNothing(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Taken(t, kit.Anna)
	old := s.letters(c.Id)[0].Seq()
	s.must(s.Desk.Release(context.Background(), s.Nurse, c.Id, "test"))
	tell := func() {
		t.Helper()
		s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
			return errors.Join(
				s.Desk.CallDelivered(context.Background(), tx, c.Id, old, s.Clock.Now()),
				s.Desk.CallFailed(context.Background(), tx, c.Id, old))
		}))
		if s.Case(t, c.Id).Ring() {
			t.Error("the row asks to ring")
		}
		s.noTimer(c.Id)
	}
	tell()
	s.claim(c.Id)
	tell()
}
