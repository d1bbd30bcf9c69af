package load

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// pauses are those of PocketBase's SDK between two tries to come back; then it tries every two seconds.
var pauses = []time.Duration{200, 300, 500, 1000, 1200, 1500, 2000}

// alive notes that a visit's phone is connected, or need not be any more.
func (c *clinic) alive(p *phone, on bool) {
	c.mu.Lock()
	if on {
		c.live[p] = true
	} else {
		delete(c.live, p)
	}
	c.mu.Unlock()
	if !on && p.stream != nil {
		p.stream.Close()
	}
}

// restart kills the program while people work in it, starts it again on the same folder, and lets every phone come back: connect, listen, fetch
// what was missed, ask for its place.
func (c *clinic) restart() {
	c.t.Helper()
	for _, p := range c.idle[c.size.back:] {
		p.stream.Close()
	}
	working := make(chan struct{})
	go func() {
		c.giveTurns(time.Now(), 5*time.Second, false)
		close(working)
	}()
	<-time.After(2 * time.Second)
	c.down.Store(true)
	killed := time.Now()
	c.Kill(c.t)
	back := c.comeBack()
	c.Start(c.t)
	c.shown.started = time.Since(killed)
	up := time.Now()
	c.shown.backAgain, c.shown.missed = back()
	c.shown.caughtUp = time.Since(up)
	c.down.Store(false)
	<-working
	c.t.Logf("answered again %v after the kill; %d phones had caught up %v later, with %d events fetched", c.shown.started.Round(time.Millisecond),
		c.shown.backAgain, c.shown.caughtUp.Round(time.Millisecond), c.shown.missed)
}

// comeBack has every phone try again as an app does. It gives what waits for them, and then says how many came and what they had missed.
func (c *clinic) comeBack() func() (phones, missed int) {
	c.mu.Lock()
	list := append([]*phone{}, c.idle[:c.size.back]...)
	for p := range c.live {
		list = append(list, p)
	}
	c.mu.Unlock()
	var all sync.WaitGroup
	var mu sync.Mutex
	phones, missed := 0, 0
	for _, p := range list {
		all.Go(func() {
			n, ok := p.comeBack(c.t.Context())
			mu.Lock()
			defer mu.Unlock()
			if ok {
				phones++
			}
			missed += n
		})
	}
	for _, n := range c.nurses {
		all.Go(func() {
			c.again(c.t.Context(), "a nurse comes back", func(ctx context.Context) error {
				n.mu.Lock()
				defer n.mu.Unlock()
				return n.connect(ctx)
			})
		})
	}
	return func() (int, int) {
		all.Wait()
		if phones != len(list) {
			c.t.Errorf("%d of %d phones have come back", phones, len(list))
		}
		return phones, missed
	}
}

// comeBack tries until the phone is connected and has caught up.
func (p *phone) comeBack(ctx context.Context) (missed int, ok bool) {
	if p.stream != nil {
		<-p.stream.Ended()
	}
	for try := range 60 {
		<-time.After(pauses[min(try, len(pauses)-1)] * time.Millisecond)
		if p.connect(ctx) != nil {
			continue
		}
		n, err := p.catchUp(ctx)
		missed += n
		if err != nil {
			p.stream.Close()
			continue
		}
		a, err := p.client().Do(ctx, http.MethodGet, "/cases/"+p.Case+"/queue", nil)
		return missed, err == nil && a.OK() || err == nil && a.Status == http.StatusConflict
	}
	return missed, false
}
