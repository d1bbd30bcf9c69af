package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
)

// CaseByID finds a case.
func CaseByID(app core.App, id string) (*Case, error) { return byID[Case](app, Cases, id) }

// FirstWaiting finds whose turn it is in a queue: the most urgent level, then the longest wait. Index: cases_waiting.
func FirstWaiting(app core.App, queue string) (*Case, error) {
	if queue == "" {
		return nil, ErrNotFound
	}
	return first[Case](app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting)}).
		OrderBy(caseLevel, caseSince, "id"))
}

// WaitingIn lists those waiting in a queue in the order in which they will be helped, after the case named after ("" for the first), at most n.
func WaitingIn(app core.App, queue string, after *Case, n int) ([]*Case, error) {
	q := app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting)}).
		OrderBy(caseLevel, caseSince, "id").Limit(int64(n))
	if after != nil {
		q.AndWhere(dbx.NewExp("([[level]], [[since]], [[id]]) > ({:l}, {:s}, {:i})",
			dbx.Params{"l": after.GetInt(caseLevel), "s": stamp(after.Since()), "i": after.Id}))
	}
	return list[Case](q)
}

// AheadOf counts those who will be helped before a case that waits.
func AheadOf(app core.App, c *Case) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).
		AndWhere(dbx.HashExp{caseQueue: c.Queue(), caseState: string(cases.Waiting)}).
		AndWhere(dbx.NewExp("([[level]], [[since]], [[id]]) < ({:l}, {:s}, {:i})",
			dbx.Params{"l": c.GetInt(caseLevel), "s": stamp(c.Since()), "i": c.Id})).Row(&n)
	return n, err
}

// AllWaiting lists every waiting case, for the ranks that are rebuilt at start. It asks by queue: without one in the question every case that
// ever was would be read. Index: cases_waiting.
func AllWaiting(app core.App) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{caseState: string(cases.Waiting)}, dbx.NewExp("[["+caseQueue+"]] IN (SELECT [[id]] FROM {{queues}})"))))
}

// LastSince is the latest time at which anyone now waiting in the queue at that level began to wait; zero where nobody does.
func LastSince(app core.App, queue string, level cases.Level) (time.Time, error) {
	c, err := first[Case](app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting), caseLevel: int(level)}).
		OrderBy(caseSince + " DESC"))
	if err != nil {
		return time.Time{}, IgnoreMissing(err)
	}
	return c.Since(), nil
}

// OpensOf lists the open cases of a person and complaint. There is one for each who has opened: the patient, and each guardian.
func OpensOf(app core.App, patient, complaint string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{casePatient: patient, caseComplaint: complaint}, openStates())).OrderBy(caseCreated, "id"))
}

// OpenedSince lists a person's cases of a complaint that were opened at or after since.
func OpenedSince(app core.App, patient, complaint string, since time.Time) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{casePatient: patient, caseComplaint: complaint},
		dbx.NewExp("[[created]] >= {:t}", dbx.Params{"t": stamp(since)}))))
}

// CasesOf lists a person's cases, the newest first, at most n.
func CasesOf(app core.App, patient string, n int) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{casePatient: patient}).
		OrderBy(caseCreated + " DESC").Limit(int64(n)))
}

// GuardedBy lists the cases that a guardian opened for a child.
func GuardedBy(app core.App, guardian, child string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{caseGuardian: guardian, casePatient: child}))
}

// guardedBy is the condition of the cases that a guardian has opened and still handles. It says the condition of the index cases_guardian to the
// letter, without which SQLite would read every case.
func guardedBy(person string) dbx.Expression {
	return dbx.And(dbx.NewExp("[[guardian]] != ''"), dbx.HashExp{caseGuardian: person, caseReads: true})
}

// AskedBy lists the open cases that a person handles on the patient's side: the own ones, and those of children while that right runs.
// Indexes: cases_patient, cases_guardian.
func AskedBy(app core.App, person string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(openStates(), dbx.Or(
		dbx.And(dbx.HashExp{casePatient: person}, dbx.Or(dbx.HashExp{caseGuardian: ""}, dbx.HashExp{caseReads: false})),
		guardedBy(person)))).OrderBy(caseCreated, "id"))
}

// NewestSeenBy finds the newest case that a person sees on the patient's side, or ErrNotFound. Indexes: cases_patient, cases_guardian.
func NewestSeenBy(app core.App, person string) (*Case, error) {
	if person == "" {
		return nil, ErrNotFound
	}
	return first[Case](app.RecordQuery(Cases).AndWhere(dbx.Or(
		dbx.HashExp{casePatient: person}, guardedBy(person))).OrderBy(caseCreated+" DESC", "id"))
}

// LastPhoneOf is the number that a person gave with the newest case that they handle and that has one, or "". The number of a case that a guardian
// has opened is the guardian's, never the child's. Indexes: cases_patient, cases_guardian.
func LastPhoneOf(app core.App, person string) (string, error) {
	if person == "" {
		return "", nil
	}
	c, err := first[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.NewExp("[[phone]] != ''"),
		dbx.Or(dbx.HashExp{casePatient: person, caseGuardian: ""}, guardedBy(person)))).
		OrderBy(caseCreated+" DESC", "id"))
	if err != nil {
		return "", IgnoreMissing(err)
	}
	return c.Phone(), nil
}

// HeldBy lists the cases that a member of staff holds. Index: cases_held.
func HeldBy(app core.App, staff string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(dbx.HashExp{caseClinician: staff}, heldStates())))
}

// Mentioning lists the cases whose notes let a member of staff read them. Index: cases_mentioned.
func Mentioning(app core.App, staff string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(dbx.NewExp("[[mentioned]] != ''"), dbx.Like(caseMentioned, staff))))
}

func openStates() dbx.Expression {
	var open []any
	for _, s := range cases.States() {
		if s.Open() {
			open = append(open, string(s))
		}
	}
	return dbx.HashExp{caseState: open}
}

// CountAt counts the cases that name a queue, a unit or a region, and how many of them are open. of is its collection.
func CountAt(app core.App, of, id string) (all, open int, err error) {
	column, ok := map[string]string{Queues: caseQueue, Units: caseUnit, Regions: caseRegion}[of]
	if !ok {
		return 0, 0, fmt.Errorf("count cases: no case names a record of %s", of)
	}
	var states []any
	for _, s := range cases.States() {
		if s.Open() {
			states = append(states, string(s))
		}
	}
	count := func(more ...dbx.Expression) (n int, err error) {
		err = app.DB().Select("count(*)").From(Cases).AndWhere(dbx.And(append(more, dbx.HashExp{column: id})...)).Row(&n)
		return n, err
	}
	if all, err = count(); err != nil {
		return 0, 0, fmt.Errorf("count cases: %w", err)
	}
	if open, err = count(dbx.HashExp{caseState: states}); err != nil {
		return 0, 0, fmt.Errorf("count open cases: %w", err)
	}
	return all, open, nil
}

// InQueues lists a person's cases that stand in any of these queues, the newest first.
func InQueues(app core.App, patient string, queues []string) ([]*Case, error) {
	if len(queues) == 0 {
		return nil, nil
	}
	in := make([]any, len(queues))
	for i, q := range queues {
		in[i] = q
	}
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{casePatient: patient, caseQueue: in}).
		OrderBy(caseCreated + " DESC").Limit(200))
}
