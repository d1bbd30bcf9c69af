package queue_test

import (
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
)

// clinic is an invented clinic, whose truth the estimator never sees. It drives ranks, pace and figures as hooks do, and asks as the api does.
//
// Patients come by a day's profile with a peak in the morning, and a surge of level 2 at some time. Three or four clinicians have several chats
// at once, each another number of them; a chat takes longer the more there are. Its length is drawn from a mixture of two lognormals whose
// parameters every seed draws anew, as it does the share of those who do not come, who let their clinician wait, who give up. There is a lunch,
// one clinician goes home in the middle of the day, and nobody tells the estimator in advance. Loads go from quiet to too much.
type clinic struct {
	dice  *rand.Rand
	now   time.Time
	open  time.Time
	plan  agenda
	count int
	opens int // how many cases are open

	ranks   *queue.Ranks
	pace    *queue.Pace
	figures *queue.Figures
	staff   []*clinician
	people  []*patient
	byID    map[string]*patient

	truth truth

	joined, taken, left func(*patient) // left: gave up
	minute              func()         // as a slow tick
}

// truth is what a seed draws: minutes, and shares.
type truth struct {
	short, spread, long, longShare float64 // the two lognormals
	drag                           float64 // by how much each other chat lengthens one
	breath                         float64 // between two takes
	noShow, pauses, patience       float64
	load                           float64 // of what all could do if nobody ever left
}

// clinician is one who works there.
type clinician struct {
	name         string
	most, load   int
	slowness     float64
	onDuty, wait bool // wait: is about to look at the queue
}

// patient is one who joins.
type patient struct {
	id      string
	seq     int
	level   cases.Level
	since   time.Time
	state   cases.State
	by      *clinician
	missed  int
	wasHere bool    // was taken at least once
	waited  float64 // minutes until then, or until giving up
}

func newClinic(seed uint64) *clinic {
	c := &clinic{dice: rand.New(rand.NewPCG(seed, 77)), ranks: new(queue.Ranks), figures: new(queue.Figures), byID: map[string]*patient{}}
	c.pace = &c.figures.Pace
	c.truth = truth{
		short: c.between(9, 18), spread: c.between(0.4, 0.8), long: c.between(25, 45), longShare: c.between(0.05, 0.25),
		drag: c.between(0, 0.2), breath: c.between(0.5, 3),
		noShow: c.between(0, 0.08), pauses: c.between(0, 0.3), patience: c.between(120, 240),
		load: c.between(0.5, 1.0),
	}
	for i := range 3 + int(seed%2) {
		c.staff = append(c.staff, &clinician{name: fmt.Sprintf("nurse%d", i), most: 2 + c.dice.IntN(3), slowness: c.between(0.8, 1.25)})
	}
	return c
}

// day plays the n-th day, to its end: nobody goes home before the last patient.
func (c *clinic) day(n int) {
	c.open = time.Date(2026, 11, 23+n, 8, 0, 0, 0, time.UTC)
	c.now, c.plan = c.open.Add(-time.Hour), nil
	c.planStaff()
	c.planPatients()
	for m := range 14 * 60 {
		c.at(float64(m-60), func() { c.minute() })
	}
	for c.plan.Len() > 0 && (c.now.Before(c.open.Add(9*time.Hour)) || c.opens > 0) {
		next := heap.Pop(&c.plan).(happening)
		c.now = next.at
		next.do()
	}
	for _, s := range c.staff {
		s.wait = false
		c.duty(s, false)
	}
}

func (c *clinic) planStaff() {
	for i, s := range c.staff {
		c.at(c.between(-5, 5), func() { c.duty(s, true) })
		lunch := 190 + 45*float64(i%2) + c.between(0, 20)
		c.at(lunch, func() { c.duty(s, false) })
		c.at(lunch+c.between(30, 50), func() { c.duty(s, true) })
	}
	leaver := c.staff[c.dice.IntN(len(c.staff))]
	c.at(c.between(290, 380), func() { c.duty(leaver, false) })
}

func (c *clinic) planPatients() {
	atMost := c.throughput() * c.truth.load * c.between(0.9, 1.1)
	for hour, share := range []float64{0.15, 1.5, 1.4, 1.1, 0.9, 0.8, 0.9, 0.9, 0.8, 0.6} {
		gap := 1 / (atMost * share)
		for m := c.dice.ExpFloat64() * gap; m < 60; m += c.dice.ExpFloat64() * gap {
			level := []cases.Level{2, 3, 3, 3, 3, 4, 4, 4, 4, 5}[c.dice.IntN(10)]
			c.at(float64(hour-1)*60+m, func() { c.join(level) })
		}
	}
	surge := c.between(100, 400)
	for range 6 + c.dice.IntN(7) {
		c.at(surge+c.between(0, 25), func() { c.join(cases.Urgent) })
	}
}

