package bench

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"lotsen/internal/records"
	"lotsen/test/crowd"
	"lotsen/test/kit"
)

// ended is how many closed cases a database holds that has been used for years.
const (
	ended  = 1_000_000
	atOnce = 20_000 // rows in one statement
)

// start holds the start on a database with a million closed cases against that on an empty one: from the process's beginning to its first answer.
func start(b *testing.B, out *table) {
	b.Helper()
	empty, full := kit.Demo(b), aMillion(b)
	empty.Stop(b)
	of := func(p *kit.Binary) func() float64 {
		return func() float64 {
			began := time.Now()
			p.Start(b)
			took := time.Since(began)
			p.Stop(b)
			return float64(took.Nanoseconds())
		}
	}
	found := turns(5, of(full), of(empty))
	out.add("start, with 1,000,000 closed cases", found[0], "start of an empty database", found[1], took)
}

// aMillion makes a demo that is stopped, and holds a million closed cases of a hundred thousand people: copies of one that was closed by a nurse,
// with the last event, the last row of the access log and the last letter of each.
func aMillion(b *testing.B) *kit.Binary {
	b.Helper()
	p, phones := crowd.Waiting(b, 1)
	nurse, id := p.Staff(b, "nurse@demo.test"), phones[0].Case
	nurse.Want(b, 200, "POST", "/cases/"+id+"/claim", map[string]string{"reason": "bench"}, nil)
	nurse.Want(b, 200, "POST", "/cases/"+id+"/close", map[string]string{"outcome": "advice", "advice": "Drick mycket. Ring 1177 om det blir värre."}, nil)
	p.Stop(b)
	db := connect(b, filepath.Join(p.Dir, "data.db"))
	db.DB().SetMaxOpenConns(1)
	for _, pragma := range []string{"journal_mode = OFF", "synchronous = OFF", "cache_size = -400000"} { // nobody else has it open, and it may be lost
		if _, err := db.NewQuery("PRAGMA " + pragma).Execute(); err != nil {
			b.Fatal(err)
		}
	}
	began := time.Now()
	of := map[string]string{
		records.Cases: id, records.Events: last(b, db, records.Events, id), records.Outbox: last(b, db, records.Outbox, id), records.Audit: last(b, db, records.Audit, id),
	}
	crowd.Multiply(b, db, records.Patients, "id", phones[0].Patient, ended/10, map[string]string{
		"id": "printf('old%012d', i)", "tokenKey": "tokenKey || i", "lookup": "lookup || i",
	})
	for at := 0; at < ended; at += atOnce {
		i := fmt.Sprintf("printf('old%%012d', %d + i)", at)
		person := fmt.Sprintf("printf('old%%012d', (%d + i) / 10)", at)
		crowd.Multiply(b, db, records.Cases, "id", id, atOnce, map[string]string{"id": i, "patient": person})
		for table, row := range of {
			if table != records.Cases {
				crowd.Multiply(b, db, table, "id", row, atOnce, map[string]string{"id": i, "case": i, "key": i, "nr": fmt.Sprintf("nr + %d + i", at)})
			}
		}
	}
	b.Logf("a million closed cases made in %v", time.Since(began).Round(time.Second))
	return p
}

// last is the id of the newest row of a case.
func last(b *testing.B, db *dbx.DB, table, theCase string) string {
	b.Helper()
	var id string
	if err := db.Select("id").From(table).Where(dbx.HashExp{"case": theCase}).OrderBy("rowid DESC").Limit(1).Row(&id); err != nil {
		b.Fatalf("a closed case has no row in %s: %v", table, err)
	}
	return id
}
