package routing

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/cases"
)

var (
	someUnits      = []string{"north", "south"}
	someComplaints = []string{"fever", "cough", "rash"}
	someLanguages  = []string{"sv", "en", "ar"}
)

// drawList draws a few of these, or none.
func drawList[T comparable](t *rapid.T, from []T, name string) []T {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 0, 2, rapid.ID[T]).Draw(t, name)
}

func drawHours(t *rapid.T) *Hours {
	if rapid.Bool().Draw(t, "always") {
		return nil
	}
	from := rapid.IntRange(0, midnight-1).Draw(t, "from")
	to := rapid.IntRange(1, midnight).Filter(func(m int) bool { return m != from }).Draw(t, "to")
	return &Hours{Days: drawList(t, Days(), "days"), From: from, To: to}
}

func drawRoute(t *rapid.T) Route {
	r := Route{
		Unit:       rapid.SampledFrom(append([]string{""}, someUnits...)).Draw(t, "unit"),
		Complaints: drawList(t, someComplaints, "complaints"),
		Levels:     drawList(t, []cases.Level{1, 2, 3, 4, 5}, "levels"),
		AgeFrom:    rapid.SampledFrom([]int{0, 0, 3, 18}).Draw(t, "age from"),
		AgeTo:      rapid.SampledFrom([]int{0, 0, 30, 99}).Draw(t, "age to"),
		Languages:  drawList(t, someLanguages, "languages"),
		Hours:      drawHours(t),
		Queue:      "q",
	}
	if rapid.IntRange(0, 1).Draw(t, "simple") == 0 { // rows with many conditions hardly ever fit
		r = Route{Unit: r.Unit, Levels: r.Levels, Queue: "q"}
	}
	return r
}

func drawErrand(t *rapid.T) Errand {
	return Errand{
		Unit:      rapid.SampledFrom(append([]string{""}, someUnits...)).Draw(t, "errand's unit"),
		Complaint: rapid.SampledFrom(someComplaints).Draw(t, "errand's complaint"),
		Level:     cases.Level(rapid.IntRange(0, 5).Draw(t, "errand's level")),
		Age:       rapid.IntRange(1, 100).Draw(t, "errand's age"),
		Language:  rapid.SampledFrom(someLanguages).Draw(t, "errand's language"),
		At:        time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 400*midnight).Draw(t, "minutes")) * time.Minute),
		Holiday:   rapid.Bool().Draw(t, "holiday"), HolidayBefore: rapid.Bool().Draw(t, "holiday before"),
	}
}

func drawTable(t *rapid.T) []Route {
	table := rapid.SliceOfN(rapid.Custom(drawRoute), 0, 6).Draw(t, "table")
	table = slices.DeleteFunc(table, Route.Unconditional)
	table = append(table, Route{Queue: "rest"})
	for i := range table {
		table[i].Rank = i + 1
	}
	return table
}

// within says by counting minute by minute, from the midnight before the day before, whether a time is within hours. It shares nothing with hold
// but the meaning of the words.
func within(h *Hours, e Errand) bool {
	at := e.At.In(stockholm)
	minute := at.Hour()*60 + at.Minute()
	for back, holiday := range []bool{e.Holiday, e.HolidayBefore} {
		names := []Day{Day([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}[(int(at.Weekday())+6-back)%7])}
		if holiday && names[0] != "sat" && names[0] != "sun" {
			names = nil
		}
		if holiday {
			names = append(names, "holiday")
		}
		began := len(h.Days) == 0 || slices.ContainsFunc(h.Days, func(d Day) bool { return slices.Contains(names, d) })
		length := (h.To - h.From + 2*midnight - 1) % midnight // less one minute
		if since := minute + back*midnight - h.From; began && since >= 0 && since <= length {
			return true
		}
	}
	return false
}

// fits says of one condition at a time whether it holds.
func fits(r Route, e Errand) bool {
	for _, broken := range []bool{
		r.Unit != "" && r.Unit != e.Unit,
		len(r.Complaints) > 0 && !slices.Contains(r.Complaints, e.Complaint),
		len(r.Levels) > 0 && !slices.Contains(r.Levels, e.Level),
		r.AgeFrom > e.Age,
		r.AgeTo > 0 && r.AgeTo < e.Age,
		len(r.Languages) > 0 && !slices.Contains(r.Languages, e.Language),
		r.Hours != nil && !within(r.Hours, e),
	} {
		if broken {
			return false
		}
	}
	return true
}

func TestMatchIsANaiveScan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table, errand := drawTable(t), drawErrand(t)
		want := -1
		for i := len(table) - 1; i >= 0; i-- {
			if fits(table[i], errand) {
				want = i
			}
		}
		if got, ok := Match(table, errand); got != want || ok != (want >= 0) {
			t.Fatalf("row %d (%v), want %d", got, ok, want)
		}
	})
}

func TestRowsAfterTheMatchChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table, errand := drawTable(t), drawErrand(t)
		got, _ := Match(table, errand)
		more := slices.Concat(table[:got+1], rapid.SliceOfN(rapid.Custom(drawRoute), 0, 4).Draw(t, "more"))
		if again, ok := Match(more, errand); !ok || again != got {
			t.Fatalf("row %d with other rows after it, row %d before", again, got)
		}
	})
}

func TestACheckedTableTakesEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.SliceOfN(rapid.Custom(drawRoute), 0, 6).Draw(t, "table")
		for i := range table {
			table[i].Rank = i + 1
		}
		for _, f := range Check(table) {
			if !f.Warning {
				return
			}
		}
		if _, ok := Match(table, drawErrand(t)); !ok {
			t.Fatal("no row takes the errand, and Check says nothing")
		}
	})
}

func TestARowThatIsWarnedOfNeverMatches(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table, errand := drawTable(t), drawErrand(t)
		for _, f := range Check(table) {
			if i, _ := Match(table, errand); f.Warning && i == f.Row {
				t.Fatalf("row %d matches, and Check says: %s", i, f.Right)
			}
		}
	})
}

func TestEveryConditionNarrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, errand := drawRoute(t), drawErrand(t)
		for name, wider := range map[string]Route{
			"unit":       {Complaints: r.Complaints, Levels: r.Levels, AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, Languages: r.Languages, Hours: r.Hours},
			"complaints": {Unit: r.Unit, Levels: r.Levels, AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, Languages: r.Languages, Hours: r.Hours},
			"levels":     {Unit: r.Unit, Complaints: r.Complaints, AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, Languages: r.Languages, Hours: r.Hours},
			"ages":       {Unit: r.Unit, Complaints: r.Complaints, Levels: r.Levels, Languages: r.Languages, Hours: r.Hours},
			"languages":  {Unit: r.Unit, Complaints: r.Complaints, Levels: r.Levels, AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, Hours: r.Hours},
			"hours":      {Unit: r.Unit, Complaints: r.Complaints, Levels: r.Levels, AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, Languages: r.Languages},
		} {
			if r.Takes(errand) && !wider.Takes(errand) {
				t.Fatalf("the row takes the errand, and without its %s it does not", name)
			}
		}
	})
}
