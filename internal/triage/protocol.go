// Package triage turns clinical content into questions and a level of urgency.
//
// A protocol is a YAML file (protocols/FORMAT.md) of questions, and of rules that are CEL expressions over the answers. This room parses
// it, refuses what is not well formed, gives the next question, checks an answer, and decides. Everything here is a pure function of the
// protocol's bytes, the person and the answers: there is no clock, no database and no network, so that a whole protocol can be walked through.
//
// It keeps no answers, knows no HTTP, never reads free text or photos, and holds no medicine of its own: what is urgent stands in the files.
//
// # Unknown
//
// What is not answered is unknown, neither true nor false (Kleene's logic). A rule, a condition or a piece of advice acts only when it is
// certainly true. More answers can turn unknown into true or false but never true into false, which is why a red flag may end the
// questions early, and why a rule cannot fail while running.
package triage

import (
	"slices"
	"time"
)

// The levels of urgency, most urgent first. Names and ways on stand in protocols/levels.yaml.
const (
	Immediate = 1
	Urgent    = 2
	Today     = 3
	Days      = 4
	SelfCare  = 5
)

// Fallback is the level of a case that no rule caught. Self-care is never a fallback.
const Fallback = Days

// Type is the type of a question, as api.md names it.
type Type string

// The types of questions. Answers to Text and Photo are for people; no rule can read them.
const (
	Choice      Type = "choice"
	MultiChoice Type = "multichoice"
	Boolean     Type = "boolean"
	Integer     Type = "integer"
	Decimal     Type = "decimal"
	Date        Type = "date"
	FreeText    Type = "text"
	Photo       Type = "photo"
)

// readable reports whether rules may read answers of this type.
func (t Type) readable() bool { return t != FreeText && t != Photo }

// none is the option of a multichoice that stands alone.
const none = "none"

// Direction says which way an answer gets worse, so that a check can tell whether a worse answer ever lowers the urgency.
type Direction string

// The directions. A boolean and a multichoice are always Up: yes is worse. A choice is Up unless its file says none.
const (
	Up         Direction = "up"
	Down       Direction = "down"
	Undirected Direction = "none"
)

// Text is a text by language code. Swedish is always there.
type Text map[string]string

// In gives the text in lang, or in Swedish where there is none.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok && s != "" {
		return s
	}
	return t["sv"]
}

// Person is what a protocol may know about the patient beside the answers. There is no sex: it settles nothing here (reference clinical-a).
type Person struct {
	Age       int `json:"age"`       // whole years at the case's opening
	Months    int `json:"months"`    // whole months of age at the case's opening, counted from birth
	Repeat72h int `json:"repeat72h"` // earlier cases of the same complaint in the 72 hours before this one
	Repeat10d int `json:"repeat10d"` // the same, in the ten days before this one
	// Opened is the day on which the case was opened, in Swedish time. Only year, month and day are read; date questions count back from it.
	Opened time.Time `json:"opened"`
}

// Option is one of the answers that a choice or multichoice offers.
type Option struct {
	Code string
	Text Text

	when *expression // on the person alone; nil: offered to everybody
}

// Question is a question as it is put to one person.
type Question struct {
	ID       string
	Type     Type
	Text     Text
	Help     Text // nil: none
	Required bool // false: null ("don't know") is an answer
	Later    bool // asked only while waiting
	Again    bool // asked again on "I feel worse"
	Options  []Option
	Min, Max *float64 // of a number; nil: no bound
	Unit     Text     // nil: none
	Worse    Direction

	file      string
	line      int
	childText Text
	childHelp Text
	when      *expression // nil: always asked
}

// Rule gives a level where its condition is true.
type Rule struct {
	ID      string
	Level   int
	RedFlag bool // ends the questions; always level 1
	Reason  Text
	Sources []string // codes of the file's sources, or judgement, or memory
	File    string   // the file that holds it: the protocol's own, or a shared one
	Line    int

	advice []advice
	when   *expression
}

// Reads lists the questions that decide whether the rule fires, in the order in which they are asked.
func (r Rule) Reads() []string { return slices.Clone(r.when.reads) }

// advice is one piece of advice, with a condition or without.
type advice struct {
	text Text
	when *expression // nil: always
}

// fact is a named condition or number that rules, conditions and other facts may read.
type fact struct {
	name  string
	value *expression
}

// level is what a level means in every complaint.
type level struct {
	code        string
	title, text Text
	next        []string
	advice      []advice
}

// Signature is a clinician's name under a protocol.
type Signature struct {
	Name string `yaml:"name"`
	Role string `yaml:"role"`
	Date string `yaml:"date"`
}

// Protocol is the clinical content for one complaint, parsed and compiled. It does not change and may be used by many at once.
type Protocol struct {
	Code     string
	Version  int
	Title    Text
	Synonyms map[string][]string
	Signed   []Signature // empty: no clinician has reviewed it
	NotFor   Text
	Sources  map[string]string // address by code, of this protocol and of what it includes

	questions []*Question
	index     map[string]int // place in questions by id
	facts     [][]fact       // facts[i]: those that are known once the first i questions are read
	rules     []*Rule
	advice    map[int][]advice
	levels    map[int]level
	fallback  Text // the reason given where no rule fired

	source string // the bundle
	hash   string
}

// Questions lists all questions in the order in which they are asked, whether or not they apply to a person.
func (p *Protocol) Questions() []Question {
	out := make([]Question, len(p.questions))
	for i, q := range p.questions {
		out[i] = *q
	}
	return out
}

// Rules lists all rules: those of the shared files first, then the protocol's own.
func (p *Protocol) Rules() []Rule {
	out := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		out[i] = *r
	}
	return out
}

// Without gives the same protocol without one rule, to see whether anything notices. It is for tests of content and must never meet a patient.
func (p *Protocol) Without(rule string) *Protocol {
	mutant := *p
	mutant.rules = slices.DeleteFunc(slices.Clone(p.rules), func(r *Rule) bool { return r.ID == rule })
	return &mutant
}
