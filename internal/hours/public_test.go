package hours

import (
	"testing"
	"time"
)

func TestHoliday(t *testing.T) {
	t.Parallel()
	for day, want := range map[string][2]bool{
		"2026-11-25T12:00:00Z": {false, false},
		"2026-11-29T12:00:00Z": {false, false}, // a Sunday like others
		"2026-12-23T12:00:00Z": {false, false},
		"2026-12-23T23:30:00Z": {true, false}, // in Sweden it is Christmas Eve
		"2026-12-25T12:00:00Z": {true, true},
		"2026-12-27T12:00:00Z": {false, true},
		"2027-03-28T12:00:00Z": {true, false}, // Easter Day
		"2027-06-25T12:00:00Z": {true, false}, // Midsummer's Eve
	} {
		at, err := time.Parse(time.RFC3339, day)
		if err != nil {
			t.Fatal(err)
		}
		if today, before := Holiday(at); today != want[0] || before != want[1] {
			t.Errorf("%s: %v, the day before %v; want %v", day, today, before, want)
		}
	}
}
