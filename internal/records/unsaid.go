package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Unsaid is what a clinician has written and can still take back: a message, or the end of a case. Nobody but its author may see it.
type Unsaid struct{ core.BaseRecordProxy }

// What may be held.
const (
	HeldMessage = "message"
	HeldClose   = "close"
)

// The states of what is held. What is done or taken back holds no words any more.
const (
	StillHeld = "held"
	Done      = "done"
	TakenBack = "taken_back"
	Failed    = "failed" // could not be said when it was due; its author still reads it
)

// Draft is what somebody wants to have held. ID is a client's, or "" for one of ours.
type Draft struct {
	ID, Case, Author, Kind string
	Body                   string // of a message
	Ending                 Ending // of a close
	Fingerprint            string
	At, Due                time.Time
}

// NewUnsaid makes one that is not saved yet, as the last of its case.
func NewUnsaid(tx core.App, d Draft) (*Unsaid, error) {
	r, err := blank(tx, Held)
	if err != nil {
		return nil, err
	}
	var last int
	if err := tx.DB().Select("coalesce(max(nr), 0)").From(Held).AndWhere(dbx.HashExp{"case": d.Case}).Row(&last); err != nil {
		return nil, fmt.Errorf("count what is held: %w", err)
	}
	u := AsUnsaid(r)
	if d.ID != "" {
		u.Id = d.ID
	}
	u.Load(map[string]any{
		"case": d.Case, "author": d.Author, "kind": d.Kind, "nr": last + 1, "body": d.Body, "fingerprint": d.Fingerprint,
		"at": moment(d.At), "due": moment(d.Due), "state": StillHeld,
	})
	if d.Kind == HeldClose {
		u.Set("ending", d.Ending)
	}
	return u, nil
}

// AsUnsaid reads a record as what is held.
func AsUnsaid(r *core.Record) *Unsaid {
	u := &Unsaid{}
	u.SetProxyRecord(r)
	return u
}

// Case is the id of the case that it belongs to.
func (u *Unsaid) Case() string { return u.GetString("case") }

// Author is who wrote it.
func (u *Unsaid) Author() string { return u.GetString("author") }

// Kind is HeldMessage or HeldClose.
func (u *Unsaid) Kind() string { return u.GetString("kind") }

// Body is a message's text.
func (u *Unsaid) Body() string { return u.GetString("body") }

// Ending is what the case is to be closed with.
func (u *Unsaid) Ending() (Ending, error) {
	var e Ending
	err := readJSON(u.GetString("ending"), &e)
	return e, err
}

// Fingerprint is a hash of what its author sent.
func (u *Unsaid) Fingerprint() string { return u.GetString("fingerprint") }

// At is when it was written.
func (u *Unsaid) At() time.Time { return u.GetDateTime("at").Time() }

// Due is when it is said.
func (u *Unsaid) Due() time.Time { return u.GetDateTime("due").Time() }

// State is StillHeld, Done, TakenBack or Failed.
func (u *Unsaid) State() string { return u.GetString("state") }

// Why is why it failed.
func (u *Unsaid) Why() string { return u.GetString("why") }

// Settled is when it was said, taken back, or failed.
func (u *Unsaid) Settled() time.Time { return u.GetDateTime("settled").Time() }

// Fail notes that it cannot be said. Its words are kept for its author.
func (u *Unsaid) Fail(why string, at time.Time) {
	u.Load(map[string]any{"state": Failed, "why": why, "settled": moment(at)})
}

// Settle notes that it is Done or TakenBack, and drops the words: they stand where they belong, or nowhere.
func (u *Unsaid) Settle(state string, at time.Time) {
	u.Load(map[string]any{"state": state, "body": "", "ending": nil, "settled": moment(at)})
}

// UnsaidByID finds one.
func UnsaidByID(app core.App, id string) (*Unsaid, error) { return byID[Unsaid](app, Held, id) }

// UnsaidOf lists what an author has of a case in any of these states, in the order in which it was written. Index: held_case.
func UnsaidOf(app core.App, author, caseID string, states ...any) ([]*Unsaid, error) {
	return list[Unsaid](app.RecordQuery(Held).AndWhere(dbx.HashExp{"author": author, "case": caseID, "state": states}).OrderBy("nr"))
}

// HasUnsaid says whether an author has ever had anything held of a case, as far back as is remembered.
func HasUnsaid(app core.App, author, caseID string) (bool, error) {
	var n int
	err := app.DB().Select("count(*)").From(Held).AndWhere(dbx.HashExp{"author": author, "case": caseID}).Row(&n)
	return n > 0, err
}

// HeldCloses lists the ends of a case that are still held: one at most. Index: held_case.
func HeldCloses(app core.App, caseID string) ([]*Unsaid, error) {
	return list[Unsaid](app.RecordQuery(Held).AndWhere(dbx.HashExp{"case": caseID, "state": StillHeld, "kind": HeldClose}).OrderBy("nr"))
}

// LastClose finds the newest end of a case that an author has had held by the same request, or ErrNotFound.
func LastClose(app core.App, author, caseID, fingerprint string) (*Unsaid, error) {
	return first[Unsaid](app.RecordQuery(Held).AndWhere(dbx.HashExp{
		"author": author, "case": caseID, "kind": HeldClose, "fingerprint": fingerprint,
	}).OrderBy("nr DESC"))
}

// UnsaidDue lists what was due at now, that over longest first, at most n. Index: held_due.
func UnsaidDue(app core.App, now time.Time, n int) ([]*Unsaid, error) {
	return list[Unsaid](app.RecordQuery(Held).AndWhere(dbx.And(
		dbx.NewExp("[[state]] = 'held'"), dbx.NewExp("[[due]] <= {:t}", dbx.Params{"t": stamp(now)}))).
		OrderBy("due", "nr").Limit(int64(n)))
}
