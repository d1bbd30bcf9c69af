package care_test

import (
	"errors"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestTheLineIsInTheOrderOfComing(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	var last time.Time
	for i, digits := range []string{kit.Anna, kit.Bo, "202305292381", "202205242387"} {
		_, w := c.Waiting(t, digits) // all in the same millisecond
		if !w.Since().After(last) {
			t.Errorf("number %d waits since %v, want later than the one before", i+1, w.Since())
		}
		last = w.Since()
		line, err := records.WaitingIn(c.App, c.Norrvik.Id, nil, 10)
		if err != nil || len(line) != i+1 || line[i].Id != w.Id {
			t.Errorf("number %d does not stand last: %v", i+1, err)
		}
	}
}

func TestWhoHasNoNumberIsRung(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened, _, err := c.Desk.Open(t.Context(), anna, care.Opening{Region: "demo", Complaint: "sore_throat", Body: "x"})
	if err != nil {
		t.Fatal(err)
	}
	c.Decide(t, anna, opened.Id, nil)
	joined, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{})
	if err != nil || !joined.Ring() {
		t.Errorf("joined without a number: %v, ring %v; want staff to ring", err, joined.Ring())
	}
}

func TestLeavingAndRegretting(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	_, behind := c.Waiting(t, kit.Bo)
	left, err := c.Desk.Leave(t.Context(), anna, waiting.Id)
	if err != nil || left.State() != cases.Cancelled || left.ClosedAt().IsZero() {
		t.Fatalf("leave: %v, state %q", err, left.State())
	}
	if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
		t.Errorf("leaving again: %v, want the first result", err)
	}
	c.Clock.Advance(10 * time.Minute)
	back, err := c.Desk.Join(t.Context(), anna, waiting.Id, care.Joining{})
	if err != nil || !back.Since().Equal(waiting.Since()) || !back.ClosedAt().IsZero() || back.Queue() != waiting.Queue() {
		t.Fatalf("regretting after ten minutes: %v, since %v, want the old place", err, back.Since())
	}
	if first, err := records.FirstWaiting(c.App, c.Norrvik.Id); err != nil || first.Id != waiting.Id || first.Id == behind.Id {
		t.Errorf("first in line is not who came first: %v", err)
	}
	if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
		t.Fatal(err)
	}
	c.Clock.Advance(10*time.Minute + time.Millisecond)
	_, err = c.Desk.Join(t.Context(), anna, waiting.Id, care.Joining{Interpreter: true})
	var refused *cases.Refused
	if !errors.As(err, &refused) || refused.State != cases.Cancelled {
		t.Errorf("regretting too late: got %v, want a refusal", err)
	}
}

func TestRegrettingMeetsANewCase(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
		t.Fatal(err)
	}
	fresh := c.Open(t, anna)
	_, err := c.Desk.Join(t.Context(), anna, waiting.Id, care.Joining{})
	var open *care.AlreadyOpen
	if !errors.As(err, &open) || open.Case != fresh.Id {
		t.Errorf("got %v, want the new case named", err)
	}
}

// Who leaves with a decision may regret it too: there was no place, so there is a new one, last in line. Before the decision there is nothing to
// join with.
func TestRegrettingWithoutAPlace(t *testing.T) {
	t.Parallel()
	for name, late := range map[string]bool{"in time": false, "too late": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			opened := c.Open(t, anna)
			c.Decide(t, anna, opened.Id, nil)
			if _, err := c.Desk.Leave(t.Context(), anna, opened.Id); err != nil {
				t.Fatal(err)
			}
			c.Clock.Advance(10 * time.Minute)
			_, ahead := c.Waiting(t, kit.Bo)
			if late {
				c.Clock.Advance(time.Millisecond)
			}
			joined, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{Interpreter: true})
			var refused *cases.Refused
			switch {
			case late && (!errors.As(err, &refused) || refused.State != cases.Cancelled):
				t.Errorf("got %v, want a refusal", err)
			case late:
			case err != nil || joined.State() != cases.Waiting || joined.Queue() != c.Norrvik.Id || !joined.Since().After(ahead.Since()):
				t.Fatalf("got %v, want a place after who waits already", err)
			case !joined.ClosedAt().IsZero() || !joined.LeftAt().IsZero() || !joined.Interpreter():
				t.Errorf("it closed %v, was left %v, interpreter %v; want it open again, as asked", joined.ClosedAt(), joined.LeftAt(), joined.Interpreter())
			}
		})
	}
}

func TestWhoLeftBeforeTheDecisionHasNothingToJoinWith(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	if _, err := c.Desk.Leave(t.Context(), anna, opened.Id); err != nil {
		t.Fatal(err)
	}
	_, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{})
	var refused *cases.Refused
	if !errors.As(err, &refused) || refused.State != cases.Cancelled {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestNoQueueStillGivesNumbersToRing(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	c.Decide(t, anna, opened.Id, nil)
	c.NoRoutes(t)
	for _, q := range []*records.Queue{c.Norrvik, c.Soder} {
		if err := c.App.Delete(q); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{})
	var no *care.NotEligible
	if !errors.As(err, &no) || no.Code != "region_closed" {
		t.Errorf("got %v, want region_closed", err)
	}
	c.InState(t, opened.Id, cases.Recommended)
}

// TestEveryEndEndsAnUnverifiedGuardian holds it for the ends that no clinician makes.
func TestEveryEndEndsAnUnverifiedGuardian(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]struct {
		decide bool
		leave  bool
		after  time.Duration
	}{
		"gave up":        {leave: true, after: 10*time.Minute + time.Second},
		"never answered": {after: 73 * time.Hour},
		"never joined":   {decide: true, after: 73 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			opened, _, err := c.Desk.Open(t.Context(), anna, forChild(t, "Elsa"))
			if err != nil {
				t.Fatal(err)
			}
			if end.decide {
				c.Decide(t, anna, opened.Id, nil)
			}
			if end.leave {
				if _, err := c.Desk.Leave(t.Context(), anna, opened.Id); err != nil {
					t.Fatal(err)
				}
				if err := access.Check(anna, access.See, c.Case(t, opened.Id).Facts()); err != nil {
					t.Errorf("within the time to regret: %v", err)
				}
			}
			c.Clock.Advance(end.after)
			for more := true; more; {
				if more, err = c.Desk.RunDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			now := c.Case(t, opened.Id)
			if now.State().Open() {
				t.Fatalf("the case is %q, want it ended", now.State())
			}
			if err := access.Check(anna, access.See, now.Facts()); !errors.Is(err, access.ErrHidden) {
				t.Errorf("after the end: %v, want hidden", err)
			}
		})
	}
}

func TestARatingAfterAnyEndAndOnce(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	var refused *cases.Refused
	if _, err := c.Desk.Rate(t.Context(), anna, waiting.Id, 5, ""); !errors.As(err, &refused) {
		t.Errorf("before the end: got %v, want a refusal", err)
	}
	if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Desk.Rate(t.Context(), anna, waiting.Id, 2, "För lång kö"); err != nil {
			t.Errorf("after leaving: %v", err)
		}
	}
	if _, err := c.Desk.Rate(t.Context(), anna, waiting.Id, 5, ""); !errors.As(err, &refused) {
		t.Errorf("a second rating: got %v, want a refusal", err)
	}
	if stars, text := c.Case(t, waiting.Id).Rating(); stars != 2 || text != "För lång kö" {
		t.Errorf("the rating is %d %q, want the first", stars, text)
	}
}
