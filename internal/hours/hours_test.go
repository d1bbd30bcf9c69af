package hours

import (
	"strings"
	"testing"
	"time"
)

// at reads a wall clock of Sweden; the offset makes plain which of two is meant.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	got, err := time.Parse("2006-01-02 15:04 -0700", text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func plan(t testing.TB, text string) Plan {
	t.Helper()
	p, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// TestHolidaysOfTheYears holds the holidays against a table worked out by hand.
func TestHolidaysOfTheYears(t *testing.T) {
	t.Parallel()
	fixed := map[string]string{
		"01-01": "Nyårsdagen", "01-06": "Trettondedag jul", "05-01": "Första maj", "06-06": "Sveriges nationaldag", "12-24": "Julafton",
		"12-25": "Juldagen", "12-26": "Annandag jul", "12-31": "Nyårsafton",
	}
	for year, moving := range map[string]map[string]string{
		"2026": {
			"04-03": "Långfredagen", "04-05": "Påskdagen", "04-06": "Annandag påsk", "05-14": "Kristi himmelsfärdsdag", "05-24": "Pingstdagen",
			"06-19": "Midsommarafton", "06-20": "Midsommardagen", "10-31": "Alla helgons dag",
		},
		"2027": {
			"03-26": "Långfredagen", "03-28": "Påskdagen", "03-29": "Annandag påsk", "05-06": "Kristi himmelsfärdsdag", "05-16": "Pingstdagen",
			"06-25": "Midsommarafton", "06-26": "Midsommardagen", "11-06": "Alla helgons dag",
		},
		"2028": {
			"04-14": "Långfredagen", "04-16": "Påskdagen", "04-17": "Annandag påsk", "05-25": "Kristi himmelsfärdsdag", "06-04": "Pingstdagen",
			"06-23": "Midsommarafton", "06-24": "Midsommardagen", "11-04": "Alla helgons dag",
		},
		"2029": {
			"03-30": "Långfredagen", "04-01": "Påskdagen", "04-02": "Annandag påsk", "05-10": "Kristi himmelsfärdsdag", "05-20": "Pingstdagen",
			"06-22": "Midsommarafton", "06-23": "Midsommardagen", "11-03": "Alla helgons dag",
		},
		"2030": {
			"04-19": "Långfredagen", "04-21": "Påskdagen", "04-22": "Annandag påsk", "05-30": "Kristi himmelsfärdsdag", "06-09": "Pingstdagen",
			"06-21": "Midsommarafton", "06-22": "Midsommardagen", "11-02": "Alla helgons dag",
		},
	} {
		start, err := time.Parse(time.DateOnly, year+"-01-01")
		if err != nil {
			t.Fatal(err)
		}
		for d := DateOf(start); d.Year == start.Year(); d = d.add(1) {
			want := fixed[d.String()[5:]] + moving[d.String()[5:]]
			got, _ := holidayOn(d)
			if got.words["sv"] != want {
				t.Errorf("%s is %q, want %q", d, got.words["sv"], want)
			}
			if eve := strings.HasSuffix(want, "afton"); got.eve != eve {
				t.Errorf("%s is an eve: %v, want %v", d, got.eve, eve)
			}
		}
	}
}

func TestDaysOf23And25Hours(t *testing.T) {
	t.Parallel()
	for day, want := range map[Date]time.Duration{
		{2026, 3, 29}: 23 * time.Hour, {2027, 3, 28}: 23 * time.Hour, {2028, 3, 26}: 23 * time.Hour, {2029, 3, 25}: 23 * time.Hour, {2030, 3, 31}: 23 * time.Hour,
		{2026, 10, 25}: 25 * time.Hour, {2027, 10, 31}: 25 * time.Hour, {2028, 10, 29}: 25 * time.Hour, {2029, 10, 28}: 25 * time.Hour, {2030, 10, 27}: 25 * time.Hour,
		{2026, 12, 25}: 24 * time.Hour,
	} {
		if got := day.add(1).Start().Sub(day.Start()); got != want {
			t.Errorf("%s lasts %v, want %v", day, got, want)
		}
	}
}

const (
	daily = `{"week": {"mon": ["08:00-17:00"], "tue": ["08:00-17:00"], "wed": ["08:00-17:00"], "thu": ["08:00-17:00"], "fri": ["08:00-16:00"]}}`
	night = `{"week": {"sat": ["22:00-06:00"], "sun": ["22:00-06:00"]}, "holidays": []}`
)

