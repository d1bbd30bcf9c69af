package queue

import (
	"math"

	"lotsen/internal/cases"
)

// Ground is what an estimate rests on: how the work of one queue stands at one moment.
//
// The model, in ten lines. Clinicians finish cases at a pace: as each of them does as a rule (the last forty hours of work), times how today
// goes against that (the last hour or so), both drawn towards what is known while little is. So the wait is that until as many cases are
// finished as stand before you, and your own, are more than the hands that are free now; a free hand takes somebody every minute or two. Hands
// that let people wait are not free. Those ahead are fewer by the share that give up; and more by those more urgent, who come in
// before you at their rate of late: that makes the wait longer by the usual 1/(1-ρ), of which no more is believed than a line can keep up for
// long. Who is at work now is believed to be so for a while, and then to be as many as usual: a lunch ends.
// How sure that is follows from the chance in each step (that of a queue with random arrivals), from how many finished cases the pace rests on,
// and from the free hands. The wait is taken to be gamma-distributed. Of all intervals that are no wider than max(low, 15) minutes,
// with ends that are multiples of five, the one that holds most is told, made narrower while it holds enough; if it holds less than an even
// chance, nothing is told. Nobody on duty: nothing is told.
type Ground struct {
	OnDuty int

	crew   float64 // how many are at work
	usual  float64 // how many are as a rule
	pace   float64 // cases that they finish in a minute, all together
	known  float64 // finished cases that this rests on
	free   float64 // cases that they can take before one is finished
	came   [cases.SelfCare + 1]float64
	leaves float64 // share of those ahead who give up
}

const (
	step       = 5      // minutes: people read steps of five
	narrowest  = 15     // minutes that an interval may always be wide
	enough     = 0.9    // the chance at which an interval is made no narrower
	least      = 0.5    // the chance below which nothing is told
	farthest   = 8 * 60 // minutes; nobody plans by more
	reach      = 1.5    // minutes from a free hand to a taken case
	handsDoubt = 1.2    // how far off the count of free hands is, times the root of how many work
	mostUrgent = 0.47   // the share of the pace that more urgent people can take for long
	crewBack   = 50.0   // minutes after which the crew is half as usual
	steadier   = 0.6    // the variance against that of pure chance: lines do not only happen, people see them
)

// Interval is a wait in whole minutes.
type Interval struct{ Low, High int }

// mayBe is the widest interval from low that may be told.
func mayBe(low int) Interval { return Interval{low, low + max(low, narrowest)} }

// Estimate is the wait of somebody who has so many ahead in line, at a level; false where there is no ground for a figure. Whoever is told to ring 112
// is given none: "0 to 5 minutes" would keep them from ringing.
func (g Ground) Estimate(ahead int, level cases.Level) (Interval, bool) {
	if g.OnDuty == 0 || level == cases.Immediate {
		return Interval{}, false
	}
	w := g.wait(ahead, level)
	best := w.likeliest()
	if w.chance(best) < least {
		return Interval{}, false
	}
	return w.narrowed(best), true
}

// wait foresees a wait.
func (g Ground) wait(ahead int, level cases.Level) wait {
	steps := float64(ahead)*(1-g.leaves) + 1
	slow, doubt := above(steps-g.free, handsDoubt*math.Sqrt(g.crew))
	fast, each := steps-slow, reach/math.Min(g.crew, math.Max(1, g.free))

	pace := g.paceOver(slow / g.pace)
	urgent := math.Min(mostUrgent, g.urgent(level)/pace)
	forward := pace * (1 - urgent)
	mean := fast*each + slow/forward
	chance := fast*each*each + slow*(1+urgent)*pace/(forward*forward*forward) + doubt*doubt/(pace*pace)
	paceDoubt := slow / forward / (1 - urgent)
	return wait{mean, mean * mean / (chance + paceDoubt*paceDoubt/g.known) / steadier}
}

// paceOver is the pace over a wait of so many minutes: that of those at work now, and later that of the usual crew.
func (g Ground) paceOver(minutes float64) float64 {
	later := minutes / (minutes + crewBack)
	return g.pace * (1 + (g.usual/g.crew-1)*later)
}

// urgent is how many come in a minute who will stand before somebody of this level.
func (g Ground) urgent(level cases.Level) float64 {
	sum := 0.0
	for l := range g.came {
		if cases.Level(l) < level {
			sum += g.came[l]
		}
	}
	return sum
}

// above is the mean, and the spread, of what a normal quantity is above zero.
func above(mean, sd float64) (part, spread float64) {
	z := mean / sd
	density, over := math.Exp(-z*z/2)/math.Sqrt(2*math.Pi), normal(z)
	part = mean*over + sd*density
	square := (mean*mean+sd*sd)*over + mean*sd*density
	return part, math.Sqrt(math.Max(0, square-part*part))
}

// normal is the normal distribution.
func normal(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// wait is a gamma distribution, in minutes.
type wait struct{ mean, shape float64 }

// within is the chance that it is at most so many minutes, by Wilson and Hilferty: the cube root of a gamma quantity is nearly normal.
func (w wait) within(minutes int) float64 {
	if minutes <= 0 {
		return 0
	}
	s := 9 * w.shape
	return normal((math.Cbrt(float64(minutes)/w.mean) - 1 + 1/s) * math.Sqrt(s))
}

func (w wait) chance(i Interval) float64 { return w.within(i.High) - w.within(i.Low) }

// likeliest is the interval that holds most of those that may be told. The chance rises with its lower end and then falls: the top is sought
// from where it mostly is.
func (w wait) likeliest() Interval {
	low := int(math.Min(w.mean*2/3, farthest)) / step * step
	most := w.chance(mayBe(low))
	for _, by := range []int{step, -step} {
		for low+by >= 0 && low+by <= farthest {
			c := w.chance(mayBe(low + by))
			if c <= most {
				break
			}
			low, most = low+by, c
		}
	}
	return mayBe(low)
}

// narrowed is an interval without the ends that it does not need.
func (w wait) narrowed(i Interval) Interval {
	for i.High-i.Low > step {
		next, up := Interval{i.Low, i.High - step}, Interval{i.Low + step, i.High}
		if w.chance(up) > w.chance(next) {
			next = up
		}
		if w.chance(next) < enough {
			break
		}
		i = next
	}
	return i
}
