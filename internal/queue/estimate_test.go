package queue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/queue"
)

// The constants of the estimator were chosen on the tuning seeds alone. What is asserted is asserted of the others, which it has never seen.
var (
	tuningSeeds   = seeds(1, 16)
	assertedSeeds = seeds(101, 116)
)

func seeds(from, to uint64) (list []uint64) {
	for s := from; s <= to; s++ {
		list = append(list, s)
	}
	return list
}

// teller is what tells people how long they wait.
type teller func(c *clinic, g queue.Ground, p *patient, ahead int) queue.Told

func ours(c *clinic, g queue.Ground, p *patient, ahead int) queue.Told {
	told, _ := c.figures.TellOn(g, c.entry(p), ahead)
	return told
}

// report is what came of it.
type report struct {
	joins, shown int // of those who joined with somebody on duty
	judged       int // of those shown, who were taken and did not give up
	right        int
	early, late  int // taken before Low, after High
	naive        int // right by pace times place, of those judged
	naiveAll     int // the same of all who were taken
	takenAll     int
	width        int
	waits        []float64
	reasons      map[queue.Reason]int
	broken       map[string]int // promises that were not kept
	short        [2]int         // right, and judged, of those told at most 15 minutes
	long         [2]int         // of those told more
}

func (r *report) add(o report) {
	r.joins, r.shown, r.judged, r.right = r.joins+o.joins, r.shown+o.shown, r.judged+o.judged, r.right+o.right
	r.early, r.late, r.naive, r.width = r.early+o.early, r.late+o.late, r.naive+o.naive, r.width+o.width
	r.naiveAll, r.takenAll = r.naiveAll+o.naiveAll, r.takenAll+o.takenAll
	r.waits = append(r.waits, o.waits...)
	for k := range 2 {
		r.short[k] += o.short[k]
		r.long[k] += o.long[k]
	}
	for reason, n := range o.reasons {
		r.reasons[reason] += n
	}
	for what, n := range o.broken {
		r.broken[what] += n
	}
}

func newReport() report { return report{reasons: map[queue.Reason]int{}, broken: map[string]int{}} }

func share(n, of int) float64 { return float64(n) / float64(max(1, of)) }

func (r *report) coverage() float64 { return share(r.right, r.judged) }

func (r *report) line() string {
	slices.Sort(r.waits)
	at := func(q float64) float64 { return r.waits[int(q*float64(len(r.waits)-1))] }
	return fmt.Sprintf("joins %5d  wait median %3.0f, 90 %%: %3.0f min  shown %.2f  right %.3f (told up to 15 min %.2f; %d told more: %.2f)  too early %.3f late %.3f  width %4.1f  naive: same joins %.3f, all %.3f",
		r.joins, at(0.5), at(0.9), share(r.shown, r.joins), r.coverage(), share(r.short[0], r.short[1]), r.long[1], share(r.long[0], r.long[1]),
		share(r.early, r.judged), share(r.late, r.judged), share(r.width, r.shown), share(r.naive, r.judged), share(r.naiveAll, r.takenAll))
}

// refuse says which promises are not kept.
func (r *report) refuse() (faults []string) {
	if c := r.coverage(); c < 0.80 {
		faults = append(faults, fmt.Sprintf("right in %.3f of joins, want at least 0.80", c))
	}
	if s := share(r.shown, r.joins); s < 0.80 {
		faults = append(faults, fmt.Sprintf("shown in %.3f of joins with somebody on duty, want at least 0.80", s))
	}
	for what, n := range r.broken {
		faults = append(faults, fmt.Sprintf("%s: %d times", what, n))
	}
	return faults
}

