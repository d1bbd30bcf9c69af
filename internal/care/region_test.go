package care_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// slips are what an admin may write by mistake.
var slips = []string{
	`"x"`, `[]`, `5`, `{"noShow":"abc"}`, `{"noShow":-5}`, `{"noShow":0}`, `{"noShow":1.5}`, `{"noShow":null}`, `{"noShow":43201}`,
	`{"noShow":307445734561825861}`, `{"noshows":5}`, `{"secondMiss":"ring"}`, `{"secondMiss":""}`, `{"targets":[0,0,15]}`,
	`{"targets":{"2":15}}`, `{"noShow":5} {}`, `{"noShow":5`,
}

func TestParseTimes(t *testing.T) {
	t.Parallel()
	for _, slip := range slips {
		if got, err := care.ParseTimes([]byte(slip)); err == nil {
			t.Errorf("%s: read as %v, want that it is refused", slip, got)
		}
	}
	for _, none := range []string{"", "null", "{}"} {
		if got, err := care.ParseTimes([]byte(none)); err != nil || got != care.Defaults() {
			t.Errorf("%q: %v, %v; want the defaults", none, got, err)
		}
	}
	got, err := care.ParseTimes([]byte(`{"noShow":43200,"secondMiss":"end","targets":[0,0,5,0,0,0]}`))
	want := care.Defaults()
	want.NoShow, want.SecondMiss, want.TargetLevel = care.Minutes(30*24*time.Hour), care.MissEnd, care.Targets{cases.Urgent: care.Minutes(5 * time.Minute)}
	if err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func FuzzParseTimes(f *testing.F) {
	for _, slip := range slips {
		f.Add([]byte(slip))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := care.ParseTimes(raw)
		if err == nil && (got.NoShow < care.Minutes(time.Minute) || got.NoShow > care.Minutes(30*24*time.Hour)) {
			t.Errorf("%s gives a no-show of %v", raw, time.Duration(got.NoShow))
		}
	})
}

func TestParseInfo(t *testing.T) {
	t.Parallel()
	for _, slip := range []string{
		`"x"`, `[]`, `{"fees":"x"}`, `{"fees":["x"]}`, `{"fees":[null]}`, `{"phnes":[]}`, `{"phones":[{"sv":5}]}`, `{"notFor":{"sv":"x"}}`,
	} {
		if got, err := care.ParseInfo([]byte(slip)); err == nil {
			t.Errorf("%s: read as %v, want that it is refused", slip, got)
		}
	}
	got, err := care.ParseInfo([]byte(`{"phones":[{"code":"advice","number":"1177","sv":"Råd"}],"fees":null}`))
	if err != nil || len(got.Phones) != 1 || got.Phones[0]["number"] != "1177" {
		t.Errorf("got %v, %v; want one number", got, err)
	}
}

// TestARegionsSlipCostsNoPatientAnAnswer holds that times which cannot be read, there from before they were checked, are as if none were set.
func TestARegionsSlipCostsNoPatientAnAnswer(t *testing.T) {
	t.Parallel()
	for _, slip := range slips[:len(slips)-1] { // the last is no JSON: PocketBase stores none such
		c := kit.New(t)
		c.Region.SetTimes(slip)
		if err := c.App.SaveNoValidate(c.Region); err != nil {
			t.Fatalf("%s: %v", slip, err)
		}
		anna, taken := c.Taken(t, kit.Anna)
		if _, err := c.Desk.Hold(t.Context(), anna, taken.Id); err != nil {
			t.Errorf("times are %s: %v, want ten minutes more", slip, err)
		}
		if region, err := records.RegionByID(c.App, c.Region.Id); err != nil || care.TimesOf(c.App, region) != care.Defaults() {
			t.Errorf("times are %s (%v): want the defaults", slip, err)
		}
	}
}

// TestACaseWithoutAUnitFindsAQueue holds it for every way in which a region's default unit may be wrong, and that staff of the queue where it
// will stand see it coming.
func TestACaseWithoutAUnitFindsAQueue(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*kit.Clinic) (*records.Queue, error){
		"as it should be": func(c *kit.Clinic) (*records.Queue, error) { return c.Norrvik, nil },
		"another unit": func(c *kit.Clinic) (*records.Queue, error) {
			c.Region.Set("defaultUnit", "soder")
			return c.Soder, c.App.Save(c.Region)
		},
		"mistyped": func(c *kit.Clinic) (*records.Queue, error) {
			c.Region.Set("defaultUnit", "sodr")
			return c.Norrvik, c.App.Save(c.Region)
		},
		"empty": func(c *kit.Clinic) (*records.Queue, error) {
			c.Region.Set("defaultUnit", "")
			return c.Norrvik, c.App.Save(c.Region)
		},
		"without a queue": func(c *kit.Clinic) (*records.Queue, error) {
			c.NoRoutes(t)
			return c.Soder, c.App.Delete(c.Norrvik)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			want, err := spoil(c)
			if err != nil {
				t.Fatal(err)
			}
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			opened := c.Open(t, anna)
			if n, err := records.AnsweringFor(c.App, want.Id); err != nil || n != 1 {
				t.Errorf("%d are headed for %s (%v), want one", n, want.Name(), err)
			}
			c.Decide(t, anna, opened.Id, nil)
			joined, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{})
			if err != nil || joined.Queue() != want.Id || joined.Unit() != want.Unit() {
				t.Fatalf("joining: %v, want the queue %s", err, want.Name())
			}
		})
	}
}

// TestNoTimesAreForgotten holds that every time that is read is written in the same words.
func TestNoTimesAreForgotten(t *testing.T) {
	t.Parallel()
	written, err := json.Marshal(care.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	raw := string(written)
	if got, err := care.ParseTimes(written); err != nil || got != care.Defaults() {
		t.Errorf("%s reads as %v, %v", raw, got, err)
	}
	names := []string{"noShow", "hold", "secondMiss", "unanswered", "regret", "targets"}
	if slices.ContainsFunc(names, func(n string) bool { return !strings.Contains(raw, `"`+n+`"`) }) {
		t.Errorf("%s does not name all of %v", raw, names)
	}
}
