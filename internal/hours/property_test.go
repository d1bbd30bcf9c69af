package hours

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// aDay is a day in Sweden near one of those that are not as others.
func aDay(t *rapid.T) Date {
	near := rapid.SampledFrom([]Date{{2026, 3, 29}, {2027, 3, 28}, {2026, 10, 25}, {2026, 12, 25}, {2026, 6, 20}, {2027, 1, 1}}).Draw(t, "near")
	return near.add(rapid.IntRange(-3, 3).Draw(t, "days"))
}

func aMoment(t *rapid.T) time.Time {
	return aDay(t).Start().Add(time.Duration(rapid.IntRange(0, 25*60-1).Draw(t, "minute")) * time.Minute)
}

// someWindows writes a list of windows as a plan does; the last may go over midnight.
func someWindows(t *rapid.T) string {
	var list []string
	from := 0
	for range rapid.IntRange(0, 3).Draw(t, "windows") {
		from += rapid.SampledFrom([]int{0, 30, 60, 150, 170, 400}).Draw(t, "gap")
		to := from + rapid.SampledFrom([]int{1, 20, 40, 60, 150, 500, 900}).Draw(t, "length")
		if from >= dayMinutes {
			break
		}
		if to > dayMinutes {
			list = append(list, clock(from)+"-"+clock(min(to-dayMinutes, from-1)))
			break
		}
		list = append(list, clock(from)+"-"+clock(to))
		from = to
	}
	if len(list) == 0 {
		return "[]"
	}
	return `["` + strings.Join(list, `","`) + `"]`
}

func aPlan(t *rapid.T) string {
	var parts []string
	if rapid.Bool().Draw(t, "week") {
		var days []string
		for _, d := range weekdays {
			if rapid.Bool().Draw(t, d) {
				days = append(days, fmt.Sprintf("%q: %s", d, someWindows(t)))
			}
		}
		parts = append(parts, `"week": {`+strings.Join(days, ", ")+`}`)
	}
	if rapid.Bool().Draw(t, "holidays") {
		parts = append(parts, `"holidays": `+someWindows(t))
	}
	if rapid.Bool().Draw(t, "eves") {
		parts = append(parts, fmt.Sprintf(`"eves": %v`, rapid.Bool().Draw(t, "are")))
	}
	if rapid.Bool().Draw(t, "exception") {
		parts = append(parts, fmt.Sprintf(`"exceptions": [{"date": %q, "hours": %s}]`, aDay(t), someWindows(t)))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func someHours(t *rapid.T) Hours {
	var plans []Plan
	for range rapid.IntRange(0, 3).Draw(t, "layers") {
		text := aPlan(t)
		p, err := Parse([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		plans = append(plans, p)
	}
	return Layer(plans...)
}

// openByHand says whether it is open at t by looking at the clock of every minute of the two days that matter.
func openByHand(h Hours, t time.Time) bool {
	for _, d := range []Date{DateOf(t).add(-1), DateOf(t)} {
		for _, w := range h.rule(d).windows {
			from := firstMinute(d, w.from)
			to := lastMinute(d, w.end())
			if !t.Before(from) && t.Before(to) {
				return true
			}
		}
	}
	return false
}

// minutesOf are all minutes of a day and the next, with what the wall clock shows in minutes after the day's midnight.
func minutesOf(d Date, each func(at time.Time, shown int) bool) {
	for at := time.Date(d.Year, d.Month, d.Day-1, 20, 0, 0, 0, time.UTC); ; at = at.Add(time.Minute) {
		wall := at.In(zone)
		days := int(time.Date(wall.Year(), wall.Month(), wall.Day(), 0, 0, 0, 0, time.UTC).Sub(d.utc()).Hours()) / 24
		if days < 0 {
			continue
		}
		if days > 2 || !each(at, days*dayMinutes+wall.Hour()*60+wall.Minute()) {
			return
		}
	}
}

// firstMinute is the first minute that shows so much, or the first that shows more.
func firstMinute(d Date, minutes int) (found time.Time) {
	minutesOf(d, func(at time.Time, shown int) bool {
		found = at
		return shown < minutes
	})
	return found
}

// lastMinute is the last minute that shows so much, or, where none does, the first that shows more.
func lastMinute(d Date, minutes int) (found time.Time) {
	exact := false
	minutesOf(d, func(at time.Time, shown int) bool {
		switch {
		case shown == minutes:
			found, exact = at, true
		case shown > minutes && !exact && found.IsZero():
			found = at
		}
		return shown < minutes+120
	})
	return found
}

func TestAtAgreesWithAScanByMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, now := someHours(t), aMoment(t)
		s := h.At(now)
		if want := openByHand(h, now); s.Open != want {
			t.Fatalf("at %v: open %v, want %v", now.In(zone), s.Open, want)
		}
		change := s.OpensAt
		if s.Open {
			change = s.ClosesAt
		}
		if change.IsZero() {
			return
		}
		if !change.After(now) || openByHand(h, change) == s.Open || openByHand(h, change.Add(-time.Minute)) != s.Open {
			t.Fatalf("at %v: open %v until %v, but it does not change then", now.In(zone), s.Open, change.In(zone))
		}
		for range 5 {
			between := now.Add(time.Duration(rapid.Int64Range(0, int64(change.Sub(now)/time.Minute)-1).Draw(t, "later")) * time.Minute)
			if openByHand(h, between) != s.Open {
				t.Fatalf("at %v: open %v until %v, but not at %v", now.In(zone), s.Open, change.In(zone), between.In(zone))
			}
		}
		if !s.Open && !s.Since.IsZero() && (openByHand(h, s.Since) || !openByHand(h, s.Since.Add(-time.Minute))) {
			t.Fatalf("at %v: closed since %v, but it did not close then", now.In(zone), s.Since.In(zone))
		}
	})
}

func TestDaysPartitionTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := aMoment(t)
		days := Hours{}.Days(now, 9)
		if got := days[0].Date.Start(); got.After(now) || !days[1].Date.Start().After(now) || !got.Equal(Midnight(now)) || !days[1].Date.Start().Equal(Tomorrow(now)) {
			t.Fatalf("%v is not within %s", now.In(zone), days[0].Date)
		}
		for i := 1; i < len(days); i++ {
			from, to := days[i-1].Date.Start(), days[i].Date.Start()
			if long := to.Sub(from); long < 23*time.Hour || long > 25*time.Hour {
				t.Fatalf("%s lasts %v", days[i-1].Date, long)
			}
			if DateOf(to) != days[i].Date || DateOf(to.Add(-time.Nanosecond)) != days[i-1].Date {
				t.Fatalf("%s and %s leave a gap", days[i-1].Date, days[i].Date)
			}
		}
	})
}
