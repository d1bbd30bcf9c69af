package personnummer_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/personnummer"
)

func TestBirthdaysBeginAtMidnightInSweden(t *testing.T) {
	t.Parallel()
	tests := []struct{ digits, at string }{
		{"201311262388", "2026-11-25T23:00:00Z"}, // winter time
		{"201305272385", "2026-05-26T22:00:00Z"}, // summer time
		{"201202292387", "2025-02-28T23:00:00Z"}, // born 29 February: 1 March
	}
	for _, test := range tests {
		n := number(t, test.digits)
		want, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		at, known := n.ThirteenthBirthday()
		if !at.Equal(want) || !known {
			t.Errorf("%s turns 13 at %v (known %v), expected %v", test.digits, at, known, want)
		}
		for moment, age := range map[time.Time]int{at.Add(-time.Millisecond): 12, at: 13} {
			if got, _ := n.Age(personnummer.DateOf(moment)); got != age {
				t.Errorf("%s is %d at %v, expected %d", test.digits, got, moment, age)
			}
		}
	}
}

func TestLeapDayInALeapYear(t *testing.T) {
	t.Parallel()
	n := number(t, "200402292395")
	for day, age := range map[string]int{"2024-02-28": 19, "2024-02-29": 20, "2025-02-28": 20, "2025-03-01": 21} {
		if got, known := n.Age(personnummer.DateOf(noon(day))); got != age || !known {
			t.Errorf("born 2004-02-29: %d on %s (known %v), expected %d", got, day, known, age)
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	n := number(t, "202312142397")
	for day, months := range map[string]int{"2023-12-13": 0, "2023-12-14": 0, "2024-01-13": 0, "2024-01-14": 1, "2024-12-13": 11, "2024-12-14": 12} {
		if got, known := n.Months(personnummer.DateOf(noon(day))); got != months || !known {
			t.Errorf("born 2023-12-14: %d months on %s (known %v), expected %d", got, day, known, months)
		}
	}
}

func TestWhereTheNumberDoesNotTellTheBirthday(t *testing.T) {
	t.Parallel()
	tests := []struct {
		digits, on, born string
		least, most      int
	}{
		{"198000602394", "2026-06-01", "1980-01-01", 45, 46}, // neither month nor day
		{"191500722390", "2026-12-31", "1915-01-01", 111, 111},
		{"191711602399", "2026-11-15", "1917-11-01", 108, 109}, // no day
		{"191711602399", "2026-11-30", "1917-11-01", 109, 109},
	}
	for _, test := range tests {
		n, on := number(t, test.digits), personnummer.DateOf(noon(test.on))
		least, most := n.Ages(on)
		if least != test.least || most != test.most {
			t.Errorf("%s is %d to %d on %s, expected %d to %d", test.digits, least, most, test.on, test.least, test.most)
		}
		if age, known := n.Age(on); age != test.least || known != (test.least == test.most) {
			t.Errorf("%s: age %d (known %v) on %s, expected the lowest possible, %d", test.digits, age, known, test.on, test.least)
		}
		if birth, known := n.Birth(); known || birth.String() != test.born {
			t.Errorf("%s: born %v (known %v), expected not known, from %s", test.digits, birth, known, test.born)
		}
		if at, known := n.ThirteenthBirthday(); known || personnummer.DateOf(at).Year != personnummer.DateOf(noon(test.born)).Year+13 {
			t.Errorf("%s turns 13 at %v (known %v), expected the earliest time, not known", test.digits, at, known)
		}
	}
}

func TestADayThatItsMonthDoesNotHave(t *testing.T) {
	t.Parallel()
	n := number(t, withCheckDigit("20130291238")) // coordination number, 31 February
	birth, known := n.Birth()
	if known || birth.String() != "2013-02-01" {
		t.Errorf("born %v (known %v), expected not known, from 2013-02-01", birth, known)
	}
}

// withCheckDigit finds the check digit by trying: the test must not share the
// sum with the code.
func withCheckDigit(eleven string) string {
	for c := '0'; c <= '9'; c++ {
		if _, err := personnummer.Parse(eleven+string(c), now); err == nil {
			return eleven + string(c)
		}
	}
	return eleven
}

func TestAgeFlipsWhenTheBirthdayBegins(t *testing.T) {
	t.Parallel()
	good := load(t).Good
	rapid.Check(t, func(t *rapid.T) {
		n, err := personnummer.Parse(rapid.SampledFrom(good).Draw(t, "vector").Digits, now)
		if err != nil {
			t.Fatal(err)
		}
		years := rapid.IntRange(1, 130).Draw(t, "years")
		at, _ := n.Turns(years)
		_, before := n.Ages(personnummer.DateOf(at.Add(-time.Nanosecond)))
		_, after := n.Ages(personnummer.DateOf(at))
		if before != years-1 || after != years {
			t.Fatalf("%s turns %d at %v, but is at most %d before and %d after", n.Digits(), years, at, before, after)
		}
	})
}

func TestAgeNeverFallsAndFollowsMonths(t *testing.T) {
	t.Parallel()
	good := load(t).Good
	day := rapid.Custom(func(t *rapid.T) personnummer.Date {
		return personnummer.DateOf(noon("1890-01-01").AddDate(0, 0, rapid.IntRange(0, 60_000).Draw(t, "day")))
	})
	rapid.Check(t, func(t *rapid.T) {
		n, err := personnummer.Parse(rapid.SampledFrom(good).Draw(t, "vector").Digits, now)
		if err != nil {
			t.Fatal(err)
		}
		early, late := day.Draw(t, "early"), day.Draw(t, "late")
		if late.Before(early) {
			early, late = late, early
		}
		young, _ := n.Age(early)
		old, _ := n.Age(late)
		if young > old || young < 0 {
			t.Fatalf("%s is %d on %v and %d on %v", n.Digits(), young, early, old, late)
		}
		if months, _ := n.Months(late); months/12 != old {
			t.Fatalf("%s is %d months and %d years on %v", n.Digits(), months, old, late)
		}
	})
}
