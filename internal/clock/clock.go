// Package clock is the one place where Lotsen asks what time it is.
//
// Rules take a time as an argument; whoever calls them asks a [Clock]. That is
// what makes it possible to test a no-show timer without waiting ten minutes,
// and to show it firing in the demo. The package does not sleep, run timers or
// know time zones: a sleeper waits on a timer of its own and on [Clock.Moved].
//
// The machine's clock may jump: by hand, by a time server, after a restart. What
// waits is ordered by time, so this clock never goes back: where the machine's
// has gone back, it runs at half speed until the two agree again. Forwards it
// follows at once. A machine whose clock goes back by more than [Furthest] was
// wrong before, and is believed now.
//
// The lifetime of log-in tokens is real time and none of this clock's business.
package clock

import (
	"sync"
	"time"
)

// Precision is the smallest step of time that Lotsen keeps. PocketBase stores
// dates with three decimals; a finer time would not equal itself once read back.
const Precision = time.Millisecond

// Furthest is how far back the machine's clock may jump without being believed.
// A place in line that is wrong for a while does less harm than a day of wrong
// opening hours.
const Furthest = 2 * time.Hour

// Clock tells the time. The zero value is real time and ready for use.
// It is safe for concurrent use and must not be copied.
type Clock struct {
	mu     sync.Mutex
	stands bool          // made by At: moves only when it is told to
	start  time.Time     // what a standing clock showed at first
	offset time.Duration // how far the clock has been moved
	moved  chan struct{} // closed at the next move; nil while nobody waits

	machine machine   // nil: the real one
	told    time.Time // what was told last, before it was moved and cut; zero at first
	ran     time.Duration
}

// machine reads the machine's two clocks: the time, which may jump, and how long
// it has been running, which does not.
type machine func() (at time.Time, running time.Duration)

// begun is when the program began to count.
var begun = time.Now() //nolint:forbidigo // this is the clock that all others ask

func realMachine() (time.Time, time.Duration) {
	now := time.Now() //nolint:forbidigo // this is the clock that all others ask
	return now.Round(0), now.Sub(begun)
}

// At gives a clock that stands at t and moves only by [Clock.Advance] and
// [Clock.SetOffset]. It is for tests.
func At(t time.Time) *Clock {
	return &Clock{stands: true, start: t}
}

// Now gives the time in UTC, cut to milliseconds, without a monotonic reading.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	start := c.start
	if !c.stands {
		start = c.tell()
	}
	return start.Add(c.offset).UTC().Truncate(Precision)
}

// NotBefore tells the clock what it has shown in another life of the program:
// the time of something that was written down. It goes on from there if the
// machine's clock has gone back since.
func (c *Clock) NotBefore(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t = t.Add(-c.offset); c.told.Before(t) {
		c.told = t
		if !c.stands {
			_, c.ran = c.read()
		}
	}
}

// tell gives the machine's time, but never goes back. The caller holds mu.
func (c *Clock) tell() time.Time {
	at, running := c.read()
	slow := c.told.Add((running - c.ran) / 2)
	if at.Before(slow) && slow.Sub(at) <= Furthest {
		at = slow
	}
	c.told, c.ran = at, running
	return at
}

func (c *Clock) read() (time.Time, time.Duration) {
	if c.machine != nil {
		return c.machine()
	}
	return realMachine()
}

// Advance moves the clock on by d and wakes everyone who waits on
// [Clock.Moved]. It panics if d is negative: due times that have fired would
// lie ahead again.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		panic("clock: Advance backwards")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(c.offset + d)
}

// Offset tells how far the clock has been moved in all. The demo keeps it in
// its data folder, so that a restart goes on where it was.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// SetOffset restores what [Clock.Offset] gave before a restart, and wakes
// everyone who waits on [Clock.Moved].
func (c *Clock) SetOffset(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(d)
}

// Moved gives a channel that is closed when the clock is next moved by hand;
// the ordinary passing of time does not close it. A sleeper takes the channel
// first and asks Now afterwards, so that no move falls between the two.
func (c *Clock) Moved() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moved == nil {
		c.moved = make(chan struct{})
	}
	return c.moved
}

// move sets the offset and wakes the sleepers. The caller holds mu.
func (c *Clock) move(to time.Duration) {
	c.offset = to
	if c.moved != nil {
		close(c.moved)
		c.moved = nil
	}
}
