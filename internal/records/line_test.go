package records_test

import (
	"testing"
	"time"

	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestAheadOfCountsThoseWhoAreHelpedBefore(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	_, first := c.Waiting(t, kit.Anna)
	c.Clock.Advance(time.Minute)
	_, second := c.Waiting(t, kit.Bo)
	if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, second.Id, cases.Urgent, "sounds ill"); err != nil {
		t.Fatalf("set level: %v", err)
	}
	for want, id := range []string{second.Id, first.Id} {
		got, err := records.AheadOf(c.App, c.Case(t, id))
		if err != nil || got != want {
			t.Errorf("ahead of %s are %d (%v), want %d", id, got, err, want)
		}
	}
}