// throughput is how many a minute all together finish at most.
func (c *clinic) throughput() (sum float64) {
	t := c.truth
	mean := (1-t.longShare)*t.short*math.Exp(t.spread*t.spread/2) + t.longShare*t.long*math.Exp(0.4*0.4/2)
	for _, s := range c.staff {
		sum += float64(s.most) / (mean*s.slowness*(1+t.drag*float64(s.most-1)) + t.breath)
	}
	return sum
}

// follow is what hooks do after a commit.
func (c *clinic) follow(p *patient) {
	p.seq++
	who := ""
	if p.by != nil {
		who = p.by.name
	}
	c.pace.Follow(queue.Sighting{ID: p.id, Seq: p.seq, Queue: "q1", Level: p.level, State: p.state, Clinician: who, At: c.now})
	if p.state == cases.Waiting {
		c.ranks.Place(c.entry(p), p.seq)
	} else {
		c.ranks.Remove(p.id, p.seq)
	}
	if !p.state.Open() {
		c.opens--
		c.figures.Forget(p.id)
	}
}

func (c *clinic) entry(p *patient) queue.Entry {
	return queue.Entry{ID: p.id, Queue: "q1", Level: p.level, Since: p.since}
}

func (c *clinic) duty(s *clinician, on bool) {
	s.onDuty = on
	var queues []string
	if on {
		queues = []string{"q1"}
	}
	c.pace.OnDuty(s.name, queues, c.now)
	c.wake()
}

func (c *clinic) onDuty() (n int) {
	for _, s := range c.staff {
		if s.onDuty {
			n++
		}
	}
	return n
}

func (c *clinic) join(level cases.Level) {
	p := &patient{id: fmt.Sprintf("p%06d", len(c.people)), level: level, since: c.now, state: cases.Waiting}
	c.people = append(c.people, p)
	c.byID[p.id] = p
	c.opens++
	c.follow(p)
	c.joined(p)
	c.in(c.lognormal(c.truth.patience, 0.5), func() {
		if p.state == cases.Waiting && !p.wasHere {
			p.state, p.waited = cases.Cancelled, c.now.Sub(p.since).Minutes()
			c.follow(p)
			c.left(p)
		}
	})
	c.wake()
}

// wake lets those with free hands look at the queue, in a while.
func (c *clinic) wake() {
	for _, s := range c.staff {
		if s.onDuty && !s.wait && s.load < s.most {
			s.wait = true
			c.in(c.dice.ExpFloat64()*c.truth.breath, func() {
				s.wait = false
				c.next(s)
			})
		}
	}
}

func (c *clinic) next(s *clinician) {
	line := c.ranks.Line("q1")
	if !s.onDuty || s.load >= s.most || len(line) == 0 {
		return
	}
	p := c.byID[line[0].ID]
	s.load++
	p.state, p.by = cases.Called, s
	c.follow(p)
	if !p.wasHere {
		p.wasHere, p.waited = true, c.now.Sub(p.since).Minutes()
		c.taken(p)
	}
	if c.dice.Float64() < c.truth.noShow {
		c.in(10, func() { c.miss(p) })
	} else {
		c.talk(p)
	}
	c.wake()
}

// miss puts back in line whoever has not come, once.
func (c *clinic) miss(p *patient) {
	p.missed++
	if p.missed == 2 {
		c.finish(p)
		return
	}
	p.by.load--
	p.by, p.state = nil, cases.Waiting
	c.follow(p)
	c.wake()
}

func (c *clinic) talk(p *patient) {
	long := c.lognormal(c.truth.short, c.truth.spread)
	if c.dice.Float64() < c.truth.longShare {
		long = c.lognormal(c.truth.long, 0.4)
	}
	long *= p.by.slowness * (1 + c.truth.drag*float64(p.by.load-1))
	c.in(math.Min(2, long/4), func() { c.become(p, cases.Active, 0) })
	if c.dice.Float64() >= c.truth.pauses {
		c.in(long, func() { c.finish(p) })
		return
	}
	c.in(long/2, func() {
		c.become(p, cases.Paused, -1)
		c.in(c.lognormal(25, 0.7), func() {
			c.become(p, cases.Active, 1)
			c.in(long/2, func() { c.finish(p) })
		})
	})
}

func (c *clinic) become(p *patient, state cases.State, load int) {
	p.state = state
	p.by.load += load
	c.follow(p)
	c.wake()
}

func (c *clinic) finish(p *patient) { c.become(p, cases.Closed, -1) }

func (c *clinic) between(low, high float64) float64 { return low + (high-low)*c.dice.Float64() }

func (c *clinic) lognormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*c.dice.NormFloat64())
}

// at lets something happen so many minutes after opening; in, after now.
func (c *clinic) at(m float64, do func()) { c.when(c.open.Add(minutes(m)), do) }

func (c *clinic) in(m float64, do func()) { c.when(c.now.Add(minutes(m)), do) }

func (c *clinic) when(at time.Time, do func()) {
	c.count++
	heap.Push(&c.plan, happening{at, c.count, do})
}

func minutes(m float64) time.Duration { return time.Duration(m * float64(time.Minute)) }
