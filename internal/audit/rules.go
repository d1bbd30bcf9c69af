package audit

import (
	"strings"
	"time"
	"unicode"
)

// Rule is why a look is in a month's sample.
type Rule string

// The rules. They find what is worth a question, not what is wrong: a nurse may well care for a namesake, and at night.
const (
	OwnName    Rule = "own_name"     // reader and patient have the same family name
	Colleague  Rule = "colleague"    // the patient has the name of a member of staff
	NoOpenCase Rule = "no_open_case" // the case had ended long before, and the reader never had a part in it
	OutOfHours Rule = "out_of_hours" // while the unit was closed
	Glass      Rule = "breakglass"   // behind a break-glass
	Random     Rule = "random"       // drawn
)

// LongEnded is how long ago a case must have ended for a look at it to be worth a question.
const LongEnded = 30 * 24 * time.Hour

// Glance is what the rules must know of a look at one case or person.
type Glance struct {
	At      time.Time
	Reader  string    // the reader's name
	Patient string    // the patient's name; "" where none is known
	Ended   time.Time // when the case ended; zero where it has not, or where there is none
	Part    bool      // whether the reader ever held the case, wrote to its patient or closed it
	Shut    bool      // whether the reader's unit was closed
	Broken  bool      // whether it was behind a break-glass
}

// Picks are the rules that pick a look, Random apart. staff are the names of all members of staff, as Names writes them.
func Picks(g Glance, staff map[string]bool) []Rule {
	var rules []Rule
	for _, r := range []struct {
		name Rule
		hits bool
	}{
		{OwnName, familyName(g.Reader) != "" && familyName(g.Reader) == familyName(g.Patient)},
		{Colleague, staff[plain(g.Patient)]},
		{NoOpenCase, !g.Ended.IsZero() && g.At.Sub(g.Ended) > LongEnded && !g.Part},
		{OutOfHours, g.Shut},
		{Glass, g.Broken},
	} {
		if r.hits {
			rules = append(rules, r.name)
		}
	}
	return rules
}

// Names are people's names, so that one and the same is found however it is written.
func Names(people []string) map[string]bool {
	names := make(map[string]bool, len(people))
	for _, p := range people {
		if n := plain(p); strings.Contains(n, " ") { // a first name alone is nobody's
			names[n] = true
		}
	}
	return names
}

// plain is a name in small letters, with one blank between its parts.
func plain(name string) string { return strings.Join(strings.Fields(strings.ToLower(name)), " ") }

// familyName is the last part of a name that has several.
func familyName(name string) string {
	parts := strings.Fields(strings.ToLower(name))
	if len(parts) < 2 {
		return ""
	}
	last := strings.TrimFunc(parts[len(parts)-1], func(r rune) bool { return !unicode.IsLetter(r) })
	if len([]rune(last)) < 2 {
		return "" // an initial
	}
	return last
}

// Night says whether it is between 22 and 06 by the clock of local: out of hours for a unit that has not said when it is open.
func Night(local time.Time) bool { return local.Hour() >= 22 || local.Hour() < 6 }