// play plays two days of a seed: the first begins with nothing known. Everyone who waits is told again each minute.
func play(seed uint64, tell teller) report {
	c, r := newClinic(seed), newReport()
	last := map[*patient]queue.Told{}
	say := func(g queue.Ground, p *patient, ahead int) queue.Told {
		told := tell(c, g, p, ahead)
		r.check(c, last[p], told)
		if told.Shown {
			last[p] = told
		}
		return told
	}
	r.listen(c, say)
	c.minute = func() {
		g := c.pace.Ground("q1", c.now)
		for ahead, e := range c.ranks.Line("q1") {
			say(g, c.byID[e.ID], ahead)
		}
	}
	for n := range 2 {
		c.day(n)
	}
	return r
}

// listen asks for everyone who joins, and judges when they are taken.
func (r *report) listen(c *clinic, say func(queue.Ground, *patient, int) queue.Told) {
	first, guessed := map[*patient]queue.Told{}, map[*patient]queue.Interval{}
	naive := &paceTimesPlace{}
	c.joined = func(p *patient) {
		ahead, _ := c.ranks.Ahead(p.id)
		told := say(c.pace.Ground("q1", c.now), p, ahead)
		if c.onDuty() == 0 {
			return
		}
		r.joins++
		if told.Shown {
			r.shown++
			r.width += told.High - told.Low
			first[p] = told
		}
		if i, ok := naive.estimate(ahead); ok {
			guessed[p] = i
		}
	}
	c.taken = func(p *patient) {
		naive.took(c.now)
		if told, ok := first[p]; ok {
			r.judge(p, told.Interval, guessed[p])
		}
		if i, ok := guessed[p]; ok {
			r.takenAll++
			r.naiveAll += hit(i, p.waited)
		}
	}
}

func hit(i queue.Interval, waited float64) int {
	if waited >= float64(i.Low) && waited <= float64(i.High) {
		return 1
	}
	return 0
}

func (r *report) judge(p *patient, told, guessed queue.Interval) {
	good := hit(told, p.waited)
	r.judged++
	r.right += good
	r.naive += hit(guessed, p.waited)
	r.waits = append(r.waits, p.waited)
	if p.waited < float64(told.Low) {
		r.early++
	} else if good == 0 {
		r.late++
	}
	part := &r.short
	if told.High > 15 {
		part = &r.long
	}
	part[0] += good
	part[1]++
}

// check holds what is told against what was told last, at a join and each minute after it.
func (r *report) check(c *clinic, last, now queue.Told) {
	if !now.Shown {
		return
	}
	i := now.Interval
	if c.onDuty() == 0 {
		r.broken["a figure with nobody on duty"]++
	}
	if i.Low < 0 || i.High <= i.Low || i.High-i.Low > max(i.Low, 15) {
		r.broken["an interval that is wider than its lower end and 15"]++
	}
	if i.Low > 15 && i.Low%5 != 0 || i.High > 15 && i.High%5 != 0 {
		r.broken["a figure above 15 that is no multiple of five"]++
	}
	if !last.Shown || i == last.Interval {
		return
	}
	rises := i.High > last.High || i.Low > last.Low
	if rises && now.Reason == "" {
		r.broken["a figure that rose without a reason"]++
	}
	if !rises && now.Reason != "" {
		r.broken["a reason for a figure that did not rise"]++
	}
	if now.Reason == queue.FewerStaff && now.Crew >= last.Crew {
		r.broken["fewer staff, though there were no fewer"]++
	}
	if rises {
		r.reasons[now.Reason]++
	}
}

// paceTimesPlace is the naive estimate: the mean time between the last ten takes, times the place, with the same rule about the width.
type paceTimesPlace struct{ takes []time.Time }

func (n *paceTimesPlace) took(at time.Time) {
	n.takes = append(n.takes, at)
	if len(n.takes) > 11 {
		n.takes = n.takes[1:]
	}
}

func (n *paceTimesPlace) estimate(ahead int) (queue.Interval, bool) {
	if len(n.takes) < 2 {
		return queue.Interval{}, false
	}
	between := n.takes[len(n.takes)-1].Sub(n.takes[0]).Minutes() / float64(len(n.takes)-1)
	wait := between * float64(ahead+1)
	low := int(wait*2/3) / 5 * 5 // twice the lower end is then 4/3 of it
	if wait < 22.5 {
		low = max(0, int((wait-7.5)/5+0.5)*5)
	}
	return queue.Interval{Low: low, High: low + max(low, 15)}, true
}

