// Package crowd gives a running demo many people at once: phones that wait in line, and the connections that they hold open.
//
// It is for what measures (test/bench, test/load). The people who wait are copies of one who has gone the whole way through the interface, put
// into the database of a program that does not run: to let thousands answer their questions would measure the questions.
package crowd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/hooks"
	"lotsen/internal/records"
	_ "lotsen/pb_migrations" // the collections
	"lotsen/test/kit"
)

// Phone is a patient's: whose it is, the case that waits, and a log-in that holds for an hour.
type Phone struct{ Patient, Case, Token string }

// Topics are what a waiting page listens to.
func (p Phone) Topics() []string {
	return []string{"lotsen/cases/" + p.Case, "lotsen/cases/" + p.Case + "/queue"}
}

// example is the person whom the others are copies of.
const example = "198511012380"

// Waiting makes a demo in which n people wait in Norrvik's line, at the level "in some days", and starts it. Their personal numbers cannot be
// read, for each is sealed for one patient alone: who is to open a case must log in, as Newcomers do.
func Waiting(t testing.TB, n int) (b *kit.Binary, waiting []Phone) {
	t.Helper()
	b = kit.Demo(t)
	first := b.Patient(t, example, "Påhittad Person")
	id := Errand{Client: first, Level: 4}.Wait(t)
	b.Stop(t)
	Open(t, b.Dir, func(app core.App) {
		waiting = copies(t, app, id, n)
	})
	b.Start(t)
	return b, waiting
}

// Open opens the database of a program that does not run, for as long as do takes.
func Open(t testing.TB, dir string, do func(core.App)) {
	t.Helper()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		t.Fatalf("open the database: %v", err)
	}
	do(app)
	if err := app.ClearBootstrap(); err != nil {
		t.Fatalf("close the database: %v", err)
	}
}

// copies puts n like this waiting case, each with a person of its own, before it in line: a millisecond apart.
func copies(t testing.TB, app core.App, id string, n int) []Phone {
	t.Helper()
	original, err := records.CaseByID(app, id)
	if err != nil {
		t.Fatalf("find the case to copy: %v", err)
	}
	phones := people(t, app, original.Patient(), n)
	Multiply(t, app.DB(), records.Cases, "id", id, n, map[string]string{
		"id": "printf('case%011d', i)", "patient": "printf('phone%010d', i)",
		"since": fmt.Sprintf("strftime('%%Y-%%m-%%d %%H:%%M:%%fZ', since, printf('-%%.3f seconds', (%d - i) * 0.001))", n+1),
	})
	Multiply(t, app.DB(), records.Events, "case", id, n, map[string]string{"id": "printf('e%02d%012d', seq, i)", "case": "printf('case%011d', i)"})
	Multiply(t, app.DB(), records.Answers, "case", id, n, map[string]string{"id": "printf('a%02d%012d', seq, i)", "case": "printf('case%011d', i)"})
	for i := range phones {
		phones[i].Case = fmt.Sprintf("case%011d", i+1)
	}
	return phones
}

// people makes n like this patient, and logs them in.
func people(t testing.TB, app core.App, like string, n int) []Phone {
	t.Helper()
	const id = "printf('phone%010d', i)"
	Multiply(t, app.DB(), records.Patients, "id", like, n, map[string]string{
		"id": id, "tokenKey": "tokenKey || " + id, "lookup": "lookup || " + id, "name": "'Påhittad ' || i",
	})
	phones := make([]Phone, n)
	for i := range phones {
		r, err := app.FindRecordById(records.Patients, fmt.Sprintf("phone%010d", i+1))
		if err != nil {
			t.Fatalf("find a copied patient: %v", err)
		}
		token, err := hooks.BeginSession(r, time.Now())
		if err != nil {
			t.Fatalf("log in a copied patient: %v", err)
		}
		phones[i] = Phone{Patient: r.Id, Token: token}
	}
	return phones
}

// Multiply writes n copies of the rows of a table that have this value in a column, in one statement. other gives the columns that differ, as
// SQL in which i counts from 1.
func Multiply(t testing.TB, db dbx.Builder, table, column, value string, n int, other map[string]string) {
	t.Helper()
	var names []string
	if err := db.NewQuery("SELECT name FROM pragma_table_info({:t})").Bind(dbx.Params{"t": table}).Column(&names); err != nil {
		t.Fatalf("list the columns of %s: %v", table, err)
	}
	values := slices.Clone(names)
	for i, name := range names {
		names[i] = "[[" + name + "]]"
		values[i] = names[i]
		if v, differs := other[name]; differs {
			values[i] = v
		}
	}
	_, err := db.NewQuery(fmt.Sprintf(
		"WITH RECURSIVE numbers(i) AS (SELECT 1 WHERE {:n} > 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {:n}) "+
			"INSERT INTO {{%s}} (%s) SELECT %s FROM numbers JOIN {{%s}} WHERE [[%s]] = {:value}",
		table, strings.Join(names, ", "), strings.Join(values, ", "), table, column)).Bind(dbx.Params{"n": n, "value": value}).Execute()
	if err != nil {
		t.Fatalf("copy rows of %s: %v", table, err)
	}
}