func TestAt(t *testing.T) {
	t.Parallel()
	small := `{"week": {"sun": ["02:30-04:00"], "sat": []}, "holidays": ["02:30-04:00"]}`
	for name, c := range map[string]struct {
		plans  []string
		at     string
		open   bool
		change string // the next opening or closing; "" where none is known
		why    string
	}{
		"no plan":                        {nil, "2026-12-25 03:00 +0100", true, "", ""},
		"an empty plan":                  {[]string{`{}`, `null`, ``}, "2026-12-25 03:00 +0100", true, "", ""},
		"a weekday":                      {[]string{daily}, "2026-11-25 08:00 +0100", true, "2026-11-25 17:00 +0100", ""},
		"the minute before":              {[]string{daily}, "2026-11-25 07:59 +0100", false, "2026-11-25 08:00 +0100", ""},
		"the minute of closing":          {[]string{daily}, "2026-11-25 17:00 +0100", false, "2026-11-26 08:00 +0100", ""},
		"over a weekend":                 {[]string{daily}, "2026-11-27 16:00 +0100", false, "2026-11-30 08:00 +0100", ""},
		"00:30 here is yesterday in UTC": {[]string{daily}, "2026-11-25 00:30 +0100", false, "2026-11-25 08:00 +0100", ""},
		"03:00 on Christmas Day":         {[]string{daily}, "2026-12-25 03:00 +0100", false, "2026-12-28 08:00 +0100", "Juldagen"},
		"Christmas Eve":                  {[]string{daily}, "2026-12-24 10:00 +0100", false, "2026-12-28 08:00 +0100", "Julafton"},
		"an eve that is none here":       {[]string{daily, `{"eves": false}`}, "2026-12-24 10:00 +0100", true, "2026-12-24 17:00 +0100", ""},
		"hours of holidays":              {[]string{`{"holidays": ["10:00-14:00"]}`, daily}, "2026-12-25 03:00 +0100", false, "2026-12-25 10:00 +0100", "Juldagen"},
		"holidays without a week":        {[]string{`{"holidays": []}`}, "2026-12-25 03:00 +0100", false, "2026-12-27 00:00 +0100", "Juldagen"},
		"before a day that is closed":    {[]string{`{"holidays": []}`}, "2026-12-23 23:59 +0100", true, "2026-12-24 00:00 +0100", ""},
		"the queue's week holds":         {[]string{daily, `{}`, `{"week": {"wed": ["09:00-10:00"]}}`}, "2026-11-25 08:00 +0100", false, "2026-11-25 09:00 +0100", ""},
		"an exception beats a holiday":   {[]string{daily, `{"exceptions": [{"date": "2026-12-24", "hours": ["08:00-12:00"], "sv": "Kort dag"}]}`}, "2026-12-24 11:59 +0100", true, "2026-12-24 12:00 +0100", "Kort dag"},
		"an exception beats the week":    {[]string{`{"exceptions": [{"date": "2026-11-25", "hours": [], "sv": "Utbildning"}]}`, daily}, "2026-11-25 10:00 +0100", false, "2026-11-26 08:00 +0100", "Utbildning"},
		"the nearer exception holds": {
			[]string{`{"exceptions": [{"date": "2026-11-25", "hours": []}]}`, daily, `{"exceptions": [{"date": "2026-11-25", "hours": ["12:00-13:00"]}]}`},
			"2026-11-25 10:00 +0100", false, "2026-11-25 12:00 +0100", "",
		},
		"never open":                          {[]string{`{"week": {}}`}, "2026-11-25 10:00 +0100", false, "", ""},
		"always open":                         {[]string{`{"week": {"mon": ["00:00-24:00"], "tue": ["00:00-24:00"], "wed": ["00:00-24:00"], "thu": ["00:00-24:00"], "fri": ["00:00-24:00"], "sat": ["00:00-24:00"], "sun": ["00:00-24:00"]}, "holidays": ["00:00-24:00"]}`}, "2026-11-25 10:00 +0100", true, "", ""},
		"a summer's pause":                    {[]string{`{"week": {"mon": []}, "exceptions": [{"date": "2026-08-24", "hours": ["08:00-09:00"]}]}`}, "2026-07-06 10:00 +0200", false, "2026-08-24 08:00 +0200", ""},
		"a pause longer than is looked for":   {[]string{`{"week": {"mon": []}, "exceptions": [{"date": "2026-12-24", "hours": ["08:00-09:00"]}]}`}, "2026-07-06 10:00 +0200", false, "", ""},
		"after midnight":                      {[]string{night}, "2026-11-29 05:59 +0100", true, "2026-11-29 06:00 +0100", ""},
		"a night that is gone":                {[]string{night}, "2026-11-29 06:00 +0100", false, "2026-11-29 22:00 +0100", ""},
		"a night of 7 hours, and Easter Day":  {[]string{night}, "2027-03-27 22:00 +0100", true, "2027-03-28 06:00 +0200", ""},
		"a holiday closes by the day it is":   {[]string{night}, "2027-03-28 22:30 +0200", false, "2027-04-03 22:00 +0200", "Påskdagen"},
		"a night of 9 hours":                  {[]string{night}, "2026-10-24 22:00 +0200", true, "2026-10-25 06:00 +0100", ""},
		"02:30 that is not there":             {[]string{small}, "2026-03-29 01:59 +0100", false, "2026-03-29 03:00 +0200", ""},
		"02:30 that is not there, on Easter":  {[]string{small}, "2027-03-28 01:59 +0100", false, "2027-03-28 03:00 +0200", "Påskdagen"},
		"02:30 twice: it opens at the first":  {[]string{small}, "2026-10-25 02:29 +0200", false, "2026-10-25 02:30 +0200", ""},
		"02:30 twice: it closes at the other": {[]string{`{"week": {"sun": ["01:00-02:30"]}}`}, "2026-10-25 02:29 +0100", true, "2026-10-25 02:30 +0100", ""},
		"an hour that is not there":           {[]string{`{"week": {"sun": ["02:10-02:50"]}}`}, "2026-03-29 01:00 +0100", false, "2026-04-12 02:10 +0200", ""},
		"windows that touch":                  {[]string{`{"week": {"wed": ["08:00-12:00", "12:00-17:00"], "thu": ["00:00-01:00"]}}`}, "2026-11-25 11:00 +0100", true, "2026-11-25 17:00 +0100", ""},
		"days that touch":                     {[]string{`{"week": {"wed": ["20:00-24:00"], "thu": ["00:00-01:00"]}}`}, "2026-11-25 21:00 +0100", true, "2026-11-26 01:00 +0100", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var plans []Plan
			for _, text := range c.plans {
				plans = append(plans, plan(t, text))
			}
			got := Layer(plans...).At(at(t, c.at))
			change := got.OpensAt
			if got.Open {
				change = got.ClosesAt
			}
			shown := ""
			if !change.IsZero() {
				shown = change.In(zone).Format("2006-01-02 15:04 -0700")
			}
			if got.Open != c.open || shown != c.change || got.Why.Words.In("sv") != c.why {
				t.Errorf("open %v, changes %q, %q; want %v, %q, %q", got.Open, shown, got.Why.Words.In("sv"), c.open, c.change, c.why)
			}
		})
	}
}

