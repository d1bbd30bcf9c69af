package notify_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/notify"
	"lotsen/internal/notify/peer"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

func TestALetterIsSentAndStartsTheTimeForNotComing(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, called := o.call(kit.Anna)
		o.runsUntil(called.Id, time.Time{})
		o.after(time.Minute)
		o.has(1)
		m := o.peer.Messages()[0]
		if want := texts.Swedish.Say(texts.SmsYourTurn, "url", home); m.Text != want || m.To != kit.Phone {
			o.t.Errorf("the provider was given %q to %s, want %q to %s", m.Text, m.To, want, kit.Phone)
		}
		o.is(called.Id, records.LetterSent)
		o.runsUntil(called.Id, kit.Start.Add(11*time.Minute))
		o.after(time.Hour)
		o.has(1)
	})
}

func TestTheMarkIsKeptBeforeTheProviderIsAsked(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	o.Sender = scripted{send: func(_ context.Context, sms notify.SMS) (notify.Receipt, error) {
		l := o.letter(called.Id)
		if l.State() != records.LetterSending || !l.Tried().Equal(kit.Start) || l.Attempts() != 1 {
			t.Errorf("while it is sent the letter is %q, tried %d times at %v", l.State(), l.Attempts(), l.Tried())
		}
		if sms.Key != l.Key() || sms.ValidFor != 20*time.Minute {
			t.Errorf("key %q and %v, want %q and the 20 minutes that it is of use", sms.Key, sms.ValidFor, l.Key())
		}
		// Were a transaction open, this one would wait for ever.
		err := o.Clinic.App.RunInTransaction(func(core.App) error { return nil })
		return notify.Receipt{}, err
	}}
	o.run()
	o.is(called.Id, records.LetterSent)
}

func TestNotNowIsTriedAgainLaterAndLater(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	anna, active := o.Active(t, kit.Anna)
	o.run()
	if _, err := o.Desk.Close(context.Background(), o.Nurse, active.Id, records.Ending{Outcome: "advice", Advice: "Vila."}); err != nil {
		t.Fatalf("close the case of %s: %v", anna.ID, err)
	}
	attempts := 0
	var asked time.Duration
	o.Sender = scripted{send: func(context.Context, notify.SMS) (notify.Receipt, error) {
		attempts++
		return notify.Receipt{}, &notify.Failure{Outcome: notify.NotNow, Reason: "connection refused", RetryAfter: asked}
	}}
	o.run()
	waits := []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute}
	for i, wait := range waits {
		o.after(wait - time.Millisecond)
		if attempts != i+1 {
			t.Fatalf("%d attempts before %v are over, want %d", attempts, wait, i+1)
		}
		o.after(time.Millisecond)
		if attempts != i+2 {
			t.Fatalf("%d attempts after %v, want %d", attempts, wait, i+2)
		}
	}
	asked = 7 * time.Second
	o.after(10 * time.Minute)
	o.after(7 * time.Second)
	if want := len(waits) + 3; attempts != want {
		t.Errorf("%d attempts, want %d: the provider asked for seven seconds", attempts, want)
	}
	o.restart()
	o.after(1000 * time.Hour)
	o.is(active.Id, records.LetterSent)
}

func TestWhatTheProviderSaidToWait(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		o.peer.Next(peer.Busy)
		_, called := o.call(kit.Anna)
		o.run()
		o.after(6 * time.Second)
		o.has(0)
		o.after(time.Second)
		o.has(1)
		o.is(called.Id, records.LetterSent)
		o.runsUntil(called.Id, kit.Start.Add(7*time.Second+10*time.Minute))
	})
}

// Each doubt is settled, and each letter is with its reader once.
func TestAnUnknownEndIsSentOnce(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		for i, fault := range faultsOfDoubt {
			_, called := o.call([]string{kit.Anna, kit.Bo, "202305292381", "202205242387"}[i])
			before := o.peer.Requests()
			o.peer.Next(fault)
			o.run()
			o.is(called.Id, records.LetterSending)
			if o.Sender.Settle() > 0 {
				o.after(o.Sender.Settle() - time.Second)
				if got := o.peer.Requests() - before; got != 1 {
					o.t.Errorf("%d requests while the first may still be at work", got)
				}
			}
			o.after(time.Second)
			o.is(called.Id, records.LetterSent)
			o.has(i + 1)
			if l := o.letter(called.Id); l.Accepted().Before(l.Tried()) || l.Accepted().After(o.Clinic.Clock.Now()) {
				o.t.Errorf("accepted at %v, tried first at %v", l.Accepted(), l.Tried())
			}
			o.after(time.Minute)
		}
		o.after(time.Hour)
		o.has(len(faultsOfDoubt))
	})
}

