package routing

import (
	"strings"
	"testing"

	"lotsen/internal/cases"
)

func TestCheckSaysWhatWouldBeRight(t *testing.T) {
	t.Parallel()
	rest := Route{Rank: 100, Name: "Rest", Queue: "q"}
	for _, c := range []struct {
		name    string
		table   []Route
		row     int
		field   Field
		says    string
		warning bool
	}{
		{"no rows", nil, -1, "", "without conditions", false},
		{"no queue", []Route{{Rank: 1}}, 0, FieldQueue, "name the queue", false},
		{"the last has a unit", []Route{{Rank: 1, Unit: "u", Queue: "q"}}, 0, FieldUnit, "no conditions", false},
		{"the last has a complaint", []Route{{Rank: 1, Complaints: []string{"c"}, Queue: "q"}}, 0, FieldComplaint, "no conditions", false},
		{"the last has a level", []Route{{Rank: 1, Levels: []cases.Level{1}, Queue: "q"}}, 0, FieldLevels, "no conditions", false},
		{"the last has an age", []Route{{Rank: 1, AgeFrom: 1, Queue: "q"}}, 0, FieldAgeFrom, "no conditions", false},
		{"the last has an upper age", []Route{{Rank: 1, AgeTo: 1, Queue: "q"}}, 0, FieldAgeTo, "no conditions", false},
		{"the last has a language", []Route{{Rank: 1, Languages: []string{"ar"}, Queue: "q"}}, 0, FieldLanguages, "no conditions", false},
		{"the last has hours", []Route{{Rank: 1, Hours: &Hours{To: 60}, Queue: "q"}}, 0, FieldHours, "no conditions", false},
		{"a row without conditions before the last", []Route{{Rank: 1, Name: "All", Queue: "q"}, rest}, 0, FieldRank, "Row 1 (All) has no conditions", false},
		{"a level too low", []Route{{Rank: 1, Levels: []cases.Level{0}, Queue: "q"}, rest}, 0, FieldLevels, "1 (immediate) to 5", false},
		{"a level too high", []Route{{Rank: 1, Levels: []cases.Level{5, 6}, Queue: "q"}, rest}, 0, FieldLevels, "no level 6", false},
		{"ages the wrong way round", []Route{{Rank: 1, AgeFrom: 18, AgeTo: 5, Queue: "q"}, rest}, 0, FieldAgeTo, "at least 18 and at most 5", false},
		{"an age below none", []Route{{Rank: 1, AgeFrom: -1, Queue: "q"}, rest}, 0, FieldAgeFrom, "whole years", false},
		{"an upper age below none", []Route{{Rank: 1, AgeTo: -1, Queue: "q"}, rest}, 0, FieldAgeTo, "whole years", false},
		{"an unknown day", []Route{{Rank: 1, Hours: &Hours{Days: []Day{"fredag"}, To: midnight}, Queue: "q"}, rest}, 0, FieldHours, "holiday", false},
		{"no time at all", []Route{{Rank: 1, Hours: &Hours{From: 60, To: 60}, Queue: "q"}, rest}, 0, FieldHours, "00:00 to 24:00", false},
		{"the same rank", []Route{{Rank: 1, Unit: "u", Queue: "q"}, {Rank: 1, Unit: "v", Queue: "q"}, rest}, 1, FieldRank, "same rank", false},
		{
			"a covered row",
			[]Route{{Rank: 1, Name: "Wide", Unit: "u", Queue: "q"}, {Rank: 2, Unit: "u", Levels: []cases.Level{1}, Queue: "q"}, rest},
			1, FieldRank, "Row 1 (Wide) before it", true,
		},
	} {
		found := Check(c.table)
		if len(found) != 1 {
			t.Errorf("%s: found %v, want one thing", c.name, found)
			continue
		}
		got := found[0]
		if got.Row != c.row || got.Field != c.field || got.Warning != c.warning || !strings.Contains(got.Right, c.says) {
			t.Errorf("%s: %+v, want row %d, field %q, warning %v, and that it says %q", c.name, got, c.row, c.field, c.warning, c.says)
		}
	}
	if found := Check(region(t)); len(found) > 0 {
		t.Errorf("a table that is right: %v", found)
	}
	two := Check([]Route{{Rank: 1, AgeFrom: 9, AgeTo: 3, Levels: []cases.Level{7}}, rest})
	if len(two) != 3 {
		t.Errorf("found %v, want all three things at once", two)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	week := &Hours{Days: []Day{"mon", "tue"}, From: 60, To: 120}
	for _, c := range []struct {
		name       string
		wide, thin Route
		want       bool
	}{
		{"the same", Route{Unit: "u", Hours: week}, Route{Unit: "u", Hours: week}, true},
		{"another unit", Route{Unit: "u"}, Route{Unit: "v"}, false},
		{"fewer complaints", Route{Complaints: []string{"a", "b"}}, Route{Complaints: []string{"b"}}, true},
		{"more complaints", Route{Complaints: []string{"a"}}, Route{Complaints: []string{"a", "b"}}, false},
		{"any complaint", Route{Complaints: []string{"a"}}, Route{}, false},
		{"ages within", Route{AgeFrom: 10, AgeTo: 20}, Route{AgeFrom: 11, AgeTo: 20}, true},
		{"ages below", Route{AgeFrom: 10}, Route{AgeFrom: 9}, false},
		{"ages above", Route{AgeTo: 20}, Route{AgeTo: 21}, false},
		{"ages without end", Route{AgeTo: 20}, Route{}, false},
		{"hours within", Route{Hours: &Hours{From: 60, To: 50}}, Route{Hours: week}, true},
		{"hours before", Route{Hours: week}, Route{Hours: &Hours{Days: week.Days, From: 50, To: 120}}, false},
		{"hours past midnight", Route{Hours: &Hours{From: 60, To: midnight}}, Route{Hours: &Hours{From: 60, To: 50}}, false},
		{"more days", Route{Hours: week}, Route{Hours: &Hours{From: 60, To: 120}}, false},
		{"always", Route{Hours: week}, Route{}, false},
	} {
		if got := c.wide.covers(c.thin); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
