package records

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
)

// Answer is a row of the journal of answers. A changed answer is a new row, and the old one is marked as dropped.
type Answer struct{ core.BaseRecordProxy }

// OwnWordsQuestion is the question under which the patient's own words stand.
const OwnWordsQuestion = "freetext"

// AddAnswer writes an answer as the case's next event, which the caller is about to write.
func AddAnswer(tx core.App, c *Case, question string, value any, files []*filesystem.File, at time.Time) (*Answer, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	r, err := blank(tx, Answers)
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	a.SetProxyRecord(r)
	a.Load(map[string]any{"case": c.Id, "question": question, "value": json.RawMessage(raw), caseSeq: c.Seq() + 1, caseCreated: moment(at)})
	if len(files) > 0 {
		a.Set("files", files)
	}
	if err := tx.Save(a); err != nil {
		return nil, fmt.Errorf("save answer: %w", err)
	}
	return a, nil
}

// Case is the id of the case that the answer belongs to.
func (a *Answer) Case() string { return a.GetString("case") }

// Question is the id of the question in the case's protocol.
func (a *Answer) Question() string { return a.GetString("question") }

// Value is the answer as JSON.
func (a *Answer) Value() json.RawMessage { return json.RawMessage(a.GetString("value")) }

// Seq is the event that saved it.
func (a *Answer) Seq() int { return a.GetInt(caseSeq) }

// Created is when it was given.
func (a *Answer) Created() time.Time { return a.GetDateTime(caseCreated).Time() }

// Files are the names of its files.
func (a *Answer) Files() []string { return a.GetStringSlice("files") }

// Dropped says that a later answer has taken its place, or made its question fall away.
func (a *Answer) Dropped() bool { return a.GetBool("dropped") }

// Drop marks it so.
func (a *Answer) Drop(tx core.App) error {
	a.Set("dropped", true)
	if err := tx.Save(a); err != nil {
		return fmt.Errorf("drop answer: %w", err)
	}
	return nil
}

// AnswersOf lists the answers of a case that count, in the order in which they were given.
func AnswersOf(app core.App, caseID string) ([]*Answer, error) {
	return list[Answer](app.RecordQuery(Answers).AndWhere(dbx.HashExp{"case": caseID, "dropped": false}).OrderBy(caseSeq, "question"))
}

// AllAnswersOf lists every answer of a case, those too that were dropped.
func AllAnswersOf(app core.App, caseID string) ([]*Answer, error) {
	return list[Answer](app.RecordQuery(Answers).AndWhere(dbx.HashExp{"case": caseID}).OrderBy(caseSeq, "question"))
}
