package texts

import "time"

// weekdays are the keys of the days' names, as time.Weekday counts.
var weekdays = [...]string{
	WeekdaySunday, WeekdayMonday, WeekdayTuesday, WeekdayWednesday, WeekdayThursday, WeekdayFriday, WeekdaySaturday,
}

// When says a time in the language, by the clock that the time shows. It names the day, so that it stays true when it is read later.
func (l Lang) When(t time.Time) string {
	return l.Say(WhenDay, "weekday", l.Say(weekdays[t.Weekday()]), "day", t.Day(), "month", int(t.Month()), "time", t.Format("15:04"))
}
