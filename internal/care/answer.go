package care

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// Reply is an answer to a question, as it came in. Files are pictures, already made safe; the value is then their names. Sent is what makes a repeat
// the same answer: the value, or hashes of the pictures as they came.
type Reply struct {
	Question string
	Value    json.RawMessage
	Files    []*filesystem.File
	Sent     any
}

// Question finds a question of a case's protocol, as its patient meets it. Errors: records.ErrNotFound.
func (d *Desk) Question(_ context.Context, c *records.Case, id string) (triage.Question, error) {
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return triage.Question{}, err
	}
	q, ok := s.question(id)
	if !ok {
		return q, records.ErrNotFound
	}
	return q.For(s.person), nil
}

// Answer saves one answer at once, and decides if it was the last. Answers that no longer apply are dropped, and none is ever deleted.
// While the patient waits, only questions marked later are answered, and the level can only rise.
//
// Errors: *triage.AnswerError for a value that does not fit; records.ErrNotFound for a question that the protocol does not have.
func (d *Desk) Answer(ctx context.Context, who access.Who, id string, in Reply) (*records.Case, error) {
	event, err := d.eventOfAnswer(id, in.Question)
	if err != nil {
		return nil, err
	}
	var s *sheet
	var value triage.Value
	return d.act(ctx, request{
		who: who, event: event, find: theCase(id), body: []any{in.Question, in.Sent},
		check: func(a *Act) (err error) {
			if s, err = d.sheetOf(a.tx, a.Case); err != nil {
				return err
			}
			value, err = s.protocol.Validate(s.person, s.answers, in.Question, in.Value)
			return err
		},
		fill: func(a *Act) error { return a.answer(s, in, value) },
	})
}

// eventOfAnswer is what an answer makes happen: a question marked later is answered beside the others until the case has joined, and added
// to them from then on.
func (d *Desk) eventOfAnswer(id, question string) (cases.Event, error) {
	c, err := records.CaseByID(d.App, id)
	if err != nil {
		return "", err
	}
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return "", err
	}
	q, known := s.question(question)
	switch {
	case !known:
		return "", records.ErrNotFound
	case q.Later && c.State() != cases.Answering && c.State() != cases.Recommended:
		return cases.Added, nil
	}
	return cases.Asked, nil
}

// sheet is a case's protocol, what it may know of the patient, and the answers that count.
type sheet struct {
	protocol *triage.Protocol
	person   triage.Person
	answers  triage.Answers
	rows     map[string]*records.Answer // by question
}

func (d *Desk) sheetOf(app core.App, c *records.Case) (*sheet, error) {
	s := &sheet{answers: triage.Answers{}, rows: map[string]*records.Answer{}}
	var err error
	if s.protocol, err = d.Protocols.Pinned(app, c.Protocol()); err != nil {
		return nil, err
	}
	if err = c.Person(&s.person); err != nil {
		return nil, err
	}
	rows, err := records.AnswersOf(app, c.Id)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.Question() == records.OwnWordsQuestion {
			continue
		}
		var v triage.Value
		if err := v.UnmarshalJSON(row.Value()); err != nil {
			return nil, fmt.Errorf("stored answer: %w", err)
		}
		s.answers[row.Question()], s.rows[row.Question()] = v, row
	}
	return s, nil
}

func (a *Act) answer(s *sheet, in Reply, value triage.Value) error {
	if len(in.Files) > 0 {
		a.Case.MarkPhoto()
	}
	if err := a.write(s, in.Question, value, in.Files); err != nil {
		return err
	}
	if err := a.drop(s); err != nil {
		return err
	}
	if a.event == cases.Added {
		return a.rise(s.protocol.Decide(s.person, s.answers), a.Case.Computed())
	}
	return a.conclude(s)
}

func (s *sheet) question(id string) (triage.Question, bool) {
	all := s.protocol.Questions()
	i := slices.IndexFunc(all, func(q triage.Question) bool { return q.ID == id })
	if i < 0 {
		return triage.Question{}, false
	}
	return all[i], true
}

