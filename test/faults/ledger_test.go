package faults

import (
	"context"
	"maps"
	"slices"
	"sync"

	"lotsen/test/kit"
)

// promise is what an answer of 2xx has said of a case.
type promise struct {
	about string
	what  string
	kept  func(ctx context.Context, now *seen) bool
}

// ledger is what people have been told.
type ledger struct {
	mu       sync.Mutex
	promises map[string][]promise // by case
	owner    map[string]*patient  // of each case
	touched  map[string]bool      // in this round
	faults   []string
	left     int           // answers until reached
	reached  chan struct{} // closed when there have been enough
	broken   bool          // the disk may be: then who is told that nothing can be written waits, and asks again
	outages  int           // how often somebody was told so
}

// outage says whether an answer is that nothing can be written, while that may be so.
func (l *ledger) outage(a kit.Answer) bool {
	if !outOfOrder(a) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken {
		l.outages++
	}
	return l.broken
}

// breaks says that the disk may fail from now on, or that it works again, and gives how often somebody has been told so till now.
func (l *ledger) breaks(may bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = may
	return l.outages
}

// begin counts anew, and tells when there have been so many answers.
func (l *ledger) begin(enough int64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.touched, l.left, l.reached = map[string]bool{}, int(enough), make(chan struct{})
	return l.reached
}

// keep takes promises down. An answer without any, such as that nobody waits, counts for nothing.
func (l *ledger) keep(list []promise) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range list {
		l.promises[p.about] = append(l.promises[p.about], p)
		if l.touched != nil {
			l.touched[p.about] = true
		}
	}
	if len(list) > 0 && l.reached != nil {
		if l.left--; l.left == 0 {
			close(l.reached)
		}
	}
}

func (l *ledger) own(theCase string, p *patient) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owner[theCase] = p
}

func (l *ledger) fault(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, what)
}

func (l *ledger) takeFaults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.faults
	l.faults = nil
	return taken
}

// fresh are the cases that something was promised of in this round; all those of every round.
func (l *ledger) fresh() []string { return slices.Sorted(maps.Keys(l.touched)) }
func (l *ledger) all() []string   { return slices.Sorted(maps.Keys(l.promises)) }
