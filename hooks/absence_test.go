package hooks

import (
	"testing"

	"lotsen/test/kit"
)

// TestAnAbsenceEndsBehindTheGuards: the row that says that a clinician has no line goes by itself when there is one, although nobody deletes it by
// hand.
func TestAnAbsenceEndsBehindTheGuards(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	bindGuards(c.App)
	c.Taken(t, kit.Anna)
	connected := false
	c.Desk.Live = func(string) bool { return connected }
	for _, connected = range []bool{false, true} {
		if did, err := c.Desk.RunLines(t.Context()); err != nil || !did {
			t.Errorf("with a line: %v: did %v, %v; want the absence noted, and ended", connected, did, err)
		}
	}
	if did, err := c.Desk.RunLines(t.Context()); err != nil || did {
		t.Errorf("once more did %v, %v; want nothing more to do", did, err)
	}
}
