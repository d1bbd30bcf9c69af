package triage

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Vignettes are worked examples of a protocol or a shared file: persons, answers, and the level that is right. FORMAT.md tells how they
// are written.
type Vignettes struct {
	Protocol string         `yaml:"protocol"` // one of the two
	Shared   string         `yaml:"shared"`
	Usual    map[string]any `yaml:"usual"` // the answers where a vignette says nothing
	List     []Vignette     `yaml:"vignettes"`
}

// Vignette is one example.
type Vignette struct {
	ID     string `yaml:"id"`
	Source string `yaml:"source"` // reference, or own
	About  string `yaml:"about"`
	Person struct {
		Age       int  `yaml:"age"`
		Months    *int `yaml:"months"` // nil: Age × 12
		Repeat72h int  `yaml:"repeat72h"`
		Repeat10d int  `yaml:"repeat10d"`
	} `yaml:"person"`
	Answers map[string]any `yaml:"answers"`
	Level   int            `yaml:"level"`
	Rules   []string       `yaml:"rules"`
}

// The sources of a vignette.
const (
	FromReference = "reference"
	FromUs        = "own"
)

// vignetteDay is the day on which every vignette's case is opened. Any day does: rules see only how many days ago something was.
var vignetteDay = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

// ParseVignettes reads a file of vignettes. Faults come back as Faults.
func ParseVignettes(name string, content []byte) (*Vignettes, error) {
	var v Vignettes
	if err := decode(name, content, &v); err != nil {
		return nil, err
	}
	var c faults
	if (v.Protocol == "") == (v.Shared == "") {
		c.add(name, 1, "begin with one of protocol: <code> and shared: <name>", "it is not clear what the vignettes belong to")
	}
	seen := map[string]bool{}
	for _, x := range v.List {
		if x.ID == "" || seen[x.ID] {
			c.add(name, 0, "give each vignette its own id", "the vignette id %q is missing or repeated", x.ID)
		}
		seen[x.ID] = true
		if x.Source != FromReference && x.Source != FromUs {
			c.add(name, 0, "write source: reference or source: own", "vignette %s has no valid source", x.ID)
		}
		if x.Level < Immediate || x.Level > SelfCare {
			c.add(name, 0, "write level: 1 to 5", "vignette %s has no valid level", x.ID)
		}
		if len(x.Rules) == 0 && x.Level != Fallback {
			c.add(name, 0, "name the rules that must fire", "vignette %s names no rule", x.ID)
		}
	}
	return &v, c.err()
}

// Walk answers the questions as the vignette says, one after the other, as a patient would, and gives the decision. It is an error if a
// question has no answer, or an answer no question; after a red flag the rest of the answers is not needed.
func (p *Protocol) Walk(v Vignette, usual map[string]any) (Decision, error) {
	person, answers := v.person(), Answers{}
	step := p.Next(person, answers)
	for step.Question != nil {
		id := step.Question.ID
		if _, again := answers[id]; again {
			return Decision{}, fmt.Errorf("%s is asked twice", id)
		}
		given, ok := v.Answers[id]
		if !ok {
			given, ok = usual[id]
		}
		if !ok {
			return Decision{}, fmt.Errorf("%s is asked and has no answer", id)
		}
		if err := p.take(person, answers, id, given); err != nil {
			return Decision{}, err
		}
		step = p.Next(person, answers)
	}
	return p.rest(v, person, answers, *step.Decision)
}

// rest takes the answers to questions that come while waiting, and refuses those that nobody asked for.
func (p *Protocol) rest(v Vignette, person Person, answers Answers, d Decision) (Decision, error) {
	for _, id := range sortedKeys(v.Answers) {
		i, known := p.index[id]
		if !known {
			return Decision{}, fmt.Errorf("the question %s does not exist", id)
		}
		_, asked := answers[id]
		switch {
		case asked:
		case p.questions[i].Later:
			if err := p.take(person, answers, id, v.Answers[id]); err != nil {
				return Decision{}, err
			}
		case d.Level != Immediate:
			return Decision{}, fmt.Errorf("%s is answered but was never asked", id)
		}
	}
	return p.Decide(person, answers), nil
}

func (p *Protocol) take(person Person, answers Answers, id string, given any) error {
	if n, ok := days(given); ok && p.questions[p.index[id]].Type == Date {
		given = vignetteDay.AddDate(0, 0, -n).Format(dateLayout)
	}
	raw, err := json.Marshal(given)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	value, err := p.Validate(person, answers, id, raw)
	if err != nil {
		return err
	}
	answers[id] = value
	return nil
}

// days reads a whole number as YAML gives it.
func days(given any) (int, bool) {
	n, ok := given.(uint64)
	return int(min(n, maxDaysBack)), ok
}

func (v Vignette) person() Person {
	months := v.Person.Age * 12
	if v.Person.Months != nil {
		months = *v.Person.Months
	}
	return Person{Age: v.Person.Age, Months: months, Repeat72h: v.Person.Repeat72h, Repeat10d: v.Person.Repeat10d, Opened: vignetteDay}
}

// Missing lists the rules of a vignette that did not fire in the decision.
func (v Vignette) Missing(d Decision) []string {
	return slices.DeleteFunc(slices.Clone(v.Rules), func(id string) bool { return slices.Contains(d.Fired, id) })
}
