package queue_test

import (
	"testing"
	"time"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
)

// TestWhoIsToldToRing112IsGivenNoFigure holds that no "0 to 5 minutes" stands beside it.
func TestWhoIsToldToRing112IsGivenNoFigure(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	var p queue.Pace
	p.OnDuty("nurse", []string{"q1"}, now)
	g := p.Ground("q1", now)
	if told := g.Again(nil, 0, cases.Immediate); told.Shown {
		t.Errorf("told %v at level 1, want nothing", told.Interval)
	}
	if told := g.Again(nil, 0, cases.Urgent); !told.Shown {
		t.Error("nothing is told at level 2 with a free nurse and nobody ahead: the test shows nothing")
	}
}
