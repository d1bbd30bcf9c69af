package care

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// sqliteError is an error as SQLite's driver tells it: by a code.
type sqliteError int

func (e sqliteError) Error() string { return fmt.Sprintf("SQLite says %d", int(e)) }
func (e sqliteError) Code() int     { return int(e) }

// TestOnlyAFaultThatLastsFailsAnActThatIsNotRouted holds that what is derived costs no answer, and that everybody is told when nothing can be written.
func TestOnlyAFaultThatLastsFailsAnActThatIsNotRouted(t *testing.T) {
	t.Parallel()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})
	a := &Act{tx: app, Case: records.AsCase(core.NewRecord(core.NewBaseCollection(records.Cases)))}
	const logicError, full = sqliteError(1), sqliteError(13)
	for _, err := range []error{records.ErrNotFound, fmt.Errorf("find region: %w", records.ErrNotFound), logicError, errors.New("no JSON")} {
		if got := a.unrouted(err); got != nil {
			t.Errorf("%v fails the act with %v, want that it goes on", err, got)
		}
	}
	if got := a.unrouted(fmt.Errorf("find routes: %w", full)); !errors.Is(got, full) {
		t.Errorf("a full disk gives %v, want that it stays an error", got)
	}
}
