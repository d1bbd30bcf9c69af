package notify_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
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
	passwd  = "whsec_bm90LWEtcmVhbC1zZWNyZXQtMDEyMzQ1Njc4OWFi" // of the tests; opens nothing
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
	addressEnd string
}{
	{name: "46elks", peer: func(now func() time.Time) counterpart { return peer.NewElks(user, passwd, maxPage, now) }},
	{name: "twilio", peer: func(now func() time.Time) counterpart { return peer.NewTwilio(user, passwd, maxPage, now) }},
	{
		name: "webhook", peer: func(now func() time.Time) counterpart { return peer.NewGateway(passwd, now) },
		knowsKey: true, wantsNoID: true, addressEnd: "/sms",
	},
}

// bench is one sender facing its peer, with the time standing still.
type bench struct {
	notify.Sender
	peer     counterpart
	server   *httptest.Server
	clock    *clock.Clock
	config   notify.SMSConfig
	knowsKey bool
	wantsID  bool
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
func (b bench) again(t *testing.T, s notify.SMS, since time.Time) notify.Receipt {
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
func (b bench) has(t *testing.T, n int) {
	t.Helper()
	if got := len(b.peer.Messages()); got != n {
		t.Fatalf("the provider holds %d messages, want %d", got, n)
	}
}

// behaviours are what the outbox relies on, whoever the provider is.
var behaviours = []struct {
	name string
	run  func(*testing.T, bench)
}{
	{"accepts, and says when", accepts},
	{"a bad number is refused for good", refusesNumber},
	{"any refusal of the SMS is for good", refuses},
	{"too many requests is not now", busy},
	{"a wrong password is not the message's fault", unauthorized},
	{"a redirect is not followed", redirected},
	{"an unknown outcome is sent exactly once", unknown},
	{"an answer that is no receipt", unreadable},
	{"a hang that the caller ends is unknown", hangs},
	{"a hang ends by itself and is unknown", timesOut},
	{"no connection is not now", unreachable},
	{"a certificate that nobody vouches for is not now", untrusted},
	{"a crash after the acknowledgement is found again", crash},
	{"Find passes over what is not it", passesOver},
	{"Find turns pages", turnsPages},
	{"Find that gets no answer does not say no", findFails},
	{"nothing says who, what or the secret", tellsNothing},
}

func TestEverySender(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		for _, behaviour := range behaviours {
			t.Run(p.name+"/"+behaviour.name, func(t *testing.T) {
				t.Parallel()
				now := clock.At(start)
				b := bench{peer: p.peer(now.Now), clock: now, knowsKey: p.knowsKey, wantsID: !p.wantsNoID}
				b.server = httptest.NewServer(b.peer)
				t.Cleanup(b.server.Close)
				b.config = notify.SMSConfig{
					Provider: p.name, URL: b.server.URL + p.addressEnd, User: user, Secret: passwd, From: sender,
					Timeout: time.Minute, Clock: now,
				}
				b.Sender = build(t, b.config)
				behaviour.run(t, b)
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

func accepts(t *testing.T, b bench) {
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	if receipt.ProviderID == "" || !receipt.At.Equal(start) || receipt.Undelivered {
		t.Errorf("receipt is %+v, want an id and the time %v", receipt, start)
	}
	b.has(t, 1)
	if m := b.peer.Messages()[0]; m.To != number || m.Text != text || m.From != sender {
		t.Errorf("the provider was given %+v", m)
	}
	named := sms("row2")
	named.From = "Norrvik"
	if _, err := b.Send(t.Context(), named); err != nil {
		t.Fatalf("Send with a sender of its own: %v", err)
	}
	if m := b.peer.Messages()[1]; m.From != "Norrvik" {
		t.Errorf("sender is %q, want that of the SMS", m.From)
	}
}

func refusesNumber(t *testing.T, b bench) {
	bad := sms("row1")
	bad.To = "+460"
	_, err := b.Send(t.Context(), bad)
	ends(t, err, notify.Refused)
	b.has(t, 0)
}

func refuses(t *testing.T, b bench) {
	b.peer.Next(peer.Refuse)
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.Refused); f.Status == 0 {
		t.Errorf("the failure %q does not tell the status", f)
	}
	b.has(t, 0)
}

func busy(t *testing.T, b bench) {
	b.peer.Next(peer.Busy)
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.NotNow); f.RetryAfter != 7*time.Second {
		t.Errorf("RetryAfter is %v, want the 7 s that the provider asked for", f.RetryAfter)
	}
	b.has(t, 0)
}

func unauthorized(t *testing.T, b bench) {
	wrong := b.config
	wrong.Secret = "a-wrong-secret-of-30-characters"
	_, err := build(t, wrong).Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	b.peer.Next(peer.Unauthorized)
	_, err = b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	b.has(t, 0)
}

func redirected(t *testing.T, b bench) {
	b.peer.Next(peer.Redirect)
	_, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	if b.peer.Strayed() != 0 {
		t.Error("the redirect was followed, with number and text")
	}
	b.has(t, 0)
}

func unknown(t *testing.T, b bench) {
	faults := []peer.Fault{peer.FailBefore, peer.FailAfter, peer.CutBefore, peer.CutAfter}
	for i, fault := range faults {
		b.clock.Advance(10 * time.Minute)
		since := b.clock.Now()
		one := sms("row" + string(rune('a'+i)))
		b.peer.Next(fault)
		_, err := b.Send(t.Context(), one)
		ends(t, err, notify.Unknown)
		receipt := b.again(t, one, since)
		b.has(t, i+1)
		if last := b.peer.Messages()[i]; !strings.HasSuffix(receipt.ProviderID, last.ID) {
			t.Errorf("fault %d: the receipt names %q, the provider accepted %q", fault, receipt.ProviderID, last.ID)
		}
	}
}

func unreadable(t *testing.T, b bench) {
	for i, fault := range []peer.Fault{peer.Garble, peer.Halve} {
		b.clock.Advance(10 * time.Minute)
		since := b.clock.Now()
		one := sms("row" + string(rune('a'+i)))
		b.peer.Next(fault)
		_, err := b.Send(t.Context(), one)
		want := notify.Accepted
		if b.wantsID {
			want = notify.Unknown
		}
		ends(t, err, want)
		b.again(t, one, since)
		b.has(t, i+1)
	}
}

func hangs(t *testing.T, b bench) {
	ctx, cancel := context.WithCancel(t.Context())
	b.peer.Next(peer.HangAfter)
	go func() {
		<-b.peer.Hung()
		cancel()
	}()
	_, err := b.Send(ctx, sms("row1"))
	ends(t, err, notify.Unknown)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not tell that the caller gave up", err)
	}
	b.again(t, sms("row1"), start)
	b.has(t, 1)
}

func timesOut(t *testing.T, b bench) {
	hurried := b.config
	hurried.Timeout = time.Second
	b.peer.Next(peer.HangAfter)
	_, err := build(t, hurried).Send(t.Context(), sms("row1"))
	ends(t, err, notify.Unknown)
	b.again(t, sms("row1"), start)
	b.has(t, 1)
}

func unreachable(t *testing.T, b bench) {
	b.server.Close()
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.NotNow); f.Reason != "connection refused" {
		t.Errorf("reason is %q, want that the connection was refused", f.Reason)
	}
}

func untrusted(t *testing.T, b bench) {
	impostor := httptest.NewUnstartedServer(b.peer)
	impostor.Config.ErrorLog = quiet()
	impostor.StartTLS()
	t.Cleanup(impostor.Close)
	c := b.config
	c.URL = impostor.URL
	_, err := build(t, c).Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.NotNow); f.Reason != "certificate not trusted" {
		t.Errorf("reason is %q, want that the certificate is not trusted", f.Reason)
	}
	b.has(t, 0)
}

func crash(t *testing.T, b bench) {
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	b.clock.Advance(time.Minute)
	fresh := bench{Sender: build(t, b.config), peer: b.peer}
	if got := fresh.again(t, sms("row1"), start); got.ProviderID != receipt.ProviderID || !got.At.Equal(receipt.At) {
		t.Errorf("after the crash the receipt is %+v, before it was %+v", got, receipt)
	}
	b.has(t, 1)
	if b.knowsKey != (b.Settle() == 0) {
		t.Errorf("Settle is %v; a pause is for those who do not know a repeated key", b.Settle())
	}
}

func passesOver(t *testing.T, b bench) {
	if b.knowsKey {
		t.Log("the provider knows the key: Find has nothing to tell apart")
		found(t, b, sms("row1"), start, false)
		return
	}
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	found(t, b, sms("row2"), start, true) // the same in all that can be compared

	stranger := sms("row2")
	stranger.To = other
	found(t, b, stranger, start, false)
	named := sms("row2")
	named.From = "Norrvik"
	found(t, b, named, start, false)
	known := sms("row2")
	known.Others = []string{receipt.ProviderID}
	found(t, b, known, start, false)
	found(t, b, sms("row2"), start.Add(time.Minute), true) // clocks differ
	found(t, b, sms("row2"), start.Add(10*time.Minute), false)
}

func found(t *testing.T, b bench, s notify.SMS, since time.Time, want bool) {
	t.Helper()
	if _, got, err := b.Find(t.Context(), s, since); err != nil || got != want {
		t.Errorf("Find says %v, %v; want %v", got, err, want)
	}
}

func turnsPages(t *testing.T, b bench) {
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	later := sms("later")
	later.From = "Norrvik"
	for range 3 * maxPage {
		b.clock.Advance(time.Second)
		later.Key += "+"
		if _, err := b.Send(t.Context(), later); err != nil {
			t.Fatalf("Send: %v", err)
		}
	}
	got, ok, err := b.Find(t.Context(), sms("row1"), start)
	if err != nil || ok == b.knowsKey || (ok && got.ProviderID != receipt.ProviderID) {
		t.Errorf("Find gives %+v, %v, %v; want %q, behind %d later ones", got, ok, err, receipt.ProviderID, 3*maxPage)
	}
}

func findFails(t *testing.T, b bench) {
	wrong := b.config
	wrong.Secret = "a-wrong-secret-of-30-characters"
	for name, c := range map[string]notify.SMSConfig{"wrong password": wrong, "server gone": b.config} {
		if name == "server gone" {
			b.server.Close()
		}
		_, ok, err := build(t, c).Find(t.Context(), sms("row1"), start)
		if ok || (err == nil) != b.knowsKey {
			t.Errorf("%s: Find says %v, %v", name, ok, err)
		}
		if err != nil {
			ends(t, err, notify.NotNow)
		}
	}
}

func tellsNothing(t *testing.T, b bench) {
	said := printed(b.Sender, b.config, sms("row1"))
	for fault := peer.Refuse; fault <= peer.Redirect; fault++ {
		if fault == peer.HangAfter {
			continue // has no end of its own here
		}
		b.peer.Next(fault)
		_, err := b.Send(t.Context(), sms("row1"))
		said += printed(err)
	}
	b.server.Close()
	_, err := b.Send(t.Context(), sms("row1"))
	_, _, lost := b.Find(t.Context(), sms("row1"), start)
	said += printed(err, lost)
	for _, private := range []string{number, number[1:], url.QueryEscape(number), "din tur", passwd, passwd[6:], b.server.Listener.Addr().String()} {
		if strings.Contains(said, private) {
			t.Errorf("%q is in what was printed:\n%s", private, said)
		}
	}
}
