package queue_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
)

// desk is one queue with a nurse on duty, for tests of the pace.
type desk struct {
	figures queue.Figures
	now     time.Time
	seqs    map[string]int
}

func newDesk(nurses ...string) *desk {
	d := &desk{now: start, seqs: map[string]int{}}
	for _, n := range nurses {
		d.figures.Pace.OnDuty(n, []string{"q1"}, d.now)
	}
	return d
}

func (d *desk) after(m float64) *desk {
	d.now = d.now.Add(minutes(m))
	return d
}

func (d *desk) is(id string, state cases.State, nurse string) *desk {
	d.seqs[id]++
	d.figures.Pace.Follow(queue.Sighting{ID: id, Seq: d.seqs[id], Queue: "q1", Level: cases.Days, State: state, Clinician: nurse, At: d.now})
	return d
}

// busy lets a nurse have as many cases at once as she ever has, each for 20 minutes, for hours, with a line that never ends.
func (d *desk) busy(nurse string, hands, hours int) *desk {
	for i := range hours * 3 {
		for h := range hands {
			id := fmt.Sprintf("%s-%d-%d", nurse, i, h)
			d.is("next-"+id, cases.Waiting, "").is(id, cases.Waiting, "").after(4).is(id, cases.Active, nurse)
		}
		for h := range hands {
			d.after(20-4*float64(hands)).is(fmt.Sprintf("%s-%d-%d", nurse, i, h), cases.Closed, nurse)
		}
		for h := range hands {
			d.is(fmt.Sprintf("next-%s-%d-%d", nurse, i, h), cases.Cancelled, "")
		}
	}
	return d
}

func (d *desk) estimate(ahead int) (queue.Interval, bool) {
	return d.figures.Pace.Ground("q1", d.now).Estimate(ahead, cases.Days)
}

func TestNobodyOnDutyNoFigure(t *testing.T) {
	t.Parallel()
	d := newDesk("eva").busy("eva", 2, 4)
	if i, ok := d.estimate(0); !ok {
		t.Fatalf("with somebody on duty: got none (%v), want a figure", i)
	}
	d.figures.Pace.OnDuty("eva", nil, d.now)
	if i, ok := d.estimate(0); ok {
		t.Errorf("with nobody on duty: got %v, want none", i)
	}
	if i, ok := d.figures.Pace.Ground("another", d.now).Estimate(0, cases.Urgent); ok {
		t.Errorf("for a queue that nobody has ever worked in: got %v, want none", i)
	}
}

// A queue of which nothing is known has a figure for the first in line, whom a free hand takes, and none for the fortieth: there is no ground.
func TestWithoutHistoryOnlyTheFirstHaveAFigure(t *testing.T) {
	t.Parallel()
	d := newDesk("eva", "ali")
	if i, ok := d.estimate(0); !ok || i.High > 15 {
		t.Errorf("first in line: got %v, %v, want at most 15 minutes", i, ok)
	}
	if i, ok := d.estimate(40); ok {
		t.Errorf("fortieth in line, with nothing known: got %v, want none", i)
	}
}

func TestAFigureFollowsThePlaceAndThePace(t *testing.T) {
	t.Parallel()
	slow, quick := newDesk("eva"), newDesk("eva")
	slow.busy("eva", 1, 6)
	quick.busy("eva", 4, 6)
	near, _ := quick.estimate(3)
	far, ok := quick.estimate(12)
	if !ok || far.High <= near.High {
		t.Errorf("thirteenth in line: got %v, %v, want later than the fourth, %v", far, ok, near)
	}
	if s, ok := slow.estimate(3); ok && s.High <= near.High {
		t.Errorf("with one case at a time: got %v, want later than with four, %v", s, near)
	}
}

func TestACaseThatIsPausedLeavesAHandFree(t *testing.T) {
	t.Parallel()
	figure := func(state cases.State) (queue.Interval, bool) {
		d := newDesk("eva").busy("eva", 2, 6)
		d.is("a", cases.Waiting, "").is("a", cases.Active, "eva").is("b", cases.Waiting, "").is("b", cases.Active, "eva")
		d.after(1).is("a", state, "eva").is("b", state, "eva")
		return d.estimate(0)
	}
	if free, ok := figure(cases.Paused); !ok || free.High > 10 {
		t.Errorf("with both cases paused: got %v, %v, want at most 10 minutes", free, ok)
	}
	if full, ok := figure(cases.Active); ok && full.High <= 10 {
		t.Errorf("with full hands: got %v, want more than 10 minutes", full)
	}
}

func TestNewsOfACaseMayComeInAnyOrder(t *testing.T) {
	t.Parallel()
	news := []queue.Sighting{
		{ID: "a", Seq: 1, Queue: "q1", Level: 4, State: cases.Waiting},
		{ID: "a", Seq: 2, Queue: "q1", Level: 4, State: cases.Called, Clinician: "eva"},
		{ID: "a", Seq: 3, Queue: "q1", Level: 4, State: cases.Closed, Clinician: "eva"},
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {0, 2, 1}} {
		d := newDesk("eva")
		for _, n := range order {
			s := news[n]
			s.At = d.now
			d.figures.Pace.Follow(s)
		}
		d.is("b", cases.Waiting, "")
		if i, ok := d.estimate(0); !ok || i.High > 10 {
			t.Errorf("news in the order %v: got %v, %v, want at most 10 minutes: her hands are free", order, i, ok)
		}
	}
}

