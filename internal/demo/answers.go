package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/triage"
	"lotsen/protocols"
)

// numberOf is a number of the test series for the i-th person of the day, who is that old at now.
func numberOf(age, i int, now time.Time) (personnummer.Number, error) {
	born := fmt.Sprintf("%04d%02d%02d", personnummer.DateOf(now).Year-age, 1, 1+i) // in January: had the birthday this year, or has it within weeks
	for check := range 10 {
		n, err := personnummer.Parse(born+"238"+strconv.Itoa(check), now)
		if !errors.Is(err, personnummer.BadCheck) {
			return n, err
		}
	}
	return personnummer.Number{}, errors.New("make an invented number")
}

// answer answers the questions as a vignette of that level does. Who has no fate stops after a few.
func (p *play) answer(ctx context.Context) error {
	like, usual, err := vignetteOf(p.complaint, p.level)
	if err != nil {
		return err
	}
	for n := 0; p.fate != nil || n < 4; n++ {
		c, err := records.CaseByID(p.desk.App, p.id)
		if err != nil {
			return err
		}
		step, err := p.desk.Step(ctx, c)
		if err != nil || step.Question == nil {
			return err
		}
		given, ok := like[step.Question.ID]
		if !ok {
			given = usual[step.Question.ID]
		}
		raw, err := json.Marshal(asAnswer(step.Question, given, p.desk.Clock.Now()))
		if err != nil {
			return fmt.Errorf("answer %s: %w", step.Question.ID, err)
		}
		if _, err := p.desk.Answer(ctx, p.patient, p.id, care.Reply{Question: step.Question.ID, Value: raw}); err != nil {
			return fmt.Errorf("answer %s: %w", step.Question.ID, err)
		}
	}
	return nil
}

// vignetteOf gives the answers of a grown-up's vignette with that level, and what is usual where it says nothing.
func vignetteOf(complaint string, level cases.Level) (answers, usual map[string]any, err error) {
	all, err := protocols.Vignettes(complaint)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range all.List {
		if v.Level == int(level) && v.Person.Age >= 18 && v.Person.Age < 65 && v.Person.Repeat72h+v.Person.Repeat10d == 0 {
			return v.Answers, all.Usual, nil
		}
	}
	return nil, all.Usual, nil // the mildest, then
}

// asAnswer is a vignette's answer as a patient sends it: a date stands there as days ago.
func asAnswer(q *triage.Question, given any, now time.Time) any {
	if n, ok := given.(uint64); ok && q.Type == triage.Date {
		return now.AddDate(0, 0, -int(min(n, 10_000))).Format(time.DateOnly)
	}
	return given
}

// worse answers the red flags once more, all with no: that alone marks the case.
func (p *play) worse(ctx context.Context) error {
	c, err := records.CaseByID(p.desk.App, p.id)
	if err != nil {
		return err
	}
	flags, err := p.desk.RedFlags(ctx, c)
	if err != nil {
		return err
	}
	answers := map[string]json.RawMessage{}
	for _, q := range flags {
		answers[q.ID] = json.RawMessage(`false`)
		if q.Type == triage.MultiChoice {
			answers[q.ID] = json.RawMessage(`["none"]`)
		}
	}
	_, err = p.desk.FeelWorse(ctx, p.patient, p.id, answers)
	return err
}
