package routing

import (
	"fmt"

	"lotsen/internal/cases"
)

// Field names the part of a row that a finding is about.
type Field string

// The parts of a row.
const (
	FieldRank      Field = "rank"
	FieldUnit      Field = "unit"
	FieldComplaint Field = "complaints"
	FieldLevels    Field = "levels"
	FieldAgeFrom   Field = "ageFrom"
	FieldAgeTo     Field = "ageTo"
	FieldLanguages Field = "languages"
	FieldHours     Field = "hours"
	FieldQueue     Field = "queue"
)

// Finding is one thing that is wrong with a table.
type Finding struct {
	Row     int    // the index of the row; -1 for the table as a whole
	Field   Field  // "" for the table as a whole
	Right   string // what would be right, for who has written it
	Warning bool   // the table works, but the row does nothing
}

// Check says what is wrong with a table whose rows stand in their order. A table without findings, warnings apart, takes every errand. Of rows that can
// never be reached it finds those that a single earlier row covers.
func Check(routes []Route) []Finding {
	if len(routes) == 0 {
		return []Finding{{Row: -1, Right: "The table is empty. Add a row without conditions, with the queue that takes what no other row does."}}
	}
	var found []Finding
	for i, r := range routes {
		found = append(found, r.check(i)...)
		found = append(found, place(routes, i)...)
	}
	return found
}

// check finds what is wrong with a row by itself.
func (r Route) check(i int) (found []Finding) {
	add := func(f Field, format string, args ...any) {
		found = append(found, Finding{Row: i, Field: f, Right: fmt.Sprintf("%s: ", r.label()) + fmt.Sprintf(format, args...)})
	}
	if r.Queue == "" {
		add(FieldQueue, "name the queue that the errands of this row join.")
	}
	for _, l := range r.Levels {
		if l < cases.Immediate || l > cases.SelfCare {
			add(FieldLevels, "there is no level %d. Levels are 1 (immediate) to 5 (self-care).", l)
		}
	}
	if r.AgeFrom < 0 {
		add(FieldAgeFrom, "an age is a number of whole years, 0 for no bound.")
	}
	if r.AgeTo < 0 {
		add(FieldAgeTo, "an age is a number of whole years, 0 for no bound.")
	}
	if r.AgeTo > 0 && r.AgeFrom > r.AgeTo {
		add(FieldAgeTo, "nobody is at least %d and at most %d years old. Both bounds belong to the row; the upper one may not be the lower number.", r.AgeFrom, r.AgeTo)
	}
	return append(found, r.checkHours(i)...)
}

// checkHours finds what ParseHours would not let through.
func (r Route) checkHours(i int) []Finding {
	if r.Hours == nil {
		return nil
	}
	wrong := func(why string) []Finding {
		return []Finding{{Row: i, Field: FieldHours, Right: r.label() + ": " + why}}
	}
	if !subset(r.Hours.Days, Days()) {
		return wrong(fmt.Sprintf("of %v not all are days. Days are %v.", r.Hours.Days, Days()))
	}
	if r.Hours.From < 0 || r.Hours.From >= midnight || r.Hours.To < 1 || r.Hours.To > midnight || r.Hours.From == r.Hours.To {
		return wrong("the times span no part of a day. A whole day is 00:00 to 24:00.")
	}
	return nil
}

// place finds what is wrong with a row among the others.
func place(routes []Route, i int) (found []Finding) {
	r, last := routes[i], i == len(routes)-1
	add := func(f Field, warning bool, format string, args ...any) {
		found = append(found, Finding{Row: i, Field: f, Warning: warning, Right: r.label() + fmt.Sprintf(format, args...)})
	}
	switch {
	case last && !r.Unconditional():
		add(r.firstCondition(), false, ": the last row takes what no other row does, so it has no conditions. Take this one away, or add a row without any after it.")
	case !last && r.Unconditional():
		add(FieldRank, false, " has no conditions, so no row after it is ever reached. Give it the highest rank, or a condition.")
	}
	for _, earlier := range routes[:i] {
		if earlier.Rank == r.Rank {
			add(FieldRank, false, " has the same rank as another: %s. Give each row a rank of its own; the lowest is asked first.", earlier.label())
		}
	}
	for _, earlier := range routes[:i] {
		if !last && !earlier.Unconditional() && earlier.covers(r) {
			add(FieldRank, true, " is never reached: %s before it takes everything that it would. Give it a lower rank.", earlier.label())
			break
		}
	}
	return found
}

// covers says whether the row takes everything that another would.
func (r Route) covers(other Route) bool {
	return (r.Unit == "" || r.Unit == other.Unit) &&
		holds(r.Complaints, other.Complaints) && holds(r.Levels, other.Levels) && holds(r.Languages, other.Languages) &&
		r.AgeFrom <= other.AgeFrom && (r.AgeTo == 0 || other.AgeTo != 0 && other.AgeTo <= r.AgeTo) &&
		(r.Hours == nil || r.Hours.cover(other.Hours))
}

// holds says whether one list asks for no more than another.
func holds[T comparable](list, other []T) bool {
	return len(list) == 0 || len(other) > 0 && subset(other, list)
}

// firstCondition is a field that makes the row conditional.
func (r Route) firstCondition() Field {
	for _, c := range []struct {
		field Field
		is    bool
	}{
		{FieldUnit, r.Unit != ""},
		{FieldComplaint, len(r.Complaints) > 0},
		{FieldLevels, len(r.Levels) > 0},
		{FieldAgeFrom, r.AgeFrom != 0},
		{FieldAgeTo, r.AgeTo != 0},
		{FieldLanguages, len(r.Languages) > 0},
	} {
		if c.is {
			return c.field
		}
	}
	return FieldHours
}

// label is the row as people know it.
func (r Route) label() string {
	if r.Name == "" {
		return fmt.Sprintf("Row %d", r.Rank)
	}
	return fmt.Sprintf("Row %d (%s)", r.Rank, r.Name)
}
