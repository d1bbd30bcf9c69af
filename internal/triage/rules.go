package triage

import (
	"errors"
	"slices"

	"cel.dev/cel-go/cel"
)

// expressions compiles facts, conditions and rules, in this order, since each may read what stands before it.
func (b *builder) expressions(*protocolSource) {
	env, err := newEnvironment(b.p.questions)
	if err != nil {
		b.add(b.files[0].name, 0, "", "%v", err)
		return
	}
	b.compiler = &compiler{env: env, questions: b.p.questions, index: b.p.index, facts: map[string]*expression{}}
	b.p.facts = make([][]fact, len(b.p.questions)+1)
	for _, part := range b.parts {
		for code, address := range part.sources {
			b.p.Sources[code] = address
		}
		b.addFacts(part)
	}
	if len(b.list) > 0 {
		return // what reads a fact would only repeat its fault
	}
	for i, q := range b.p.questions {
		b.conditions(i, q)
	}
	for _, part := range b.parts {
		b.addRules(part)
	}
	if len(b.p.rules) > maxRules {
		b.add(b.files[0].name, 0, "join rules", "there are %d rules, more than %d", len(b.p.rules), maxRules)
	}
}

// compile compiles one expression and says where it stands if it is at fault.
func (b *builder) compile(from string, at word, what string, kinds ...*cel.Type) *expression {
	e, err := b.compiler.compile(at.text, kinds...)
	if err == nil {
		return e
	}
	var c complaint
	errors.As(err, &c)
	b.add(from, at.line, c.mend, "%s: %s", what, c.what)
	return nil
}

func (b *builder) addFacts(part part) {
	for _, f := range part.facts {
		b.name(part.file, f.name, "fact")
		_, isQuestion := b.p.index[f.name.text]
		if _, isFact := b.compiler.facts[f.name.text]; isQuestion || isFact {
			b.add(part.file, f.name.line, "choose another name", "the name %s is taken", f.name.text)
			continue
		}
		e := b.compile(part.file, f.value, "fact "+f.name.text, cel.BoolType, cel.IntType, cel.DoubleType)
		if e == nil {
			continue
		}
		env, err := b.compiler.env.Extend(cel.Variable(f.name.text, e.kind))
		if err != nil {
			b.add(part.file, f.name.line, "choose another name", "the fact %s cannot be declared: %v", f.name.text, err)
			continue
		}
		b.compiler.env, b.compiler.facts[f.name.text] = env, e
		known := e.knownAfter()
		b.p.facts[known] = append(b.p.facts[known], fact{f.name.text, e})
	}
}

// knownAfter is how many questions must be passed before the expression's value is settled.
func (e *expression) knownAfter() int {
	if len(e.questions) == 0 {
		return 0
	}
	return slices.Max(e.questions) + 1
}

// conditions compiles the conditions of a question and its options. A condition reads only what stands before the question.
func (b *builder) conditions(i int, q *Question) {
	in := b.questionInput[i]
	if in.When.text != "" {
		q.when = b.compile(q.file, in.When, "question "+q.ID+": when", cel.BoolType)
	}
	if q.when != nil {
		for _, read := range q.when.questions {
			earlier := b.p.questions[read]
			if read >= i {
				b.add(q.file, in.When.line, "move the question down, or read another", "question %s: when reads %s, which is not asked before it", q.ID, earlier.ID)
			}
			if earlier.Later && !q.Later {
				b.add(q.file, in.When.line, "read another question", "question %s: when reads %s, which is asked only while waiting", q.ID, earlier.ID)
			}
		}
		if q.Again && len(q.when.reads) > 0 {
			b.add(q.file, in.When.line, "let it depend on age only", "question %s is asked again and cannot depend on other answers", q.ID)
		}
	}
	for j, o := range in.Options {
		if o.When.text == "" {
			continue
		}
		e := b.compile(q.file, o.When, "option "+o.Code.text+": when", cel.BoolType)
		if e != nil && len(e.reads) > 0 {
			b.add(q.file, o.When.line, "let it depend on age and repeats only", "option %s: when reads answers", o.Code.text)
		}
		q.Options[j].when = e
	}
}

