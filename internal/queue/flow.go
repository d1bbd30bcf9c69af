package queue

import (
	"math"
	"time"

	"lotsen/internal/cases"
)

// The constants of the pace and of the estimate were chosen on the tuning seeds of the simulated day (day_test.go). None of them is sharp:
// twice or half as much changes the share that is right by a hundredth.
const (
	latelyMinutes  = 60.0    // after so many minutes, what was counted weighs 1/e of what is counted now
	settledMinutes = 60 * 40 // the same of the long memory, in minutes of work: nights and holidays do not wear it out

	// What is believed of clinicians of whom nothing is known, and how many finished cases that weighs.
	startRate, startWeight = 1.0 / 12, 2.0
	startHands             = 2.5
	likeOthers             = 8.0  // how many finished cases it takes to be known as faster or slower than the others
	likeAlways             = 20.0 // how many it takes to believe that today is not like always
	knownMost              = 20.0 // more finished cases than these make nothing surer: tomorrow is another day

	lineIsReal  = 3 * time.Minute  // a line that has stood so long shows how many cases one has in hand before others wait
	atWorkFor   = 45 * time.Minute // who has taken a case is at work for so long, on duty or not
	quietFor    = 2.5              // minutes; hands that take nobody for so long, though somebody waits, are less free by e
	comesTied   = 60.0             // minutes of the usual that the arrivals of late are weighed against
	leavesTied  = 5.0              // cases
	usualMinute = 120.0            // minutes of work before the usual crew is believed to be another than the present
)

// flow is the work of one queue.
type flow struct {
	at      time.Time // until when time has passed
	waiting int
	line    time.Duration // how long somebody or other has waited, without a break
	quiet   time.Duration // how long somebody has waited since the last was taken

	duty map[string]bool
	last map[string]time.Time // when somebody last took a case here
	each map[string]*worker

	lately, settled tally
}

// tally counts, and forgets.
type tally struct {
	done   float64 // cases that were finished
	work   float64 // settled: minutes of work in which they were. Lately: cases that would have been, had it gone as always
	came   [cases.SelfCare + 1]float64
	open   float64 // minutes in which somebody was at work
	crew   float64 // minutes of everybody who was
	gaveUp float64
}

// worker is what is known of one who works here.
type worker struct {
	done, work float64
	hands      float64 // how many cases she has in hand while others wait
}

func newFlow() *flow {
	return &flow{duty: map[string]bool{}, last: map[string]time.Time{}, each: map[string]*worker{}}
}

func (t *tally) fade(by float64) {
	t.done *= by
	t.work *= by
	t.open *= by
	t.crew *= by
	t.gaveUp *= by
	for l := range t.came {
		t.came[l] *= by
	}
}

func (f *flow) worker(staff string) *worker {
	w := f.each[staff]
	if w == nil {
		w = &worker{hands: startHands}
		f.each[staff] = w
	}
	return w
}

// atWork says whether somebody is on duty here, or has taken a case lately.
func (f *flow) atWork(staff string) bool {
	last, took := f.last[staff]
	return f.duty[staff] || took && f.at.Sub(last) < atWorkFor
}

// crew are those at work.
func (f *flow) crew() []string {
	crew := make([]string, 0, len(f.duty)+len(f.last))
	for staff := range f.duty {
		crew = append(crew, staff)
	}
	for staff := range f.last {
		switch {
		case f.duty[staff]:
		case f.atWork(staff):
			crew = append(crew, staff)
		default:
			delete(f.last, staff)
		}
	}
	return crew
}

func (f *flow) goHome(staff string) {
	delete(f.duty, staff)
	delete(f.last, staff)
}

// pass lets time pass until now, as things stand. Those at work work as much as their hands are full, and fully where others wait.
func (f *flow) pass(now time.Time, load map[string]int) {
	passed := now.Sub(f.at)
	if f.at.IsZero() {
		passed = 0
	}
	if passed < 0 {
		return
	}
	f.at = now
	f.line, f.quiet = f.line+passed, f.quiet+passed
	if f.waiting == 0 {
		f.line, f.quiet = 0, 0
	}
	f.work(passed.Minutes(), load)
}

