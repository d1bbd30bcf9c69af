package queue_test

import (
	"strings"
	"testing"

	"lotsen/internal/queue"
)

// The constants of the estimator were chosen on the tuning seeds alone. What is asserted is asserted of the others.
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
	c.left = func(p *patient) { // who gave up sooner might have been taken in time
		if told, ok := first[p]; ok && p.waited > float64(told.High) {
			r.judge(p, told.Interval, guessed[p])
		}
	}
}

// days plays many seeds, and logs what came of them: each, by how much there was to do, and all.
func days(t *testing.T, name string, list []uint64, tell teller) (all report, worst float64) {
	t.Helper()
	all, worst = newReport(), 1.0
	bands := map[string]*report{}
	for _, seed := range list {
		one := play(seed, tell)
		worst = min(worst, one.coverage())
		t.Logf("%s seed %3d: %s", name, seed, one.line())
		all.add(one)
		band := "quiet"
		if load := newClinic(seed).truth.load; load > 0.83 {
			band = "too much"
		} else if load > 0.66 {
			band = "busy"
		}
		if bands[band] == nil {
			r := newReport()
			bands[band] = &r
		}
		bands[band].add(one)
	}
	for _, band := range []string{"quiet", "busy", "too much"} {
		t.Logf("%s seeds, %8s: %s", name, band, bands[band].line())
	}
	t.Logf("%s seeds, all     : %s; rises %v; worst seed %.3f", name, all.line(), all.reasons, worst)
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
