package routing

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/cases"
)

// at is a time of November 2026 or later by the clock on the wall in Sweden.
func at(t *testing.T, wall string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", wall, stockholm)
	if err != nil {
		t.Fatal(err)
	}
	return when.UTC()
}

// evening is when a table of a small region sends everybody elsewhere.
const evening = `{"days":["mon","tue","wed","thu","fri"],"from":"17:00","to":"08:00"}`

func hours(t *testing.T, raw string) *Hours {
	t.Helper()
	h, err := ParseHours([]byte(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return h
}

// region is a table such as a small region has.
func region(t *testing.T) []Route {
	t.Helper()
	return []Route{
		{ID: "acute", Rank: 1, Levels: []cases.Level{1, 2}, Queue: "acute"},
		{ID: "children", Rank: 2, Complaints: []string{"fever", "cough"}, AgeTo: 5, Queue: "children"},
		{ID: "old", Rank: 3, Unit: "north", AgeFrom: 80, Queue: "north"},
		{ID: "arabic", Rank: 4, Languages: []string{"ar"}, Queue: "arabic"},
		{ID: "evenings", Rank: 5, Hours: hours(t, evening), Queue: "evening"},
		{ID: "weekends", Rank: 6, Hours: hours(t, `{"days":["sat","sun","holiday"]}`), Queue: "evening"},
		{ID: "north", Rank: 7, Unit: "north", Queue: "north"},
		{ID: "rest", Rank: 8, Queue: "south"},
	}
}

func TestTheFirstRowThatFits(t *testing.T) {
	t.Parallel()
	noon := at(t, "2026-11-25 12:00") // a Wednesday
	for _, c := range []struct {
		name, want string
		errand     Errand
	}{
		{"a level", "acute", Errand{Level: 2, Age: 3, Complaint: "fever", Language: "ar", At: noon}},
		{"a complaint and an age", "children", Errand{Level: 3, Age: 5, Complaint: "fever", At: noon}},
		{"a year too old", "rest", Errand{Level: 3, Age: 6, Complaint: "fever", At: noon}},
		{"another complaint", "rest", Errand{Level: 3, Age: 5, Complaint: "rash", At: noon}},
		{"a unit and an age", "old", Errand{Level: 3, Age: 80, Unit: "north", At: noon}},
		{"another unit", "rest", Errand{Level: 3, Age: 80, Unit: "south", At: noon}},
		{"a language", "arabic", Errand{Level: 3, Age: 40, Unit: "north", Language: "ar", At: noon}},
		{"a unit", "north", Errand{Level: 3, Age: 40, Unit: "north", Language: "sv", At: noon}},
		{"the evening", "evenings", Errand{Level: 3, Age: 40, Unit: "north", At: at(t, "2026-11-25 19:30")}},
		{"the weekend", "weekends", Errand{Level: 3, Age: 40, Unit: "north", At: at(t, "2026-11-28 12:00")}},
		{"a holiday", "weekends", Errand{Level: 3, Age: 40, Unit: "north", At: at(t, "2026-12-25 12:00"), Holiday: true}},
		{"nothing", "rest", Errand{Level: 3, Age: 40, At: noon}},
		{"undecided", "rest", Errand{Age: 40, At: noon}},
	} {
		i, ok := Match(region(t), c.errand)
		if !ok || region(t)[i].ID != c.want {
			t.Errorf("%s: got row %d (%v), want %s", c.name, i, ok, c.want)
		}
	}
	if i, ok := Match(nil, Errand{}); ok {
		t.Errorf("an empty table gives row %d, want none", i)
	}
}

func TestHoursAreThoseOfTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hours, wall     string
		holiday, before bool
		want            bool
	}{
		{evening, "2026-11-25 16:59", false, false, false},
		{evening, "2026-11-25 17:00", false, false, true},
		{evening, "2026-11-25 23:59", false, false, true},
		{evening, "2026-11-26 00:00", false, false, true},
		{evening, "2026-11-26 07:59", false, false, true},
		{evening, "2026-11-26 08:00", false, false, false},
		{evening, "2026-11-28 07:59", false, false, true},  // Saturday: Friday's night goes on
		{evening, "2026-11-28 17:00", false, false, false}, // Saturday's own does not begin
		{evening, "2026-11-30 03:00", false, false, false}, // Monday: Sunday had none
		{evening, "2026-12-25 18:00", true, false, false},  // Christmas Day, a Friday: no working day
		{evening, "2026-12-26 03:00", true, true, false},   // nor is its night
		{`{"days":["holiday"],"from":"17:00","to":"08:00"}`, "2026-12-26 03:00", true, true, true},
		{`{"days":["holiday"],"from":"17:00","to":"08:00"}`, "2027-01-02 03:00", false, true, true},
		{`{"days":["sun"]}`, "2027-03-28 12:00", true, false, true}, // Easter Day is a Sunday, too
		{`{"days":["sat","sun"]}`, "2026-11-28 00:00", false, false, true},
		{`{"days":["sat","sun"]}`, "2026-11-30 00:00", false, false, false},
		{`{"from":"08:00","to":"17:00"}`, "2026-12-25 12:00", true, true, true}, // every day
		{`{"from":"20:00","to":"00:00"}`, "2026-11-25 23:59", false, false, true},
		{`{"from":"20:00","to":"00:00"}`, "2026-11-26 00:00", false, false, false},
		{`{"from":"20:00","to":"24:00"}`, "2026-11-25 23:59", false, false, true},
		{`{"from":"03:00","to":"04:00"}`, "2027-03-28 03:30", false, false, true}, // a day of 23 hours
		{`{"from":"02:00","to":"03:00"}`, "2027-10-31 02:30", false, false, true}, // a day of 25
	} {
		r := Route{Hours: hours(t, c.hours)}
		if got := r.Takes(Errand{At: at(t, c.wall), Holiday: c.holiday, HolidayBefore: c.before}); got != c.want {
			t.Errorf("%s at %s (holiday %v, the day before %v): %v, want %v", c.hours, c.wall, c.holiday, c.before, got, c.want)
		}
	}
}

