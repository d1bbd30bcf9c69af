package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Absence is a member of staff who holds open cases and has no live line.
type Absence struct{ core.BaseRecordProxy }

// Staff is who it is.
func (a *Absence) Staff() string { return a.GetString("staff") }

// Since is when it was first seen.
func (a *Absence) Since() time.Time { return a.GetDateTime("since").Time() }

// Due is when the lead is to know.
func (a *Absence) Due() time.Time { return a.GetDateTime(caseDue).Time() }

// Told says whether the lead knows.
func (a *Absence) Told() bool { return a.GetBool("told") }

// Tell notes that the lead does.
func (a *Absence) Tell() { a.Set("told", true) }

// NewAbsence makes an absence that is not saved yet; due is when the lead is to know.
func NewAbsence(app core.App, staff string, since, due time.Time) (*Absence, error) {
	r, err := blank(app, Absences)
	if err != nil {
		return nil, err
	}
	r.Load(map[string]any{"staff": staff, "since": moment(since), caseDue: moment(due)})
	a := &Absence{}
	a.SetProxyRecord(r)
	return a, nil
}

// AbsenceList lists them all: there are at most as many as staff.
func AbsenceList(app core.App) ([]*Absence, error) {
	return list[Absence](app.RecordQuery(Absences).OrderBy("since", "id"))
}

// Holders lists the ids of the staff who hold open cases. Index: cases_held.
func Holders(app core.App) ([]string, error) {
	var ids []string
	err := app.DB().NewQuery("SELECT DISTINCT [[clinician]] FROM {{cases}} " + heldNow).Column(&ids)
	if err != nil {
		return nil, fmt.Errorf("find who holds cases: %w", err)
	}
	return ids, nil
}

// HeldIn lists the cases that somebody holds in a queue: those that anyone may take over first, then those whose patients have waited longest
// for a word. Index: cases_waiting.
func HeldIn(app core.App, queue string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(dbx.HashExp{caseQueue: queue}, heldStates())).
		OrderBy("[[freed]] = ''", "freed", "[[owed]] = ''", "owed", caseLevel, caseSince, "id").Limit(500))
}

// FreeIn counts the cases of a queue that anyone may take over. Index: cases_waiting.
func FreeIn(app core.App, queue string) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).AndWhere(dbx.And(
		dbx.HashExp{caseQueue: queue}, heldStates(), dbx.NewExp("[[freed]] != ''"))).Row(&n)
	return n, err
}

// heldNow is the condition of the index cases_held, to the letter: SQLite takes a partial index only where the query says the same.
const heldNow = "WHERE [[state]] IN ('called','active','paused')"

func heldStates() dbx.Expression { return dbx.NewExp("[[state]] IN ('called','active','paused')") }

// EndAbsence takes one away: its person is there again. It is deleted past the hooks, as what is forgotten is: to them it is a journal, of which
// nothing goes by hand.
func EndAbsence(app core.App, a *Absence) error {
	if _, err := app.NonconcurrentDB().Delete(Absences, dbx.HashExp{"id": a.Id}).Execute(); err != nil {
		return fmt.Errorf("end an absence: %w", err)
	}
	return nil
}