func TestSinceTellsWhenItClosed(t *testing.T) {
	t.Parallel()
	h := Layer(plan(t, daily))
	if got, want := h.At(at(t, "2026-11-26 03:00 +0100")).Since, at(t, "2026-11-25 17:00 +0100"); !got.Equal(want) {
		t.Errorf("closed since %v, want %v", got, want)
	}
	if got := h.At(at(t, "2026-11-30 03:00 +0100")).Since; !got.IsZero() {
		t.Errorf("closed since %v, want nothing: that was before yesterday", got)
	}
}

func TestRefusesByTheNearestPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plans []string
		want  bool
	}{
		{nil, true},
		{[]string{`{"whenClosed": "wait"}`, `{}`}, false},
		{[]string{`{"whenClosed": "wait"}`, `{"whenClosed": "refuse"}`}, true},
	} {
		var plans []Plan
		for _, text := range c.plans {
			plans = append(plans, plan(t, text))
		}
		if got := Layer(plans...).Refuses(); got != c.want {
			t.Errorf("%v refuses: %v, want %v", c.plans, got, c.want)
		}
	}
}

func TestDaysOfChristmas(t *testing.T) {
	t.Parallel()
	h := Layer(plan(t, daily), plan(t, `{"exceptions": [{"date": "2026-12-23", "hours": ["08:00-12:00"], "sv": "Dagen före julafton", "en": "The day before"}]}`))
	var got []string
	for _, d := range h.Days(at(t, "2026-12-23 00:30 +0100"), 7) {
		line := d.Date.String()
		for _, w := range d.Windows {
			line += " " + w.String()
		}
		got = append(got, strings.TrimSpace(line+" "+string(d.Why.Kind)+" "+d.Why.Words.In("en")))
	}
	want := []string{
		"2026-12-23 08:00-12:00 exception The day before", "2026-12-24 holiday Christmas Eve", "2026-12-25 holiday Christmas Day",
		"2026-12-26 holiday Boxing Day", "2026-12-27", "2026-12-28 08:00-17:00", "2026-12-29 08:00-17:00",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the days are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestASlipIsNamed holds that an error names the part and what would be right.
func TestASlipIsNamed(t *testing.T) {
	t.Parallel()
	for text, says := range map[string][]string{
		`[]`:                                                    {"no object", "week"},
		`{"weeks": {}}`:                                         {`"weeks"`, "exceptions"},
		`{"week": []}`:                                          {"week", "mon"},
		`{"week": {"monday": []}}`:                              {"week", "monday", "mon"},
		`{"week": {"mon": "08-17"}}`:                            {"week: mon", `["08:00-17:00"]`},
		`{"week": {"mon": null}}`:                               {"week: mon", "[] for closed"},
		`{"week": {"mon": ["8-17"]}}`:                           {"week: mon", `"8-17"`, "08:00-17:00"},
		`{"week": {"tue": ["24:00-02:00"]}}`:                    {"week: tue"},
		`{"week": {"tue": ["22:00-24:30"]}}`:                    {"after 24:00"},
		`{"week": {"wed": ["08:00-08:00"]}}`:                    {"00:00-24:00"},
		`{"week": {"thu": ["08:00-12:00", "11:00-13:00"]}}`:     {"week: thu", "overlap"},
		`{"week": {"thu": ["22:00-06:00", "23:00-24:00"]}}`:     {"overlap"},
		`{"holidays": true}`:                                    {"holidays", "[]"},
		`{"eves": "no"}`:                                        {"eves", "true"},
		`{"eves": null}`:                                        {"eves", "true"},
		`{"whenClosed": "reject"}`:                              {"whenClosed", "refuse", "wait"},
		`{"whenClosed": null}`:                                  {"whenClosed"},
		`{"exceptions": {}}`:                                    {"exceptions", "date"},
		`{"exceptions": [{"date": "24/12", "hours": []}]}`:      {"entry 1", "24/12", "2026-12-23"},
		`{"exceptions": [{"date": "2026-02-29", "hours": []}]}`: {"2026-02-29"},
		`{"exceptions": [{"date": "2026-12-24"}]}`:              {"entry 1", "hours"},
		`{"exceptions": [{"hours": []}]}`:                       {"date"},
		`{"exceptions": [{"date": "2026-12-24", "hours": [], "de": "x"}]}`:                    {"de", "sv"},
		`{"exceptions": [{"date": "2026-12-24", "hours": [], "sv": 1}]}`:                      {"sv", "text"},
		`{"exceptions": [{"date":"2026-12-24","hours":[]},{"date":"2026-12-24","hours":[]}]}`: {"entry 2", "twice"},
		`{"week": {}} {}`: {"no object"},
		`{"week": {"mon": ["` + strings.Repeat("x", 5000) + `"]}}`: {"…"},
	} {
		_, err := Parse([]byte(text))
		if err == nil {
			t.Errorf("%s is accepted", text)
			continue
		}
		for _, part := range says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%.80s: %q does not say %q", text, err, part)
			}
		}
		if len(err.Error()) > 300 {
			t.Errorf("%.80s: the error is %d characters long", text, len(err.Error()))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{daily, night, `{}`, `null`, `{"exceptions":[{"date":"2026-12-24","hours":["08:00-12:00"],"sv":"x"}]}`, `{"holidays":["10:00-14:00"],"eves":false,"whenClosed":"wait"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Parse(raw)
		if err != nil {
			return
		}
		now := time.Date(2026, 12, 25, 2, 0, 0, 0, time.UTC)
		s := Layer(p).At(now)
		if s.Open && !s.OpensAt.IsZero() || !s.Open && !s.ClosesAt.IsZero() || !s.OpensAt.IsZero() && !s.OpensAt.After(now) {
			t.Errorf("%s makes %+v, which no door can be", raw, s)
		}
	})
}