func TestParseHours(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"", " ", "null"} {
		if h, err := ParseHours([]byte(none)); h != nil || err != nil {
			t.Errorf("%q: %v, %v; want none", none, h, err)
		}
	}
	for raw, want := range map[string]Hours{
		evening:                          {Days: []Day{"mon", "tue", "wed", "thu", "fri"}, From: 17 * 60, To: 8 * 60},
		`{"days":["sat"]}`:               {Days: []Day{"sat"}, To: midnight},
		`{"from":"00:00","to":"24:00"}`:  {To: midnight},
		`{"from":"23:59","to":"00:00"}`:  {From: midnight - 1, To: midnight},
		`{"from":"08:00","to":"08:01"} `: {From: 480, To: 481},
	} {
		h, err := ParseHours([]byte(raw))
		if err != nil || h.From != want.From || h.To != want.To || !slices.Equal(h.Days, want.Days) {
			t.Errorf("%s: %v, %v; want %v", raw, h, err, want)
		}
	}
}

// slips are what an admin may write by mistake, and what the refusal must speak of.
var slips = map[string]string{
	`"17-08"`:                            "decode",
	`[]`:                                 "decode",
	`{}`:                                 "empty",
	`{"days":[]}`:                        "empty",
	`{"day":["mon"]}`:                    "day",
	`{"days":["Mon"]}`:                   "Mon",
	`{"days":["mån"]}`:                   "mån",
	`{"days":"mon"}`:                     "decode",
	`{"from":"17:00"}`:                   "missing",
	`{"to":"17:00"}`:                     "missing",
	`{"from":"17","to":"08:00"}`:         `"17"`,
	`{"from":"17.00","to":"08:00"}`:      `"17.00"`,
	`{"from":"8:00","to":"17:00"}`:       `"8:00"`,
	`{"from":"17:00","to":"24:01"}`:      `"24:01"`,
	`{"from":"25:00","to":"08:00"}`:      `"25:00"`,
	`{"from":"24:00","to":"08:00"}`:      "00:00 to 24:00",
	`{"from":"08:00","to":"08:00"}`:      "00:00 to 24:00",
	`{"from":"00:00","to":"00:00"}`:      "00:00 to 24:00",
	`{"from":"17:00","to":"08:00"} {}`:   "more than one",
	`{"from":1700,"to":800}`:             "decode",
	`{"days":["mon"],"from":"","to":""}`: `""`,
}

func TestASlipInHoursIsTold(t *testing.T) {
	t.Parallel()
	for slip, says := range slips {
		if h, err := ParseHours([]byte(slip)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v; want a refusal that speaks of %q", slip, h, err, says)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	for slip := range slips {
		f.Add([]byte(slip))
	}
	f.Add([]byte(evening))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := ParseHours(raw)
		if err != nil || h == nil {
			return
		}
		if found := Check([]Route{{Rank: 1, Hours: h, Queue: "q"}, {Rank: 2, Queue: "q"}}); len(found) > 0 {
			t.Errorf("%s is read as %v, and Check says %v", raw, h, found)
		}
	})
}
