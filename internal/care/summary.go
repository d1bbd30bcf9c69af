package care

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// Line is a question and its answer, as the patient read them.
type Line struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Yes      bool   `json:"yes"` // the answer speaks for urgency
}

// Sheet is what a patient has answered, in the order in which a clinician reads it.
type Sheet struct {
	RedFlags  []Line `json:"redFlags"`  // no as well as yes
	Positives []Line `json:"positives"` // what speaks for urgency beside them
	Rest      []Line `json:"rest"`
	OwnWords  []Word `json:"ownWords"`

	Protocol string   `json:"protocol"`
	Version  string   `json:"version"`
	Hash     string   `json:"hash"`
	Fired    []string `json:"fired"`
}

// Word is something that the patient wrote in own words.
type Word struct {
	Text string `json:"text"`
	At   string `json:"at"`
}

// Answered is the sheet of a case, in the language that the patient read the questions in.
func (d *Desk) Answered(_ context.Context, c *records.Case) (Sheet, error) {
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return Sheet{}, err
	}
	decision := s.protocol.Decide(s.person, s.answers)
	out := Sheet{
		RedFlags: []Line{}, Positives: []Line{}, Rest: []Line{}, OwnWords: []Word{}, Fired: append([]string{}, decision.Fired...),
		Protocol: s.protocol.Code, Version: fmt.Sprint(s.protocol.Version), Hash: s.protocol.Hash(),
	}
	speaking := s.speaking(decision.Fired)
	for _, q := range s.protocol.Questions() {
		q = q.For(s.person)
		v, answered := s.answers[q.ID]
		if !answered {
			continue
		}
		if q.Again {
			out.RedFlags = append(out.RedFlags, redFlags(q, v, c.Language())...)
			continue
		}
		l := line(q, v, c.Language())
		if l.Yes = speaking[q.ID] || isYes(q, v); l.Yes {
			out.Positives = append(out.Positives, l)
		} else {
			out.Rest = append(out.Rest, l)
		}
	}
	out.OwnWords, err = ownWords(d, c)
	return out, err
}

// speaking are the questions that decided the rules which fired.
func (s *sheet) speaking(fired []string) map[string]bool {
	reads := map[string]bool{}
	for _, r := range s.protocol.Rules() {
		if slices.Contains(fired, r.ID) {
			for _, q := range r.Reads() {
				reads[q] = true
			}
		}
	}
	return reads
}

func ownWords(d *Desk, c *records.Case) ([]Word, error) {
	rows, err := records.AnswersOf(d.App, c.Id)
	if err != nil {
		return nil, err
	}
	words := []Word{}
	for _, row := range rows {
		if row.Question() != records.OwnWordsQuestion {
			continue
		}
		var v triage.Value
		if err := v.UnmarshalJSON(row.Value()); err != nil {
			return nil, fmt.Errorf("stored own words: %w", err)
		}
		text, _ := v.Text()
		words = append(words, Word{Text: text, At: records.RFC3339(row.Created())})
	}
	return words, nil
}

// redFlags are a screen of red flags, a line each: that somebody has said no is worth as much as a yes.
func redFlags(q triage.Question, v triage.Value, lang string) []Line {
	chosen, isList := v.Items()
	if !isList {
		l := line(q, v, lang)
		l.Yes = isYes(q, v)
		return []Line{l}
	}
	var out []Line
	for _, o := range q.Options {
		if o.Code == "none" {
			continue
		}
		yes := slices.Contains(chosen, o.Code)
		out = append(out, Line{ID: q.ID + "." + o.Code, Question: o.Text.In(lang), Answer: yesNo(yes, lang), Yes: yes})
	}
	return out
}

func line(q triage.Question, v triage.Value, lang string) Line {
	return Line{ID: q.ID, Question: q.Text.In(lang), Answer: inWords(q, v, lang)}
}

// inWords is an answer as the patient read it.
func inWords(q triage.Question, v triage.Value, lang string) string {
	if v.IsNull() {
		return texts.Of(lang).Say(texts.AnswerDontKnow)
	}
	if words, ok := q.Describe(v, lang); ok {
		return strings.Join(words, ", ")
	}
	if b, ok := v.Bool(); ok {
		return yesNo(b, lang)
	}
	if n, ok := v.Number(); ok {
		return strings.TrimSpace(strconv.FormatFloat(n, 'f', -1, 64) + " " + q.Unit.In(lang))
	}
	if t, ok := v.Text(); ok {
		return t
	}
	items, _ := v.Items()
	return strconv.Itoa(len(items))
}

func yesNo(yes bool, lang string) string {
	if yes {
		return texts.Of(lang).Say(texts.AnswerYes)
	}
	return texts.Of(lang).Say(texts.AnswerNo)
}

// isYes says whether an answer is a yes, or names something.
func isYes(_ triage.Question, v triage.Value) bool {
	if b, ok := v.Bool(); ok {
		return b
	}
	items, ok := v.Items()
	return ok && len(items) > 0 && !slices.Equal(items, []string{"none"})
}
