package care_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
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

// shift is a clinic in which time passes.
type shift struct {
	*kit.Clinic
	t *testing.T
}

func newShift(t *testing.T) shift {
	t.Helper()
	t.Parallel()
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
	for _, job := range []func(context.Context) (bool, error){s.Desk.RunDue, s.Desk.RunBirthdays} {
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
	l := s.letters(id)
	s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
		return s.Desk.CallDelivered(context.Background(), tx, id, l[len(l)-1].Seq(), s.Clock.Now())
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

func TestTheTimeForNotComingStartsWhenTheMessageIsAccepted(t *testing.T) {
	s := newShift(t)
	_, c := s.Taken(t, kit.Anna)
	since := c.Since()
	s.after(time.Hour)
	s.InState(t, c.Id, cases.Called)
	s.accepted(c.Id)
	if got, want := s.Case(t, c.Id).Due(), s.Clock.Now().Add(10*time.Minute); !got.Equal(want) {
		t.Errorf("the turn is held until %v, want %v", got, want)
	}
	s.after(10*time.Minute - time.Millisecond)
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

func (s shift) ownWords(who access.Who, id string) {
	s.t.Helper()
	_, _, err := s.Desk.OwnWords(context.Background(), who, id, "Det började i går.")
	s.must(nil, err)
}

// A region's own minutes count, and one that sets some keeps the rest.
func TestARegionsOwnTimes(t *testing.T) {
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

func TestAPauseRemindsHalfwayAndEndsWithTheAdvice(t *testing.T) {
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
		decided, worse bool
		want           cases.State
	}{
		"never decided":                  {want: cases.Expired},
		"decided, mild":                  {decided: true, want: cases.Referred},
		"decided, dangerous":             {decided: true, worse: true, want: cases.Recommended},
		"never decided, but worse since": {worse: true, want: cases.Recommended},
	} {
		t.Run(name, func(t *testing.T) {
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

func TestRegrettingHavingLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		late  bool
	}{"in time": {10 * time.Minute, false}, "too late": {10*time.Minute + time.Millisecond, true}} {
		t.Run(name, func(t *testing.T) {
			s := newShift(t)
			ctx := context.Background()
			who, w := s.Waiting(t, kit.Anna)
			s.Clock.Advance(time.Minute)
			_, second := s.Waiting(t, kit.Bo)
			s.must(s.Desk.Leave(ctx, who, w.Id))
			s.after(c.after)
			_, err := s.Desk.Join(ctx, who, w.Id, care.Joining{})
			var refused *cases.Refused
			if c.late {
				if !errors.As(err, &refused) || refused.State != cases.Cancelled {
					t.Errorf("joining again: %v, want that the state does not allow it", err)
				}
				s.InState(t, w.Id, cases.Cancelled)
				return
			}
			s.must(nil, err)
			if got := s.Case(t, w.Id).Since(); !got.Equal(w.Since()) {
				t.Errorf("since %v, want the old %v", got, w.Since())
			}
			line, err := records.WaitingIn(s.App, s.Norrvik.Id, nil, 10)
			s.must(nil, err)
			if ids := idsOf(line); !slices.Equal(ids, []string{w.Id, second.Id}) {
				t.Errorf("in line: %v, want the one who regretted first", ids)
			}
		})
	}
}

func idsOf(line []*records.Case) []string {
	var ids []string
	for _, c := range line {
		ids = append(ids, c.Id)
	}
	return ids
}

// Whoever joins later stands behind, in the same millisecond and when the clock has stepped back.
func TestNobodyJoinsBeforeTheLastInLine(t *testing.T) {
	s := newShift(t)
	var want []string
	for i, digits := range []string{kit.Anna, kit.Bo, "202305292381", "202205242387"} {
		if i == 2 {
			s.Clock.SetOffset(-3 * time.Hour)
		}
		_, w := s.Waiting(t, digits)
		want = append(want, w.Id)
	}
	line, err := records.WaitingIn(s.App, s.Norrvik.Id, nil, 10)
	s.must(nil, err)
	if got := idsOf(line); !slices.Equal(got, want) {
		t.Errorf("in line: %v, want them as they came: %v", got, want)
	}
	if last := line[3].Since(); last.Before(line[0].Since()) || last.After(kit.Start.Add(time.Second)) {
		t.Errorf("the last waits since %v, want just after the first at %v", last, line[0].Since())
	}
}

// Due times stand in rows: a program that starts finds what came due while there was none.
func TestTimersSurviveTheProgram(t *testing.T) {
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
