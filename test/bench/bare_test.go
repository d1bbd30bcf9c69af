package bench

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/dbx"

	"lotsen/internal/cli"
	"lotsen/internal/records"
	"lotsen/test/crowd"
)

// bareFile is a copy of the database that a program works on, opened with the same pragmas, with one connection for writing as PocketBase has.
// It writes what an act has written: rows that were read where the act wrote them, under other ids.
type bareFile struct {
	db                *sql.DB
	theClaim, theTalk []write
	waiting           []crowd.Phone
	nr                atomic.Int64 // makes what must be unique
}

// write is one statement, and its values; nil where another is put in each time.
type write struct {
	statement *sql.Stmt
	values    []any
	vary      map[int]func(nr int64) any
}

// openBare copies the database of a running program, and learns from it what a claim and a message of a case have written.
func openBare(b *testing.B, dir, theCase string, waiting []crowd.Phone) *bareFile {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bare.db")
	source := connect(b, filepath.Join(dir, "data.db"))
	if _, err := source.NewQuery("VACUUM INTO {:to}").Bind(dbx.Params{"to": path}).Execute(); err != nil {
		b.Fatalf("copy the database: %v", err)
	}
	copied := connect(b, path)
	copied.DB().SetMaxOpenConns(1)
	f := &bareFile{db: copied.DB(), waiting: waiting}
	f.nr.Store(1_000_000)
	f.theClaim = f.learn(b, copied, theCase, "taken", records.Cases, records.Events, records.Audit, records.Outbox, records.Repeats)
	f.theTalk = f.learn(b, copied, theCase, "said", records.Cases, records.Messages, records.Events, records.Audit)
	return f
}

func connect(b *testing.B, path string) *dbx.DB {
	b.Helper()
	db, err := cli.Connect(path)
	if err != nil {
		b.Fatalf("open the database: %v", err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// learn reads the rows of an event's act, one of each table, and makes statements that write them.
func (f *bareFile) learn(b *testing.B, db *dbx.DB, theCase, kind string, tables ...string) []write {
	b.Helper()
	var seq int
	if err := db.Select("max(seq)").From(records.Events).Where(dbx.HashExp{"case": theCase, "kind": kind}).Row(&seq); err != nil {
		b.Fatalf("no event %s was written: %v", kind, err)
	}
	var list []write
	for _, table := range tables {
		which := dbx.HashExp{"case": theCase, "seq": seq}
		switch table {
		case records.Cases:
			which = dbx.HashExp{"id": theCase}
		case records.Audit:
			which = dbx.HashExp{"case": theCase, "what": kind}
		}
		row := dbx.NullStringMap{}
		if err := db.Select().From(table).Where(which).OrderBy("rowid DESC").Limit(1).One(row); err != nil {
			b.Fatalf("an act %s has written nothing to %s: %v", kind, table, err)
		}
		list = append(list, f.prepare(b, table, row))
	}
	return list
}

// prepare makes the statement that writes such a row: an update of a case, as PocketBase writes every column, or an insert.
func (f *bareFile) prepare(b *testing.B, table string, row dbx.NullStringMap) write {
	b.Helper()
	w := write{vary: map[int]func(int64) any{}}
	var names []string
	for name, value := range row {
		if table == records.Cases && (name == "id" || name == "patient") {
			continue
		}
		names = append(names, "`"+name+"`")
		w.values = append(w.values, value.String)
		switch name {
		case "id", "key", "hash", "fingerprint":
			w.vary[len(names)-1] = func(nr int64) any { return fmt.Sprintf("x%014d", nr) }
		case "nr", "seq", "rowid":
			w.vary[len(names)-1] = func(nr int64) any { return nr }
		}
	}
	text := "INSERT INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(names)-1) + ")"
	if table == records.Cases {
		text = "UPDATE cases SET " + strings.Join(names, " = ?, ") + " = ? WHERE id = ?"
		w.values = append(w.values, nil)
	}
	var err error
	if w.statement, err = f.db.Prepare(text); err != nil {
		b.Fatalf("prepare %s: %v", table, err)
	}
	b.Cleanup(func() { _ = w.statement.Close() })
	return w
}

// claim writes the rows of a claim; each takes another case.
func (f *bareFile) claim(ctx context.Context) error {
	nr := f.nr.Add(1)
	return f.write(ctx, f.theClaim, nr, f.waiting[int(nr)%len(f.waiting)].Case)
}

// say writes the rows of a message.
func (f *bareFile) say(ctx context.Context) error {
	nr := f.nr.Add(1)
	return f.write(ctx, f.theTalk, nr, f.waiting[int(nr)%callers].Case)
}

func (f *bareFile) write(ctx context.Context, list []write, nr int64, theCase string) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	for i, w := range list {
		values := slices.Clone(w.values)
		for at, other := range w.vary {
			values[at] = other(nr)
		}
		if i == 0 {
			values[len(values)-1] = theCase
		}
		if _, err := tx.StmtContext(ctx, w.statement).ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
