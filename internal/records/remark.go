package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Remark is what a patient writes to others than the clinicians of a case: to support, or a view on the care. It is a row of Support or of Views.
type Remark struct{ core.BaseRecordProxy }

// The states of a remark.
const (
	RemarkOpen     = "open"
	RemarkAnswered = "answered"
)

// Remarking is what a remark is made of.
type Remarking struct {
	ID                 string // "" for one of the program's
	Person             string // who writes
	Text, Language     string
	Danger             bool // words of danger stand in it
	Fingerprint        string
	At                 time.Time
	Page               string // to support: where in the app the trouble was, or ""
	Case, Region, Unit string // a view: what it is about, and whose lead it is for
}

// AsRemark reads a record as a remark.
func AsRemark(r *core.Record) *Remark {
	m := &Remark{}
	m.SetProxyRecord(r)
	return m
}

// AddRemark stores a remark in Support or Views.
func AddRemark(tx core.App, collection string, in Remarking) (*Remark, error) {
	r, err := blank(tx, collection)
	if err != nil {
		return nil, err
	}
	r.Id = in.ID
	r.Load(map[string]any{
		"person": in.Person, "text": in.Text, "language": in.Language, "danger": in.Danger, "fingerprint": in.Fingerprint,
		"at": moment(in.At), "state": RemarkOpen,
	})
	if collection == Support {
		r.Set("page", in.Page)
	} else {
		r.Load(map[string]any{"case": in.Case, "region": in.Region, "unit": in.Unit})
	}
	if err := tx.Save(r); err != nil {
		return nil, fmt.Errorf("save remark: %w", err)
	}
	return AsRemark(r), nil
}

// Answer writes the answer; by is its author's id, name how the patient may know them.
func (m *Remark) Answer(by, name, text string, at time.Time) {
	m.Load(map[string]any{
		"state": RemarkAnswered, "answer": text, "answeredBy": by, "answeredByName": name, "answeredAt": moment(at),
	})
}

// Person is the id of the patient who has written.
func (m *Remark) Person() string { return m.GetString("person") }

// Text is what they have written.
func (m *Remark) Text() string { return m.GetString("text") }

// Language is the one that they read.
func (m *Remark) Language() string { return m.GetString("language") }

// At is when it was written.
func (m *Remark) At() time.Time { return m.GetDateTime("at").Time() }

// State is open or answered.
func (m *Remark) State() string { return m.GetString("state") }

// Danger says whether words of danger stand in it.
func (m *Remark) Danger() bool { return m.GetBool("danger") }

// Fingerprint is a hash of the request that made it.
func (m *Remark) Fingerprint() string { return m.GetString("fingerprint") }

// Answered is the answer: its text, and its author's id and name; "" where there is none.
func (m *Remark) Answered() (text, by, name string) {
	return m.GetString("answer"), m.GetString("answeredBy"), m.GetString("answeredByName")
}

// AnsweredAt is when it was answered; zero where it is not.
func (m *Remark) AnsweredAt() time.Time { return m.GetDateTime("answeredAt").Time() }

// Page is where in the app the trouble was; "" where that is not told, and for views.
func (m *Remark) Page() string { return m.GetString("page") }

// Case is the id of the case that a view is about, or "".
func (m *Remark) Case() string { return m.GetString("case") }

// Region and Unit are the ids of those that a view is for; "" for support.
func (m *Remark) Region() string { return m.GetString("region") }

// Unit is the id of the unit whose lead a view is for.
func (m *Remark) Unit() string { return m.GetString("unit") }

// RemarkByID finds a remark of Support or Views.
func RemarkByID(app core.App, collection, id string) (*Remark, error) {
	return byID[Remark](app, collection, id)
}

// RemarkOfRequest finds the newest remark that the same request has made at or after since. Indexes: support_request, views_request.
func RemarkOfRequest(app core.App, collection, fingerprint string, since time.Time) (*Remark, error) {
	return first[Remark](app.RecordQuery(collection).AndWhere(dbx.And(
		dbx.HashExp{"fingerprint": fingerprint},
		dbx.NewExp("[[at]] >= {:t}", dbx.Params{"t": stamp(since)}))).OrderBy("at DESC"))
}

// RemarksOf lists what a person has written, the newest first, at most n. Indexes: support_person, views_person.
func RemarksOf(app core.App, collection, person string, n int) ([]*Remark, error) {
	return list[Remark](app.RecordQuery(collection).AndWhere(dbx.HashExp{"person": person}).OrderBy("at DESC", "id").Limit(int64(n)))
}

// SupportIn lists what was written to support and stands in a state, at most n, in the order of reading. Index: support_state.
func SupportIn(app core.App, state string, n int) ([]*Remark, error) {
	return list[Remark](inOrder(app.RecordQuery(Support).AndWhere(dbx.HashExp{"state": state}), state, n))
}

// ViewsFor lists likewise the views for the leads of units. Index: views_unit.
func ViewsFor(app core.App, units []string, state string, n int) ([]*Remark, error) {
	if len(units) == 0 {
		return nil, nil
	}
	in := make([]any, len(units))
	for i, u := range units {
		in[i] = u
	}
	return list[Remark](inOrder(app.RecordQuery(Views).AndWhere(dbx.HashExp{"state": state, "unit": in}), state, n))
}

// inOrder is the order of reading: of open ones those that may mean danger first, then who has waited longest; of answered ones the newest first.
func inOrder(q *dbx.SelectQuery, state string, n int) *dbx.SelectQuery {
	if state == RemarkOpen {
		return q.OrderBy("danger DESC", "at", "id").Limit(int64(n))
	}
	return q.OrderBy("answeredAt DESC", "id").Limit(int64(n))
}
