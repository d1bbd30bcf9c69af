package notify_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"lotsen/internal/clock"
	"lotsen/internal/notify"
	"lotsen/internal/notify/peer"
)

const (
	number  = "+46701740605"
	other   = "+46701740606"
	text    = "Det är din tur. Logga in på Demoregionens vårdtjänst inom 10 minuter. åäö €"
	user    = "AC00112233445566778899aabbccddeeff"
	sesame  = "whsec_bm90LWEtcmVhbC1zZWNyZXQtMDEyMzQ1Njc4OWFi" // of the tests; opens nothing
	sender  = "Lotsen"
	maxPage = 2
)

// counterpart is what every peer can do.
type counterpart interface {
	http.Handler
	Next(...peer.Fault)
	Messages() []peer.Message
	Requests() int
	Strayed() int
	Hung() <-chan struct{}
}

// providers are all senders there are: a new one is a row here, and has then to
// show every behaviour below.
var providers = []struct {
	name       string
	peer       func(now func() time.Time) counterpart
	knowsKey   bool // a repeated key is harmless
	wantsNoID  bool // a 2xx is enough, whatever its body
	keepsText  bool // Find can compare it
	addressEnd string
}{
	{name: "46elks", peer: func(now func() time.Time) counterpart { return peer.NewElks(user, sesame, maxPage, now) }},
	{
		name: "twilio", peer: func(now func() time.Time) counterpart { return peer.NewTwilio(user, sesame, maxPage, now) },
		keepsText: true,
	},
	{
		name: "webhook", peer: func(now func() time.Time) counterpart { return peer.NewGateway(sesame, now) },
		knowsKey: true, wantsNoID: true, addressEnd: "/sms",
	},
}

// bench is one sender facing its peer, with the time standing still.
type bench struct {
	notify.Sender
	t         *testing.T
	peer      counterpart
	server    *httptest.Server
	clock     *clock.Clock
	config    notify.SMSConfig
	knowsKey  bool
	wantsID   bool
	keepsText bool
}

var start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

func sms(key string) notify.SMS { return notify.SMS{Key: key, To: number, Text: text} }

// ends fails the test unless err has the outcome want.
func ends(t *testing.T, err error, want notify.Outcome) {
	t.Helper()
	if want != notify.Accepted {
		_ = failed(t, err, want)
	} else if err != nil {
		t.Fatalf("the attempt ended with %q, want it accepted", err)
	}
}

// failed fails the test unless err is a *Failure with the outcome want, and gives it.
func failed(t *testing.T, err error, want notify.Outcome) *notify.Failure {
	t.Helper()
	var f *notify.Failure
	if !errors.As(err, &f) {
		t.Fatalf("the attempt ended with %v, want a *Failure: %v", err, want)
	}
	if f.Outcome != want {
		t.Fatalf("outcome of %q is %v, want %v", err, f.Outcome, want)
	}
	return f
}

// again does what the outbox does after an unknown outcome.
func (b bench) again(s notify.SMS, since time.Time) notify.Receipt {
	t := b.t
	t.Helper()
	receipt, found, err := b.Find(t.Context(), s, since)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	if found {
		return receipt
	}
	if receipt, err = b.Send(t.Context(), s); err != nil {
		t.Fatalf("Send after Find found nothing: %v", err)
	}
	return receipt
}

// has fails the test unless the peer holds n messages.
func (b bench) has(n int) {
	t := b.t
	t.Helper()
	if got := len(b.peer.Messages()); got != n {
		t.Fatalf("the provider holds %d messages, want %d", got, n)
	}
}

// behaviours are what the outbox relies on, whoever the provider is.
var behaviours = []struct {
	name string
	run  func(bench)
}{
	{"accepts, and says when", bench.accepts},
	{"a bad number is refused for good", bench.refusesNumber},
	{"any refusal of the SMS is for good", bench.refuses},
	{"too many requests is not now", bench.busy},
	{"a wrong password is not the message's fault", bench.unauthorized},
	{"a redirect is not followed", bench.redirected},
	{"an unknown outcome is sent exactly once", bench.unknown},
	{"an answer that is no receipt", bench.unreadable},
	{"a hang that the caller ends is unknown", bench.hangs},
	{"a hang ends by itself and is unknown", bench.timesOut},
	{"no connection is not now", bench.unreachable},
	{"a certificate that nobody vouches for is not now", bench.untrusted},
	{"a crash after the acknowledgement is found again", bench.crash},
	{"Find passes over what is not it", bench.passesOver},
	{"Find turns pages", bench.turnsPages},
	{"Find that gets no answer does not say no", bench.findFails},
	{"nothing says who, what or the secret", bench.tellsNothing},
}

func TestEverySender(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		for _, behaviour := range behaviours {
			t.Run(p.name+"/"+behaviour.name, func(t *testing.T) {
				t.Parallel()
				now := clock.At(start)
				b := bench{t: t, peer: p.peer(now.Now), clock: now, knowsKey: p.knowsKey, wantsID: !p.wantsNoID, keepsText: p.keepsText}
				b.server = httptest.NewServer(b.peer)
				t.Cleanup(b.server.Close)
				b.config = notify.SMSConfig{
					Provider: p.name, URL: b.server.URL + p.addressEnd, User: user, Secret: sesame, From: sender,
					Timeout: time.Minute, Clock: now,
				}
				b.Sender = build(t, b.config)
				behaviour.run(b)
			})
		}
	}
}

func build(t *testing.T, c notify.SMSConfig) notify.Sender {
	t.Helper()
	s, err := notify.NewSMS(c)
	if err != nil {
		t.Fatalf("NewSMS: %v", err)
	}
	return s
}
