package clock_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/clock"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestZeroClockIsRealTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c clock.Clock
		before := c.Now()
		time.Sleep(90 * time.Second) // in the bubble: no time is spent
		if got := c.Now().Sub(before); got != 90*time.Second {
			t.Errorf("after 90 s of real time the clock went on by %v", got)
		}
		c.Advance(time.Hour)
		if got := c.Now().Sub(before); got != time.Hour+90*time.Second {
			t.Errorf("after Advance(1h) the clock is %v on, expected 1h1m30s", got)
		}
	})
}

func TestNowIsUTCInMilliseconds(t *testing.T) {
	t.Parallel()
	stockholm := time.FixedZone("CET", 3600)
	c := clock.At(time.Date(2026, 11, 25, 13, 0, 0, 123_999_999, stockholm))
	want := noon.Add(123 * time.Millisecond)
	if got := c.Now(); got != want {
		t.Errorf("Now() = %v, expected %v: UTC, cut and not rounded", got, want)
	}
	var now clock.Clock
	if got := now.Now(); got.Location() != time.UTC || got != got.Round(0) {
		t.Errorf("real Now() = %v, expected UTC without a monotonic reading", got)
	}
}

func TestAStandingClockMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock.At(noon)
		time.Sleep(time.Hour)
		if got := c.Now(); !got.Equal(noon) {
			t.Fatalf("the clock went to %v by itself", got)
		}
		c.Advance(10 * time.Minute)
		if got := c.Now(); !got.Equal(noon.Add(10 * time.Minute)) {
			t.Errorf("after Advance(10m) the clock shows %v", got)
		}
	})
}

func TestAdvanceAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOf(rapid.Int64Range(0, int64(24*time.Hour))).Draw(t, "steps")
		c := clock.At(noon)
		var sum time.Duration
		for _, step := range steps {
			before := c.Now()
			c.Advance(time.Duration(step))
			sum += time.Duration(step)
			if c.Now().Before(before) {
				t.Fatalf("the clock went back from %v to %v", before, c.Now())
			}
		}
		if c.Offset() != sum {
			t.Fatalf("Offset() = %v, expected the sum of the steps, %v", c.Offset(), sum)
		}
		again := clock.At(noon)
		again.SetOffset(c.Offset())
		if !again.Now().Equal(c.Now()) {
			t.Fatalf("restored clock shows %v, the first one %v", again.Now(), c.Now())
		}
	})
}

func TestAdvanceBackwardsPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("Advance(-1) was accepted")
		}
	}()
	clock.At(noon).Advance(-1)
}

func TestMovedWakesEverySleeperOnce(t *testing.T) {
	t.Parallel()
	c := clock.At(noon)
	var wg sync.WaitGroup
	for range 3 {
		moved := c.Moved()
		wg.Go(func() { <-moved })
	}
	c.Advance(time.Minute)
	wg.Wait()

	later := c.Moved()
	select {
	case <-later:
		t.Fatal("a channel taken after the move was already closed")
	default:
	}
	c.SetOffset(0)
	<-later
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	var c clock.Clock
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				c.Advance(time.Second)
				_, _ = c.Now(), c.Moved()
			}
		})
	}
	wg.Wait()
	if c.Offset() != 800*time.Second {
		t.Errorf("800 steps of a second moved the clock by %v", c.Offset())
	}
}
