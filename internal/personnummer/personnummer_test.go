package personnummer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/personnummer"
)

var now = noon("2026-11-25")

func noon(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

func number(tb testing.TB, text string) personnummer.Number {
	tb.Helper()
	n, err := personnummer.Parse(text, now)
	if err != nil {
		tb.Fatalf("Parse(%q): %v", text, err)
	}
	return n
}

type vectors struct {
	Good []struct {
		In, Now, Digits, Short   string
		Birth                    *string
		Age, Months, Least, Most *int
		Coordination             bool
	}
	Bad []struct{ In, Now, Fault string }
}

func load(tb testing.TB) (v vectors) {
	tb.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestGoodVectors(t *testing.T) {
	t.Parallel()
	for _, v := range load(t).Good {
		n, err := personnummer.Parse(v.In, noon(v.Now))
		if err != nil || n.Digits() != v.Digits {
			t.Errorf("Parse(%q) in %s = %s, %v; expected %s", v.In, v.Now, n.Digits(), err, v.Digits)
			continue
		}
		today := personnummer.DateOf(noon(v.Now))
		if v.Short != "" && n.Short(noon(v.Now)) != v.Short {
			t.Errorf("%s: Short() = %s, expected %s", v.Digits, n.Short(noon(v.Now)), v.Short)
		}
		if age, known := n.Age(today); v.Age != nil && (age != *v.Age || !known) {
			t.Errorf("%s: age %d (known %v) on %v, expected %d", v.Digits, age, known, today, *v.Age)
		}
		if months, known := n.Months(today); v.Months != nil && (months != *v.Months || !known) {
			t.Errorf("%s: %d months (known %v) on %v, expected %d", v.Digits, months, known, today, *v.Months)
		}
		if n.Coordination() != v.Coordination {
			t.Errorf("%s: Coordination() = %v", v.Digits, n.Coordination())
		}
		if birth, known := n.Birth(); v.Birth != nil && (known != (*v.Birth != "") || known && birth.String() != *v.Birth) {
			t.Errorf("%s: born %v (known %v), expected %q", v.Digits, birth, known, *v.Birth)
		}
		if least, most := n.Ages(today); v.Least != nil && (least != *v.Least || most != *v.Most) {
			t.Errorf("%s: between %d and %d years, expected %d to %d", v.Digits, least, most, *v.Least, *v.Most)
		}
		if !n.Demo() {
			t.Errorf("%s is a published test number, and the demo refuses it", v.Digits)
		}
	}
}

func TestBadVectors(t *testing.T) {
	t.Parallel()
	for _, v := range load(t).Bad {
		n, err := personnummer.Parse(v.In, noon(v.Now))
		if err != personnummer.Fault(v.Fault) { //nolint:errorlint // the promise is that a Fault comes bare
			t.Errorf("Parse(%q) in %s = %s, %v; expected the fault %q", v.In, v.Now, n.Digits(), err, v.Fault)
		}
		if !n.IsZero() {
			t.Errorf("Parse(%q) gave a number along with its error", v.In)
		}
		if err != nil && v.In != "" && strings.Contains(err.Error(), v.In) && len(v.In) > 3 {
			t.Errorf("Parse(%q): the error quotes it", v.In)
		}
	}
}

func TestTheCenturyTurnsWithTheYearInSweden(t *testing.T) {
	t.Parallel()
	silvester := time.Date(2026, 12, 31, 22, 59, 59, 0, time.UTC)
	newYear := silvester.Add(time.Second) // midnight in Stockholm
	before, err := personnummer.Parse("270521-9240", silvester)
	if err != nil || before.Digits() != "192705219240" {
		t.Errorf("27- in 2026: %s, %v; expected 1927", before.Digits(), err)
	}
	if _, err := personnummer.Parse("270521-9240", newYear); err != personnummer.Future { //nolint:errorlint // a Fault comes bare
		t.Errorf("27- in 2027: %v, expected 2027-05-21, a day to come", err)
	}
	after, err := personnummer.Parse("270521+9240", newYear)
	if err != nil || after.Digits() != "192705219240" {
		t.Errorf("27+ in 2027: %s, %v; expected 1927", after.Digits(), err)
	}
	if before.Short(silvester) != "270521-9240" || before.Short(newYear) != "270521+9240" {
		t.Errorf("the sign is %s and %s around New Year, expected - and +", before.Short(silvester), before.Short(newYear))
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	n := number(t, "110527-2395")
	if n.Long() != "20110527-2395" || n.Mask() != "20110527-****" || n.Short(now) != "110527-2395" {
		t.Errorf("forms %s, %s, %s", n.Long(), n.Mask(), n.Short(now))
	}
	var none personnummer.Number
	if none.Long()+none.Mask()+none.Short(now)+none.Digits() != "" || !none.IsZero() || none.Coordination() || none.Demo() {
		t.Error("the zero Number should be empty in every form")
	}
	if age, _ := none.Age(personnummer.DateOf(now)); !none.IsZero() || age < 0 {
		t.Errorf("the zero Number has age %d", age)
	}
}

func TestANumberDoesNotPrintItself(t *testing.T) {
	t.Parallel()
	n := number(t, "201105272395")
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("login", "number", n)
	wrapped := struct{ N personnummer.Number }{n}
	encoded, err := json.Marshal(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{fmt.Sprint(n), fmt.Sprintf("%v %+v %#v %s %q", n, n, n, n, n), fmt.Sprintf("%+v", wrapped), log.String(), string(encoded)} {
		if strings.Contains(out, "0527") {
			t.Errorf("%q shows the number", out)
		}
	}
}

func TestDemoRefusesOtherNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"201105272395": true,  // serial 239
		"201301692388": true,  // a coordination number of the series
		"196604273083": true,  // listed, outside the series
		"196604072675": true,  // the last of the list
		"191212121212": false, // well known and invented, not in the list
		"198507099805": false,
	} {
		if got := number(t, text).Demo(); got != want {
			t.Errorf("Demo() of %s = %v, expected %v", text, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                                     nil,
		"user 20110527-2395 logged in":         {"20110527-2395"},
		"pnr=201105272395&x=1":                 {"201105272395"},
		`{"n":"110527-2395"}`:                  {"110527-2395"},
		"1105272395,201202292387 130169-2388.": {"1105272395", "201202292387", "130169-2388"},
		"id201105272395x":                      {"201105272395"},
		"000229-2399 192612049029 261204+9029": {"000229-2399", "192612049029", "261204+9029"},
		"201105272396 wrong check digit":       nil,
		"2011052723951 thirteen digits":        nil,
		"a1105272395b inside an id":            nil,
		"1.1105272395":                         nil,
		"+46701740605 at 2026-11-25T12:00:00Z": nil,
		"no digits":                            nil,
	} {
		if got := personnummer.Find(text); !slices.Equal(got, want) {
			t.Errorf("Find(%q) = %q, expected %q", text, got, want)
		}
	}
}

func TestEveryFormIsReadBackAndFound(t *testing.T) {
	t.Parallel()
	good := load(t).Good
	rapid.Check(t, func(t *rapid.T) {
		n, err := personnummer.Parse(rapid.SampledFrom(good).Draw(t, "vector").Digits, now)
		if err != nil {
			t.Fatal(err)
		}
		around := rapid.StringMatching(`[a-z ,:;"=&]{0,8}`)
		for _, form := range []string{n.Digits(), n.Long(), n.Short(now)} {
			back, err := personnummer.Parse(form, now)
			if err != nil || back != n {
				t.Fatalf("%s read back as %s, %v", form, back.Digits(), err)
			}
			text := around.Draw(t, "before") + form + around.Draw(t, "after")
			if !slices.Contains(personnummer.Find(text), form) {
				t.Fatalf("%s is not found in %q", form, text)
			}
		}
	})
}

// A single wrong digit or two neighbours changed about is what the check digit
// is for. It cannot see 09 for 90.
func TestTheCheckDigitCatchesSlips(t *testing.T) {
	t.Parallel()
	digits := number(t, "201105272395").Digits()
	for i := 2; i < len(digits); i++ {
		for c := byte('0'); c <= '9'; c++ {
			slip := digits[:i] + string(c) + digits[i+1:]
			if _, err := personnummer.Parse(slip, now); err == nil && slip != digits {
				t.Errorf("%s passes for a number: digit %d of %s was changed", slip, i, digits)
			}
		}
		if i+1 == len(digits) || digits[i:i+2] == "09" || digits[i:i+2] == "90" || digits[i] == digits[i+1] {
			continue
		}
		slip := digits[:i] + string(digits[i+1]) + string(digits[i]) + digits[i+2:]
		if _, err := personnummer.Parse(slip, now); err == nil {
			t.Errorf("%s passes for a number: digits %d and %d of %s were changed about", slip, i, i+1, digits)
		}
	}
}

func FuzzParse(f *testing.F) {
	v := load(f)
	for _, good := range v.Good {
		f.Add(good.In)
	}
	for _, bad := range v.Bad {
		f.Add(bad.In)
	}
	f.Fuzz(func(t *testing.T, text string) {
		personnummer.Find(text)
		n, err := personnummer.Parse(text, now)
		if err != nil {
			if _, ok := err.(personnummer.Fault); !ok { //nolint:errorlint // the promise is that a Fault comes bare
				t.Fatalf("error %T, expected a Fault", err)
			}
			return
		}
		for _, form := range []string{n.Digits(), n.Long(), n.Short(now)} {
			if back, err := personnummer.Parse(form, now); err != nil || back != n {
				t.Fatalf("%q gave %s, which reads back as %s, %v", text, form, back.Digits(), err)
			}
		}
		today := personnummer.DateOf(now)
		if least, most := n.Ages(today); least < 0 || most < least || most-least > 1 || most > 190 {
			t.Fatalf("%s is %d to %d years old", n.Digits(), least, most)
		}
	})
}
