package personnummer

import (
	"fmt"
	"time"
	_ "time/tzdata" // Swedish time on machines without a zone database
)

var stockholm = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("personnummer: " + err.Error()) // the database is embedded
	}
	return zone
}()

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the date in Sweden at a time.
func DateOf(t time.Time) Date {
	year, month, day := t.In(stockholm).Date()
	return Date{year, month, day}
}

// Start gives the time at which the day begins in Sweden.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, stockholm).UTC()
}

// Before says whether d comes before other.
func (d Date) Before(other Date) bool {
	if d.Year != other.Year {
		return d.Year < other.Year
	}
	if d.Month != other.Month {
		return d.Month < other.Month
	}
	return d.Day < other.Day
}

// String gives the date as YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Birth gives the date of birth and whether the number tells it. A coordination
// number with month 00, day 60 or a day that its month does not have does not;
// then the date is the earliest possible.
func (n Number) Birth() (date Date, known bool) {
	first, last := n.span()
	return first, first == last
}

// Age gives the age in whole years on a day, and whether the number tells it.
// Where it does not, years is the lowest possible age.
//
// Who was born on 29 February is a year older on 1 March in other years: the
// day on which the full year has passed. No Swedish rule says otherwise that we
// know of. Before the birth the age is 0.
func (n Number) Age(on Date) (years int, known bool) {
	least, most := n.Ages(on)
	return least, least == most
}

// Ages gives the lowest and the highest age in whole years that the holder can
// have on a day. They differ only where the number does not tell the birthday.
func (n Number) Ages(on Date) (least, most int) {
	first, last := n.span()
	return monthsBetween(last, on) / 12, monthsBetween(first, on) / 12
}

// Months gives the age in whole months on a day, and whether the number tells
// it. Where it does not, months is the lowest possible.
func (n Number) Months(on Date) (months int, known bool) {
	first, last := n.span()
	least := monthsBetween(last, on)
	return least, least == monthsBetween(first, on)
}

// Turns gives the time at which the holder turns that many years old: midnight
// in Sweden as the birthday begins. Where the number does not tell the
// birthday, known is false and the time is the earliest possible.
func (n Number) Turns(years int) (at time.Time, known bool) {
	birth, known := n.Birth()
	birth.Year += years
	return birth.Start(), known // time.Date makes 1 March of a 29 February that is not
}

// ThirteenthBirthday gives the time at which a guardian's right to act for the
// child ends. Where the number does not tell, it is the earliest possible time:
// a right that ends too soon is asked for again, one that ends too late has
// been used.
func (n Number) ThirteenthBirthday() (at time.Time, known bool) { return n.Turns(13) }

// span gives the first and the last day on which the holder can be born.
func (n Number) span() (first, last Date) {
	if n.IsZero() {
		return Date{}, Date{}
	}
	year, month, day := n.date()
	switch {
	case month == 0:
		return Date{year, time.January, 1}, Date{year, time.December, 31}
	case day == 0 || day > daysIn(year, month):
		return Date{year, time.Month(month), 1}, Date{year, time.Month(month), daysIn(year, month)}
	}
	birth := Date{year, time.Month(month), day}
	return birth, birth
}

// monthsBetween counts the whole months from a birth to a day, none if it comes
// before.
func monthsBetween(birth, on Date) int {
	months := (on.Year-birth.Year)*12 + int(on.Month-birth.Month)
	if on.Day < birth.Day {
		months--
	}
	return max(months, 0)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
