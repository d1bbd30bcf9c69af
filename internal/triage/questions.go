package triage

import (
	"slices"
)

// Limits on content: more than this is not readable on a phone.
const (
	maxQuestions = 60
	maxOptions   = 9 // with none
	maxRules     = 200
	maxText      = 400 // runes of any one text
)

// MaxFreeText is how long a text answer may be, in runes (api.md).
const MaxFreeText = 4000

// maxDaysBack bounds a date question that names no max: a long life.
const maxDaysBack = 45000

// questions checks and builds the questions; their conditions are compiled later, when the facts are known.
func (b *builder) questions(*protocolSource) {
	if len(b.questionInput) > maxQuestions {
		b.add(b.files[0].name, 0, "ask less", "there are %d questions, more than %d", len(b.questionInput), maxQuestions)
		return
	}
	for i, in := range b.questionInput {
		q := b.question(b.questionParts[i], in)
		if _, twice := b.p.index[q.ID]; twice {
			b.add(q.file, q.line, "give each question its own id", "the question %s exists already", q.ID)
			continue
		}
		b.p.index[q.ID] = len(b.p.questions)
		b.p.questions = append(b.p.questions, q)
	}
}

func (b *builder) question(from string, in questionSource) *Question {
	q := &Question{
		ID: in.ID.text, Type: Type(in.Type.text), Text: in.Text, Help: in.Help, childText: in.Child, childHelp: in.ChildHelp,
		Required: in.Required == nil || *in.Required, Later: in.Later, Again: in.Again,
		Min: in.Min, Max: in.Max, Unit: in.Unit, Worse: in.Worse, file: from, line: in.ID.line,
	}
	b.name(from, in.ID, "question")
	b.text(from, q.line, "question "+q.ID+": text", q.Text)
	b.optionalText(from, q, "help", in.Help)
	b.optionalText(from, q, "child", in.Child)
	b.optionalText(from, q, "child_help", in.ChildHelp)
	b.optionalText(from, q, "unit", in.Unit)
	if q.Again && q.Later {
		b.add(from, q.line, "remove one of them", "the question %s cannot be both again and later", q.ID)
	}
	switch q.Type {
	case Choice, MultiChoice:
		b.options(q, in.Options)
	case Integer, Decimal:
		b.bounds(q)
	case Boolean, Date, FreeText, Photo:
	default:
		b.add(from, max(q.line, in.Type.line), "use choice, multichoice, boolean, integer, decimal, date, text or photo", "the question %s has no valid type (%q)", q.ID, in.Type.text)
	}
	if q.Type != Choice && q.Type != MultiChoice && len(in.Options) > 0 {
		b.add(from, q.line, "remove the options, or make it a choice", "the question %s cannot have options", q.ID)
	}
	b.direction(q)
	return q
}

func (b *builder) optionalText(from string, q *Question, key string, t Text) {
	if t != nil {
		b.text(from, q.line, "question "+q.ID+": "+key, t)
	}
}

// name checks an id: its form, and that no expression could mistake it for something else. No expression names a rule.
func (b *builder) name(from string, id word, what string) {
	switch {
	case !idPattern.MatchString(id.text):
		b.add(from, id.line, "use a-z, 0-9 and _, a letter first, at most 40", "%q is not a valid %s id", id.text, what)
	case what != "rule" && (slices.Contains(reserved, id.text) || slices.Contains(personFacts, id.text)):
		b.add(from, id.line, "choose another id", "%s is a word of the language and cannot be a %s id", id.text, what)
	}
}

func (b *builder) options(q *Question, in []optionSource) {
	if len(in) < 2 || len(in) > maxOptions {
		b.add(q.file, q.line, "give it 2 to 9", "the question %s has %d options", q.ID, len(in))
	}
	for i, o := range in {
		if !idPattern.MatchString(o.Code.text) {
			b.add(q.file, o.Code.line, "use a-z, 0-9 and _, a letter first, at most 40", "%q is not a valid option code", o.Code.text)
		}
		if slices.ContainsFunc(q.Options, func(x Option) bool { return x.Code == o.Code.text }) {
			b.add(q.file, o.Code.line, "give each option its own code", "%s has the option %s twice", q.ID, o.Code.text)
		}
		if o.Code.text == none && q.Type == MultiChoice && i != len(in)-1 {
			b.add(q.file, o.Code.line, "move none to the end", "none is not the last option of %s", q.ID)
		}
		b.text(q.file, o.Code.line, "option "+o.Code.text+": text", o.Text)
		q.Options = append(q.Options, Option{Code: o.Code.text, Text: o.Text})
	}
}

func (b *builder) bounds(q *Question) {
	if q.Min == nil || q.Max == nil || !(*q.Min < *q.Max) || *q.Min < -maxNumber || *q.Max > maxNumber {
		b.add(q.file, q.line, "write min and max, the lowest and the highest possible answer", "the question %s has no valid range", q.ID)
	}
}

// direction fills in which way an answer gets worse.
func (b *builder) direction(q *Question) {
	fixed := Undirected
	switch q.Type {
	case Boolean, MultiChoice:
		fixed = Up
	case Choice:
		if q.Worse == "" {
			q.Worse = Up
		}
		if q.Worse == Up || q.Worse == Undirected {
			return
		}
		b.add(q.file, q.line, "list the options from best to worst, or write worse: none", "the choice %s cannot get worse %q", q.ID, q.Worse)
		return
	case Integer, Decimal, Date:
		if q.Worse == Up || q.Worse == Down || q.Worse == Undirected {
			return
		}
	case FreeText, Photo:
	}
	if q.Worse != "" && q.Worse != fixed {
		b.add(q.file, q.line, "use up, down or none on numbers, none on a choice, and nothing elsewhere", "worse: %s does not fit the question %s", q.Worse, q.ID)
	}
	q.Worse = fixed
}

// text holds a text against the rules for texts: there in Swedish and English, no unknown language, not too long.
func (b *builder) text(from string, line int, what string, t Text) {
	for _, lang := range languages[:2] {
		if t[lang] == "" {
			b.add(from, line, "write it in sv and en", "%s is missing in %s", what, lang)
		}
	}
	for _, lang := range sortedKeys(t) {
		s := t[lang]
		if !slices.Contains(languages, lang) {
			b.add(from, line, "use sv, en, sv-simple or ar", "%s is in an unknown language %q", what, lang)
		}
		if n := len([]rune(s)); n > maxText {
			b.add(from, line, "shorten it", "%s has %d characters, more than %d", what, n, maxText)
		}
	}
}
