package bankid

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lotsen/internal/bankid/simulator"
)

const ourPage = "https://lotsen.test/login/return"

// wire carries calls to the simulator without a network, so that a bubble's
// time stands still while one is under way. It notes every call.
type wire struct {
	bank *simulator.Bank

	mu       sync.Mutex
	auths    []AuthRequest
	collects map[string][]time.Time
	under    map[string]int
	overlaps int
}

func (w *wire) RoundTrip(r *http.Request) (res *http.Response, err error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	call := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	defer w.note(call, body)()
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	recorder := httptest.NewRecorder()
	defer func() {
		if recover() != nil { // http.ErrAbortHandler: the simulator lost its answer
			res, err = nil, io.ErrUnexpectedEOF
		}
	}()
	w.bank.ServeHTTP(recorder, r)
	return recorder.Result(), r.Context().Err()
}

func (w *wire) note(call string, body []byte) (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ref struct{ OrderRef string }
	_ = json.Unmarshal(body, &ref)
	switch call {
	case "auth":
		var r AuthRequest
		_ = json.Unmarshal(body, &r)
		w.auths = append(w.auths, r)
	case "collect":
		w.collects[ref.OrderRef] = append(w.collects[ref.OrderRef], realNow())
		if w.under[ref.OrderRef]++; w.under[ref.OrderRef] > 1 {
			w.overlaps++
		}
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.under[ref.OrderRef]--
	}
}

// ward is one set of orders in a bubble of time.
type ward struct {
	*testing.T
	bank   *simulator.Bank
	wire   *wire
	orders *Orders[string]

	mu     sync.Mutex
	minted []Identity
	refuse error // what minting answers, if anything
}

// inBubble runs a test where time passes only when everyone waits, and checks
// at its end that no order was collected by two, or faster than BankID bears.
func inBubble(t *testing.T, test func(w *ward)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bank := simulator.New(realNow)
		carried := &wire{bank: bank, collects: map[string][]time.Time{}, under: map[string]int{}}
		w := &ward{T: t, bank: bank, wire: carried, orders: NewOrders[string](Settings{
			Client: newClient("https://bank.test/rp/v6.0", carried), Now: realNow,
			ReturnPage: ourPage, AppReturns: []string{"patientapp://back"}, Limit: 8,
		})}
		test(w)
		w.orders.Close()
		if carried.overlaps > 0 {
			t.Errorf("an order was collected by two at once %d times", carried.overlaps)
		}
		for ref, at := range carried.collects {
			for i := 1; i < len(at); i++ {
				if gap := at[i].Sub(at[i-1]); gap < 2*time.Second {
					t.Errorf("order %s was collected again after %v; BankID asks for two seconds", ref, gap)
				}
			}
		}
	})
}

func (w *ward) start(r Request) Started {
	w.Helper()
	r.IP = "192.0.2.7"
	s, err := w.orders.Start(w.Context(), r)
	if err != nil {
		w.Fatalf("start: %v", err)
	}
	return s
}

func (w *ward) mint(who Identity) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil {
		return "", w.refuse
	}
	w.minted = append(w.minted, who)
	return fmt.Sprintf("token %d", len(w.minted)), nil
}

func (w *ward) poll(id string) State[string] {
	w.Helper()
	s, err := w.orders.Poll(id, w.mint)
	if err != nil {
		w.Fatalf("poll: %v", err)
	}
	return s
}

func (w *ward) expect(id string, status Status, hint string) State[string] {
	w.Helper()
	s := w.poll(id)
	if s.Status != status || s.Hint != hint {
		w.Fatalf("the log-in is %s with %q; want %s with %q", s.Status, s.Hint, status, hint)
	}
	return s
}

func (w *ward) expectGone(id string) {
	w.Helper()
	if s, err := w.orders.Poll(id, w.mint); !errors.Is(err, ErrNotFound) {
		w.Fatalf("poll = %s %q, %v; want it gone", s.Status, s.Hint, err)
	}
}

// pass lets time go by and polls each second, as a page does.
func (w *ward) pass(id string, d time.Duration) {
	for range int(d / time.Second) {
		time.Sleep(time.Second)
		_, _ = w.orders.Poll(id, w.mint)
	}
	synctest.Wait()
}

func (w *ward) ref(id string) string {
	w.Helper()
	ref, err := w.orders.OrderRef(id)
	if err != nil {
		w.Fatalf("orderRef: %v", err)
	}
	return ref
}

func (w *ward) approve(id string) (nonce string) {
	w.Helper()
	back, err := w.bank.Approve(w.ref(id), anna)
	if err != nil {
		w.Fatalf("approve: %v", err)
	}
	_, nonce, _ = strings.Cut(back, "#n=")
	return nonce
}

func (w *ward) mintedTimes(n int) {
	w.Helper()
	if len(w.minted) != n {
		w.Fatalf("minted %d times; want %d", len(w.minted), n)
	}
}