// The first doubt is what counts: the provider may have taken the message at any of the attempts after it.
func TestFindAsksFromTheFirstDoubt(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	outcomes := []notify.Outcome{notify.NotNow, notify.Unknown, notify.Unknown, notify.NotNow}
	sends := 0
	var since []time.Duration
	o.Sender = scripted{
		settle: 30 * time.Second,
		send: func(context.Context, notify.SMS) (notify.Receipt, error) {
			sends++
			return notify.Receipt{}, &notify.Failure{Outcome: outcomes[sends-1], Reason: "test"}
		},
		find: func(_ notify.SMS, from time.Time) (notify.Receipt, bool, error) {
			since = append(since, from.Sub(kit.Start))
			if len(since) == 2 {
				return notify.Receipt{}, false, &notify.Failure{Outcome: notify.NotNow, Reason: "test"}
			}
			return notify.Receipt{ProviderID: "p", At: kit.Start.Add(40 * time.Second)}, len(since) == 4, nil
		},
	}
	o.run()
	for range 8 {
		o.after(time.Second)
		o.after(29 * time.Second)
	}
	if got, want := fmt.Sprint(since), "[1s 1s 1s 1s]"; got != want {
		t.Errorf("Find was asked since %s, want %s: the first attempt was surely not accepted", got, want)
	}
	if sends != 4 {
		t.Errorf("%d attempts, want 4: none while Find had no answer", sends)
	}
	o.is(called.Id, records.LetterSent)
	o.runsUntil(called.Id, kit.Start.Add(40*time.Second+10*time.Minute))
}

func TestWhatIsRefusedLeavesItToStaffToRing(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, called := o.call(kit.Anna)
		o.peer.Next(peer.Refuse)
		o.run()
		o.is(called.Id, records.LetterRefused)
		if !o.Case(o.t, called.Id).Ring() {
			o.t.Error("the row does not ask to ring")
		}
		o.runsUntil(called.Id, time.Time{})
		o.after(time.Hour)
		o.has(0)
	})
}

func TestWhatIsKnownNotToArriveLeavesItToStaffToRing(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	_, called := o.call(kit.Anna)
	o.Sender = scripted{send: func(context.Context, notify.SMS) (notify.Receipt, error) {
		return notify.Receipt{ProviderID: "p", Undelivered: true}, nil
	}}
	o.run()
	o.is(called.Id, records.LetterSent)
	if !o.Case(t, called.Id).Ring() {
		t.Error("the row does not ask to ring")
	}
	o.runsUntil(called.Id, time.Time{})
}

func TestOneLetterAtATimeToOneNumber(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		o.peer.Next(peer.FailBefore)
		_, first := o.call(kit.Anna)
		o.run()
		o.Clinic.Clock.Advance(time.Millisecond)
		_, second := o.call(kit.Bo) // the same phone: a couple shares it
		err := records.PutLetter(o.Clinic.App, records.Post{Key: "elsewhere", To: other, Text: texts.SmsClosed, Language: "en", Due: kit.Start})
		if err != nil {
			o.t.Fatalf("put a letter: %v", err)
		}
		o.run()
		o.is(first.Id, records.LetterSending)
		o.is(second.Id, records.LetterDue)
		o.has(1) // the one to another number
		o.after(time.Minute)
		o.is(first.Id, records.LetterSent)
		o.is(second.Id, records.LetterSent)
		o.has(3)
	})
}

// Two equal texts to one phone: the one that was accepted is not taken for the other.
func TestAnAcceptedLetterIsNotTakenForItsTwin(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, first := o.call(kit.Anna)
		_, second := o.call(kit.Bo)
		o.run()
		o.has(2)
		o.peer.Next(peer.CutBefore)
		_, third := o.call("202305292381")
		o.run()
		o.after(time.Minute)
		o.has(3)
		ids := map[string]bool{}
		for _, c := range []*records.Case{first, second, third} {
			o.is(c.Id, records.LetterSent)
			ids[o.letter(c.Id).GetString("provider")] = true
		}
		if len(ids) != 3 {
			o.t.Errorf("three letters have %d names at the provider", len(ids))
		}
	})
}

func TestTheOutboxTellsNothing(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		said := ""
		for fault := peer.Refuse; fault <= peer.Redirect; fault++ {
			if fault == peer.HangAfter {
				continue // has no end of its own here
			}
			key := fmt.Sprintf("letter-%d", fault)
			err := records.PutLetter(o.Clinic.App, records.Post{Key: key, To: kit.Phone, Text: texts.SmsYourTurn, Language: "sv", Due: o.Clinic.Clock.Now()})
			if err != nil {
				o.t.Fatalf("put a letter: %v", err)
			}
			o.peer.Next(fault)
			o.run()
			rows, err := o.Clinic.App.FindAllRecords(records.Outbox)
			if err != nil {
				o.t.Fatal(err)
			}
			for _, r := range rows {
				said += r.GetString("fault")
			}
			o.after(time.Hour)
		}
		if said += o.log.String(); !strings.Contains(said, "server error") {
			o.t.Error("the log tells nothing at all")
		}
		for _, private := range []string{kit.Phone[1:], "din tur", sesame, "127.0.0.1"} {
			if strings.Contains(said, private) {
				o.t.Errorf("%q is in what was said:\n%s", private, said)
			}
		}
	})
}
