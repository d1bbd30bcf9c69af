package queue

import (
	"sync"
	"time"

	"lotsen/internal/cases"
)

// Sighting is a case as a commit has left it.
type Sighting struct {
	ID        string
	Seq       int // of its last event: older news is dropped
	Queue     string
	Level     cases.Level
	State     cases.State
	Clinician string // who holds it
	At        time.Time
}

// Pace is how the work goes in all queues of the program: who is at work, with how many cases in hand, how fast they finish, who comes in
// before others. It is fed after each commit, in any order. The zero value knows nothing and is ready; it is safe for concurrent use.
type Pace struct {
	mu    sync.Mutex
	flows map[string]*flow
	seen  map[string]Sighting
	load  map[string]int      // cases in hand, by clinician, over all queues
	duty  map[string][]string // queues that somebody is on duty in
	swept time.Time
}

// forgetAfter is how long the last news of a case that has ended is kept, so that older news that comes late is known for what it is.
const forgetAfter = time.Hour

// Follow takes in a case that was committed.
func (p *Pace) Follow(now Sighting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready()
	old, known := p.seen[now.ID]
	if known && now.Seq < old.Seq {
		return
	}
	p.pass(now.At, old.Queue, now.Queue)
	p.pass(now.At, p.duty[old.Clinician]...)
	p.pass(now.At, p.duty[now.Clinician]...)
	p.leave(old, now)
	p.enter(old, now)
	p.seen[now.ID] = now
	p.sweep(now.At)
}

// OnDuty takes in which queues a member of staff is on duty in, from now on.
func (p *Pace) OnDuty(staff string, queues []string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready()
	p.pass(now, p.duty[staff]...)
	p.pass(now, queues...)
	for _, q := range p.duty[staff] {
		p.flow(q).goHome(staff)
	}
	for _, q := range queues {
		p.flow(q).duty[staff] = true
	}
	p.duty[staff] = queues
	if len(queues) == 0 {
		delete(p.duty, staff)
	}
}

// Ground says how the work of a queue stands.
func (p *Pace) Ground(queue string, now time.Time) Ground {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready()
	if p.flows[queue] == nil {
		return Ground{}
	}
	p.pass(now, queue)
	return p.flow(queue).ground(p.load)
}

func (p *Pace) ready() {
	if p.flows == nil {
		p.flows, p.seen = map[string]*flow{}, map[string]Sighting{}
		p.load, p.duty = map[string]int{}, map[string][]string{}
	}
}

func (p *Pace) flow(queue string) *flow {
	f := p.flows[queue]
	if f == nil {
		f = newFlow()
		p.flows[queue] = f
	}
	return f
}

// pass lets time pass in queues, as they have stood until now.
func (p *Pace) pass(now time.Time, queues ...string) {
	for _, q := range queues {
		if q != "" {
			p.flow(q).pass(now, p.load)
		}
	}
}

func inLine(s Sighting) bool { return s.State == cases.Waiting }

// inHand says whether a case occupies its clinician. One that is paused does not: it is the patient's turn to answer.
func inHand(s Sighting) bool { return s.State == cases.Called || s.State == cases.Active }

// leave counts what a case is no more.
func (p *Pace) leave(old, now Sighting) {
	moved := old.Queue != now.Queue
	switch {
	case inLine(old) && (moved || !inLine(now)):
		f := p.flow(old.Queue)
		f.waiting--
		if moved || !inHand(now) {
			f.gaveUp()
		}
	case inHand(old):
		p.putDown(old.Clinician)
		if moved || !inHand(now) && !inLine(now) {
			p.flow(old.Queue).finished(old.Clinician)
		}
	}
}

// enter counts what a case has become.
func (p *Pace) enter(old, now Sighting) {
	moved := old.Queue != now.Queue
	switch {
	case inLine(now) && (moved || !inLine(old)):
		f := p.flow(now.Queue)
		f.waiting++
		if moved || !inHand(old) { // who comes back from a call stands where they stood
			f.came(now.Level)
		}
	case inLine(now) && now.Level < old.Level:
		p.flow(now.Queue).came(now.Level)
	case inHand(now):
		p.load[now.Clinician]++
		if inLine(old) {
			p.flow(now.Queue).took(now.Clinician, p.load[now.Clinician])
		}
		if old.State == cases.Paused && !moved {
			p.flow(now.Queue).resumed(now.Clinician)
		}
	}
}

func (p *Pace) putDown(staff string) {
	p.load[staff]--
	if p.load[staff] <= 0 {
		delete(p.load, staff)
	}
}

// sweep forgets, now and then, the cases that ended long ago.
func (p *Pace) sweep(now time.Time) {
	if now.Sub(p.swept) < forgetAfter {
		return
	}
	p.swept = now
	for id, s := range p.seen {
		if !s.State.Open() && now.Sub(s.At) > forgetAfter {
			delete(p.seen, id)
		}
	}
}
