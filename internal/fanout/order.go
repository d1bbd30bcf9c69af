package fanout

import (
	"maps"
	"slices"
	"time"
)

// The hooks that publish run after the commit, those of two requests at the same
// time, so event 8 may come before event 7. It is held until 7 has come. One act
// writes one event, so 7 does come; should it not, the reader sees the hole and
// asks, and nothing waits for ever.
const (
	// patience is how long an event is held for one that is missing before it.
	patience = time.Second
	// settling is how long the first event of a topic is held, when it is not
	// known which number comes next: after a start, or after a long silence.
	settling = 50 * time.Millisecond
	// holdMost is how many events of one topic are held at most.
	holdMost = 256
	// rememberMost bounds how many topics' numbers are remembered: twice this.
	rememberMost = 1 << 13
)

// order is where the events of one topic stand.
type order struct {
	known bool  // whether last is
	last  int64 // the highest seq that has been handed out
	held  map[int64]frame
	timer *time.Timer // runs while something is held
}

// orders remembers topics in two generations, so that those without events for a
// long time are forgotten without a clock. The zero value is empty.
type orders struct {
	fresh, stale map[string]*order
}

// of finds the topic's order, or begins one.
func (o *orders) of(topic string) *order {
	if s := o.fresh[topic]; s != nil {
		return s
	}
	s := o.stale[topic]
	if s == nil {
		s = &order{}
	}
	if o.fresh == nil || len(o.fresh) >= rememberMost {
		o.stale, o.fresh = o.fresh, map[string]*order{}
	}
	o.fresh[topic] = s
	return s
}

// inOrder hands the frame out if it is its turn, and what was held behind it, or
// holds it. One that comes after its turn was given up is handed out late. The
// caller holds mu.
func (f *Fanout) inOrder(seq int64, fr frame) {
	s := f.orders.of(fr.topic)
	switch {
	case s.known && seq <= s.last:
		f.hand(fr)
		return
	case s.known && seq == s.last+1, seq == 1:
		f.hand(fr)
		s.known, s.last = true, seq
	default:
		if s.held == nil {
			s.held = map[int64]frame{}
		}
		s.held[seq] = fr
	}
	f.release(s)
	f.wait(s)
}

// release hands out what is held and has its turn. What is then still held waits
// for another event, and so anew.
func (f *Fanout) release(s *order) {
	for s.known {
		fr, ok := s.held[s.last+1]
		if !ok {
			return
		}
		s.stop()
		s.last++
		delete(s.held, s.last)
		f.hand(fr)
	}
}

// wait sees to it that what is still held is handed out in the end.
func (f *Fanout) wait(s *order) {
	switch {
	case len(s.held) == 0:
		s.stop()
	case len(s.held) >= holdMost:
		f.giveUp(s)
	case s.timer == nil:
		d := patience
		if !s.known {
			d = settling
		}
		var mine *time.Timer
		mine = time.AfterFunc(d, func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			if s.timer == mine { // else it was stopped as it fired
				f.giveUp(s)
			}
		})
		s.timer = mine
	}
}

// giveUp hands out all that is held, holes or not.
func (f *Fanout) giveUp(s *order) {
	for _, seq := range slices.Sorted(maps.Keys(s.held)) {
		f.hand(s.held[seq])
		s.last = seq
	}
	s.known, s.held = true, nil
	s.stop()
}

func (s *order) stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}
