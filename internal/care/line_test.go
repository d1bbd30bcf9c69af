package care_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestRegrettingHavingLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after time.Duration
		late  bool
	}{"in time": {10 * time.Minute, false}, "too late": {10*time.Minute + time.Millisecond, true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			ctx := context.Background()
			who, w := s.Waiting(t, kit.Anna)
			s.Clock.Advance(time.Minute)
			_, second := s.Waiting(t, kit.Bo)
			s.must(s.Desk.Leave(ctx, who, w.Id))
			s.after(c.after)
			_, err := s.Desk.Join(ctx, who, w.Id, care.Joining{})
			var refused *cases.Refused
			if c.late {
				if !errors.As(err, &refused) || refused.State != cases.Cancelled {
					t.Errorf("joining again: %v, want that the state does not allow it", err)
				}
				s.InState(t, w.Id, cases.Cancelled)
				return
			}
			s.must(nil, err)
			if got := s.Case(t, w.Id).Since(); !got.Equal(w.Since()) {
				t.Errorf("since %v, want the old %v", got, w.Since())
			}
			line, err := records.WaitingIn(s.App, s.Norrvik.Id, nil, 10)
			s.must(nil, err)
			if ids := idsOf(line); !slices.Equal(ids, []string{w.Id, second.Id}) {
				t.Errorf("in line: %v, want the one who regretted first", ids)
			}
		})
	}
}

func idsOf(line []*records.Case) []string {
	var ids []string
	for _, c := range line {
		ids = append(ids, c.Id)
	}
	return ids
}

// Whoever joins later stands behind, in the same millisecond and when the clock has stepped back.
func TestNobodyJoinsBeforeTheLastInLine(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	var want []string
	for i, digits := range []string{kit.Anna, kit.Bo, "202305292381", "202205242387"} {
		if i == 2 {
			s.Clock.SetOffset(-3 * time.Hour)
		}
		_, w := s.Waiting(t, digits)
		want = append(want, w.Id)
	}
	line, err := records.WaitingIn(s.App, s.Norrvik.Id, nil, 10)
	s.must(nil, err)
	if got := idsOf(line); !slices.Equal(got, want) {
		t.Errorf("in line: %v, want them as they came: %v", got, want)
	}
	if last := line[3].Since(); last.Before(line[0].Since()) || last.After(kit.Start.Add(time.Second)) {
		t.Errorf("the last waits since %v, want just after the first at %v", last, line[0].Since())
	}
}
