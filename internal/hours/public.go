package hours

import "time"

// Holiday says whether the day of t in Sweden is a public holiday, the three eves included, and whether the day before it is one: a night that began then
// may go on. A Sunday is none for being a Sunday.
func Holiday(t time.Time) (today, before bool) {
	day := DateOf(t)
	_, today = holidayOn(day)
	_, before = holidayOn(day.add(-1))
	return today, before
}
