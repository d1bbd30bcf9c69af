package bankid

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/bankid/simulator"
)

func TestSameDevice(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Same})
		_, token, _ := strings.Cut(s.Launch, "autostarttoken=")
		token, _, _ = strings.Cut(token, "&")
		if s.QR != "" || token == "" {
			w.Fatalf("started with QR %q and launch %q; want a link alone", s.QR, s.Launch)
		}
		if err := w.bank.Start(token, anna); err != nil {
			w.Fatal(err)
		}
		w.pass(s.ID, 2*time.Second)
		if p := w.expect(s.ID, Pending, "started"); p.QR != "" {
			w.Error("mode same shows a code")
		}
		nonce := w.approve(s.ID)
		w.pass(s.ID, 2*time.Second)
		if p := w.expect(s.ID, Pending, HintReturn); p.Message != "bankid.return" || p.Result != "" {
			w.Errorf("before the return: %s, %q", p.Message, p.Result)
		}
		w.mintedTimes(0)
		if err := w.orders.Return(s.ID, "guess"); !errors.Is(err, ErrNonce) {
			w.Errorf("a guess: %v; want ErrNonce", err)
		}
		for range 2 {
			if err := w.orders.Return(s.ID, nonce); err != nil {
				w.Errorf("the right nonce: %v; want it harmless twice", err)
			}
		}
		if p := w.expect(s.ID, Complete, ""); p.Result != "token 1" {
			w.Errorf("result %q", p.Result)
		}
		time.Sleep(10 * time.Second)
		if err := w.orders.Return(s.ID, nonce); !errors.Is(err, ErrNotFound) {
			w.Errorf("the nonce after its order: %v; want it to have died", err)
		}
		w.expectGone(s.ID)
	})
}

func TestTheBrowserMayComeBackBeforeTheCollect(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Same})
		if err := w.orders.Return(s.ID, w.approve(s.ID)); err != nil {
			w.Fatal(err)
		}
		w.expect(s.ID, Pending, "outstandingTransaction")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		w.expect(s.ID, Complete, "")
	})
}

func TestAProvedLogInWaitsTenSecondsToBeFetched(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Same})
		nonce := w.approve(s.ID)
		time.Sleep(time.Minute)
		if err := w.orders.Return(s.ID, nonce); err != nil {
			w.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		w.expectGone(s.ID)
		w.mintedTimes(0)
	})
}

// The fraud that mode same is built against: somebody begins a log-in and
// makes another person open the link.
func TestAVictimsBrowserCompletesNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		fraud := w.start(Request{Mode: Same})
		nonce := w.approve(fraud.ID) // in the victim's app, which opens the victim's browser
		victims := w.start(Request{Mode: Same})
		if err := w.orders.Return(victims.ID, nonce); !errors.Is(err, ErrNonce) {
			w.Errorf("the nonce of another log-in: %v; want ErrNonce", err)
		}
		if err := w.orders.Return(nonce, nonce); !errors.Is(err, ErrNotFound) {
			w.Errorf("a nonce in the place of an id: %v; want ErrNotFound", err)
		}
		w.pass(fraud.ID, 2*time.Second)
		w.expect(fraud.ID, Pending, HintReturn)
		w.pass(fraud.ID, 3*time.Minute)
		w.expect(fraud.ID, Failed, HintBrowser)
		if err := w.orders.Return(fraud.ID, nonce); !errors.Is(err, ErrState) {
			w.Errorf("the right nonce, too late: %v; want ErrState", err)
		}
		w.mintedTimes(0)
	})
}

func TestGuessesAreBounded(t *testing.T) {
	t.Parallel()
	inBubble(t, func(w *ward) {
		s := w.start(Request{Mode: Same})
		nonce := w.approve(s.ID)
		w.pass(s.ID, 2*time.Second)
		for range maxNonces {
			if err := w.orders.Return(s.ID, ""); !errors.Is(err, ErrNonce) {
				w.Fatalf("a wrong nonce: %v", err)
			}
		}
		if err := w.orders.Return(s.ID, nonce); !errors.Is(err, ErrState) {
			w.Errorf("the right nonce after five wrong ones: %v; want ErrState", err)
		}
		w.expect(s.ID, Failed, HintBrowser)
		other := w.start(Request{Mode: Other})
		if err := w.orders.Return(other.ID, ""); !errors.Is(err, ErrState) {
			w.Errorf("a return in mode other: %v; want ErrState", err)
		}
		w.mintedTimes(0)
	})
}

// Whatever two browsers and two persons do, in whatever order: a person is
// admitted at most once a log-in, and in mode same only where its own nonce came back.
func TestAdmissionNeedsItsOwnReturn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ rapid.TB }{t}, admission) // wrapped: a bubble has no Deadline, which rapid asks a *testing.T for
	})
}

func admission(t *rapid.T) {
	bank := simulator.New(realNow)
	orders := NewOrders[int](Settings{
		Client: newClient("https://bank.test/rp/v6.0", &wire{bank: bank, collects: map[string][]time.Time{}, under: map[string]int{}}),
		Now:    realNow, ReturnPage: ourPage,
	})
	defer orders.Close()
	modes := []Mode{Same, Same, Other}
	ids, nonces := make([]string, 3), make([]string, 3)
	proved, admitted, approved := make([]bool, 3), make([]int, 3), make([]bool, 3)
	for i, mode := range modes {
		s, err := orders.Start(t.Context(), Request{Mode: mode, IP: "192.0.2.7"})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = s.ID
	}
	for range rapid.IntRange(1, 30).Draw(t, "acts") {
		i, j := rapid.IntRange(0, 2).Draw(t, "log-in"), rapid.IntRange(0, 2).Draw(t, "other")
		switch rapid.SampledFrom([]string{"poll", "approve", "return", "wait", "cancel"}).Draw(t, "act") {
		case "poll":
			_, _ = orders.Poll(ids[i], func(Identity) (int, error) { admitted[i]++; return i, nil })
		case "approve":
			if ref, err := orders.OrderRef(ids[i]); err == nil {
				if back, err := bank.Approve(ref, simulator.PersonNamed("19860527238"+strconv.Itoa(i), "")); err == nil {
					approved[i] = true
					_, nonces[i], _ = strings.Cut(back, "#n=")
				}
			}
		case "return":
			if orders.Return(ids[i], nonces[j]) == nil {
				if i != j || nonces[j] == "" {
					t.Fatalf("the nonce of log-in %d proved log-in %d", j, i)
				}
				proved[i] = true
			}
		case "wait":
			time.Sleep(time.Duration(rapid.IntRange(1, 5).Draw(t, "seconds")) * time.Second)
		case "cancel":
			if rapid.IntRange(0, 4).Draw(t, "seldom") == 0 {
				_ = orders.Cancel(ids[i])
			}
		}
		for i, mode := range modes {
			if admitted[i] > 1 || admitted[i] == 1 && (!approved[i] || mode == Same && !proved[i]) {
				t.Fatalf("log-in %d: admitted %d times, approved %t, proved %t", i, admitted[i], approved[i], proved[i])
			}
		}
	}
}
