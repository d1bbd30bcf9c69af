package triage

import "slices"

// Step is what comes next: a question, or the decision.
type Step struct {
	Question *Question // nil: the questions are over
	Decision *Decision // nil: there is a question
	Progress Progress
}

// Progress counts questions, to be shown as a bar. While there is a question, Expected is at least Answered + 1; it may shrink or grow as
// answers open and close other questions.
type Progress struct {
	Answered int `json:"answered"`
	Expected int `json:"expected"`
}

// Next gives the first question that is not answered, in the file's order, or the decision where none is left. A red flag that is true
// on the answers so far ends the questions. Questions marked later are not asked here.
func (p *Protocol) Next(person Person, answers Answers) Step {
	s := p.read(person, answers)
	step := Step{Progress: s.progress()}
	if !s.redFlagged() {
		for i, q := range p.questions {
			if s.standing[i] == waiting && s.open[i] && !q.Later {
				put := q.For(person)
				step.Question = &put
				return step
			}
		}
	}
	d := s.decide(s.fired())
	step.Decision = &d
	step.Progress.Expected = step.Progress.Answered
	return step
}

func (s *state) redFlagged() bool {
	return slices.ContainsFunc(s.p.rules, func(r *Rule) bool { return r.RedFlag && r.when.holds(s.b) == isTrue })
}

func (s *state) progress() Progress {
	var p Progress
	for i, q := range s.p.questions {
		switch {
		case q.Later || s.standing[i] == notAsked:
		case s.standing[i] == waiting:
			p.Expected++
		default:
			p.Answered++
			p.Expected++
		}
	}
	return p
}

// Drop gives the answers that still apply and the ids of those that do not, in the order of the questions: their question is no longer
// asked, or does not exist, or the answer does not fit it. Answers behind a red flag still apply: the red flag may be a slip of the thumb.
func (p *Protocol) Drop(person Person, answers Answers) (kept Answers, dropped []string) {
	s := p.read(person, answers)
	kept = make(Answers, len(answers))
	for i, q := range p.questions {
		v, given := answers[q.ID]
		switch {
		case !given:
		case s.standing[i] == answered || s.standing[i] == dontKnow:
			kept[q.ID] = v
		default:
			dropped = append(dropped, q.ID)
		}
	}
	for _, id := range sortedKeys(answers) {
		if _, known := p.index[id]; !known {
			dropped = append(dropped, id)
		}
	}
	return kept, dropped
}

// Later gives the questions that may be asked while waiting and have no answer yet.
func (p *Protocol) Later(person Person, answers Answers) []Question {
	s := p.read(person, answers)
	var out []Question
	for i, q := range p.questions {
		if q.Later && s.standing[i] == waiting && s.open[i] {
			out = append(out, q.For(person))
		}
	}
	return out
}

// RedFlags gives the questions that "I feel worse" asks again: those marked again. They depend on the person alone, not on answers.
func (p *Protocol) RedFlags(person Person) []Question {
	var out []Question
	b := person.bindings()
	for _, q := range p.questions {
		if q.Again && q.when.holds(b) == isTrue {
			out = append(out, q.For(person))
		}
	}
	return out
}

// Worse decides anew when the red flags, or questions marked later, were answered again. The level can only rise: where the new answers
// are less urgent than the old ones, the old decision stands.
func (p *Protocol) Worse(person Person, answers, again Answers) Decision {
	before := p.Decide(person, answers)
	after := p.Decide(person, answers.overlay(again))
	if before.Level < after.Level {
		return before
	}
	return after
}

// For gives the question as this person meets it: with the options that are there for them, and the words for a child's guardian.
func (q Question) For(person Person) Question {
	out := q
	out.Options = nil
	b := person.bindings()
	for _, o := range q.Options {
		if o.when.holds(b) == isTrue {
			out.Options = append(out.Options, o)
		}
	}
	if person.Age < GuardianAge {
		if q.childText != nil {
			out.Text = q.childText
		}
		if q.childHelp != nil {
			out.Help = q.childHelp
		}
	}
	return out
}

// GuardianAge is the age from which a person answers alone; below it a guardian does (api.md, "A child").
const GuardianAge = 13
