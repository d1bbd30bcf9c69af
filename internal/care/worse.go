package care

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// InvalidAnswers are answers that do not fit their questions, by question.
type InvalidAnswers map[string]*triage.AnswerError

func (i InvalidAnswers) Error() string { return fmt.Sprintf("%d answers do not fit", len(i)) }

// RedFlags are the questions that "I feel worse" asks again.
func (d *Desk) RedFlags(_ context.Context, c *records.Case) ([]triage.Question, error) {
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return nil, err
	}
	return s.protocol.RedFlags(s.person), nil
}

// FeelWorse notes that the patient feels worse, with the red flags answered again. It always marks the case; the level can only rise.
// Errors: InvalidAnswers.
func (d *Desk) FeelWorse(ctx context.Context, who access.Who, id string, answers map[string]json.RawMessage) (*records.Case, error) {
	var s *sheet
	var again triage.Answers
	return d.act(ctx, request{
		who: who, event: cases.Worse, find: theCase(id), body: answers,
		check: func(a *Act) (err error) {
			if s, err = d.sheetOf(a.tx, a.Case); err != nil {
				return err
			}
			again, err = s.again(answers)
			return err
		},
		fill: func(a *Act) error { return a.worse(s, again) },
	})
}

func (a *Act) worse(s *sheet, again triage.Answers) error {
	a.Case.MarkWorse()
	if err := a.owe(a.Case.State() == cases.Active); err != nil {
		return err
	}
	dec := s.protocol.Worse(s.person, s.answers, again)
	for question, value := range again {
		if err := a.write(s, question, value, nil); err != nil {
			return err
		}
	}
	if err := a.drop(s); err != nil {
		return err
	}
	if a.Case.State() == cases.Answering {
		return a.worseWhileAnswering(s, dec)
	}
	if err := a.Case.RaiseFloor(cases.Level(dec.Level), dec); err != nil {
		return err
	}
	return a.rise(dec, a.Case.Level())
}

// worseWhileAnswering goes on with the questions, unless the red flags have decided. What they gave is a floor from here on.
func (a *Act) worseWhileAnswering(s *sheet, dec triage.Decision) error {
	step := s.protocol.Next(s.person, s.answers)
	if step.Decision == nil {
		return nil
	}
	if err := a.Case.RaiseFloor(cases.Level(dec.Level), dec); err != nil {
		return err
	}
	return a.conclude(s)
}

// again reads the answers to the red flags, all faults at once.
func (s *sheet) again(raw map[string]json.RawMessage) (triage.Answers, error) {
	wrong := InvalidAnswers{}
	out := triage.Answers{}
	for _, q := range s.protocol.RedFlags(s.person) {
		value, sent := raw[q.ID]
		if !sent {
			wrong[q.ID] = &triage.AnswerError{Question: q.ID, Code: triage.CodeRequired}
			continue
		}
		v, err := s.protocol.Validate(s.person, s.answers, q.ID, value)
		var bad *triage.AnswerError
		if err != nil && !errors.As(err, &bad) {
			return nil, err
		}
		if bad != nil {
			wrong[q.ID] = bad
			continue
		}
		out[q.ID] = v
	}
	for id := range raw {
		if _, known := out[id]; !known && wrong[id] == nil {
			wrong[id] = &triage.AnswerError{Question: id, Code: triage.CodeUnknownQuestion}
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return out, nil
}
