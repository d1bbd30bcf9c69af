package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/audit"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// lived is a clinic in which a case has had a life: acts, and looks between them.
func lived(t *testing.T) (*kit.Clinic, *records.Case) {
	t.Helper()
	c := kit.New(t)
	_, theCase := c.Active(t, kit.Anna)
	if err := c.Desk.Looked(t.Context(), c.Nurse, "summary", []*records.Case{theCase}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, theCase.Id, cases.Urgent, "test"); err != nil {
		t.Fatal(err)
	}
	return c, theCase
}

func examine(t *testing.T, c *kit.Clinic, published ...audit.Head) audit.Report {
	t.Helper()
	r, err := audit.Examine(c.App.DB(), published...)
	if err != nil {
		t.Fatalf("examine: %v", err)
	}
	return r
}

func head(t *testing.T, c *kit.Clinic) audit.Head {
	t.Helper()
	h, err := audit.LastHead(c.App)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// says wants that a report names this row first, for this reason.
func says(t *testing.T, r audit.Report, nr int, why string) {
	t.Helper()
	if r.Fits() {
		t.Errorf("all seems well, want row %d: %s", nr, why)
		return
	}
	if b := r.Broken[0]; b.Nr != nr || !strings.Contains(b.Why, why) {
		t.Errorf("the first that is broken is row %d: %s, want row %d: %s", b.Nr, b.Why, nr, why)
	}
}

// forge runs a statement, as the owner of the file might.
func forge(t *testing.T, c *kit.Clinic, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := c.App.NonconcurrentDB().NewQuery(s).Execute(); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// rechain writes the hashes of all rows anew, as a forger who knows how they are made.
func rechain(t *testing.T, c *kit.Clinic) {
	t.Helper()
	var rows []records.Look
	if err := records.EachLook(c.App.DB(), func(l records.Look) error {
		rows = append(rows, l)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	last := ""
	for _, l := range rows {
		last = audit.Link(last, l)
		if _, err := c.App.NonconcurrentDB().Update(records.Audit, dbx.Params{"hash": last}, dbx.HashExp{"nr": l.Nr}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestALifeFitsItsLog(t *testing.T) {
	t.Parallel()
	c, _ := lived(t)
	h := head(t, c)
	r := examine(t, c, h)
	if !r.Fits() || r.Rows != h.Nr || r.Head.String() != h.String() || r.Checked != 1 {
		t.Errorf("examined: %+v, want %d rows that fit and one head that was held against them", r, h.Nr)
	}
}

func TestEachKindOfTamperingIsNamed(t *testing.T) {
	t.Parallel()
	for name, tampered := range map[string]struct {
		statements []string
		nr         int
		why        string
	}{
		"a field of a row is changed": {[]string{"UPDATE audit SET byName = 'Nobody' WHERE nr = 4"}, 4, "changed"},
		"a hash is changed":           {[]string{"UPDATE audit SET hash = 'x' WHERE nr = 4"}, 4, "changed"},
		"the first row is gone":       {[]string{"DELETE FROM audit WHERE nr = 1"}, 1, "missing"},
		"a row of the middle is gone": {[]string{"DELETE FROM audit WHERE nr = 4"}, 4, "missing"},
		"several are gone":            {[]string{"DELETE FROM audit WHERE nr IN (4, 5, 6)"}, 4, "missing, and all up to row 6"},
		"a row is gone and the others are numbered anew": {
			[]string{"DELETE FROM audit WHERE nr = 4", "UPDATE audit SET nr = -nr WHERE nr > 4", "UPDATE audit SET nr = -nr - 1 WHERE nr < 0"}, 4, "taken away or added",
		},
		"a row is there twice": {
			[]string{
				"DROP INDEX audit_nr",
				"CREATE TEMP TABLE twin AS SELECT * FROM audit WHERE nr = 4", "UPDATE twin SET id = 'twin00000000000'", "INSERT INTO audit SELECT * FROM twin",
			}, 4, "added: another row has this number",
		},
		"a row is added at the end": {
			[]string{
				"CREATE TEMP TABLE twin AS SELECT * FROM audit ORDER BY nr DESC LIMIT 1",
				"UPDATE twin SET id = 'twin00000000000', nr = nr + 1", "INSERT INTO audit SELECT * FROM twin",
			}, -1, "changed, or one before it was taken away or added",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := lived(t)
			want := tampered.nr
			if want < 0 {
				want = head(t, c).Nr + 1
			}
			forge(t, c, tampered.statements...)
			r := examine(t, c)
			says(t, r, want, tampered.why)
			for _, b := range r.Broken[1:] {
				if strings.Contains(name, "a field") && b.Nr > want {
					t.Errorf("row %d is named, too (%s): it is as it was", b.Nr, b.Why)
				}
			}
		})
	}
}

// TestWhoCutsTheEndIsFound: the chain that is left fits, so the histories of the cases, and the head that was published, tell.
func TestWhoCutsTheEndIsFound(t *testing.T) {
	t.Parallel()
	c, theCase := lived(t)
	h := head(t, c)
	forge(t, c, "DELETE FROM audit WHERE nr = (SELECT max(nr) FROM audit)")
	r := examine(t, c)
	if len(r.Broken) != 1 || r.Broken[0].Case != theCase.Id || r.Broken[0].Seq != theCase.Seq()+1 || !strings.Contains(r.Broken[0].Why, "has no row") {
		t.Errorf("without its last row: %+v, want the event of the level named", r.Broken)
	}
	says(t, examine(t, c, h), h.Nr, "missing")
}

func TestALookThatIsCutFromTheEndIsFoundByThePublishedHead(t *testing.T) {
	t.Parallel()
	c, theCase := lived(t)
	if err := c.Desk.Looked(t.Context(), c.Doctor, "summary", []*records.Case{theCase}, ""); err != nil {
		t.Fatal(err)
	}
	h := head(t, c)
	forge(t, c, "DELETE FROM audit WHERE nr = (SELECT max(nr) FROM audit)")
	if r := examine(t, c); !r.Fits() {
		t.Fatalf("a look at the end that is gone leaves a chain that fits, got %+v", r.Broken)
	}
	says(t, examine(t, c, h), h.Nr, "missing")
}

// TestARewrittenChainIsNotThatWhichWasPublished: the hashes fit again, after a look was taken away, changed, or one was added.
func TestARewrittenChainIsNotThatWhichWasPublished(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"changed": {"UPDATE audit SET byName = 'Nobody' WHERE what = 'summary'"},
		"removed": {"DELETE FROM audit WHERE what = 'summary'"},
		"added": {
			"CREATE TEMP TABLE twin AS SELECT * FROM audit WHERE what = 'summary'", "UPDATE twin SET id = 'twin00000000000'",
			"INSERT INTO audit SELECT * FROM twin",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			_, theCase := c.Active(t, kit.Anna)
			first := head(t, c)
			if err := c.Desk.Looked(t.Context(), c.Nurse, "summary", []*records.Case{theCase}, ""); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, theCase.Id, cases.Urgent, "test"); err != nil {
				t.Fatal(err)
			}
			second := head(t, c)
			if err := c.Desk.Looked(t.Context(), c.Nurse, "events", []*records.Case{theCase}, ""); err != nil {
				t.Fatal(err)
			}
			forge(t, c, "DROP INDEX audit_nr")
			forge(t, c, statements...)
			forge(t, c, "CREATE TEMP TABLE orders AS SELECT id, row_number() OVER (ORDER BY nr, rowid) AS place FROM audit",
				"UPDATE audit SET nr = (SELECT place FROM orders WHERE orders.id = audit.id)")
			rechain(t, c)
			if r := examine(t, c); !r.Fits() {
				t.Fatalf("the forged chain does not fit by itself: %+v", r.Broken)
			}
			r := examine(t, c, first, second)
			says(t, r, second.Nr, "not what was published")
			if len(r.Broken) > 0 && !strings.Contains(r.Broken[0].Why, "from row") {
				t.Errorf("it is not said from where: %s", r.Broken[0].Why)
			}
		})
	}
}

// TestAnActThatNeverHappenedIsFound: a forger adds a row that says that a nurse closed a case.
func TestAnActThatNeverHappenedIsFound(t *testing.T) {
	t.Parallel()
	c, theCase := lived(t)
	err := c.App.RunInTransaction(func(tx core.App) error {
		return audit.Append(tx, c.Doctor, string(cases.Ended), audit.Subject{Patient: theCase.Patient(), Case: theCase.Id}, "", c.Clock.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
	says(t, examine(t, c), head(t, c).Nr, "tells of what has not happened")
}

func TestHeadsAreRead(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	if h, err := audit.ParseHead("12:" + hash); err != nil || h.Nr != 12 || h.Hash != hash || h.String() != "12:"+hash {
		t.Errorf("ParseHead = %v, %v", h, err)
	}
	for _, bad := range []string{"", "12", "0:" + hash, "-1:" + hash, "x:" + hash, "12:" + hash[1:], "12:" + strings.ToUpper(hash)} {
		if h, err := audit.ParseHead(bad); err == nil {
			t.Errorf("ParseHead(%q) = %v, want an error", bad, h)
		}
	}
	text := "2026-11-25T08:00:00.000Z 12 " + hash + "\n2026-11-26T08:0\n\nnonsense of three parts\n2026-11-27T00:00:00.000Z 14 " + hash + "\n"
	heads, err := audit.ReadHeads(strings.NewReader(text))
	if err != nil || len(heads) != 2 || heads[0].Nr != 12 || heads[1].Nr != 14 || !heads[0].At.Equal(time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("ReadHeads = %v, %v; want the two whole lines", heads, err)
	}
}