func (b *builder) addRules(part part) {
	for _, in := range part.rules {
		line := in.ID.line
		b.name(part.file, in.ID, "rule")
		if slices.ContainsFunc(b.p.rules, func(r *Rule) bool { return r.ID == in.ID.text }) {
			b.add(part.file, line, "give each rule its own id", "the rule %s exists already", in.ID.text)
		}
		if in.Level < Immediate || in.Level > SelfCare {
			b.add(part.file, line, "use 1 (immediate) to 5 (self-care)", "rule %s: level %d does not exist", in.ID.text, in.Level)
		}
		if in.RedFlag != (in.Level == Immediate) {
			b.add(part.file, line, "a red flag is level 1, and a rule of level 1 is redflag: true", "rule %s: level %d and redflag %t do not fit together", in.ID.text, in.Level, in.RedFlag)
		}
		b.text(part.file, line, "rule "+in.ID.text+": reason", in.Reason)
		b.p.rules = append(b.p.rules, &Rule{
			ID: in.ID.text, Level: in.Level, RedFlag: in.RedFlag, Reason: in.Reason, File: part.file, Line: line,
			Sources: b.cited(part, in), advice: b.adviceOf(part.file, in.Advice, false), when: b.ruleCondition(part.file, in),
		})
	}
}

func (b *builder) ruleCondition(from string, in ruleSource) *expression {
	at := in.When
	if at.line == 0 {
		at.line = in.ID.line
	}
	e := b.compile(from, at, "rule "+in.ID.text, cel.BoolType)
	if e == nil || in.Level != SelfCare {
		return e
	}
	for _, i := range e.questions {
		if q := b.p.questions[i]; q.Later {
			b.add(from, at.line, "read another question", "rule %s: self-care reads %s, which is asked only while waiting", in.ID.text, q.ID)
		}
	}
	return e
}

// cited holds a rule's sources against the list of its own file.
func (b *builder) cited(part part, in ruleSource) []string {
	if len(in.Source) == 0 {
		b.add(part.file, in.ID.line, "write source: [CODE], or [judgement]", "rule %s has no source", in.ID.text)
	}
	out := make([]string, 0, len(in.Source))
	for _, s := range in.Source {
		if _, ok := part.sources[s.text]; !ok && s.text != "judgement" && s.text != "memory" {
			b.add(part.file, s.line, "add its address to sources", "rule %s: the source %s is not listed", in.ID.text, s.text)
		}
		out = append(out, s.text)
	}
	return out
}

// adviceOf builds a list of advice. Advice of the levels file cannot have conditions: it belongs to no protocol.
func (b *builder) adviceOf(from string, in []adviceSource, unconditional bool) []advice {
	out := make([]advice, 0, len(in))
	for _, a := range in {
		b.text(from, a.line, "advice", a.text)
		made := advice{text: a.text}
		switch {
		case a.when.text == "":
		case unconditional:
			b.add(from, a.line, "move it into the protocol", "shared advice cannot have a condition")
		default:
			made.when = b.compile(from, a.when, "advice: when", cel.BoolType)
		}
		out = append(out, made)
	}
	return out
}

// ownAdvice reads the protocol's advice by level.
func (b *builder) ownAdvice(src *protocolSource) {
	own := b.files[0].name
	for n := range src.Advice {
		if n < Immediate || n > SelfCare {
			b.add(own, src.Protocol.line, "use levels 1 to 5", "advice for level %d, which does not exist", n)
		}
	}
	for n := Immediate; n <= SelfCare; n++ {
		b.p.advice[n] = b.adviceOf(own, src.Advice[n], false)
		if n > Immediate && len(src.Advice[n]) == 0 {
			b.add(own, src.Protocol.line, "write at least one piece of advice for each of the levels 2 to 5", "there is no advice for level %d", n)
		}
	}
}
