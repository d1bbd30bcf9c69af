package fanout

import (
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/tools/subscriptions"
)

const (
	// buffered is how many messages a line holds for a reader that is behind.
	buffered = 64
	// rest is how long a line keeps still after a message of PublishLatest.
	rest = time.Second
)

// Line is one connected client as the fan-out sees it: a bounded buffer that
// its connection empties. It is safe for concurrent use.
type Line struct {
	id  string
	f   *Fanout
	out chan subscriptions.Message

	mu      sync.Mutex
	closed  bool
	staff   bool
	resting *time.Timer             // runs while a message of PublishLatest was sent less than rest ago
	waiting []subscriptions.Message // what came meanwhile, one a topic, oldest topic first
}

// Open makes a line that listens to nothing yet. The id is whatever the caller
// finds the client by.
func (f *Fanout) Open(id string) *Line {
	return &Line{id: id, f: f, out: make(chan subscriptions.Message, buffered)}
}

// ID gives the id that the line was opened with.
func (l *Line) ID() string { return l.id }

// Out is what the connection reads. It is closed when the line ends, whoever ends it.
func (l *Line) Out() chan subscriptions.Message { return l.out }

// Listen makes names the line's topics in place of those it had. Staff tells
// who reads: an event may hold something else for staff. On a line that has
// ended it does nothing.
func (l *Line) Listen(staff bool, names ...string) {
	l.mu.Lock()
	l.staff = staff
	l.mu.Unlock()

	l.f.index.Set(l, names...)
	if l.Closed() { // it ended meanwhile: nobody else would take it out of the index
		l.f.index.Remove(l)
	}
}

// Topics gives what the line listens to.
func (l *Line) Topics() []string { return l.f.index.Topics(l) }

// Has tells whether the line listens to the topic.
func (l *Line) Has(topic string) bool { return l.f.index.Has(l, topic) }

// Drop ends one topic and tells whether the line had it.
func (l *Line) Drop(topic string) bool { return l.f.index.Drop(l, topic) }

// Send lays one message into the buffer, whatever the line listens to. It never
// waits: if the buffer is full the line is cut off. It tells whether m went in.
func (l *Line) Send(m subscriptions.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.push(m)
}

// Offer is Send for what is not worth a line: it gives up when half the buffer
// is taken, and leaves the line open.
func (l *Line) Offer(m subscriptions.Message) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.out) < buffered/2 && l.push(m)
}

// Close ends the line. It may be called more than once.
func (l *Line) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close()
}

// Closed tells whether the line has ended.
func (l *Line) Closed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// give sends what the frame holds for a reader of this kind. What was kept for
// the topic is older: told afterwards it would be wrong.
func (l *Line) give(fr frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	raw := fr.patient
	if l.staff {
		raw = fr.staff
	}
	if raw != nil {
		l.waiting = slices.DeleteFunc(l.waiting, func(m subscriptions.Message) bool { return m.Name == fr.topic })
		l.push(subscriptions.Message{Name: fr.topic, Data: raw})
	}
}

// latest sends m now if the line has rested, or else keeps it for then in place
// of what was kept for the same topic.
func (l *Line) latest(m subscriptions.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.resting == nil {
		if l.push(m) {
			l.resting = time.AfterFunc(rest, l.rested)
		}
		return
	}
	for i := range l.waiting {
		if l.waiting[i].Name == m.Name {
			l.waiting[i] = m
			return
		}
	}
	l.waiting = append(l.waiting, m)
}

// rested sends the oldest of what was kept, if its topic is still listened to,
// and rests again.
func (l *Line) rested() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 && !l.closed {
		m := l.waiting[0]
		l.waiting = l.waiting[1:]
		if l.Has(m.Name) && l.push(m) {
			l.resting.Reset(rest)
			return
		}
	}
	l.resting, l.waiting = nil, nil
}

// push lays m into the buffer or cuts the line off. The caller holds mu.
func (l *Line) push(m subscriptions.Message) bool {
	if l.closed {
		return false
	}
	select {
	case l.out <- m:
		return true
	default:
		l.f.cut.Add(1)
		l.close()
		return false
	}
}

// close ends the line and takes it out of the index. The caller holds mu; the
// index never asks a line anything, so the two locks are always taken in this order.
func (l *Line) close() {
	if l.closed {
		return
	}
	l.closed = true
	close(l.out)
	if l.resting != nil {
		l.resting.Stop()
	}
	l.waiting = nil
	l.f.index.Remove(l)
}
