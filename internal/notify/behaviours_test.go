package notify_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"lotsen/internal/notify"
	"lotsen/internal/notify/peer"
)

func (b bench) accepts() {
	t := b.t
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	if receipt.ProviderID == "" || !receipt.At.Equal(start) || receipt.Undelivered {
		t.Errorf("receipt is %+v, want an id and the time %v", receipt, start)
	}
	b.has(1)
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

func (b bench) refusesNumber() {
	t := b.t
	bad := sms("row1")
	bad.To = "+460"
	_, err := b.Send(t.Context(), bad)
	ends(t, err, notify.Refused)
	b.has(0)
}

func (b bench) refuses() {
	t := b.t
	b.peer.Next(peer.Refuse)
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.Refused); f.Status == 0 {
		t.Errorf("the failure %q does not tell the status", f)
	}
	b.has(0)
}

func (b bench) busy() {
	t := b.t
	b.peer.Next(peer.Busy)
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.NotNow); f.RetryAfter != 7*time.Second {
		t.Errorf("RetryAfter is %v, want the 7 s that the provider asked for", f.RetryAfter)
	}
	b.has(0)
}

func (b bench) unauthorized() {
	t := b.t
	wrong := b.config
	wrong.Secret = "a-wrong-secret-of-30-characters"
	_, err := build(t, wrong).Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	b.peer.Next(peer.Unauthorized)
	_, err = b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	b.has(0)
}

func (b bench) redirected() {
	t := b.t
	b.peer.Next(peer.Redirect)
	_, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.NotNow)
	if b.peer.Strayed() != 0 {
		t.Error("the redirect was followed, with number and text")
	}
	b.has(0)
}

func (b bench) unknown() {
	t := b.t
	faults := []peer.Fault{peer.FailBefore, peer.FailAfter, peer.CutBefore, peer.CutAfter}
	for i, fault := range faults {
		b.clock.Advance(10 * time.Minute)
		since := b.clock.Now()
		one := sms("row" + string(rune('a'+i)))
		b.peer.Next(fault)
		_, err := b.Send(t.Context(), one)
		ends(t, err, notify.Unknown)
		receipt := b.again(one, since)
		b.has(i + 1)
		if last := b.peer.Messages()[i]; !strings.HasSuffix(receipt.ProviderID, last.ID) {
			t.Errorf("fault %d: the receipt names %q, the provider accepted %q", fault, receipt.ProviderID, last.ID)
		}
	}
}

func (b bench) unreadable() {
	t := b.t
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
		b.again(one, since)
		b.has(i + 1)
	}
}

func (b bench) hangs() {
	t := b.t
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
	b.again(sms("row1"), start)
	b.has(1)
}

func (b bench) timesOut() {
	t := b.t
	hurried := b.config
	hurried.Timeout = time.Second
	b.peer.Next(peer.HangAfter)
	_, err := build(t, hurried).Send(t.Context(), sms("row1"))
	ends(t, err, notify.Unknown)
	b.again(sms("row1"), start)
	b.has(1)
}

func (b bench) unreachable() {
	t := b.t
	b.server.Close()
	_, err := b.Send(t.Context(), sms("row1"))
	if f := failed(t, err, notify.NotNow); f.Reason != "connection refused" {
		t.Errorf("reason is %q, want that the connection was refused", f.Reason)
	}
}

func (b bench) untrusted() {
	t := b.t
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
	b.has(0)
}

func (b bench) crash() {
	t := b.t
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	b.clock.Advance(time.Minute)
	fresh := bench{Sender: build(t, b.config), t: t, peer: b.peer}
	if got := fresh.again(sms("row1"), start); got.ProviderID != receipt.ProviderID || !got.At.Equal(receipt.At) {
		t.Errorf("after the crash the receipt is %+v, before it was %+v", got, receipt)
	}
	b.has(1)
	if b.knowsKey != (b.Settle() == 0) {
		t.Errorf("Settle is %v; a pause is for those who do not know a repeated key", b.Settle())
	}
}

func (b bench) passesOver() {
	t := b.t
	if b.knowsKey {
		t.Log("the provider knows the key: Find has nothing to tell apart")
		b.finds(sms("row1"), start, false)
		return
	}
	receipt, err := b.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	b.finds(sms("row2"), start, true) // the same in all that can be compared

	stranger := sms("row2")
	stranger.To = other
	b.finds(stranger, start, false)
	named := sms("row2")
	named.From = "Norrvik"
	b.finds(named, start, false)
	reworded := sms("row2")
	reworded.Text = "another"
	b.finds(reworded, start, !b.keepsText)
	known := sms("row2")
	known.Others = []string{receipt.ProviderID}
	b.finds(known, start, false)
	b.finds(sms("row2"), start.Add(time.Minute), true) // clocks differ
	b.finds(sms("row2"), start.Add(10*time.Minute), false)
}

// finds fails the test unless Find says want.
func (b bench) finds(s notify.SMS, since time.Time, want bool) {
	t := b.t
	t.Helper()
	if _, got, err := b.Find(t.Context(), s, since); err != nil || got != want {
		t.Errorf("Find says %v, %v; want %v", got, err, want)
	}
}

func (b bench) turnsPages() {
	t := b.t
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

func (b bench) findFails() {
	t := b.t
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

func (b bench) tellsNothing() {
	t := b.t
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
	for _, private := range []string{number, number[1:], url.QueryEscape(number), "din tur", sesame, sesame[6:], b.server.Listener.Addr().String()} {
		if strings.Contains(said, private) {
			t.Errorf("%q is in what was printed:\n%s", private, said)
		}
	}
}
