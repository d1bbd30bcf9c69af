package records

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
)

// Event is a row of a case's history: what happened, in order. Realtime sends these rows, and GET …/events reads them.
type Event struct{ core.BaseRecordProxy }

// AddEvent writes the event that the case's present seq counts. data is what a reader of the event may know; nil for nothing.
func AddEvent(tx core.App, c *Case, kind cases.Event, by access.Who, at time.Time, data any) (*Event, error) {
	r, err := blank(tx, Events)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	e := &Event{}
	e.SetProxyRecord(r)
	e.Load(map[string]any{
		"case": c.Id, caseSeq: c.Seq(), "kind": string(kind), "byKind": string(by.Kind), "by": by.ID, "byName": by.Name,
		"at": moment(at), "data": json.RawMessage(raw),
	})
	if err := tx.Save(e); err != nil {
		return nil, fmt.Errorf("save event: %w", err)
	}
	return e, nil
}

// AsEvent reads a record as an event.
func AsEvent(r *core.Record) *Event {
	e := &Event{}
	e.SetProxyRecord(r)
	return e
}

// Case is the id of the case that the event happened to.
func (e *Event) Case() string { return e.GetString("case") }

// Seq is its number in the case's history; there are no holes.
func (e *Event) Seq() int { return e.GetInt(caseSeq) }

// Kind is what happened.
func (e *Event) Kind() cases.Event { return cases.Event(e.GetString("kind")) }

// At is when, by the program's clock.
func (e *Event) At() time.Time { return e.GetDateTime("at").Time() }

// By is who made it happen.
func (e *Event) By() (kind access.Kind, id, name string) {
	return access.Kind(e.GetString("byKind")), e.GetString("by"), e.GetString("byName")
}

// Data reads what the event carries into d.
func (e *Event) Data(d any) error {
	raw := e.GetString("data")
	if raw == "" || raw == "null" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), d); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	return nil
}

// EventsAfter lists a case's events with a number above seq, at most n.
func EventsAfter(app core.App, caseID string, seq, n int) ([]*Event, error) {
	return list[Event](app.RecordQuery(Events).AndWhere(dbx.And(
		dbx.HashExp{"case": caseID}, dbx.NewExp("[[seq]] > {:s}", dbx.Params{"s": seq}))).
		OrderBy(caseSeq).Limit(int64(n)))
}

// HappenedSince says whether an event of one of these kinds has happened to a case after event number seq; by is whose doing alone
// counts, "" for anybody's.
func HappenedSince(app core.App, caseID string, seq int, by string, kinds ...cases.Event) (bool, error) {
	if len(kinds) == 0 {
		return false, nil
	}
	which := dbx.HashExp{"case": caseID, "kind": kindNames(kinds)}
	if by != "" {
		which["by"] = by
	}
	var n int
	err := app.DB().Select("count(*)").From(Events).AndWhere(dbx.And(
		which, dbx.NewExp("[[seq]] > {:s}", dbx.Params{"s": seq}))).Row(&n)
	return n > 0, err
}

// LastEvent finds the newest event of any of these kinds, or ErrNotFound.
func LastEvent(app core.App, caseID string, kinds ...cases.Event) (*Event, error) {
	return first[Event](app.RecordQuery(Events).AndWhere(dbx.HashExp{"case": caseID, "kind": kindNames(kinds)}).OrderBy(caseSeq + " DESC"))
}