// write adds the answer's row and drops the one whose place it takes. The same answer again writes nothing.
func (a *Act) write(s *sheet, question string, value triage.Value, files []*filesystem.File) error {
	old, answered := s.rows[question]
	if answered && len(files) == 0 && s.answers[question].Equal(value) {
		return nil
	}
	if answered {
		if err := old.Drop(a.tx); err != nil {
			return err
		}
	}
	row, err := records.AddAnswer(a.tx, a.Case, question, value, files, a.Now)
	if err != nil {
		return err
	}
	s.answers[question], s.rows[question] = value, row
	return nil
}

// drop drops the answers that no longer apply.
func (a *Act) drop(s *sheet) error {
	kept, dropped := s.protocol.Drop(s.person, s.answers)
	for _, id := range dropped {
		if err := s.rows[id].Drop(a.tx); err != nil {
			return err
		}
		delete(s.rows, id)
	}
	s.answers = kept
	return nil
}

// conclude decides, if there is nothing more to ask, or takes a decision back, if there is.
func (a *Act) conclude(s *sheet) error {
	step := s.protocol.Next(s.person, s.answers)
	if step.Decision == nil {
		a.Case.Undecide()
		return nil
	}
	a.Become(cases.Decided)
	level := cases.Level(step.Decision.Level)
	if floor := a.Case.Floor(); floor != 0 && floor < level {
		a.Case.FallToFloor() // what the patient's "I feel worse" gave stands
		return a.mayJoinFrom()
	}
	a.Case.Compute(level)
	if err := a.Case.KeepDecision(step.Decision); err != nil {
		return err
	}
	return a.mayJoinFrom()
}

// mayJoinFrom sets the time in which who is decided has to join. It begins when the queue opens: a case that is decided over Christmas is not to be
// gone then.
func (a *Act) mayJoinFrom() error {
	t, err := a.Times()
	if err != nil {
		return err
	}
	opens, err := a.opens()
	if err != nil {
		return fmt.Errorf("find when the queue opens: %w", err)
	}
	a.Case.SetTimer(opens.Add(time.Duration(t.Unanswered)), records.DueExpire)
	return nil
}

// rise takes over a decision that is more urgent than was; a less urgent one changes nothing. A level that a person has set stays where it
// is more urgent still.
func (a *Act) rise(dec triage.Decision, was cases.Level) error {
	level := cases.Level(dec.Level)
	if was != 0 && level >= was {
		return nil
	}
	judged := cases.Raise(a.Case.Level(), level)
	a.told.Was = a.Case.Level()
	a.Case.Compute(level)
	a.Case.Judge(judged)
	return a.Case.KeepDecision(dec)
}

// Step is where a case's questions stand: the next one, or the decision. A patient who waits is asked first what may be answered meanwhile,
// but for one who should ring 112.
func (d *Desk) Step(ctx context.Context, c *records.Case) (triage.Step, error) {
	if c.State() != cases.Waiting || c.Level() == cases.Immediate {
		return d.MainStep(ctx, c)
	}
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return triage.Step{}, err
	}
	later := s.protocol.Later(s.person, s.answers)
	if len(later) == 0 {
		return d.MainStep(ctx, c)
	}
	answered := s.answeredLater()
	return triage.Step{Question: &later[0], Progress: triage.Progress{Answered: answered, Expected: answered + len(later)}}, nil
}

// StepNow is Step for who looks at a case, not for the answer to what was just done.
// Errors: *cases.Refused where the case ended before it was decided: there is nothing to answer any more.
func (d *Desk) StepNow(ctx context.Context, c *records.Case) (triage.Step, error) {
	if !c.State().Open() && !c.Decided() {
		return triage.Step{}, &cases.Refused{Event: cases.Asked, State: c.State()}
	}
	return d.Step(ctx, c)
}

// MainStep is Step without the questions that may be answered while waiting.
func (d *Desk) MainStep(_ context.Context, c *records.Case) (triage.Step, error) {
	var given triage.Decision
	had, err := c.Decision(&given)
	if err != nil || had {
		return triage.Step{Decision: &given}, err
	}
	s, err := d.sheetOf(d.App, c)
	if err != nil {
		return triage.Step{}, err
	}
	return s.protocol.Next(s.person, s.answers), nil
}

// answeredLater counts the answered questions that are marked later.
func (s *sheet) answeredLater() int {
	n := 0
	for id := range s.answers {
		if q, known := s.question(id); known && q.Later {
			n++
		}
	}
	return n
}
