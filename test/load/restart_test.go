package load

import (
	"time"
)

// alive notes that a visit's phone is connected, or need not be any more.
func (c *clinic) alive(p *phone, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on {
		c.live[p] = true
	} else {
		delete(c.live, p)
	}
}

// restart kills the program while people work in it, starts it again on the same folder, and waits until every phone has come back: has
// connected, listened, fetched what it has missed and asked for its place.
func (c *clinic) restart() {
	c.t.Helper()
	for _, p := range c.idle[c.size.back:] {
		p.leave()
	}
	working := make(chan struct{})
	go func() {
		c.giveTurns(time.Now(), 5*time.Second, false)
		close(working)
	}()
	<-time.After(2 * time.Second)
	c.down.Store(true)
	c.shown.missed.Store(0)
	killed := time.Now()
	c.Kill(c.t)
	round := c.rounds.Add(1)
	c.Start(c.t)
	c.shown.started = time.Since(killed)
	up := time.Now()
	for c.absent(round) > 0 {
		if time.Since(up) > 3*time.Minute {
			c.t.Fatalf("%d phones have not come back within three minutes", c.absent(round))
		}
		<-time.After(20 * time.Millisecond)
	}
	c.shown.caughtUp = time.Since(up)
	c.down.Store(false)
	<-working
	c.t.Logf("answered again %v after the kill; %d phones had caught up %v later, with %d events fetched", c.shown.started.Round(time.Millisecond),
		c.size.back, c.shown.caughtUp.Round(time.Millisecond), c.shown.missed.Load())
}

// absent counts the devices that are wanted and have not come back since the last start.
func (c *clinic) absent(round int64) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	away := func(d *device) {
		if !d.left.Load() && d.round.Load() < round {
			n++
		}
	}
	for _, p := range c.idle[:c.size.back] {
		away(&p.device)
	}
	for p := range c.live {
		away(&p.device)
	}
	for _, nurse := range c.nurses {
		away(&nurse.device)
	}
	return n
}