// Whatever happens, a figure is no wider than its lower end and 15, is made of fives, and rises only with a reason.
func TestWhateverHappensAFigureKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newDesk()
		figures := &d.figures
		e := queue.Entry{ID: "me", Queue: "q1", Level: cases.Days, Since: start}
		last, duty := queue.Told{}, map[string]bool{}
		for range rapid.IntRange(1, 80).Draw(t, "acts") {
			d.after(rapid.Float64Range(0, 40).Draw(t, "minutes"))
			nurse := rapid.SampledFrom([]string{"eva", "ali"}).Draw(t, "nurse")
			if rapid.Float64Range(0, 1).Draw(t, "what") < 0.2 {
				duty[nurse] = !duty[nurse]
				queues := []string{"q1"}
				if !duty[nurse] {
					queues = nil
				}
				d.figures.Pace.OnDuty(nurse, queues, d.now)
			} else {
				id := fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "case"))
				state := rapid.SampledFrom([]cases.State{cases.Waiting, cases.Called, cases.Active, cases.Paused, cases.Closed}).Draw(t, "state")
				d.is(id, state, nurse)
			}
			told, _ := figures.Tell(e, rapid.IntRange(0, 30).Draw(t, "ahead"), d.now)
			if !told.Shown {
				continue
			}
			if !duty["eva"] && !duty["ali"] {
				t.Fatalf("nobody on duty: got %v, want none", told.Interval)
			}
			if w := told.High - told.Low; w <= 0 || w > max(told.Low, 15) || told.Low < 0 || told.Low%5+told.High%5 != 0 {
				t.Fatalf("got %v, want fives, no wider than the lower end and 15", told.Interval)
			}
			if last.Shown && (told.High > last.High || told.Low > last.Low) && told.Reason == "" {
				t.Fatalf("rose from %v to %v without a reason", last.Interval, told.Interval)
			}
			last = told
		}
	})
}

// What was told before the program was started anew is all that is known of a person: it still takes a reason to tell more.
func TestARiseIsSeenOverARestart(t *testing.T) {
	t.Parallel()
	d := newDesk("eva").busy("eva", 4, 6)
	figures := &d.figures
	e := queue.Entry{ID: "me", Queue: "q1", Level: cases.Days, Since: d.now}
	figures.Remember("me", queue.Told{Shown: true, Interval: queue.Interval{Low: 0, High: 5}, Basis: queue.Basis{Ahead: 0, Crew: 1}})
	told, changed := figures.Tell(e, 12, d.now)
	if !changed || told.High <= 5 || told.Reason != queue.MoreUrgent {
		t.Errorf("told %v for %q, want more than 5 minutes since others came first", told.Interval, told.Reason)
	}
	figures.Forget("me")
	figures.Remember("me", queue.Told{Shown: true, Interval: queue.Interval{Low: 0, High: 5}, Basis: queue.Basis{Ahead: 12, Crew: 4}})
	if told, _ = figures.Tell(e, 12, d.now); told.Reason != queue.FewerStaff {
		t.Errorf("told %v for %q, want fewer staff", told.Interval, told.Reason)
	}
	figures.Forget("me")
	figures.Remember("me", queue.Told{Shown: true, Interval: queue.Interval{Low: 0, High: 5}, Basis: queue.Basis{Ahead: 12, Crew: 1}})
	if told, _ = figures.Tell(e, 12, d.now); told.Reason != queue.Slower {
		t.Errorf("told %v for %q, want that it goes slower", told.Interval, told.Reason)
	}
}

func BenchmarkEstimate(b *testing.B) {
	d := newDesk("eva").busy("eva", 4, 6)
	g := d.figures.Pace.Ground("q1", d.now)
	for i := 0; b.Loop(); i++ {
		g.Estimate(i%40, cases.Days)
	}
}

// BenchmarkGround is what each look at a queue costs before anybody is told.
func BenchmarkGround(b *testing.B) {
	d := newDesk("eva", "ali", "ulla", "per").busy("eva", 4, 6)
	for b.Loop() {
		d.figures.Pace.Ground("q1", d.now)
	}
}

// BenchmarkTellThousands tells a line of three thousand.
func BenchmarkTellThousands(b *testing.B) {
	d := newDesk("eva").busy("eva", 4, 6)
	figures := &d.figures
	var line []queue.Entry
	for i := range 3000 {
		line = append(line, queue.Entry{ID: fmt.Sprint(i), Queue: "q1", Level: cases.Days})
	}
	for b.Loop() {
		g := d.figures.Pace.Ground("q1", d.now)
		for ahead, e := range line {
			figures.TellOn(g, e, ahead)
		}
	}
}
