package care_test

import (
	"context"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// other is another number that is set aside for fiction.
const other = "+46701740606"

// setPhone is what PUT /me does with a number.
func (s shift) setPhone(who access.Who, e164 string) {
	s.t.Helper()
	s.must(s.Desk.SetDetails(context.Background(), who, care.Details{Phone: &e164}))
}

// stands asks whether a case's last letter still tells the truth.
func (s shift) stands(id string) (ok bool) {
	s.t.Helper()
	all := s.letters(id)
	l := all[len(all)-1]
	s.must(nil, s.App.RunInTransaction(func(tx core.App) (err error) {
		ok, err = s.Desk.CallStands(context.Background(), tx, id, l.Seq(), l.Text())
		return err
	}))
	return ok
}

// Where nobody carries text messages, the row asks to ring as soon as the patient is called, and not only when the message is too late.
func TestWithoutSMSTheRowAsksToRingAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newShift(t)
	s.Desk.Silent = true
	_, c := s.Waiting(t, kit.Anna)
	if s.Case(t, c.Id).Ring() {
		t.Error("the row asks to ring before anybody has called")
	}
	s.claim(c.Id)
	s.told(c.Id, texts.SmsYourTurn)
	if !s.Case(t, c.Id).Ring() {
		t.Error("the row does not ask to ring when it is called")
	}
	s.must(s.Desk.RangUp(ctx, s.Nurse, c.Id, false))
	s.refused(c.Id) // too late: they have rung meanwhile
	if s.Case(t, c.Id).Ring() {
		t.Error("the row asks to ring whom the nurse has rung")
	}
	s.must(s.Desk.NoShow(ctx, s.Nurse, c.Id))
	if now := s.Case(t, c.Id); now.Missed() != 1 || !now.Ring() {
		t.Errorf("after a call that nobody took: %d misses, ring %v; want one, and that the row asks to ring again", now.Missed(), now.Ring())
	}
	s.claim(c.Id)
	s.must(s.Desk.RangUp(ctx, s.Nurse, c.Id, true))
	s.must(s.Desk.Close(ctx, s.Nurse, c.Id, records.Ending{Outcome: "advice", Advice: "Vila."}))
	s.told(c.Id, texts.SmsClosed)
	if s.Case(t, c.Id).Ring() {
		t.Error("a case that has ended asks to ring")
	}
}

func TestANewNumberIsThatOfTheOpenCases(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Waiting(t, kit.Anna)
	_, foreign := s.Waiting(t, kit.Bo)
	child, _, err := s.Desk.Open(t.Context(), who, forChild(t, "Elsa"))
	s.must(nil, err)
	s.setPhone(who, other)
	for name, id := range map[string]string{"the own case": c.Id, "the child's case": child.Id} {
		if got := s.Case(t, id).Phone(); got != other {
			t.Errorf("%s has %q, want the new number", name, got)
		}
		s.happened(id, cases.NewNumber)
	}
	if got := s.Case(t, foreign.Id).Phone(); got != kit.Phone {
		t.Errorf("somebody else's case has %q, want its own number", got)
	}
	seq := s.Case(t, c.Id).Seq()
	s.setPhone(who, other)
	s.setPhone(who, "")
	if now := s.Case(t, c.Id); now.Seq() != seq || now.Phone() != other {
		t.Errorf("the same number again and none made %d events and the number %q, want nothing", now.Seq()-seq, now.Phone())
	}
	s.claim(c.Id)
	if l := s.letters(c.Id); l[len(l)-1].To() != other {
		t.Errorf("the turn is told to %q, want the new number", l[len(l)-1].To())
	}
}

func TestAnEndedCaseKeepsItsNumber(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Active(t, kit.Anna)
	s.must(s.Desk.Close(context.Background(), s.Nurse, c.Id, records.Ending{Outcome: "advice", Advice: "Vila."}))
	s.setPhone(who, other)
	s.happened(c.Id, cases.Ended)
	if got := s.Case(t, c.Id).Phone(); got != kit.Phone {
		t.Errorf("the ended case has %q, want the number that it ended with", got)
	}
}

// The mark goes out when there is a number to send to, unless staff are to ring for another reason.
func TestANewNumberEndsTheMarkToRing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		missed int
		silent bool
		want   bool
	}{
		"no number":           {},
		"missed once":         {missed: 1},
		"missed twice":        {missed: 2, want: true},
		"nobody carries them": {silent: true, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, w := s.Waiting(t, kit.Anna)
			for range c.missed {
				s.claim(w.Id)
				s.must(s.Desk.NoShow(context.Background(), s.Nurse, w.Id))
			}
			s.Desk.Silent = c.silent
			s.claim(w.Id)
			if !c.silent {
				s.refused(w.Id)
			}
			s.must(s.Desk.Release(context.Background(), s.Nurse, w.Id, "test"))
			if !s.Case(t, w.Id).Ring() {
				t.Fatal("the row does not ask to ring to begin with")
			}
			s.setPhone(who, other)
			if got := s.Case(t, w.Id).Ring(); got != c.want {
				t.Errorf("the row asks to ring: %v, want %v", got, c.want)
			}
		})
	}
}

// Whom staff have called at a number that was wrong is called at the new one, and the time for not coming runs from there.
func TestACallFollowsTheNewNumber(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	who, c := s.Taken(t, kit.Anna)
	s.refused(c.Id)
	s.setPhone(who, other)
	calls := map[string]string{}
	for _, l := range s.letters(c.Id) {
		calls[l.To()] = l.Text()
	}
	if len(calls) != 2 || calls[other] != texts.SmsYourTurn || !s.stands(c.Id) {
		t.Fatalf("the letters are %v, want a second call, to the new number, that stands", calls)
	}
	if s.Case(t, c.Id).Ring() {
		t.Error("the row asks to ring")
	}
	s.accepted(c.Id)
	if _, what := s.Case(t, c.Id).Timer(); what != records.DueNoShow {
		t.Errorf("what is due is %q, want the time for not coming", what)
	}
}

func TestACallStandsUntilItIsGivenUp(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	end := records.Ending{Outcome: "advice", Advice: "Vila."}
	for name, c := range map[string]struct {
		then func(s shift, who access.Who, id string)
		want bool
	}{
		"nothing":  {func(shift, access.Who, string) {}, true},
		"here":     {func(s shift, who access.Who, id string) { s.must(s.Desk.Here(ctx, who, id)) }, true},
		"released": {func(s shift, _ access.Who, id string) { s.must(s.Desk.Release(ctx, s.Nurse, id, "test")) }, false},
		"called again": {func(s shift, _ access.Who, id string) {
			old := s.letters(id)[0]
			s.must(s.Desk.Release(ctx, s.Nurse, id, "test"))
			s.claim(id)
			s.must(nil, s.App.RunInTransaction(func(tx core.App) error {
				if ok, err := s.Desk.CallStands(ctx, tx, id, old.Seq(), old.Text()); ok || err != nil {
					s.t.Errorf("the first call stands: %v, %v; want that the second has taken its place", ok, err)
				}
				return nil
			}))
		}, true},
		"ended": {func(s shift, _ access.Who, id string) {
			s.must(s.Desk.RangUp(ctx, s.Nurse, id, true))
			s.must(nil, s.App.Delete(s.letters(id)[0]))
			s.must(s.Desk.Close(ctx, s.Nurse, id, end)) // its own letter stands
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			who, taken := s.Taken(t, kit.Anna)
			c.then(s, who, taken.Id)
			if got := s.stands(taken.Id); got != c.want {
				t.Errorf("the call stands: %v, want %v", got, c.want)
			}
		})
	}
}
