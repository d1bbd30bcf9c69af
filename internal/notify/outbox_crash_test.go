package notify_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/notify"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// errCrash ends the program before it has written down what came of a letter.
var errCrash = errors.New("the program is killed here")

// killed lets the outbox do one thing and die of it: what it would have written afterwards is not written.
func (o *office) killed() {
	o.t.Helper()
	if _, err := o.SendDue(context.Background()); !errors.Is(err, errCrash) {
		o.t.Fatalf("the outbox ended with %v, want the crash", err)
	}
	o.restart()
}

// The provider has the message and we do not know: after the start it is found, or known by its key, and not sent again.
func TestACrashAfterTheProviderAccepted(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, called := o.call(kit.Anna)
		o.Accepted = func(context.Context, core.App, string, int, time.Time) error { return errCrash }
		o.killed()
		o.is(called.Id, records.LetterSending)
		o.has(1)
		o.after(time.Minute)
		o.is(called.Id, records.LetterSent)
		o.has(1)
		o.runsUntil(called.Id, kit.Start.Add(10*time.Minute)) // from when it was accepted, not from when we learnt it
	})
}

// The mark is committed and not one byte has left.
func TestACrashBeforeTheProviderIsAsked(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, called := o.call(kit.Anna)
		func() {
			defer func() {
				if recover() == nil {
					o.t.Error("the sender was not asked")
				}
			}()
			o.Sender = scripted{send: func(context.Context, notify.SMS) (notify.Receipt, error) { panic(errCrash) }}
			_, _ = o.SendDue(context.Background())
		}()
		o.restart()
		o.is(called.Id, records.LetterSending)
		o.after(time.Minute)
		o.is(called.Id, records.LetterSent)
		o.has(1)
		o.runsUntil(called.Id, kit.Start.Add(11*time.Minute))
	})
}

// Killed again and again, at each place in turn: still one message, and every letter finds its end.
func TestCrashUponCrash(t *testing.T) {
	t.Parallel()
	everyOffice(t, func(o *office) {
		_, called := o.call(kit.Anna)
		for range 4 {
			o.Accepted = func(context.Context, core.App, string, int, time.Time) error { return errCrash }
			o.killed()
			o.Clinic.Clock.Advance(3 * time.Minute)
		}
		o.run()
		o.is(called.Id, records.LetterSent)
		o.has(1)
		o.runsUntil(called.Id, kit.Start.Add(10*time.Minute))
	})
}

// A letter that cannot be noted down is no hammer for the provider, and holds up nobody else.
func TestAFaultOfOursSparesTheProvider(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.call(kit.Anna)
	o.Accepted = func(context.Context, core.App, string, int, time.Time) error { return errCrash }
	for range 20 {
		_, err := o.SendDue(context.Background())
		if err != nil && !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		o.Clinic.Clock.Advance(time.Second)
	}
	if got := o.peer.Requests(); got > 4 {
		t.Errorf("%d requests in twenty seconds, want no more than the backoff allows", got)
	}
	o.has(1)
}