// days plays many seeds.
func days(t *testing.T, name string, list []uint64, tell teller) (all report, worst float64) {
	t.Helper()
	all, worst = newReport(), 1.0
	for _, seed := range list {
		one := play(seed, tell)
		worst = min(worst, one.coverage())
		t.Logf("%s seed %3d: %s", name, seed, one.line())
		all.add(one)
	}
	t.Logf("%s seeds in all: %s; rises %v; worst seed %.3f", name, all.line(), all.reasons, worst)
	return all, worst
}

// TestTheEstimateOnDaysItHasNeverSeen plays days whose service times the estimator never saw, with a lunch, a clinician who leaves and a surge
// of level 2: it is right in 8 of 10 joins, shown for 8 of 10 with somebody on duty, and never breaks what it promises.
func TestTheEstimateOnDaysItHasNeverSeen(t *testing.T) {
	t.Parallel()
	days(t, "tuning", tuningSeeds, ours) // beside them, to be seen: what was tuned is not what is asserted
	r, worst := days(t, "asserted", assertedSeeds, ours)
	for _, fault := range r.refuse() {
		t.Error(fault)
	}
	if worst < 0.75 {
		t.Errorf("right in %.3f of the joins of the worst seed, want at least 0.75", worst)
	}
	if ahead := r.coverage() - share(r.naive, r.judged); ahead < 0.02 {
		t.Errorf("the estimate is right %.3f more often than pace times place of the same joins, want at least 0.02", ahead)
	}
	if many := share(r.long[1], r.judged); many < 0.10 {
		t.Errorf("more than 15 minutes were told in %.2f of joins, want at least 0.10: days without a line prove nothing", many)
	}
	for _, reason := range []queue.Reason{queue.MoreUrgent, queue.FewerStaff, queue.Slower} {
		if r.reasons[reason] == 0 {
			t.Errorf("no figure rose for the reason %s in all these days", reason)
		}
	}
}

// TestTheDayRefusesBadEstimators: what passes days must not pass anything.
func TestTheDayRefusesBadEstimators(t *testing.T) {
	t.Parallel()
	always := func(i queue.Interval) teller {
		return func(*clinic, queue.Ground, *patient, int) queue.Told { return queue.Told{Interval: i, Shown: true} }
	}
	for name, bad := range map[string]struct {
		tell teller
		want string
	}{
		"ten minutes, always":  {always(queue.Interval{Low: 5, High: 15}), "right in"},
		"within two hours":     {always(queue.Interval{Low: 0, High: 120}), "wider than"},
		"nothing, ever":        {func(*clinic, queue.Ground, *patient, int) queue.Told { return queue.Told{} }, "shown in"},
		"with nobody there":    {always(queue.Interval{Low: 0, High: 15}), "nobody on duty"},
		"double of ours":       {distort(func(t *queue.Told) { t.Low, t.High = t.Low+t.High/5*5, t.High*2 }), "right in"},
		"without reasons":      {distort(func(t *queue.Told) { t.Reason = "" }), "without a reason"},
		"one and the same why": {distort(func(t *queue.Told) { t.Reason = queue.FewerStaff }), "no fewer"},
	} {
		all := newReport()
		for _, seed := range assertedSeeds[:4] {
			all.add(play(seed, bad.tell))
		}
		if got := strings.Join(all.refuse(), "; "); !strings.Contains(got, bad.want) {
			t.Errorf("%s: refused for %q, want %q among it", name, got, bad.want)
		}
	}
}

func distort(by func(*queue.Told)) teller {
	return func(c *clinic, g queue.Ground, p *patient, ahead int) queue.Told {
		told := ours(c, g, p, ahead)
		by(&told)
		return told
	}
}
