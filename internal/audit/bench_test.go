package audit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// BenchmarkExamineAMillionRows goes through an access log of a million rows, half of them acts that have their event.
func BenchmarkExamineAMillionRows(b *testing.B) {
	c := kit.New(b)
	const rows = 1_000_000
	err := c.App.RunInTransaction(func(tx core.App) error {
		db := tx.NonconcurrentDB()
		events := db.NewQuery("INSERT INTO events (id, `case`, seq, kind, byKind, `by`, byName, at, data) VALUES ({:id}, {:case}, {:seq}, 'replied', 'staff', {:by}, 'Nurse', {:at}, 'null')").Prepare()
		log := db.NewQuery("INSERT INTO audit (id, nr, at, byKind, `by`, byName, role, unit, patient, `case`, cases, what, why, hash) VALUES " +
			"({:id}, {:nr}, {:at}, 'staff', {:by}, 'Nurse', 'nurse', {:unit}, {:patient}, {:case}, '', {:what}, '', {:hash})").Prepare()
		last := ""
		for nr := 1; nr <= rows; nr++ {
			l := records.Look{
				Nr: nr, At: kit.Start.Add(time.Duration(nr) * time.Second), ByKind: "staff", By: c.Nurse.ID, ByName: "Nurse", Role: "nurse", Unit: c.Nurse.Unit,
				Patient: fmt.Sprintf("patient%08d", nr/40), Case: fmt.Sprintf("case%011d", nr/20), What: "summary",
			}
			at := l.At.Format("2006-01-02 15:04:05.000Z")
			if nr%2 == 0 {
				l.What = "replied"
				if _, err := events.Bind(dbx.Params{"id": fmt.Sprintf("event%010d", nr), "case": l.Case, "seq": nr, "by": l.By, "at": at}).Execute(); err != nil {
					return err
				}
			}
			last = audit.Link(last, l)
			_, err := log.Bind(dbx.Params{
				"id": fmt.Sprintf("row%012d", nr), "nr": nr, "at": at, "by": l.By, "unit": l.Unit, "patient": l.Patient, "case": l.Case, "what": l.What, "hash": last,
			}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := audit.Examine(c.App.DB())
		if err != nil || !r.Fits() || r.Rows != rows {
			b.Fatalf("examined %d rows, broken %v (%v)", r.Rows, r.Broken, err)
		}
	}
}
