package records

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"lotsen/internal/cases"
)

// EachLook hands every row of the access log to do, in the order of their numbers, reading as it goes: a million rows are never in memory. It ends
// with the first error of do. A time that is none is zero. Index: audit_nr.
func EachLook(db dbx.Builder, do func(Look) error) error { return eachLook(db, nil, do) }

// EachLookBetween is EachLook for rows from a time on, and before another. do may ask the database, too.
func EachLookBetween(db dbx.Builder, from, to time.Time, do func(Look) error) error {
	return eachLook(db, dbx.NewExp("[[at]] >= {:from} AND [[at]] < {:to}", dbx.Params{"from": stamp(from), "to": stamp(to)}), do)
}

func eachLook(db dbx.Builder, which dbx.Expression, do func(Look) error) error {
	rows, err := db.Select("nr", "at", "byKind", "by", "byName", "role", "unit", "patient", "case", "cases", "what", "why", "hash").
		From(Audit).Where(which).OrderBy("nr", "rowid").Rows()
	if err != nil {
		return fmt.Errorf("read the access log: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var l Look
		var at, seen string
		err := rows.Scan(&l.Nr, &at, &l.ByKind, &l.By, &l.ByName, &l.Role, &l.Unit, &l.Patient, &l.Case, &seen, &l.What, &l.Why, &l.Hash)
		if err != nil {
			return fmt.Errorf("read the access log: %w", err)
		}
		l.At, l.Cases = timeIn(at), strings.Fields(seen)
		if err := do(l); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the access log: %w", err)
	}
	return nil
}

// LastRow is the newest row of the access log, or ErrNotFound.
func LastRow(db dbx.Builder) (Look, error) {
	var l Look
	var at string
	err := db.Select("nr", "at", "hash").From(Audit).OrderBy("nr DESC").Limit(1).Row(&l.Nr, &at, &l.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrNotFound
	}
	if err != nil {
		return l, fmt.Errorf("read the access log: %w", err)
	}
	l.At = timeIn(at)
	return l, nil
}

// timeIn reads a time as PocketBase's date fields hold it; zero for what is none.
func timeIn(text string) time.Time {
	at, err := time.Parse(types.DefaultDateLayout, text)
	if err != nil {
		return time.Time{}
	}
	return at
}

// Unmatched is something that the history of a case tells and the access log does not, or the other way round.
type Unmatched struct {
	Case, Kind string
	Seq        int // of the event; 0 where it is a row of the access log that has none
	Nr         int // of the row of the access log; 0 where it is an event that has none
}

// EachUnmatched hands each event of a case without its row of the access log to do, and each row that tells of an event which is not there:
// same case, kind, time and person. It ends with the first error of do.
func EachUnmatched(db dbx.Builder, do func(Unmatched) error) error {
	names := make([]string, 0, len(cases.Events()))
	for _, e := range cases.Events() {
		names = append(names, "'"+string(e)+"'") // our own words
	}
	rows, err := db.NewQuery(`SELECT [[case]], [[kind]], max([[seq]]), max([[nr]]), sum([[n]]) FROM (
			SELECT [[case]], [[kind]], [[at]], [[byKind]], [[by]], [[seq]], 0 AS [[nr]], 1 AS [[n]] FROM {{events}}
			UNION ALL
			SELECT [[case]], [[what]], [[at]], [[byKind]], [[by]], 0, [[nr]], -1 FROM {{audit}}
				WHERE [[case]] != '' AND [[what]] IN (` + strings.Join(names, ",") + `)
		) GROUP BY [[case]], [[kind]], [[at]], [[byKind]], [[by]] HAVING sum([[n]]) != 0`).Rows()
	if err != nil {
		return fmt.Errorf("hold histories against the access log: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var u Unmatched
		var more int
		if err := rows.Scan(&u.Case, &u.Kind, &u.Seq, &u.Nr, &more); err != nil {
			return fmt.Errorf("hold histories against the access log: %w", err)
		}
		if more > 0 {
			u.Nr = 0
		} else {
			u.Seq = 0
		}
		if err := do(u); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("hold histories against the access log: %w", err)
	}
	return nil
}
