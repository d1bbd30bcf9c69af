package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/notify"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestTooLateIsNotSent(t *testing.T) {
	t.Parallel()
	outcome := func(as notify.Outcome) notify.Sender {
		return scripted{
			send: func(context.Context, notify.SMS) (notify.Receipt, error) {
				return notify.Receipt{}, &notify.Failure{Outcome: as, Reason: "test"}
			},
			find: func(notify.SMS, time.Time) (notify.Receipt, bool, error) { return notify.Receipt{}, false, nil },
		}
	}
	for name, s := range map[string]notify.Sender{"no sender": nil, "not now": outcome(notify.NotNow), "unknown": outcome(notify.Unknown)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := anOffice(t)
			_, called := o.call(kit.Anna)
			o.Sender = s
			o.run()
			for range 19 {
				o.after(time.Minute)
			}
			o.after(time.Minute - time.Millisecond)
			if o.Case(t, called.Id).Ring() {
				t.Error("the row asks to ring while the letter may still come")
			}
			o.after(time.Millisecond)
			o.is(called.Id, records.LetterDropped)
			if !o.Case(t, called.Id).Ring() {
				t.Error("the row does not ask to ring")
			}
			o.restart()
			o.after(time.Hour)
			o.has(0)
		})
	}
}

// What was accepted in time is accepted, however late we learn it.
func TestADoubtIsSettledAlsoWhenItIsLate(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	o.Sender = scripted{
		settle: time.Second,
		send: func(context.Context, notify.SMS) (notify.Receipt, error) {
			return notify.Receipt{}, &notify.Failure{Outcome: notify.Unknown, Reason: "test"}
		},
		find: func(notify.SMS, time.Time) (notify.Receipt, bool, error) {
			return notify.Receipt{ProviderID: "p", At: kit.Start}, true, nil
		},
	}
	o.run()
	o.after(time.Hour)
	o.is(called.Id, records.LetterSent)
	o.runsUntil(called.Id, kit.Start.Add(10*time.Minute))
}

func TestWithoutASenderLettersWaitAndTheLogSaysSoOnce(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	o.Sender = nil
	for range 5 {
		o.after(time.Second)
	}
	o.is(called.Id, records.LetterDue)
	if n := strings.Count(o.log.String(), "no sender"); n != 1 {
		t.Errorf("the log says it %d times, want once", n)
	}
	o.restart()
	o.run()
	o.has(1)
}

func TestWhenItWasAcceptedLiesBetweenTheAttemptAndNow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ said, want time.Time }{
		"not said":       {time.Time{}, kit.Start.Add(3 * time.Second)},
		"in between":     {kit.Start.Add(2 * time.Second), kit.Start.Add(2 * time.Second)},
		"a clock behind": {kit.Start.Add(-time.Hour), kit.Start},
		"a clock ahead":  {kit.Start.Add(time.Hour), kit.Start.Add(3 * time.Second)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := anOffice(t)
			_, called := o.call(kit.Anna)
			o.Sender = scripted{send: func(context.Context, notify.SMS) (notify.Receipt, error) {
				o.Clinic.Clock.Advance(3 * time.Second)
				return notify.Receipt{At: c.said}, nil
			}}
			o.run()
			o.runsUntil(called.Id, c.want.Add(10*time.Minute))
		})
	}
}

// A call that is given up before the provider has heard of it is not sent: a patient who reads it would come to nobody.
func TestWhatIsNoLongerTrueIsNotSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then func(*office, access.Who, string) error
		sent int
	}{
		"given back": {func(o *office, _ access.Who, id string) error {
			_, err := o.Desk.Release(context.Background(), o.Nurse, id, "test")
			return err
		}, 0},
		"ended, with a letter of its own": {func(o *office, _ access.Who, id string) error {
			_, err := o.Desk.Close(context.Background(), o.Nurse, id, records.Ending{Outcome: "advice", Advice: "Vila."})
			return err
		}, 1},
		"the patient has come": {func(o *office, who access.Who, id string) error {
			_, err := o.Desk.Here(context.Background(), who, id)
			return err
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := anOffice(t)
			who, called := o.call(kit.Anna)
			if err := c.then(o, who, called.Id); err != nil {
				t.Fatal(err)
			}
			o.run()
			o.has(c.sent)
			o.after(time.Hour)
			o.has(c.sent)
			if o.Case(t, called.Id).Ring() {
				t.Error("the row asks to ring for a call that is over")
			}
		})
	}
}

// What the provider may have got already is followed to its end: it is not ours to drop.
func TestWhatMayHaveBeenSentIsNotDropped(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	o.Sender = scripted{
		send: func(context.Context, notify.SMS) (notify.Receipt, error) {
			return notify.Receipt{}, &notify.Failure{Outcome: notify.Unknown, Reason: "test"}
		},
		find: func(notify.SMS, time.Time) (notify.Receipt, bool, error) { return notify.Receipt{}, false, nil },
	}
	o.run()
	if _, err := o.Desk.Release(context.Background(), o.Nurse, called.Id, "test"); err != nil {
		t.Fatal(err)
	}
	o.after(time.Minute)
	if l := o.letter(called.Id); l.State() != records.LetterSending || l.Attempts() < 2 {
		t.Errorf("the letter is %q after %d attempts, want it asked for again", l.State(), l.Attempts())
	}
}
