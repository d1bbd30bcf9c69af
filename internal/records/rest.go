package records

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
)

// Protocol is a clinical content that cases are pinned to.
type Protocol struct{ core.BaseRecordProxy }

// Hash is what a case pins.
func (p *Protocol) Hash() string { return p.GetString("hash") }

// Code is the complaint.
func (p *Protocol) Code() string { return p.GetString("code") }

// Source is the whole content as text.
func (p *Protocol) Source() string { return p.GetString("source") }

// KeepProtocol stores a content if it is not there.
func KeepProtocol(app core.App, hash, code, version, source string, at time.Time) error {
	if _, err := ProtocolByHash(app, hash); err == nil {
		return nil
	}
	r, err := blank(app, Protocols)
	if err != nil {
		return err
	}
	r.Load(map[string]any{"hash": hash, "code": code, "version": version, "source": source, "at": moment(at)})
	if err := app.Save(r); err != nil {
		return fmt.Errorf("keep protocol %s: %w", code, err)
	}
	return nil
}

// ProtocolByHash finds a content.
func ProtocolByHash(app core.App, hash string) (*Protocol, error) {
	return first[Protocol](app.RecordQuery(Protocols).AndWhere(dbx.HashExp{"hash": hash}))
}

// Repeat is what was answered to a move.
type Repeat struct{ core.BaseRecordProxy }

// Answered is what is kept of a request that was answered: its key, who asked, what happened to which case, as the how-manieth event, and
// what was answered.
type Answered struct {
	Key, Person, Case string
	Event             cases.Event
	Seq               int
	Answer            any
	At                time.Time
}

// AddRepeat stores an answer under the key of its request, over an older one of the same key.
func AddRepeat(tx core.App, a Answered) error {
	raw, err := json.Marshal(a.Answer)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	p, err := RepeatByKey(tx, a.Key)
	if err != nil {
		r, err := blank(tx, Repeats)
		if err != nil {
			return err
		}
		p = &Repeat{}
		p.SetProxyRecord(r)
	}
	p.Load(map[string]any{
		"key": a.Key, "person": a.Person, "case": a.Case, "event": string(a.Event), caseSeq: a.Seq, "answer": json.RawMessage(raw), "at": moment(a.At),
	})
	if err := tx.Save(p); err != nil {
		return fmt.Errorf("save repeat: %w", err)
	}
	return nil
}

// RepeatByKey finds what was answered to a request.
func RepeatByKey(app core.App, key string) (*Repeat, error) {
	return first[Repeat](app.RecordQuery(Repeats).AndWhere(dbx.HashExp{"key": key}))
}

// LastRepeat finds the newest answered request of one kind on a case. Index: repeats_case.
func LastRepeat(app core.App, caseID, event string) (*Repeat, error) {
	return first[Repeat](app.RecordQuery(Repeats).AndWhere(dbx.HashExp{"case": caseID, "event": event}).OrderBy(caseSeq + " DESC"))
}

// HasRepeat says whether a person has had a move of one of these kinds on a case answered at or after since.
func HasRepeat(app core.App, person, caseID string, since time.Time, kinds ...cases.Event) (bool, error) {
	var n int
	err := app.DB().Select("count(*)").From(Repeats).AndWhere(dbx.And(
		dbx.HashExp{"case": caseID, "person": person, "event": kindNames(kinds)},
		dbx.NewExp("[[at]] >= {:t}", dbx.Params{"t": stamp(since)}))).Row(&n)
	return n > 0, err
}

func kindNames(kinds []cases.Event) []any {
	names := make([]any, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return names
}

// Person is who made the request.
func (p *Repeat) Person() string { return p.GetString("person") }

// Key is the hash of the request.
func (p *Repeat) Key() string { return p.GetString("key") }

// Seq is the event of the case that it was.
func (p *Repeat) Seq() int { return p.GetInt(caseSeq) }

// Case is the id of the case that it moved.
func (p *Repeat) Case() string { return p.GetString("case") }

// At is when it was answered.
func (p *Repeat) At() time.Time { return p.GetDateTime("at").Time() }

// Answer reads what was answered into d.
func (p *Repeat) Answer(d any) error { return readJSON(p.GetString("answer"), d) }

// Forgotten is what may be forgotten: what is older than each of these.
type Forgotten struct {
	Answers  time.Time // repeats, and what was held and said or taken back
	Failed   time.Time // what was held, could not be said, and was not put away by its author
	Sessions time.Time // ended log-ins: when their tokens had all run out
}

// Forget deletes what may be forgotten, and returns how many rows went.
func Forget(app core.App, before Forgotten) (int64, error) {
	var gone int64
	for _, step := range []struct {
		table, field string
		at           time.Time
		and          string
	}{
		{Repeats, "at", before.Answers, "1"},
		{Held, "settled", before.Answers, "[[state]] IN ('done','taken_back')"},
		{Held, "settled", before.Failed, "[[state]] = 'failed'"},
		{Sessions, "until", before.Sessions, "1"},
	} {
		res, err := app.NonconcurrentDB().Delete(step.table,
			dbx.NewExp("[["+step.field+"]] < {:t} AND "+step.and, dbx.Params{"t": stamp(step.at)})).Execute()
		if err != nil {
			return gone, fmt.Errorf("forget %s: %w", step.table, err)
		}
		n, _ := res.RowsAffected()
		gone += n
	}
	return gone, nil
}
