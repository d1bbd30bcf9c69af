package load

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// ledger is what was sent, answered and heard.
type ledger struct {
	heard, commands atomic.Int64

	mu       sync.Mutex
	messages map[string]*message
	times    map[string]*times
	kinds    map[string]int // of events, by type
	faults   []string
}

// message is one that somebody has written.
type message struct {
	visit *visit
	at    time.Time
	acked bool
	heard time.Duration // until the other side had it; 0: not yet
	there bool          // found in the end
}

func (l *ledger) open() {
	l.messages, l.times, l.kinds = map[string]*message{}, map[string]*times{}, map[string]int{}
}

func (l *ledger) sent(id string, v *visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages[id] = &message{visit: v, at: time.Now()}
}

func (l *ledger) acked(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages[id].acked = true
}

// arrived notes that somebody has a message: the other side, or its author.
func (l *ledger) arrived(id string, elsewhere bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.messages[id]; m != nil && elsewhere && m.heard == 0 {
		m.heard = time.Since(m.at)
	}
}

// times are how long the answers to a command took, from when it was sent and from when it was due: the second shows a program that is behind.
type times struct{ sent, due []time.Duration }

func (l *ledger) took(name string, sent, due time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times[name] == nil {
		l.times[name] = new(times)
	}
	l.times[name].sent = append(l.times[name].sent, sent)
	l.times[name].due = append(l.times[name].due, due)
}

func (l *ledger) count(kind string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds[kind]++
}

// fault notes what went wrong; the first ten are told.
func (l *ledger) fault(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, what)
}

// unheard counts the answered messages that the other side has not heard.
func (l *ledger) unheard() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		if m.acked && m.heard == 0 {
			n++
		}
	}
	return n
}

// heardInTime waits a moment for what is on its way, and says how much has not come by itself: it must be there to fetch.
func (c *clinic) heardInTime() {
	c.t.Helper()
	for range 50 {
		if c.told.unheard() == 0 {
			break
		}
		<-time.After(100 * time.Millisecond)
	}
	c.shown.unheard = c.told.unheard()
	c.told.mu.Lock()
	defer c.told.mu.Unlock()
	for _, m := range c.told.messages {
		if m.heard > 0 {
			c.shown.arrivals = append(c.shown.arrivals, m.heard)
		}
	}
}

// checkMessages asks for every case that had one whether each message that was answered is there.
func (c *clinic) checkMessages() {
	c.t.Helper()
	cases := map[*visit]bool{}
	for _, m := range c.told.messages {
		cases[m.visit] = true
	}
	for v := range cases {
		p := newPhone(c, v.phone.Phone) // one that has heard nothing
		p.found = func(id string) {
			if m := c.told.messages[id]; m != nil {
				m.there = true
			}
		}
		if _, err := p.catchUp(c.t.Context()); err != nil {
			c.t.Errorf("fetch the events of a case: %v", err)
		}
	}
	lost, all := 0, 0
	for _, m := range c.told.messages {
		if m.acked {
			all++
			if !m.there {
				lost++
			}
		}
	}
	c.shown.messages, c.shown.lost = all, lost
	if lost > 0 || all == 0 {
		c.t.Errorf("%d of %d messages that were answered are not there", lost, all)
	}
	for i, fault := range c.told.faults {
		if i == 10 {
			c.t.Errorf("… and %d more faults", len(c.told.faults)-i)
			break
		}
		c.t.Error(fault)
	}
}

// checkPlaces holds the place that each connected phone was told last against what it is told when it asks.
func (c *clinic) checkPlaces() {
	c.t.Helper()
	<-time.After(2500 * time.Millisecond) // a place is told at most once a second
	wrong := ""
	for _, p := range c.idle[:c.size.back] {
		a, err := p.client().Do(c.t.Context(), "GET", "/cases/"+p.Case+"/queue", nil)
		var now struct{ Position int }
		if err == nil {
			err = a.Into(&now)
		}
		p.mu.Lock()
		if err != nil || now.Position != p.place && p.place != 0 {
			wrong = fmt.Sprintf("%s was told %d last, and stands at %d (%v)", p.Case, p.place, now.Position, err)
			c.shown.misplaced++
		}
		p.mu.Unlock()
	}
	if c.shown.misplaced > 0 {
		c.t.Errorf("%d phones show a wrong place: %s", c.shown.misplaced, wrong)
	}
}
