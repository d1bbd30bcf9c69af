package records

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// AuditRow is a row of the access log.
type AuditRow struct{ core.BaseRecordProxy }

// Look is what a row of the access log says. Cases are those of a list, where it was not one case alone.
type Look struct {
	Nr                             int
	At                             time.Time
	ByKind, By, ByName, Role, Unit string
	Patient, Case                  string
	Cases                          []string
	What, Why                      string
	Hash                           string
}

// AddLook writes a row. The chain of hashes is audit's business.
func AddLook(tx core.App, l Look) error {
	r, err := blank(tx, Audit)
	if err != nil {
		return err
	}
	r.Load(map[string]any{
		"nr": l.Nr, "at": moment(l.At), "byKind": l.ByKind, "by": l.By, "byName": l.ByName, "role": l.Role, "unit": l.Unit,
		"patient": l.Patient, "case": l.Case, "cases": strings.Join(l.Cases, " "), "what": l.What, "why": l.Why, "hash": l.Hash,
	})
	if err := tx.Save(r); err != nil {
		return fmt.Errorf("save access log: %w", err)
	}
	return nil
}

// Look reads the row.
func (a *AuditRow) Look() Look {
	return Look{
		Nr: a.GetInt("nr"), At: a.GetDateTime("at").Time(),
		ByKind: a.GetString("byKind"), By: a.GetString("by"), ByName: a.GetString("byName"),
		Role: a.GetString("role"), Unit: a.GetString("unit"),
		Patient: a.GetString("patient"), Case: a.GetString("case"), Cases: strings.Fields(a.GetString("cases")),
		What: a.GetString("what"), Why: a.GetString("why"), Hash: a.GetString("hash"),
	}
}

// LastLook finds the newest row, or ErrNotFound.
func LastLook(app core.App) (*AuditRow, error) {
	return first[AuditRow](app.RecordQuery(Audit).OrderBy("nr DESC"))
}

// LooksAt lists the rows about a case, those of lists that it stood in with them, and, where it has no guardian, those of looks at its patient's own
// record; the newest first, at most n. Indexes: audit_case, audit_patient, and audit_lists, of which only what is younger than the case is looked
// through.
func LooksAt(app core.App, c *Case, n int) ([]*AuditRow, error) {
	patient := c.Patient()
	if c.Guardian() != "" {
		patient = "" // a guardian learns nothing of what others do about the child
	}
	about := dbx.NewExp(`[[id]] IN (
		SELECT [[id]] FROM {{audit}} WHERE [[case]] = {:case}
		UNION ALL
		SELECT [[id]] FROM {{audit}} WHERE {:patient} != '' AND [[patient]] = {:patient} AND [[case]] = '' AND [[cases]] = '' AND [[at]] >= {:created}
		UNION ALL
		SELECT [[id]] FROM {{audit}} WHERE [[cases]] != '' AND [[at]] >= {:created}
			AND (instr([[cases]], {:case}) > 0 OR {:patient} != '' AND instr([[cases]], {:patient}) > 0))`,
		dbx.Params{"case": c.Id, "patient": patient, "created": stamp(c.Created())})
	return list[AuditRow](app.RecordQuery(Audit).AndWhere(about).OrderBy("nr DESC").Limit(int64(n)))
}

// LooksNumbered finds rows by their numbers. Index: audit_nr.
func LooksNumbered(app core.App, numbers ...int) (map[int]Look, error) {
	any := make([]any, len(numbers))
	for i, n := range numbers {
		any[i] = n
	}
	rows, err := list[AuditRow](app.RecordQuery(Audit).AndWhere(dbx.In("nr", any...)))
	if err != nil {
		return nil, err
	}
	found := make(map[int]Look, len(rows))
	for _, r := range rows {
		l := r.Look()
		found[l.Nr] = l
	}
	return found, nil
}
