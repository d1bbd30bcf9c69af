package triage

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// standing is where a question stands for one person.
type standing uint8

const (
	waiting  standing = iota // asked, or perhaps to be asked, and not answered
	notAsked                 // its condition is not true, and no answer to come will change that
	dontKnow                 // answered with null
	answered
)

// state is everything that can be known from a person and some answers.
type state struct {
	p        *Protocol
	b        bindings
	standing []standing
	open     []bool // the question's condition is true
}

// bindings binds what is always known of a person.
func (person Person) bindings() bindings {
	return bindings{
		"age": types.Int(person.Age), "months": types.Int(person.Months),
		"repeat72h": types.Int(person.Repeat72h), "repeat10d": types.Int(person.Repeat10d),
	}
}

// read goes through the questions in their order once. Since a condition reads only what stands before its question, once is enough.
// An answer that does not apply, or does not fit its question, is as if it had not been given.
func (p *Protocol) read(person Person, answers Answers) *state {
	s := &state{p: p, b: person.bindings(), standing: make([]standing, len(p.questions)), open: make([]bool, len(p.questions))}
	s.addFacts(0)
	for i, q := range p.questions {
		asked := q.when.holds(s.b)
		s.open[i] = asked == isTrue
		s.standing[i] = s.stands(i, asked, person, answers)
		if q.Type.readable() {
			s.bind(i, person, answers)
		}
		s.addFacts(i + 1)
	}
	return s
}

func (s *state) stands(i int, asked truth, person Person, answers Answers) standing {
	q := s.p.questions[i]
	switch asked {
	case isFalse:
		return notAsked
	case unknown:
		for _, read := range q.when.questions {
			if s.standing[read] == waiting {
				return waiting
			}
		}
		return notAsked
	case isTrue:
	}
	v, given := answers[q.ID]
	if !given || q.check(person, v) != nil {
		return waiting
	}
	if v.IsNull() {
		return dontKnow
	}
	return answered
}

// bind gives expressions the answer and its standing.
func (s *state) bind(i int, person Person, answers Answers) {
	q := s.p.questions[i]
	if s.standing[i] == waiting {
		return
	}
	s.b[answeredPrefix+q.ID] = types.Bool(s.standing[i] == answered)
	s.b[dontKnowPrefix+q.ID] = types.Bool(s.standing[i] == dontKnow)
	if s.standing[i] == answered {
		s.b[q.ID] = q.celValue(person, answers[q.ID])
	}
}

// celValue is a checked answer as expressions see it.
func (q *Question) celValue(person Person, v Value) ref.Val {
	switch value := v.v.(type) {
	case bool:
		return types.Bool(value)
	case float64:
		if q.Type == Integer {
			return types.Int(value)
		}
		return types.Double(value)
	case []string:
		return types.NewStringList(types.DefaultTypeAdapter, value)
	case string:
		if q.Type != Date {
			return types.String(value)
		}
		day, _ := time.Parse(dateLayout, value)
		return types.Int(max(0, daysBefore(person.Opened, day)))
	default:
		return notKnown
	}
}

func (s *state) addFacts(passed int) {
	for _, f := range s.p.facts[passed] {
		s.b[f.name] = f.value.value(s.b)
	}
}

// asked reports whether the question's condition is true.
func (s *state) asked(i int) bool { return s.open[i] }

// fired lists the rules that are certainly true, in the order of the files.
func (s *state) fired() []*Rule {
	var out []*Rule
	for _, r := range s.p.rules {
		if r.when.holds(s.b) == isTrue {
			out = append(out, r)
		}
	}
	return out
}
