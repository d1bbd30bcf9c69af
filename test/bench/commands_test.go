package bench

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"lotsen/test/crowd"
	"lotsen/test/kit"
)

const (
	callers  = 8 // at once, of ours as of the bare database
	inLine   = 1000
	claims   = 80  // in a round
	messages = 160 // in a round
)

// commands holds commands over HTTP, with all that they ask and check, against bare transactions that write the same rows.
func commands(b *testing.B, out *table) {
	b.Helper()
	binary, phones := crowd.Waiting(b, inLine)
	nurse := binary.Staff(b, "nurse@demo.test")
	var queues []struct{ ID string }
	nurse.Want(b, http.StatusOK, http.MethodGet, "/queues", nil, &queues)
	next := func(ctx context.Context) error {
		a, err := nurse.Do(ctx, http.MethodPost, "/queues/"+queues[0].ID+"/next", map[string]string{"take": crowd.NewID()})
		if err == nil && a.Status != http.StatusOK {
			err = fmt.Errorf("answered %d %s", a.Status, a.Body)
		}
		return err
	}
	talking := phones[:callers]
	for range talking {
		if err := next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	var said atomic.Int64
	say := func(ctx context.Context) error {
		phone := talking[said.Add(1)%callers]
		by := &kit.Client{At: binary.URL, Token: phone.Token}
		a, err := crowd.Say(ctx, by, phone.Case, crowd.NewID(), "Tack. Det är ungefär som i går, kanske lite sämre.")
		return answered200(a, err)
	}
	for range 2 * callers {
		if err := say(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	file := openBare(b, binary.Dir, talking[0].Case, phones[callers:])
	found := turns(7,
		rate(b, claims, next), rate(b, 10*claims, file.claim),
		rate(b, messages, say), rate(b, 10*messages, file.say))
	out.add(fmt.Sprintf("take the next patient, %d callers", callers), found[0], "bare SQLite transactions of the same rows", found[1], perSecond)
	out.add(fmt.Sprintf("write a message, %d callers", callers), found[2], "bare SQLite transactions of the same rows", found[3], perSecond)
}

// rate does something n times, by some callers at once, and gives how often a second.
func rate(b *testing.B, n int, do func(context.Context) error) func() float64 {
	b.Helper()
	return func() float64 {
		began := time.Now()
		if err := crowd.All(n, callers, func(int) error { return do(b.Context()) }); err != nil {
			b.Fatal(err)
		}
		return float64(n) / time.Since(began).Seconds()
	}
}
