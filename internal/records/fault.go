package records

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Fault says why the database or the disk under it cannot do what it is asked.
type Fault string

// The faults. They are shown to whoever watches over the service, and hold nothing of what was being written.
const (
	NoFault     Fault = ""
	DiskFull    Fault = "disk_full"
	ReadOnly    Fault = "read_only"
	DiskFailed  Fault = "disk_failed"
	Damaged     Fault = "damaged"       // the file is not what SQLite has written
	CannotOpen  Fault = "cannot_open"   // gone, or closed to us
	Locked      Fault = "locked"        // another process has held it for longer than SQLite waits
	FileNotKept Fault = "file_not_kept" // not the database: a photo that the disk has not taken
)

// Lasting tells whether a fault stays for all until somebody or something mends it. Of the others only one request is the worse.
func (f Fault) Lasting() bool { return f != NoFault && f != Locked && f != FileNotKept }

// faultsOfSQLite are SQLite's primary result codes (https://sqlite.org/rescode.html) of a database that cannot be used.
var faultsOfSQLite = map[int]Fault{
	3:  CannotOpen, // PERM
	5:  Locked,     // BUSY
	6:  Locked,     // LOCKED
	8:  ReadOnly,   // READONLY
	10: DiskFailed, // IOERR
	11: Damaged,    // CORRUPT
	13: DiskFull,   // FULL
	14: CannotOpen, // CANTOPEN
	15: Locked,     // PROTOCOL: the lock could not be got in many attempts
	26: Damaged,    // NOTADB
}

// FaultOf finds what of an error is the fault of the database or the disk: NoFault for all other errors, a refusal among them. It walks through
// all that the error wraps. errors.As would not do: PocketBase hides the cause of a refusal in its raw data, and dbx joins what failed with the
// rollback that failed after it, without a way to either.
func FaultOf(err error) Fault {
	if err == nil {
		return NoFault
	}
	if f := faultOfOne(err); f != NoFault {
		return f
	}
	for _, inner := range wrapped(err) {
		if f := FaultOf(inner); f != NoFault {
			return f
		}
	}
	return NoFault
}

// faultOfOne knows the driver's error by its method: only internal/cli imports the driver.
func faultOfOne(err error) Fault {
	switch e := err.(type) { //nolint:errorlint // FaultOf unwraps
	case interface{ Code() int }:
		return faultsOfSQLite[e.Code()&0xff]
	case syscall.Errno:
		if slices.Contains([]syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO}, e) {
			return FileNotKept
		}
	}
	return NoFault
}

func wrapped(err error) []error {
	switch e := err.(type) { //nolint:errorlint // FaultOf unwraps
	case dbx.Errors:
		return e
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	case interface{ RawData() any }:
		return hidden(e.RawData())
	}
	return nil
}

// hidden are the errors in what PocketBase keeps beside an answer.
func hidden(raw any) []error {
	var list []error
	switch data := raw.(type) {
	case error:
		list = append(list, data)
	case map[string]any:
		for _, entry := range data {
			if err, ok := entry.(error); ok {
				list = append(list, err)
			}
		}
	}
	return list
}

// The trial of the database writes a row of PocketBase's own table of parameters and takes it away again. The row is larger than any act, so
// that a disk which has just room enough for it has room for people, too.
const (
	trialRow   = "lotsenTrial0000"
	trialBytes = 256 << 10
	trialTime  = 20 * time.Second
)

// Trial finds out whether the database can be written again, by writing. After it was found damaged it must be whole, too: writing on in a
// damaged file would do more harm.
func Trial(app core.App, after Fault) error {
	ctx, stop := context.WithTimeout(context.Background(), trialTime)
	defer stop()
	if after == Damaged {
		var first string
		if err := app.ConcurrentDB().NewQuery("PRAGMA quick_check(1)").WithContext(ctx).Row(&first); err != nil || first != "ok" {
			return errors.Join(errors.New("the database is damaged"), err)
		}
	}
	row := dbx.Params{"id": trialRow, "bytes": trialBytes / 2}
	for _, statement := range []string{
		`INSERT INTO {{_params}} ([[id]], [[value]]) VALUES ({:id}, '"' || hex(zeroblob({:bytes})) || '"')
			ON CONFLICT ([[id]]) DO UPDATE SET [[value]] = excluded.[[value]]`,
		"DELETE FROM {{_params}} WHERE [[id]] = {:id}",
	} {
		if _, err := app.NonconcurrentDB().NewQuery(statement).Bind(row).WithContext(ctx).Execute(); err != nil {
			return fmt.Errorf("try to write: %w", err)
		}
	}
	return nil
}

// OnFault tells of every record that could not be written or committed for a fault of the database that lasts, whoever wrote it and whatever is
// made of the error. told is called within the transaction that fails, and must not ask the database.
func OnFault(app core.App, told func(Fault)) {
	look := func(e *core.ModelErrorEvent) error {
		if f := FaultOf(e.Error); f.Lasting() && e.Model.TableName() != core.LogsTableName { // a file of its own, and nobody waits for it
			told(f)
		}
		return e.Next()
	}
	app.OnModelAfterCreateError().BindFunc(look)
	app.OnModelAfterUpdateError().BindFunc(look)
	app.OnModelAfterDeleteError().BindFunc(look)
}
