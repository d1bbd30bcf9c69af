package triage

import (
	"cmp"
	"maps"
	"slices"
)

// DefaultRule is the name that stands in a decision's reasons where no rule fired.
const DefaultRule = "default"

// Decision is a level of urgency with its grounds, and what to do.
type Decision struct {
	Level   int
	Code    string // the level's name in the API: immediate, urgent, today, days, selfcare
	Title   Text
	Text    Text
	Advice  []Text
	Reasons []Reason // most urgent first; a reason for self-care is given only where it decided
	Fired   []string // the ids of all rules that fired, in the order of the files
	Next    []string // ways on: queue, call112, call1177, end, book
}

// Reason is why: a rule, and its words for patient and clinician.
type Reason struct {
	Rule string
	Text Text
}

// Decide gives the level that the answers so far support. The most urgent rule that fired decides; where none did, the level is Fallback.
// With answers missing, the level may still rise.
func (p *Protocol) Decide(person Person, answers Answers) Decision {
	s := p.read(person, answers)
	return s.decide(s.fired())
}

func (s *state) decide(fired []*Rule) Decision {
	d := Decision{Level: Fallback}
	if len(fired) > 0 {
		d.Level = slices.MinFunc(fired, func(a, b *Rule) int { return cmp.Compare(a.Level, b.Level) }).Level
	}
	l := s.p.levels[d.Level]
	d.Code, d.Title, d.Text, d.Next = l.code, l.title, l.text, slices.Clone(l.next)
	for _, r := range fired {
		d.Fired = append(d.Fired, r.ID)
		if r.Level == d.Level {
			d.Advice = append(d.Advice, s.applying(r.advice)...)
		}
	}
	d.Advice = append(d.Advice, s.applying(s.p.advice[d.Level])...)
	d.Advice = append(d.Advice, s.applying(l.advice)...)
	d.Reasons = s.reasons(fired, d.Level)
	return d
}

func (s *state) applying(list []advice) []Text {
	var out []Text
	for _, a := range list {
		if a.when.holds(s.b) == isTrue {
			out = append(out, a.text)
		}
	}
	return out
}

func (s *state) reasons(fired []*Rule, decided int) []Reason {
	sorted := slices.Clone(fired)
	slices.SortStableFunc(sorted, func(a, b *Rule) int { return cmp.Compare(a.Level, b.Level) })
	var out []Reason
	for _, r := range sorted {
		if r.Level < SelfCare || decided == SelfCare {
			out = append(out, Reason{r.ID, r.Reason})
		}
	}
	if len(out) == 0 {
		out = []Reason{{DefaultRule, s.p.fallback}}
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
