package api

import (
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// ViewCase is a case as who may see it: the fields of the record that PocketBase would show, with times as a command gives them, and null
// for no time; how many messages it has, and how many of the other side's who has not read. Staff see its marks, too, and who has held its end
// when it closes. What else is for staff alone is hidden in the collection and stands in the summary.
func ViewCase(app core.App, c *records.Case, who access.Who) (map[string]any, error) {
	if who.Kind != access.Patient && who.Kind != access.Staff {
		return map[string]any{"id": c.Id}, nil
	}
	out := c.PublicExport()
	for name, value := range out {
		if at, isTime := value.(types.DateTime); isTime {
			out[name] = timeOrNil(at.Time())
		}
	}
	var err error
	if who.Kind == access.Patient {
		out["unread"], err = records.UnreadByPatient(app, c)
		return out, err
	}
	if out["unread"], err = records.UnreadByStaff(app, c); err != nil {
		return nil, err
	}
	if out["marks"], err = marksOf(app, c); err != nil {
		return nil, err
	}
	closes, err := care.ClosesAt(app, who, c.Id)
	out["closesAt"] = timeOrNil(closes)
	return out, err
}

// stepView is where the questions of a case stand. Decision is never there together with Question.
type stepView struct {
	Progress  *triage.Progress     `json:"progress,omitempty"`
	Question  *triage.QuestionView `json:"question,omitempty"`
	Decision  *triage.DecisionView `json:"decision,omitempty"`
	*doorView                      // beside a decision that may still lead to the queue, or has
}

// viewStep is a step as the patient of a case is shown it.
func (s *Server) viewStep(c *records.Case, step triage.Step, lang texts.Lang) (stepView, error) {
	v := viewStep(step, lang)
	if v.Decision == nil || c.State() != cases.Recommended && c.State() != cases.Waiting {
		return v, nil
	}
	door, err := s.door(c, lang)
	if err != nil {
		return v, err
	}
	v.doorView = &door
	if door.Warning != nil && c.Level() == cases.Urgent {
		v.Decision.Next = ringFirst(v.Decision.Next)
	}
	return v, nil
}

func viewStep(step triage.Step, lang texts.Lang) stepView {
	if step.Question != nil {
		q := step.Question.In(string(lang))
		return stepView{Progress: &step.Progress, Question: &q}
	}
	if step.Decision == nil {
		return stepView{}
	}
	d := step.Decision.In(string(lang))
	return stepView{Decision: &d}
}

func viewQuestions(list []triage.Question, lang texts.Lang) []triage.QuestionView {
	out := make([]triage.QuestionView, 0, len(list))
	for _, q := range list {
		out = append(out, q.In(string(lang)))
	}
	return out
}

// The types of what the topic of a case tells, and GET …/events with it.
const (
	eventState   = "state"
	eventMessage = "message"
	eventRead    = "read"
	eventVoid    = "void" // something that this reader may not see: numbers have no holes
)

// EventView is an event of a case as readers of that kind get it, from GET …/events and from the case's topic alike:
// always with type, seq and at.
//
// Patients get a void in place of what staff do among themselves, and no reasons.
func EventView(app core.App, ev *records.Event, reader access.Kind) (map[string]any, error) {
	out := map[string]any{"type": eventVoid, "seq": ev.Seq(), "at": records.RFC3339(ev.At())}
	if reader != access.Staff && amongStaff(ev.Kind()) {
		return out, nil
	}
	var told care.Told
	if err := ev.Data(&told); err != nil {
		return nil, fmt.Errorf("event %d of case %s: %w", ev.Seq(), ev.Case(), err)
	}
	switch {
	case told.Message != "":
		return out, addMessage(app, out, told.Message, reader)
	case ev.Kind() == cases.Read:
		out["type"], out["by"], out["upTo"] = eventRead, told.Side, told.UpTo
	default:
		out["type"], out["kind"] = eventState, string(ev.Kind())
		addState(out, told)
		if reader == access.Staff {
			addReasons(out, ev, told)
		}
	}
	return out, nil
}

// amongStaff says whether patients learn nothing of an event but its number.
func amongStaff(kind cases.Event) bool {
	switch kind { //nolint:exhaustive // patients are told all others
	case cases.Noted, cases.WordsRead, cases.Guarded, cases.Kept, cases.Unmentioned, cases.Overdue, cases.Freed, cases.Alone, cases.Present:
		return true
	}
	return false
}

func addState(out map[string]any, told care.Told) {
	out["state"], out["level"], out["clinicianName"], out["due"] = told.State, told.Level, told.ClinicianName, nil
	if told.Due != "" {
		out["due"] = told.Due
	}
	if told.Words != "" {
		out["words"] = told.Words
	}
	if told.OpensAt != "" {
		out["opensAt"] = told.OpensAt
	}
	if told.Amended != nil {
		out["advice"], out["struck"] = told.Amended.Advice, told.Amended.Was
	}
}

// addReasons adds what staff alone may know: who did it, why, and what was before.
func addReasons(out map[string]any, ev *records.Event, told care.Told) {
	_, _, out["byName"] = ev.By()
	if told.Why != "" {
		out["why"] = told.Why
	}
	if told.From != "" {
		out["from"] = told.From
	}
	if told.Was != 0 {
		out["was"] = told.Was
	}
	if told.Route != nil {
		out["route"] = told.Route
	}
	if told.BeforeName != "" {
		out["beforeName"] = told.BeforeName
	}
}

// addMessage adds the record of a message as PocketBase shows it. A note stays void to others than staff, whatever the event was called.
func addMessage(app core.App, out map[string]any, id string, reader access.Kind) error {
	m, err := records.MessageByID(app, id)
	if errors.Is(err, records.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find message of event: %w", err)
	}
	if m.Kind() == records.Note && reader != access.Staff {
		return nil
	}
	out["type"], out["message"] = eventMessage, m.PublicExport()
	return nil
}
