package care_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

func TestTheWholeWayOfACase(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	ctx := context.Background()
	anna, active := c.Active(t, kit.Anna)
	closed, err := c.Desk.Close(ctx, c.Nurse, active.Id, records.Ending{Outcome: "advice", Advice: "Vila och drick."})
	if err != nil {
		t.Fatalf("close: %v", err)
	}
	if closed.State() != cases.Closed || closed.Ending().Advice != "Vila och drick." {
		t.Errorf("closed case: state %q, advice %q", closed.State(), closed.Ending().Advice)
	}
	if _, err := c.Desk.Rate(ctx, anna, active.Id, 5, "Tack"); err != nil {
		t.Errorf("rate: %v", err)
	}
	events, err := records.EventsAfter(c.App, active.Id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		if e.Seq() != i+1 {
			t.Errorf("event %d has number %d", i+1, e.Seq())
		}
	}
	if n, err := audit.Verify(c.App); err != nil || n != len(events) {
		t.Errorf("access log: %d rows, %v; want %d, one for each event", n, err, len(events))
	}
}

func TestSixCliniciansAtOnceGetSixPatients(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	waiting := map[string]bool{}
	for _, digits := range []string{kit.Anna, kit.Bo, "202305292381", "202205242387"} {
		_, w := c.Waiting(t, digits)
		waiting[w.Id] = false
	}
	got := make([]string, 6)
	var wg sync.WaitGroup
	for i := range got {
		nurse := c.Hire(t, fmt.Sprintf("n%d", i), "nurse", c.Norrvik.Id)
		wg.Go(func() {
			taken, err := c.Desk.TakeNext(context.Background(), nurse, c.Norrvik.Id, "")
			switch {
			case err == nil:
				got[i] = taken.Id
			case !errors.Is(err, records.ErrNotFound):
				t.Errorf("take: %v", err)
			}
		})
	}
	wg.Wait()
	none := 0
	for _, id := range got {
		if id == "" {
			none++
			continue
		}
		if waiting[id] {
			t.Errorf("case %s was taken twice", id)
		}
		waiting[id] = true
	}
	if none != 2 {
		t.Errorf("%d of six found nobody, want 2 with four waiting", none)
	}
}

func TestNobodyTakesFromAQueueOfOthers(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, _ := c.Waiting(t, kit.Anna)
	for name, try := range map[string]struct {
		who  access.Who
		want error
	}{
		"staff of another unit": {c.South, access.ErrHidden},
		"staff without a queue": {c.Idle, access.ErrHidden},
		"a patient":             {anna, access.ErrDenied},
		"nobody":                {access.Who{}, access.ErrDenied},
	} {
		if _, err := c.Desk.TakeNext(context.Background(), try.who, c.Norrvik.Id, ""); !errors.Is(err, try.want) {
			t.Errorf("%s: got %v, want %v", name, err, try.want)
		}
	}
}

func TestTheSameTakeGivesTheSamePatient(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	ctx := context.Background()
	c.Waiting(t, kit.Anna)
	c.Waiting(t, kit.Bo)
	first, err := c.Desk.TakeNext(ctx, c.Nurse, c.Norrvik.Id, "take00000000001")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Release(ctx, c.Nurse, first.Id, "wrong"); err != nil {
		t.Fatal(err)
	}
	again, err := c.Desk.TakeNext(ctx, c.Nurse, c.Norrvik.Id, "take00000000001")
	if err != nil {
		t.Fatal(err)
	}
	if again.Id != first.Id || again.State() != cases.Called {
		t.Errorf("the same take: case %s in state %q, want %s as it was called", again.Id, again.State(), first.Id)
	}
	c.InState(t, first.Id, cases.Waiting)
}
