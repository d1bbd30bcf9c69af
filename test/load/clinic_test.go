package load

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lotsen/test/crowd"
	"lotsen/test/kit"
)

// chairs is how many patients are on their way through the service at once. Nobody thinks before the next command, so there is always somebody
// for a turn unless the program is behind.
func (s size) chairs() int { return max(4, s.pace/3) }

// clinic is a running demo, those who wait in it, and those who come.
type clinic struct {
	t    testing.TB
	size size
	*kit.Binary
	told ledger

	queue  string
	nurses []*nurse
	idle   []*phone         // wait all the time
	fresh  chan crowd.Phone // have not come yet
	turns  chan time.Time   // when a command was due
	visits sync.WaitGroup
	over   context.CancelFunc // no new visits

	mu     sync.Mutex
	joined map[string]*visit // wait for a nurse, by case
	live   map[*phone]bool   // of visits, connected
	shown  figures
	down   atomic.Bool  // the program is being killed and started
	rounds atomic.Int64 // how often it was killed
}

// open starts a clinic and logs the nurses in.
func open(t testing.TB, s size) *clinic {
	t.Helper()
	c := &clinic{t: t, size: s, turns: make(chan time.Time, 100_000), joined: map[string]*visit{}, live: map[*phone]bool{}}
	people := s.pace*int((s.warmUp()+s.lasting+15*time.Second).Seconds())/commandsOfVisit + 3*s.chairs()
	binary, waiting := crowd.Waiting(t, s.phones)
	c.Binary = binary
	fresh := crowd.Newcomers(t, binary, people)
	c.told.open()
	for _, p := range waiting {
		c.idle = append(c.idle, newPhone(c, p))
	}
	c.fresh = make(chan crowd.Phone, len(fresh))
	for _, p := range fresh {
		c.fresh <- p
	}
	for _, email := range []string{"nurse@demo.test", "doctor@demo.test", "lead@demo.test"} {
		c.nurses = append(c.nurses, newNurse(c, c.Staff(t, email)))
	}
	var queues []struct{ ID string }
	c.nurses[0].Want(t, http.StatusOK, http.MethodGet, "/queues", nil, &queues)
	c.queue = queues[0].ID
	return c
}

// connectAll connects everybody who waits, and the nurses.
func (c *clinic) connectAll() {
	c.t.Helper()
	began := time.Now()
	err := crowd.All(len(c.idle), 32, func(i int) error { return c.idle[i].connect(c.t.Context()) })
	if err != nil {
		c.t.Fatalf("connect those who wait: %v", err)
	}
	for _, n := range c.nurses {
		if err := n.connect(c.t.Context()); err != nil {
			c.t.Fatalf("connect a nurse: %v", err)
		}
	}
	c.shown.connected = time.Since(began)
}

// begin lets people come, one after the other in each of the chairs.
func (c *clinic) begin() {
	var open context.Context
	open, c.over = context.WithCancel(c.t.Context())
	for i := range c.size.chairs() {
		n := c.nurses[i%len(c.nurses)]
		c.visits.Go(func() {
			for open.Err() == nil {
				select {
				case p := <-c.fresh:
					if !newVisit(c, p).happen(c.t.Context(), n) {
						return
					}
				default:
					c.told.fault("there are no people left to come")
					return
				}
			}
		})
	}
}

// warmUp is how long it takes until there are people at every point of their way.
func (s size) warmUp() time.Duration { return min(s.lasting, 15*time.Second) }

// work gives out turns at the pace, for so long, when people have come everywhere.
func (c *clinic) work(lasting time.Duration) {
	c.t.Helper()
	c.giveTurns(time.Now(), c.size.warmUp(), false)
	before := c.used()
	began, heard := time.Now(), c.told.heard.Load()
	c.shown.commands = c.told.commands.Load()
	c.giveTurns(began, lasting, true)
	spent := time.Since(began)
	c.shown.commands = c.told.commands.Load() - c.shown.commands
	c.shown.spent, c.shown.heard = spent, c.told.heard.Load()-heard
	c.shown.used = c.used().since(before)
	c.t.Logf("%.1f commands a second, %.0f events a second to %d phones", float64(c.shown.commands)/spent.Seconds(),
		float64(c.shown.heard)/spent.Seconds(), c.size.phones)
}

// giveTurns gives them out by the clock: a program that is behind finds all of them waiting, and its delay in every figure.
// What is not measured has no time at which it was due.
func (c *clinic) giveTurns(began time.Time, lasting time.Duration, measured bool) {
	every := time.Second / time.Duration(c.size.pace)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; time.Duration(n)*every < lasting; n++ {
		due := began.Add(time.Duration(n) * every)
		for time.Now().Before(due) {
			<-tick.C
		}
		if !measured {
			due = time.Time{}
		}
		c.turns <- due
	}
}

// finish lets everybody who has come be helped, and waits for them.
func (c *clinic) finish() {
	c.t.Helper()
	c.over()
	done := make(chan struct{})
	go func() {
		c.visits.Wait()
		close(done)
	}()
	tooLate := time.After(2 * time.Minute)
	for {
		select {
		case <-done:
			return
		case c.turns <- time.Time{}: // not measured
		case <-tooLate:
			c.t.Fatal("people who came are not helped two minutes after the last has come")
		}
	}
}
