package hooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/notify"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// errBroken is a fault of our own.
var errBroken = errors.New("broken")

// quietLog writes nowhere.
func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// count is a job that has nothing to do, and counts how often it is asked.
func count(n *int) func(context.Context) (bool, error) {
	return func(context.Context) (bool, error) {
		*n++
		return false, nil
	}
}

// lanes are timers of these jobs.
func lanes(log *slog.Logger, cases, letters []job) *timers {
	return &timers{clock: clock.At(kit.Start), end: func() {}, cases: newLane(log, cases...), letters: newLane(log, letters...), news: newLane(log)}
}

func TestRunAllDoesWhatFollowsFromWhatItDid(t *testing.T) {
	t.Parallel()
	var did []string
	left := map[string]int{"cases": 2, "birthdays": 1, "letters": 2}
	do := func(name string) job {
		return job{name, func(context.Context) (bool, error) {
			if left[name] == 0 {
				return false, nil
			}
			left[name]--
			did = append(did, name)
			if name == "letters" && left[name] == 0 {
				left["cases"] = 1 // it was accepted so long ago that the turn is over
			}
			return true, nil
		}}
	}
	tm := lanes(quietLog(), []job{do("cases"), do("birthdays")}, []job{do("letters")})
	if err := tm.RunAll(t.Context()); err != nil {
		t.Fatalf("run all: %v", err)
	}
	if got, want := strings.Join(did, " "), "cases cases birthdays letters letters cases"; got != want {
		t.Errorf("done: %s; want %s", got, want)
	}
}

func TestAFaultKeepsNoOtherJobFromBeingDone(t *testing.T) {
	t.Parallel()
	asked := 0
	tm := lanes(quietLog(), []job{
		{"cases", func(context.Context) (bool, error) { return true, errBroken }},
		{"birthdays", func(context.Context) (bool, error) { panic("no such child") }},
		{"forget", count(&asked)},
	}, nil)
	err := tm.RunAll(t.Context())
	if !errors.Is(err, errBroken) || !strings.Contains(fmt.Sprint(err), "birthdays: panic: no such child") {
		t.Errorf("run all: %v, want both faults", err)
	}
	if asked != 1 {
		t.Errorf("the last job was asked %d times, want once", asked)
	}
}

func TestTheLoopLooksWhenItIsWokenAndNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		due, letters := 0, 0
		tm := lanes(quietLog(), []job{{"cases", count(&due)}}, []job{{"letters", count(&letters)}})
		tm.start()
		looked := func(when string, wantDue, wantLetters int) {
			t.Helper()
			synctest.Wait()
			if due != wantDue || letters != wantLetters {
				t.Errorf("%s: looked %d times for cases and %d for letters, want %d and %d", when, due, letters, wantDue, wantLetters)
			}
		}
		looked("at the start", 1, 1)
		tm.nudge()
		looked("after a letter was written", 1, 2)
		tm.clock.Advance(time.Minute)
		looked("after the clock was moved", 2, 3)
		time.Sleep(lookEvery) // of the bubble: it takes no time
		looked("after half a second", 3, 4)
		tm.stop()
		tm.clock.Advance(time.Minute)
		looked("after the end", 3, 4)
	})
}

func TestAHangingProviderHoldsUpNoCase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		due := 0
		hang := func(ctx context.Context) (bool, error) {
			<-ctx.Done()
			return false, ctx.Err()
		}
		tm := lanes(quietLog(), []job{{"cases", count(&due)}}, []job{{"letters", hang}})
		tm.start()
		tm.nudge()
		tm.nudge() // does not wait, though nobody listens
		synctest.Wait()
		tm.clock.Advance(time.Minute)
		synctest.Wait()
		if due != 2 {
			t.Errorf("cases were looked at %d times, want twice", due)
		}
		ctx, giveUp := context.WithTimeout(t.Context(), 3*time.Second)
		defer giveUp()
		if err := tm.RunAll(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("run all behind the hanging letter: %v, want that its own time is over", err)
		}
		tm.stop()
		synctest.Wait()
	})
}

func TestTheEndWaitsForWhatIsUnderWayButNotForEver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ takes, want time.Duration }{
		"soon over":       {300 * time.Millisecond, 300 * time.Millisecond},
		"heeds no ending": {time.Minute, stopWithin},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				deaf := func(context.Context) (bool, error) {
					time.Sleep(c.takes) // of the bubble
					return false, nil
				}
				tm := lanes(quietLog(), nil, []job{{"letters", deaf}})
				tm.start()
				synctest.Wait()
				begin := now()
				tm.stop()
				if took := now().Sub(begin); took != c.want {
					t.Errorf("the end took %v, want %v", took, c.want)
				}
				time.Sleep(time.Hour) // so that nothing is left in the bubble
			})
		})
	}
}

// TestAFaultThatStaysSlowsNothing holds that neither the other jobs nor the rest of its own are done any later for it.
func TestAFaultThatStaysSlowsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tried, held := 0, 0
		tm := lanes(quietLog(), []job{{"held", count(&held)}, {"cases", func(context.Context) (bool, error) {
			tried++
			return false, errBroken
		}}}, nil)
		tm.start()
		time.Sleep(10*lookEvery + lookEvery/2) // of the bubble
		tm.stop()
		if tried != 11 || held != 11 {
			t.Errorf("in ten half seconds the job that fails was tried %d times, the other %d times; want 11 and 11", tried, held)
		}
	})
}

func TestAFaultThatStaysDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var lines strings.Builder
		tm := lanes(slog.New(slog.NewTextHandler(&lines, nil)), []job{{"cases", func(context.Context) (bool, error) { return false, errBroken }}}, nil)
		tm.start()
		time.Sleep(time.Minute - time.Second) // of the bubble
		tm.stop()
		if n := strings.Count(lines.String(), errBroken.Error()); n != 12 {
			t.Errorf("%d lines in a minute, want one in five seconds", n)
		}
	})
}

// What is due when the clock is moved on has been done when RunAll returns, letters and what follows from them included.
func TestRunAllInAClinic(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	outbox := &notify.Outbox{
		App: c.App, Clock: c.Clock, Log: quietLog(), Sender: takesAll{}, PublicURL: "https://demo.example",
		Accepted: c.Desk.CallDelivered, Refused: c.Desk.CallFailed,
	}
	tm := newTimers(c.Desk, outbox, quietLog())
	_, taken := c.Taken(t, kit.Anna)
	step := func(advance time.Duration, want cases.State, letters int) {
		t.Helper()
		c.Clock.Advance(advance)
		if err := tm.RunAll(t.Context()); err != nil {
			t.Fatalf("run all: %v", err)
		}
		c.InState(t, taken.Id, want)
		all, err := records.LettersOf(c.App, taken.Id)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			if l.State() != records.LetterSent {
				t.Errorf("letter %s is %q, want it sent", l.Text(), l.State())
			}
		}
		if len(all) != letters {
			t.Errorf("%d letters, want %d", len(all), letters)
		}
	}
	step(0, cases.Called, 1)
	step(10*time.Minute-time.Millisecond, cases.Called, 1)
	step(time.Millisecond, cases.Waiting, 2) // the second says that nobody came
}

// takesAll is a provider that accepts whatever it is given.
type takesAll struct{}

func (takesAll) Send(context.Context, notify.SMS) (notify.Receipt, error) {
	return notify.Receipt{}, nil
}

func (takesAll) Find(context.Context, notify.SMS, time.Time) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}

func (takesAll) Settle() time.Duration { return 0 }
