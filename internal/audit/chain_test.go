package audit_test

import (
	"errors"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// chain is an access log of three rows: an act, a look at one case, a look at a list.
func chain(t *testing.T) *kit.Clinic {
	t.Helper()
	c := kit.New(t)
	for _, about := range []audit.Subject{
		{Patient: "patient00000001", Case: "case00000000001"},
		{Patient: "patient00000002", Case: "case00000000002"},
		{Cases: []string{"case00000000001", "case00000000002"}},
	} {
		err := c.App.RunInTransaction(func(tx core.App) error {
			return audit.Append(tx, c.Nurse, "summary", about, "", c.Clock.Now())
		})
		if err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	return c
}

func TestTheChainHoldsEverythingThatARowSays(t *testing.T) {
	t.Parallel()
	c := chain(t)
	if n, err := audit.Verify(c.App); n != 3 || err != nil {
		t.Fatalf("Verify() = %d, %v; want three rows that fit", n, err)
	}
	for _, column := range []string{"at", "byKind", "by", "byName", "role", "unit", "patient", "case", "cases", "what", "why", "hash"} {
		for nr := 1; nr <= 3; nr++ {
			before := cell(t, c, column, nr)
			if err := set(c, column, nr, "2026-01-01 00:00:00.000Z"); err != nil {
				t.Fatal(err)
			}
			var broken *audit.Broken
			if _, err := audit.Verify(c.App); !errors.As(err, &broken) || broken.Nr != nr {
				t.Errorf("%s of row %d is changed: Verify says %v", column, nr, err)
			}
			if err := set(c, column, nr, before); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := audit.Verify(c.App); err != nil {
		t.Errorf("with all as it was: %v", err)
	}
}

func TestARowThatIsTakenAwayShows(t *testing.T) {
	t.Parallel()
	c := chain(t)
	if _, err := c.App.DB().Delete(records.Audit, dbx.HashExp{"nr": 2}).Execute(); err != nil {
		t.Fatal(err)
	}
	var broken *audit.Broken
	if _, err := audit.Verify(c.App); !errors.As(err, &broken) || broken.Nr != 2 {
		t.Errorf("without its second row: Verify says %v", err)
	}
}

func cell(t *testing.T, c *kit.Clinic, column string, nr int) string {
	t.Helper()
	var text string
	if err := c.App.DB().Select(column).From(records.Audit).Where(dbx.HashExp{"nr": nr}).Row(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// set changes a row by hand, as the owner of the file might.
func set(c *kit.Clinic, column string, nr int, text string) error {
	_, err := c.App.DB().Update(records.Audit, dbx.Params{column: text}, dbx.HashExp{"nr": nr}).Execute()
	return err
}
