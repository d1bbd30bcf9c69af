package protocols

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/triage"
)

// toGuardian are the phrases, in small letters, in which "du" is rightly the guardian who answers, never the one who is ill.
var toGuardian = []string{
	"är du osäker",        // help: answer as if it is true
	"om du är osäker",     // help: answer yes
	"du är mycket orolig", // the guardian's own worry is a sign
	"har du mätt barnets", // the guardian holds the thermometer
	"vill du skicka",      // a photo
	"ställ dig i kön",     // the guardian waits in the queue
}

// addressed finds "du" and its forms as whole words. \b sees no Swedish letter, so the neighbours are named.
var addressed = regexp.MustCompile(`(?:^|[^\pL])(du|din|ditt|dina|dig)(?:[^\pL]|$)`)

// TestChildIsNeverYou walks as a guardian answers for a child. "Du" about the one who is ill would be read as the guardian, and a red
// flag about the child would be denied.
func TestChildIsNeverYou(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *rapid.T, p *triage.Protocol) {
		person := child(t)
		for _, text := range shown(t, p, person) {
			if form := addressed.FindString(withoutGuardian(text)); form != "" {
				t.Fatalf("want a text that fits a child of %d, got %q in %q", person.Age, form, text)
			}
		}
	})
}

// TestNoSignOfAChildIsYou gives one bad answer after the other to what a child's walk asked, so that rules that chance seldom reaches
// show their reasons and advice too.
func TestNoSignOfAChildIsYou(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *rapid.T, p *triage.Protocol) {
		person, answers := child(t), triage.Answers{}
		onward(t, p, person, answers)
		for _, q := range p.Questions() {
			if _, ok := answers[q.ID]; !ok {
				continue
			}
			for _, v := range each(q.For(person)) {
				for _, text := range words(p.Decide(person, overlay(answers, q.ID, v))) {
					if form := addressed.FindString(withoutGuardian(text)); form != "" {
						t.Fatalf("want a decision that fits a child of %d after %s = %v, got %q in %q", person.Age, q.ID, v, form, text)
					}
				}
			}
		}
	})
}

// each lists the answers of a question that has few: every option alone, and yes.
func each(q triage.Question) []triage.Value {
	var out []triage.Value
	for _, o := range q.Options {
		if q.Type == triage.Choice {
			out = append(out, triage.String(o.Code))
		} else {
			out = append(out, triage.List(o.Code))
		}
	}
	if q.Type == triage.Boolean {
		out = append(out, triage.Bool(true))
	}
	return out
}

// child is one of the ages at which questions, options or rules change.
func child(t *rapid.T) triage.Person {
	age := rapid.SampledFrom([]int{1, 3, 8, 12}).Draw(t, "age")
	return triage.Person{
		Age: age, Months: 12*age + rapid.IntRange(0, 11).Draw(t, "months"),
		Repeat72h: rapid.IntRange(0, 1).Draw(t, "repeat72h"), Opened: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC),
	}
}

// shown walks to the end and gives every Swedish text on the way, with the questions of the queue.
func shown(t *rapid.T, p *triage.Protocol, person triage.Person) []string {
	t.Helper()
	var out []string
	answers := triage.Answers{}
	step := p.Next(person, answers)
	for step.Question != nil {
		q := *step.Question
		out = append(out, asked(q)...)
		raw, err := json.Marshal(answerTo(t, q))
		if err != nil {
			t.Fatal(err)
		}
		value, err := p.Validate(person, answers, q.ID, raw)
		if err != nil {
			t.Fatalf("want an answer that %s offers to be taken, got %v", q.ID, err)
		}
		answers[q.ID] = value
		step = p.Next(person, answers)
	}
	for _, q := range p.Later(person, answers) {
		out = append(out, asked(q)...)
	}
	return append(out, words(*step.Decision)...)
}

// asked gives what a question shows.
func asked(q triage.Question) []string {
	v := q.In("sv")
	out := []string{v.Text, v.Help}
	for _, o := range v.Options {
		out = append(out, o.Text)
	}
	return out
}

// words gives what a decision shows.
func words(d triage.Decision) []string {
	v := d.In("sv")
	out := append([]string{v.Title, v.Text}, v.Advice...)
	for _, r := range v.Reasons {
		out = append(out, r.Text)
	}
	return out
}

func withoutGuardian(text string) string {
	text = strings.ToLower(text)
	for _, phrase := range toGuardian {
		text = strings.ReplaceAll(text, phrase, "")
	}
	return text
}
