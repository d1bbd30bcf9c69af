// Package hours says when a queue is open: weekly hours, Swedish public holidays, and a place's own exceptions.
//
// Hours are the wall clock of Europe/Stockholm, as people write them on a door; instants are UTC. A day there may last 23 or 25 hours. The package
// is pure: it is handed plans and a time. It does not know what may be done while it is closed (see care), nor who is told.
package hours

import (
	"iter"
	"time"
	_ "time/tzdata" // the one binary may run where no zones are known
)

// horizon is how many days are looked through for the next opening or closing. Christmas, a weekend and a day between are within two weeks; a
// summer's pause is not.
const horizon = 60

// Plan is what one place, a region, a unit or a queue, says of its hours. The zero Plan says nothing.
type Plan struct {
	week       *[7][]Window // by time.Weekday
	holidays   *[]Window
	eves       *bool
	whenClosed string
	exceptions map[Date]exception
}

// What happens to those who would join while it is closed, and may not at once. See Hours.Refuses.
const (
	refuse = "refuse"
	wait   = "wait"
)

// exception is a day with hours of its own.
type exception struct {
	windows []Window
	words   Words
}

// Words are what a day is called or why it differs, by language.
type Words map[string]string

// In gives the words in lang, in Swedish where there are none.
func (w Words) In(lang string) string {
	if text := w[lang]; text != "" {
		return text
	}
	return w["sv"]
}

// Hours are when one queue is open.
type Hours struct{ layers []Plan } // the most specific first

// Layer puts plans over each other, the most general first: region, unit, queue. Of week, holidays, eves and whenClosed the most specific plan that
// names it holds; an exception of a day is looked for in the most specific first. Without any plan it is always open.
func Layer(plans ...Plan) Hours {
	h := Hours{}
	for i := len(plans) - 1; i >= 0; i-- {
		h.layers = append(h.layers, plans[i])
	}
	return h
}

// Refuses says what a closed queue does to those who would join: refuse them, or let them wait until it opens.
func (h Hours) Refuses() bool {
	for _, p := range h.layers {
		if p.whenClosed != "" {
			return p.whenClosed == refuse
		}
	}
	return true
}

// Status is how it stands at one time.
type Status struct {
	Open     bool
	OpensAt  time.Time // while closed: the next opening; zero where none is known within 60 days
	ClosesAt time.Time // while open: the next closing; zero where none is known within 60 days
	Since    time.Time // while closed: when it closed; zero where that was before yesterday
	Why      Why       // of the day in Sweden
}

// At says how it stands at t.
func (h Hours) At(t time.Time) Status {
	day := DateOf(t)
	s := Status{Why: h.rule(day).why}
	for span := range h.spans(day) {
		switch {
		case !span.to.IsZero() && !span.to.After(t):
			if !span.to.Before(day.add(-1).Start()) {
				s.Since = span.to
			}
			continue
		case !span.from.After(t):
			s.Open, s.ClosesAt, s.Since = true, span.to, time.Time{}
		default:
			s.OpensAt = span.from
		}
		break
	}
	return s
}

// span is a time without a break in which it is open; the end is zero where it lies beyond what is looked through.
type span struct{ from, to time.Time }

// spans gives the times in which it is open, in order, from two days before day: what began then may last into the day before.
func (h Hours) spans(day Date) iter.Seq[span] {
	return func(yield func(span) bool) {
		var open *span
		at, last := day.add(-2), day.add(horizon)
		for ; !last.before(at); at = at.add(1) {
			for _, w := range h.rule(at).windows {
				s := w.on(at)
				switch {
				case !s.from.Before(s.to): // in the hour that a day in March does not have
				case open != nil && !s.from.After(open.to):
					open.to = later(open.to, s.to)
				case open != nil && !yield(*open):
					return
				default:
					open = &s
				}
			}
		}
		if open == nil {
			return
		}
		if !open.to.Before(at.Start()) {
			open.to = time.Time{}
		}
		yield(*open)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Kind is what a day's hours come from.
type Kind string

// The kinds. A day of none has the hours of its weekday.
const (
	Weekly    Kind = ""
	AHoliday  Kind = "holiday"
	Exception Kind = "exception"
)

// Why is why a day has the hours that it has.
type Why struct {
	Kind  Kind
	Words Words // the holiday's name, or what is said of the exception, which may be nothing
}

type rule struct {
	windows []Window
	why     Why
}

// allDay is open from midnight to midnight.
var allDay = []Window{{0, dayMinutes}}

// rule gives the hours of a day: an exception before a holiday, a holiday before the weekday. A place with weekly hours and no word of holidays is
// closed on them.
func (h Hours) rule(d Date) rule {
	var week *[7][]Window
	var holidays *[]Window
	var eves *bool
	for _, p := range h.layers {
		if x, has := p.exceptions[d]; has {
			return rule{x.windows, Why{Exception, x.words}}
		}
	}
	for _, p := range h.layers {
		week, holidays, eves = first(week, p.week), first(holidays, p.holidays), first(eves, p.eves)
	}
	if week == nil && holidays == nil {
		return rule{windows: allDay}
	}
	if day, is := holidayOn(d); is && (!day.eve || eves == nil || *eves) {
		var windows []Window
		if holidays != nil {
			windows = *holidays
		}
		return rule{windows, Why{AHoliday, day.words}}
	}
	if week == nil {
		return rule{windows: allDay}
	}
	return rule{windows: week[d.weekday()]}
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// Day is a day's hours, to be shown.
type Day struct {
	Date    Date
	Windows []Window
	Why     Why
}

// Days lists n days from the day of t.
func (h Hours) Days(t time.Time, n int) []Day {
	list := make([]Day, 0, n)
	for i := range n {
		d := DateOf(t).add(i)
		r := h.rule(d)
		list = append(list, Day{d, r.windows, r.why})
	}
	return list
}