func (f *flow) work(minutes float64, load map[string]int) {
	crew := f.crew()
	work, expected := 0.0, 0.0
	for _, staff := range crew {
		w := f.worker(staff)
		busy := 1.0
		if f.waiting == 0 {
			busy = math.Min(1, float64(load[staff])/w.hands)
		}
		work += busy
		expected += busy * f.usual(w)
		w.fade(busy * minutes)
	}
	open := math.Min(1, float64(len(crew)))

	kept := math.Exp(-minutes / latelyMinutes)
	weighed := latelyMinutes * (1 - kept)
	f.lately.fade(kept)
	f.lately.work += expected * weighed
	f.lately.open += open * weighed

	f.settled.fade(math.Exp(-work * minutes / settledMinutes))
	f.settled.work += work * minutes
	f.settled.open += open * minutes
	f.settled.crew += float64(len(crew)) * minutes
}

func (w *worker) fade(minutes float64) {
	kept := math.Exp(-minutes / settledMinutes)
	w.done, w.work = w.done*kept, w.work*kept+minutes
}

func (f *flow) came(l cases.Level) {
	if l >= 0 && int(l) < len(f.lately.came) {
		f.lately.came[l]++
		f.settled.came[l]++
	}
}

func (f *flow) gaveUp() {
	f.lately.gaveUp++
	f.settled.gaveUp++
}

// took notes that somebody has taken a case and has so many in hand now. Where a line has stood for a while, that shows how many she has in
// hand before others must wait: sooner believed when it is more than was thought than when it is less, for hands fill one by one.
func (f *flow) took(staff string, load int) {
	f.last[staff], f.quiet = f.at, 0
	if f.line < lineIsReal {
		return
	}
	w, most := f.worker(staff), float64(load)
	if most > w.hands {
		w.hands += 0.5 * (most - w.hands)
	} else {
		w.hands += 0.1 * (most - w.hands)
	}
}

// finished counts a case out of somebody's hands.
func (f *flow) finished(staff string) { f.count(staff, 1) }

// resumed takes that back: a pause was over.
func (f *flow) resumed(staff string) { f.count(staff, -1) }

func (f *flow) count(staff string, n float64) {
	if !f.atWork(staff) {
		return
	}
	f.lately.done += n
	f.settled.done += n
	f.worker(staff).done += n
}

// usual is how many cases one finishes in a minute of work.
func (f *flow) usual(w *worker) float64 {
	all := (math.Max(0, f.settled.done) + startWeight) / (f.settled.work + startWeight/startRate)
	return (math.Max(0, w.done) + likeOthers) / (w.work + likeOthers/all)
}

// ground is how the work stands.
func (f *flow) ground(load map[string]int) Ground {
	crew := f.crew()
	g := Ground{OnDuty: len(f.duty), crew: float64(len(crew))}
	for _, staff := range crew {
		w := f.worker(staff)
		g.pace += f.usual(w)
		g.free += math.Max(0, w.hands-float64(load[staff]))
	}
	tied := math.Min(likeAlways, math.Max(0, f.settled.done)+startWeight)
	done := math.Max(0, f.lately.done) + tied
	g.pace *= done / (f.lately.work + tied)
	g.known = math.Min(knownMost, done)
	g.free *= math.Exp(-f.quiet.Minutes() / quietFor)
	for l := range g.came {
		always := f.settled.came[l] / (f.settled.open + 60)
		g.came[l] = (f.lately.came[l] + comesTied*always) / (f.lately.open + comesTied)
	}
	g.leaves = f.lately.gaveUp / (f.lately.gaveUp + math.Max(0, f.lately.done) + leavesTied)
	g.usual = (f.settled.crew + g.crew*usualMinute) / (f.settled.open + usualMinute)
	return g
}
