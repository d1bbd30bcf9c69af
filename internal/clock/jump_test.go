package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bench is a machine whose clock can be set.
type bench struct {
	at      time.Time
	running time.Duration
}

func (b *bench) read() (time.Time, time.Duration) { return b.at, b.running }

func (b *bench) pass(d time.Duration) { b.at, b.running = b.at.Add(d), b.running+d }

func onBench() (*bench, *Clock) {
	b := &bench{at: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	return b, &Clock{machine: b.read}
}

func TestAMachineThatGoesBackDoesNotTakeTheClockWithIt(t *testing.T) {
	t.Parallel()
	b, c := onBench()
	before := c.Now()
	b.pass(time.Second)
	b.at = b.at.Add(-time.Hour)
	if got := c.Now(); got.Before(before) || got.Sub(before) > time.Second {
		t.Errorf("when the machine went back an hour the clock went from %v to %v", before, got)
	}
	b.pass(10 * time.Minute)
	if got, want := c.Now().Sub(before), 5*time.Minute; got < want || got > want+time.Second {
		t.Errorf("ten minutes after the jump the clock has gone on by %v, want half of them", got)
	}
	b.pass(3 * time.Hour)
	if got := c.Now(); !got.Equal(b.at) {
		t.Errorf("three hours after the jump the clock shows %v, want the machine's %v", got, b.at)
	}
}

func TestAMachineThatGoesForwardIsFollowed(t *testing.T) {
	t.Parallel()
	b, c := onBench()
	c.Now()
	b.at = b.at.Add(24 * time.Hour)
	if got := c.Now(); !got.Equal(b.at) {
		t.Errorf("a day on the clock shows %v, want %v", got, b.at)
	}
}

func TestAMachineThatWasWrongByMoreIsBelieved(t *testing.T) {
	t.Parallel()
	b, c := onBench()
	b.at = b.at.Add(24 * time.Hour)
	c.Now()
	b.at = b.at.Add(-24 * time.Hour)
	if got := c.Now(); !got.Equal(b.at) {
		t.Errorf("after a day that was a mistake the clock shows %v, want %v", got, b.at)
	}
}

// TestARestartDoesNotTakeTheClockBack: what was written before it says what the clock has shown.
func TestARestartDoesNotTakeTheClockBack(t *testing.T) {
	t.Parallel()
	for _, moved := range []time.Duration{0, 5 * time.Hour} {
		b, c := onBench()
		c.Advance(moved)
		written := c.Now().Add(40 * time.Minute) // by the program before, whose machine was ahead
		c.NotBefore(written)
		if got := c.Now(); got.Before(written) {
			t.Errorf("moved by %v: after the restart the clock shows %v, before it was %v", moved, got, written)
		}
		b.pass(time.Minute)
		if got := c.Now().Sub(written); got < 29*time.Second || got > 31*time.Second {
			t.Errorf("moved by %v: a minute later it has gone on by %v, want half a minute", moved, got)
		}
		c.NotBefore(written.Add(-time.Hour))
		if got := c.Now(); got.Before(written) {
			t.Errorf("an older time took the clock back to %v", got)
		}
	}
	b, c := onBench()
	c.NotBefore(b.at.Add(26 * time.Hour))
	if got := c.Now(); !got.Equal(b.at) {
		t.Errorf("a time of tomorrow, written by mistake, takes the clock to %v", got)
	}
}

// TestHoweverTheMachineJumps the clock never goes back, but where it is told that it was wrong by more than Furthest, and it comes to the machine's time
// in the end.
func TestHoweverTheMachineJumps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, c := onBench()
		last, ahead := c.Now(), time.Duration(0)
		for _, jump := range rapid.SliceOf(rapid.Int64Range(-int64(3*time.Hour), int64(26*time.Hour))).Draw(t, "jumps") {
			b.pass(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "pass")))
			b.at = b.at.Add(time.Duration(jump))
			ahead = last.Sub(b.at)
			now := c.Now()
			if now.Before(last) && ahead <= Furthest {
				t.Fatalf("the clock went back from %v to %v", last, now)
			}
			if now.Before(b.at.Truncate(Precision)) {
				t.Fatalf("the clock shows %v, behind the machine's %v", now, b.at)
			}
			last = now
		}
		b.pass(2 * Furthest)
		if got := c.Now(); !got.Equal(b.at.Truncate(Precision)) {
			t.Fatalf("long after the last jump the clock shows %v, want the machine's %v", got, b.at)
		}
	})
}
