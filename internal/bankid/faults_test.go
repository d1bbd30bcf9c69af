package bankid

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lotsen/internal/bankid/simulator"
)

func TestBankIDStumbles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		trouble func(*simulator.Bank)
		within  time.Duration
		status  Status
		hint    string
	}{
		{"a lost answer while pending", func(b *simulator.Bank) { b.Drop("collect") }, 2 * time.Second, Pending, "outstandingTransaction"},
		{"maintenance", func(b *simulator.Bank) { b.Refuse("collect", "Maintenance") }, 2 * time.Second, Pending, "outstandingTransaction"},
		{"a time-out", func(b *simulator.Bank) { b.Refuse("collect", "requestTimeout") }, 2 * time.Second, Pending, "outstandingTransaction"},
		{"too many requests", func(b *simulator.Bank) { b.Refuse("collect", "tooManyRequests") }, 2 * time.Second, Pending, "outstandingTransaction"},
		{"no agreement", func(b *simulator.Bank) { b.Refuse("collect", "unauthorized") }, 2 * time.Second, Failed, HintUnreachable},
		{"an order used up", func(b *simulator.Bank) { b.Refuse("collect", "invalidParameters") }, 2 * time.Second, Failed, HintLost},
		{"no answer for three minutes", func(b *simulator.Bank) {
			for range 100 {
				b.Drop("collect")
			}
		}, 182 * time.Second, Failed, HintUnreachable},
		{"no new order after the first", func(b *simulator.Bank) { b.Refuse("auth", "unauthorized") }, 34 * time.Second, Failed, HintUnreachable},
	}
	for _, test := range tests {
		inBubble(t, func(w *ward) {
			s := w.start(Request{})
			test.trouble(w.bank)
			w.pass(s.ID, test.within)
			p := w.poll(s.ID)
			if p.Status != test.status || p.Hint != test.hint {
				w.Errorf("%s: %s with %q; want %s with %q", test.name, p.Status, p.Hint, test.status, test.hint)
			}
			if p.Status == Failed {
				return
			}
			w.approve(s.ID)
			w.pass(s.ID, restAfter429+2*time.Second)
			w.mintedTimes(1)
		})
	}
}

func TestTooManyRequestsIsARest(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		w.bank.Refuse("collect", "tooManyRequests")
		w.pass(s.ID, 14*time.Second)
		at := w.wire.collects[w.ref(s.ID)]
		if len(at) < 2 || at[1].Sub(at[0]) < restAfter429 {
			w.Errorf("%d collects in fourteen seconds; want a rest of %v after the first", len(at), restAfter429)
		}
	})
}

func TestCancelledWhileANewOrderIsBegun(t *testing.T) {
	t.Parallel()
	ord := &order[string]{mode: Other, status: Pending, stop: func() {}}
	ord.fail(hintCancelled, realNow())
	ord.begin(Begun{OrderRef: "late"}, realNow())
	if ord.status != Failed || ord.ref != "late" || !ord.open {
		t.Errorf("status %s, order %q, open %t; want it failed, and the late order known so that it can be cancelled", ord.status, ord.ref, ord.open)
	}
}

func TestOnlyAnUnopenedOrderIsBegunAgain(t *testing.T) {
	t.Parallel()
	now := realNow()
	tests := []struct {
		name    string
		order   *order[string]
		hint    string
		renewed bool
	}{
		{"nobody opened it", &order[string]{mode: Other, expires: now.Add(1)}, "startFailed", true},
		{"the three minutes are over", &order[string]{mode: Other, expires: now}, "startFailed", false},
		{"an app had it", &order[string]{mode: Other, expires: now.Add(1), taken: true}, "startFailed", false},
		{"on the same device", &order[string]{mode: Same, expires: now.Add(1)}, "startFailed", false},
		{"the person said no", &order[string]{mode: Other, expires: now.Add(1)}, "userCancel", false},
	}
	for _, test := range tests {
		test.order.status, test.order.stop = Pending, func() {}
		if got := test.order.hear(Collected{Status: Failed, Hint: test.hint}, now); got != test.renewed {
			t.Errorf("%s: begun again = %t; want %t", test.name, got, test.renewed)
		}
		if failed := test.order.status == Failed; failed == test.renewed {
			t.Errorf("%s: failed = %t; want %t", test.name, failed, !test.renewed)
		}
	}
}

func TestTheCompletionsAnswerIsLost(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		w.approve(s.ID)
		w.bank.Drop("collect")
		w.pass(s.ID, 4*time.Second)
		if p := w.expect(s.ID, Failed, HintLost); p.Message != "bankid.failed" {
			w.Errorf("message %s", p.Message)
		}
		w.mintedTimes(0)
	})
}

func TestANewOrderWaitsForMaintenanceToEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		for range 3 {
			w.bank.Refuse("auth", "maintenance")
		}
		w.pass(s.ID, 31*time.Second)
		for range 8 {
			w.pass(s.ID, time.Second)
			w.poll(s.ID)
		}
		p := w.expect(s.ID, Pending, "outstandingTransaction")
		if err := w.bank.Scan(p.QR, anna); err != nil {
			w.Errorf("the code after the maintenance: %v", err)
		}
	})
}

func TestStartAgainstTrouble(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		w.bank.Refuse("auth", "Maintenance")
		w.start(Request{})
		for _, code := range []string{"internalError", "alreadyInProgress"} {
			w.bank.Refuse("auth", code)
			if _, err := w.orders.Start(w.Context(), Request{IP: "::1"}); !errors.Is(err, Code(code)) {
				w.Errorf("%s at the start: %v", code, err)
			}
		}
		for range 7 { // the refused ones gave their places back
			w.start(Request{})
		}
		if _, err := w.orders.Start(w.Context(), Request{IP: "::1"}); !errors.Is(err, ErrFull) {
			w.Errorf("the ninth of eight: %v; want ErrFull", err)
		}
		time.Sleep(time.Minute) // abandoned, and forgotten
		synctest.Wait()
		if n := w.orders.Count(); n != 0 {
			w.Errorf("%d log-ins held; want none", n)
		}
		w.start(Request{})
	})
}

func TestManyPollAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		w.approve(s.ID)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w.refuse = errors.New("the database is busy")
		if _, err := w.orders.Poll(s.ID, w.mint); !errors.Is(err, w.refuse) {
			w.Fatalf("poll while minting fails: %v", err)
		}
		w.refuse = nil
		results := make([]string, 40)
		var all sync.WaitGroup
		for i := range results {
			all.Go(func() {
				if p, err := w.orders.Poll(s.ID, w.mint); err == nil {
					results[i] = p.Result
				}
			})
		}
		all.Wait()
		for i, result := range results {
			if result != "token 1" {
				w.Errorf("poll %d got %q; want the one token", i, result)
			}
		}
		w.mintedTimes(1)
	})
}

func TestManyLogInsAtOnce(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				s, err := w.orders.Start(context.Background(), Request{Mode: []Mode{Other, Same}[i%2], IP: "192.0.2.7"})
				if err != nil {
					w.Errorf("start: %v", err)
					return
				}
				ref, err := w.orders.OrderRef(s.ID)
				if err != nil {
					w.Errorf("orderRef: %v", err)
					return
				}
				who := simulator.PersonNamed("19860527238"+strconv.Itoa(i), "")
				if _, err := w.bank.Approve(ref, who); err != nil {
					w.Errorf("approve: %v", err)
				}
				time.Sleep(3 * time.Second)
				var got Identity
				p, err := w.orders.Poll(s.ID, func(id Identity) (string, error) { got = id; return "", nil })
				if err != nil || p.Status == Failed || i%2 == 0 && got.PersonalNumber != who.PersonalNumber {
					w.Errorf("log-in %d: %s, %v, or another person's identity", i, p.Status, err)
				}
			})
		}
		all.Wait()
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s, done := w.start(Request{}), w.start(Request{Mode: Same})
		ref := w.ref(s.ID)
		w.approve(done.ID)
		time.Sleep(2 * time.Second)
		w.orders.Close()
		if _, err := w.bank.Approve(ref, anna); !errors.Is(err, simulator.ErrEnded) {
			w.Errorf("approving after the stop: %v; want it ended at BankID too", err)
		}
		if n := w.orders.Count(); n != 0 {
			w.Errorf("%d log-ins held after Close", n)
		}
		if _, err := w.orders.Start(w.Context(), Request{IP: "::1"}); !errors.Is(err, ErrFull) {
			w.Errorf("start after Close: %v; want ErrFull", err)
		}
	})
}

func TestSlowSigning(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{})
		w.pass(s.ID, 170*time.Second) // almost too late
		if err := w.bank.Scan(w.poll(s.ID).QR, anna); err != nil {
			w.Fatal(err)
		}
		w.pass(s.ID, 100*time.Second)
		w.expect(s.ID, Pending, "userSign")
		w.pass(s.ID, 84*time.Second)
		if p := w.expect(s.ID, Failed, "expiredTransaction"); p.Message != "bankid.expired" {
			w.Errorf("message %s", p.Message)
		}
		stuck := w.start(Request{}) // BankID answers "userSign" for ever
		ref := w.ref(stuck.ID)
		if err := w.bank.Hint(ref, "userSign"); err != nil {
			w.Fatal(err)
		}
		w.pass(stuck.ID, 4*time.Second)
		for range 190 {
			w.bank.Drop("collect")
		}
		w.pass(stuck.ID, 200*time.Second)
		w.expect(stuck.ID, Failed, HintUnreachable)
	})
}
