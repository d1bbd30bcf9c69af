package audit_test

import (
	"slices"
	"testing"
	"time"

	"lotsen/internal/audit"
)

func TestRulesPickWhatIsWorthAQuestion(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)
	staff := audit.Names([]string{"Nils Nurse", "Doris  Doktor", "Lead"})
	for name, c := range map[string]struct {
		glance audit.Glance
		want   []audit.Rule
	}{
		"an ordinary look":                       {audit.Glance{Reader: "Nils Nurse", Patient: "Anna Andersson"}, nil},
		"the same family name":                   {audit.Glance{Reader: "Nils Nurse", Patient: "Nora NURSE"}, []audit.Rule{audit.OwnName}},
		"the same, with two family names":        {audit.Glance{Reader: "Nils Berg Nurse", Patient: "Nora Nurse"}, []audit.Rule{audit.OwnName}},
		"the same first name":                    {audit.Glance{Reader: "Nils Nurse", Patient: "Nils Andersson"}, nil},
		"a reader with one name":                 {audit.Glance{Reader: "Nurse", Patient: "Nora Nurse"}, nil},
		"a patient with one name":                {audit.Glance{Reader: "Nils Nurse", Patient: "Nurse"}, nil},
		"initials":                               {audit.Glance{Reader: "Nils N.", Patient: "Nora N."}, nil},
		"a colleague as patient":                 {audit.Glance{Reader: "Nils Nurse", Patient: " doris doktor"}, []audit.Rule{audit.Colleague}},
		"the reader as patient":                  {audit.Glance{Reader: "Nils Nurse", Patient: "Nils Nurse"}, []audit.Rule{audit.OwnName, audit.Colleague}},
		"a member of staff without family name":  {audit.Glance{Reader: "Nils Nurse", Patient: "Lead"}, nil},
		"a nameless patient":                     {audit.Glance{Reader: "Nils Nurse"}, nil},
		"a case that ended 31 days ago":          {audit.Glance{Ended: at.AddDate(0, 0, -31)}, []audit.Rule{audit.NoOpenCase}},
		"a case that ended 30 days ago":          {audit.Glance{Ended: at.AddDate(0, 0, -30)}, nil},
		"a case that ended after the look":       {audit.Glance{Ended: at.AddDate(0, 0, 31)}, nil},
		"a case that ended, by who had it":       {audit.Glance{Ended: at.AddDate(0, 0, -31), Part: true}, nil},
		"while the unit was closed":              {audit.Glance{Shut: true}, []audit.Rule{audit.OutOfHours}},
		"behind a break-glass, at a closed unit": {audit.Glance{Shut: true, Broken: true}, []audit.Rule{audit.OutOfHours, audit.Glass}},
	} {
		c.glance.At = at
		if got := audit.Picks(c.glance, staff); !slices.Equal(got, c.want) {
			t.Errorf("%s is picked by %v, want %v", name, got, c.want)
		}
	}
}

func TestNightIsFromTenToSix(t *testing.T) {
	t.Parallel()
	for hour, want := range map[int]bool{0: true, 5: true, 6: false, 12: false, 21: false, 22: true, 23: true} {
		if got := audit.Night(time.Date(2026, 10, 20, hour, 59, 0, 0, time.UTC)); got != want {
			t.Errorf("%d:59 is night: %v, want %v", hour, got, want)
		}
	}
}
