package bankid

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lotsen/internal/bankid/simulator"
)

func TestOtherDevice(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		if s.QR == "" || s.Launch != "" || len(s.ID) < 26 {
			w.Fatalf("started with QR %q, launch %q and an id of %d letters; want a code, no link, 128 bits", s.QR, s.Launch, len(s.ID))
		}
		time.Sleep(5500 * time.Millisecond)
		p := w.expect(s.ID, Pending, "outstandingTransaction")
		if p.QR == s.QR || p.Message != "bankid.scan" {
			w.Errorf("after five seconds: QR moved = %t, message %s", p.QR != s.QR, p.Message)
		}
		if err := w.bank.Scan(p.QR, anna); err != nil {
			w.Fatalf("scan: %v", err)
		}
		w.pass(s.ID, 2*time.Second)
		if p = w.expect(s.ID, Pending, "userSign"); p.QR != "" {
			w.Error("a code is shown though an app has taken the order")
		}
		ref := w.ref(s.ID)
		w.approve(s.ID)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if p = w.expect(s.ID, Complete, ""); p.Result != "token 1" || p.Message != "bankid.complete" {
			w.Fatalf("complete with %q and %s", p.Result, p.Message)
		}
		if w.minted[0].PersonalNumber != anna.PersonalNumber || w.minted[0].Name != "ANNA ÅSLUND" {
			w.Error("minted for somebody else")
		}
		time.Sleep(10*time.Second - time.Millisecond)
		if p = w.expect(s.ID, Complete, ""); p.Result != "token 1" {
			w.Errorf("within ten seconds: %q; want the same answer", p.Result)
		}
		time.Sleep(time.Millisecond)
		w.expectGone(s.ID)
		w.mintedTimes(1)
		collects := len(w.wire.collects[ref])
		time.Sleep(time.Minute)
		if n := w.orders.Count(); n != 0 || len(w.wire.collects[ref]) != collects {
			w.Errorf("%d log-ins held and %d more collects after the end", n, len(w.wire.collects[ref])-collects)
		}
	})
}

func TestNobodyOpensIt(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Other})
		first := w.ref(s.ID)
		w.pass(s.ID, 30*time.Second)
		if now := w.ref(s.ID); now == first || now == "" {
			w.Fatalf("order %q after the first one's thirty seconds; want a new one at once", now)
		}
		p := w.expect(s.ID, Pending, "outstandingTransaction")
		if err := w.bank.Scan(p.QR, anna); err != nil {
			w.Fatalf("the new order's code: %v", err)
		}
		other := w.start(Request{Mode: Other})
		w.pass(other.ID, 179*time.Second)
		w.expect(other.ID, Pending, "outstandingTransaction")
		w.pass(other.ID, 4*time.Second)
		w.expect(other.ID, Failed, "startFailed")
		if n := w.bank.Calls("auth"); n < 6 || n > 9 {
			w.Errorf("%d orders begun for two log-ins of three minutes", n)
		}
		same := w.start(Request{Mode: Same})
		w.pass(same.ID, 32*time.Second)
		if p = w.expect(same.ID, Failed, "startFailed"); p.Message != "bankid.start_failed" {
			w.Errorf("message %s", p.Message)
		}
		time.Sleep(failureKept)
		w.expectGone(same.ID)
	})
}

func TestAbandoned(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Other})
		ref := w.ref(s.ID)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		w.expect(s.ID, Failed, "cancelled")
		if _, err := w.bank.Approve(ref, anna); !errors.Is(err, simulator.ErrEnded) {
			w.Errorf("approving an abandoned order: %v; want it ended at BankID too", err)
		}
		// On the same device the page sleeps while the app is in front.
		same := w.start(Request{Mode: Same})
		if err := w.bank.Hint(w.ref(same.ID), "started"); err != nil {
			w.Fatal(err)
		}
		time.Sleep(25 * time.Second)
		synctest.Wait()
		w.expect(same.ID, Pending, "started")
	})
}

