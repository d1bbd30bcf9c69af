package records_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// coded is an error as SQLite's driver gives it.
type coded int

func (c coded) Error() string { return "sqlite" }
func (c coded) Code() int     { return int(c) }

// TestFaultsAreFoundInWhateverWrapsThem looks where errors of the database are hidden on their way.
func TestFaultsAreFoundInWhateverWrapsThem(t *testing.T) {
	t.Parallel()
	full := fmt.Errorf("save: %w; failed query: …", coded(13))
	for name, c := range map[string]struct {
		err  error
		want records.Fault
	}{
		"none":                       {nil, records.NoFault},
		"a refusal":                  {router.NewBadRequestError("", errors.New("no")), records.NoFault},
		"nothing found":              {sql.ErrNoRows, records.NoFault},
		"a unique index":             {coded(2067), records.NoFault},
		"wrapped":                    {full, records.DiskFull},
		"with a failed rollback":     {fmt.Errorf("act: %w", dbx.Errors{full, errors.New("cannot rollback")}), records.DiskFull},
		"joined":                     {errors.Join(errors.New("one"), full), records.DiskFull},
		"in PocketBase's answer":     {router.NewBadRequestError("Failed to create record.", full), records.DiskFull},
		"in the data of an answer":   {router.NewApiError(503, "", map[string]any{"reason": full}), records.DiskFull},
		"an extended code":           {coded(10 | 4<<8), records.DiskFailed}, // IOERR_FSYNC
		"read-only, extended":        {coded(8 | 4<<8), records.ReadOnly},    // READONLY_DBMOVED
		"damaged":                    {coded(11), records.Damaged},
		"no database":                {coded(26), records.Damaged},
		"gone":                       {coded(14), records.CannotOpen},
		"held by another":            {coded(5), records.Locked},
		"a file that does not fit":   {&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, records.FileNotKept},
		"a file that is not there":   {&fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, records.NoFault},
		"a file on a broken disk":    {fmt.Errorf("upload: %w", syscall.EIO), records.FileNotKept},
		"a file on a read-only disk": {fmt.Errorf("upload: %w", syscall.EROFS), records.FileNotKept},
	} {
		if got := records.FaultOf(c.err); got != c.want {
			t.Errorf("%s: the fault is %q, want %q", name, got, c.want)
		}
	}
	for f, want := range map[records.Fault]bool{records.DiskFull: true, records.Damaged: true, records.Locked: false, records.FileNotKept: false, records.NoFault: false} {
		if f.Lasting() != want {
			t.Errorf("%q lasts: %v, want %v", f, f.Lasting(), want)
		}
	}
}

// TestATrialWritesAsTheDriverFails holds the codes against SQLite itself: a database that may not grow is full, one that may not be written is
// read-only, and a trial finds out when that is over, and leaves nothing.
func TestATrialWritesAsTheDriverFails(t *testing.T) {
	t.Parallel()
	app := kit.App(t)
	pragma := func(text string) {
		t.Helper()
		if _, err := app.NonconcurrentDB().NewQuery("PRAGMA " + text).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	trial := func(want records.Fault) {
		t.Helper()
		if err := records.Trial(app, records.DiskFull); records.FaultOf(err) != want {
			t.Errorf("the trial says %v, want %q", err, want)
		}
	}
	trial(records.NoFault)
	pragma("query_only = 1")
	trial(records.ReadOnly)
	pragma("query_only = 0")
	pragma("incremental_vacuum")
	pragma("max_page_count = 1") // SQLite makes that the present size
	trialUntilFull(t, app)
	pragma("max_page_count = 1000000")
	trial(records.NoFault)
	if err := records.Trial(app, records.Damaged); err != nil {
		t.Errorf("the trial of a whole database says %v", err)
	}
	var left int
	if err := app.DB().NewQuery("SELECT COUNT(*) FROM _params WHERE id LIKE 'lotsenTrial%'").Row(&left); err != nil || left != 0 {
		t.Errorf("trials have left %d rows (%v)", left, err)
	}
}

// trialUntilFull takes the pages that are free, and wants the trial to fail then.
func trialUntilFull(t *testing.T, app core.App) {
	t.Helper()
	if _, err := app.NonconcurrentDB().NewQuery("CREATE TABLE filler (x)").Execute(); err != nil && records.FaultOf(err) != records.DiskFull {
		t.Fatal(err)
	}
	for range 100 {
		_, err := app.NonconcurrentDB().NewQuery("INSERT INTO filler VALUES (zeroblob(100000))").Execute()
		if err == nil {
			continue
		}
		if got := records.FaultOf(records.Trial(app, records.DiskFull)); got != records.DiskFull {
			t.Errorf("the trial of a full database finds %q, want %q", got, records.DiskFull)
		}
		return
	}
	t.Fatal("the database does not get full")
}

// TestEveryFailedWriteIsTold: whoever saved, and whatever became of the error.
func TestEveryFailedWriteIsTold(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	var told []records.Fault
	records.OnFault(c.App, func(f records.Fault) { told = append(told, f) })
	who := c.Person(t, kit.Anna, "Anna")
	r, err := c.App.FindRecordById(records.Patients, who.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.App.NonconcurrentDB().NewQuery("PRAGMA query_only = 1").Execute(); err != nil {
		t.Fatal(err)
	}
	r.Set("name", "Annan")
	_ = c.App.Save(r)
	_ = c.App.RunInTransaction(func(tx core.App) error { return tx.Delete(r) })
	if len(told) < 2 || told[0] != records.ReadOnly {
		t.Errorf("two writes that failed were told as %v", told)
	}
	if _, err := c.App.NonconcurrentDB().NewQuery("PRAGMA query_only = 0").Execute(); err != nil {
		t.Fatal(err)
	}
	told = nil
	r.Set("name", strings1000())
	if err := c.App.Save(r); err == nil || len(told) > 0 {
		t.Errorf("a name that is too long was told as %v (%v): no fault of the database", told, err)
	}
}

func strings1000() string { return fmt.Sprintf("%01000d", 1) }
