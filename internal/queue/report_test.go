package queue_test

import (
	"fmt"
	"slices"
	"time"

	"lotsen/internal/queue"
)

// report is what came of it.
type report struct {
	joins, shown int // of those who joined with somebody on duty
	judged       int // of those shown: who were taken, or gave up later than told
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
	return fmt.Sprintf("joins %5d  those told waited: median %3.0f, 90 %%: %3.0f min  shown %.2f  right %.3f (told up to 15 min %.2f; %d told more: %.2f)  too early %.3f late %.3f  width %4.1f  naive: same joins %.3f, all %.3f",
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
