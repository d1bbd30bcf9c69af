// Package routing says which queue an errand joins: the first row of its region's table that fits.
//
// A table is an ordered list of rows; each has conditions (unit, complaint, level, age, language, hours) and a queue. The last row has no
// conditions, so every errand finds a queue. Check says what is wrong with a table, in words for who has written it.
//
// The package is pure. It reads no database and asks no clock: the time, and whether the day is a public holiday, come with the errand. It
// does not know whether a queue is open; that decides later, and never about where an errand belongs.
package routing

import (
	"slices"
	"time"

	"lotsen/internal/cases"
)

// Route is one row of a region's table. A condition that is empty is none.
type Route struct {
	ID   string
	Rank int    // the order of the rows, the lowest first
	Name string // what people call it

	Unit       string   // an id
	Complaints []string // codes
	Levels     []cases.Level
	AgeFrom    int // whole years, itself included; 0 for no bound
	AgeTo      int // whole years, itself included; 0 for no bound: nobody is served before the first birthday
	Languages  []string
	Hours      *Hours // nil for always

	Queue string // an id
}

// Errand is what of a case its route depends on.
type Errand struct {
	Unit      string // an id; "" where neither the patient nor the region names one
	Complaint string
	Level     cases.Level // 0 before the decision: no row that asks for a level fits
	Age       int         // whole years
	Language  string

	At            time.Time
	Holiday       bool // the day of At in Sweden is a public holiday
	HolidayBefore bool // the day before is one: its night may go on
}

// Match finds the first row that takes an errand. ok is false where none does, which a table without findings never leaves.
func Match(routes []Route, e Errand) (i int, ok bool) {
	i = slices.IndexFunc(routes, func(r Route) bool { return r.Takes(e) })
	return i, i >= 0
}

// Takes says whether all conditions of the row hold for an errand.
func (r Route) Takes(e Errand) bool {
	return (r.Unit == "" || r.Unit == e.Unit) &&
		among(r.Complaints, e.Complaint) &&
		among(r.Levels, e.Level) &&
		e.Age >= r.AgeFrom && (r.AgeTo == 0 || e.Age <= r.AgeTo) &&
		among(r.Languages, e.Language) &&
		r.Holds(e)
}

// Holds says whether the time of an errand is within the row's hours, whatever its other conditions say. Hours begin and end with a minute.
func (r Route) Holds(e Errand) bool { return r.Hours == nil || r.Hours.hold(e) }

// Unconditional says whether the row takes every errand.
func (r Route) Unconditional() bool {
	return r.Unit == "" && len(r.Complaints) == 0 && len(r.Levels) == 0 && r.AgeFrom == 0 && r.AgeTo == 0 && len(r.Languages) == 0 && r.Hours == nil
}

// among says whether a list holds a value, or holds nothing and so asks for nothing.
func among[T comparable](list []T, value T) bool {
	return len(list) == 0 || slices.Contains(list, value)
}
