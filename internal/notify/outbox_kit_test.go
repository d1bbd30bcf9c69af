package notify_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/notify"
	"lotsen/internal/notify/peer"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// home is the address in every letter.
const home = "https://demo.example/"

// office is a clinic with an outbox, and a provider at the other end.
type office struct {
	*kit.Clinic
	*notify.Outbox
	t      *testing.T
	peer   counterpart
	config notify.SMSConfig
	log    bytes.Buffer
}

// everyOffice runs a test against every provider there is.
func everyOffice(t *testing.T, run func(*office)) {
	t.Helper()
	for i, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			run(newOffice(t, i))
		})
	}
}

// anOffice faces a provider that knows a repeated key.
func anOffice(t *testing.T) *office {
	t.Helper()
	return newOffice(t, len(providers)-1)
}

func newOffice(t *testing.T, i int) *office {
	t.Helper()
	p := providers[i]
	o := &office{Clinic: kit.New(t), t: t}
	o.peer = p.peer(o.Clinic.Clock.Now)
	server := httptest.NewUnstartedServer(o.peer)
	server.Config.ErrorLog = quiet()
	server.Start()
	t.Cleanup(server.Close)
	o.config = notify.SMSConfig{
		Provider: p.name, URL: server.URL + p.addressEnd, User: user, Secret: sesame, From: sender,
		Timeout: 10 * time.Second, Clock: o.Clinic.Clock,
	}
	o.restart()
	return o
}

// restart gives what a new process has: the database, and nothing remembered.
func (o *office) restart() {
	o.Outbox = &notify.Outbox{
		App: o.Clinic.App, Sender: build(o.t, o.config), Clock: o.Clinic.Clock, PublicURL: home,
		Accepted: o.Desk.CallDelivered, Refused: o.Desk.CallFailed, Wanted: o.Desk.CallStands,
		Log: slog.New(slog.NewJSONHandler(&o.log, nil)),
	}
}

// run sends until nothing is due.
func (o *office) run() {
	o.t.Helper()
	for range 100 {
		more, err := o.SendDue(context.Background())
		if err != nil {
			o.t.Fatalf("send what is due: %v", err)
		}
		if !more {
			return
		}
	}
	o.t.Fatal("the outbox does not come to rest")
}

// after moves the clock on and sends what is due then.
func (o *office) after(d time.Duration) {
	o.t.Helper()
	o.Clinic.Clock.Advance(d)
	o.run()
}

// call lets the nurse take a patient, and gives the letter that says so.
func (o *office) call(digits string) (access.Who, *records.Case) {
	o.t.Helper()
	return o.Taken(o.t, digits)
}

// letter is the last letter that a case has caused.
func (o *office) letter(caseID string) *records.Letter {
	o.t.Helper()
	all, err := records.LettersOf(o.Clinic.App, caseID)
	if err != nil || len(all) == 0 {
		o.t.Fatalf("letters of the case: %d, %v", len(all), err)
	}
	return all[len(all)-1]
}

// is fails the test unless the case's last letter is in that state.
func (o *office) is(caseID, want string) {
	o.t.Helper()
	if got := o.letter(caseID).State(); got != want {
		o.t.Errorf("the letter is %q, want %q", got, want)
	}
}

// has fails the test unless the provider holds n messages.
func (o *office) has(n int) {
	o.t.Helper()
	if got := len(o.peer.Messages()); got != n {
		o.t.Fatalf("the provider holds %d messages, want %d", got, n)
	}
}

// runsUntil fails the test unless the case's time for not coming is over at want; zero: it has none.
func (o *office) runsUntil(caseID string, want time.Time) {
	o.t.Helper()
	at, what := o.Case(o.t, caseID).Timer()
	if want.IsZero() != (what == records.DueNothing) || !at.Equal(want) {
		o.t.Errorf("the timer is %q at %v, want the no-show's at %v", what, at, want)
	}
}

// scripted is a sender for what no provider can be made to do.
type scripted struct {
	send   func(context.Context, notify.SMS) (notify.Receipt, error)
	find   func(notify.SMS, time.Time) (notify.Receipt, bool, error)
	settle time.Duration
}

func (s scripted) Send(ctx context.Context, sms notify.SMS) (notify.Receipt, error) {
	return s.send(ctx, sms)
}

func (s scripted) Find(_ context.Context, sms notify.SMS, since time.Time) (notify.Receipt, bool, error) {
	return s.find(sms, since)
}

func (s scripted) Settle() time.Duration { return s.settle }

// faultsOfDoubt leave it open whether the message was accepted.
var faultsOfDoubt = []peer.Fault{peer.FailBefore, peer.FailAfter, peer.CutBefore, peer.CutAfter}