func TestCancelAndReplace(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		first := w.start(Request{})
		ref := w.ref(first.ID)
		second := w.start(Request{Replaces: first.ID})
		synctest.Wait()
		w.expect(first.ID, Failed, "cancelled")
		if _, err := w.bank.Approve(ref, anna); !errors.Is(err, simulator.ErrEnded) {
			w.Errorf("approving a replaced order: %v; want it ended at BankID too", err)
		}
		w.start(Request{Replaces: "never was"})
		for range 2 {
			if err := w.orders.Cancel(second.ID); err != nil {
				w.Errorf("cancel: %v; want it harmless twice", err)
			}
		}
		w.expect(second.ID, Failed, "cancelled")
		if err := w.orders.Cancel("never was"); !errors.Is(err, ErrNotFound) {
			w.Errorf("cancelling nothing: %v", err)
		}
		if _, err := w.orders.OrderRef(second.ID); !errors.Is(err, ErrNotFound) {
			w.Errorf("a cancelled log-in has still an order: %v", err)
		}
		done := w.start(Request{})
		w.approve(done.ID)
		w.pass(done.ID, 2*time.Second)
		w.expect(done.ID, Complete, "")
		if err := w.orders.Cancel(done.ID); err != nil {
			w.Fatal(err)
		}
		if p := w.expect(done.ID, Failed, "cancelled"); p.Result != "" {
			w.Error("a result is handed out after cancelling")
		}
	})
}

func TestRisk(t *testing.T) {
	t.Parallel()
	for risk, status := range map[string]Status{"low": Complete, "moderate": Complete, "": Complete, "high": Failed} {
		inBubble(t, func(w *ward) {
			s := w.start(Request{})
			if err := w.bank.Risk(w.ref(s.ID), risk); err != nil {
				w.Fatal(err)
			}
			w.approve(s.ID)
			w.pass(s.ID, 2*time.Second)
			if p := w.poll(s.ID); p.Status != status {
				w.Errorf("risk %q: %s; want %s", risk, p.Status, status)
			} else if status == Failed && (p.Hint != "transactionRiskBlocked" || len(w.minted) > 0) {
				w.Errorf("risk %q: hint %s, minted %d", risk, p.Hint, len(w.minted))
			}
		})
	}
}

func TestWhatAnOrderAsksFor(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		r := Request{Mode: Same, IP: "::ffff:192.0.2.9", Purpose: "Logga in hos Lotsen", ReturnURL: "patientapp://back"}
		s, err := w.orders.Start(w.Context(), r)
		if err != nil {
			w.Fatal(err)
		}
		sent := w.wire.auths[0]
		shown, _ := base64.StdEncoding.DecodeString(sent.UserVisibleData)
		bound, _ := base64.StdEncoding.DecodeString(sent.UserNonVisibleData)
		key := digestOf(s.ID)
		if sent.EndUserIP != "192.0.2.9" || string(shown) != r.Purpose || !slices.Equal(bound, key[:]) || !sent.ReturnRisk {
			w.Errorf("asked for %+v", sent)
		}
		nonce, ok := strings.CutPrefix(sent.ReturnURL, "patientapp://back#n=")
		if !ok || len(nonce) < 26 || strings.Contains(s.Launch, nonce) || strings.Contains(s.Launch, s.ID) {
			w.Errorf("returns to %q and launches %q; want a long nonce in the first alone", sent.ReturnURL, s.Launch)
		}
		if _, err = w.orders.Start(w.Context(), Request{ReturnURL: "patientapp://back", IP: "fe80::1%eth0"}); err != nil {
			w.Fatal(err)
		}
		if sent = w.wire.auths[1]; sent.EndUserIP != "fe80::1" {
			w.Errorf("the device's address is sent as %s; want it without its zone", sent.EndUserIP)
		}
		if sent.ReturnURL != "" {
			w.Errorf("mode other returns to %q; want nowhere", sent.ReturnURL)
		}
		bad := map[string]Request{
			"mode":           {Mode: "both", IP: "192.0.2.7"},
			"return address": {IP: "192.0.2.7", ReturnURL: "patientapp://back/evil"},
			"address":        {IP: "nowhere"},
			"purpose":        {IP: "192.0.2.7", Purpose: strings.Repeat("x", 1126)},
		}
		for name, r := range bad {
			if _, err := w.orders.Start(w.Context(), r); err == nil {
				w.Errorf("a bad %s was accepted", name)
			}
		}
		if n := w.orders.Count(); n != 2 {
			w.Errorf("%d log-ins held; want the two good ones", n)
		}
	})
}

func TestAllowedReturn(t *testing.T) {
	t.Parallel()
	orders := NewOrders[int](Settings{ReturnPage: ourPage, AppReturns: []string{"patientapp://back"}})
	for address, want := range map[string]bool{
		"": true, ourPage: true, "patientapp://back": true,
		ourPage + "/x": false, ourPage + "?x": false, "https://evil.test/login/return": false, "PATIENTAPP://back": false, "javascript:alert(1)": false,
	} {
		if got := orders.AllowedReturn(address); got != want {
			t.Errorf("%q allowed: %t; want %t", address, got, want)
		}
	}
}
