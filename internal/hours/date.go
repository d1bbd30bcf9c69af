package hours

import (
	"fmt"
	"time"
)

// zone is where the hours hold. Its rules are in the program.
var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(fmt.Sprintf("hours: %v", err))
	}
	return z
}()

// Date is a day in Sweden.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day in Sweden at t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// String writes it as 2026-12-24.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Start is when the day begins.
func (d Date) Start() time.Time { return d.at(0, false) }

// Midnight is when the day of t in Sweden began.
func Midnight(t time.Time) time.Time { return DateOf(t).Start() }

// Tomorrow is when the day after that of t begins.
func Tomorrow(t time.Time) time.Time { return DateOf(t).add(1).Start() }

// Local is t as the wall clock of Sweden shows it.
func Local(t time.Time) time.Time { return t.In(zone) }

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func (d Date) add(days int) Date {
	y, m, day := d.utc().AddDate(0, 0, days).Date()
	return Date{y, m, day}
}

func (d Date) before(other Date) bool { return d.utc().Before(other.utc()) }

func (d Date) weekday() time.Weekday { return d.utc().Weekday() }

// at is when the wall clock shows so many minutes after midnight on that day. A time that the day does not have is that of the change, 03:00; of one
// that it has twice the first is meant, or the last.
func (d Date) at(minutes int, last bool) time.Time {
	if minutes >= dayMinutes {
		return d.add(1).at(minutes-dayMinutes, last)
	}
	t := time.Date(d.Year, d.Month, d.Day, minutes/60, minutes%60, 0, 0, zone)
	from, to := t.ZoneBounds()
	switch shown := t.Hour()*60 + t.Minute(); { // Go does not promise which way a time that is not there is moved
	case shown > minutes:
		return from.UTC()
	case shown < minutes:
		return to.UTC()
	}
	if other := t.Add(-time.Hour); !last && other.Hour() == t.Hour() {
		t = other
	}
	if other := t.Add(time.Hour); last && other.Hour() == t.Hour() {
		t = other
	}
	return t.UTC()
}

// dayMinutes is how many minutes the wall clock shows in a day.
const dayMinutes = 24 * 60

// Window is a time of a day in which it is open, in minutes after midnight of the wall clock. One whose end is not after its beginning lasts into the
// next day, and belongs to the day on which it begins.
type Window struct{ from, to int }

// String writes it as 08:00-17:00.
func (w Window) String() string { return clock(w.from) + "-" + clock(w.to) }

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// end is the end in minutes after the midnight before the beginning.
func (w Window) end() int {
	if w.to <= w.from {
		return w.to + dayMinutes
	}
	return w.to
}

// on is the window on one day. Nobody is to stand before a closed door: of a time that comes twice it opens at the first and closes at the last.
func (w Window) on(d Date) span { return span{d.at(w.from, false), d.at(w.end(), true)} }
