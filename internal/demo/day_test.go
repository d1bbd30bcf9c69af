package demo

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/protocols"
	"lotsen/test/kit"
)

func TestTheDayFillsAnEmptyDemoWithEverythingThatHappens(t *testing.T) {
	t.Parallel()
	app, d := kit.App(t), start(t, t.TempDir(), false)
	if err := d.Day(context.Background()); err == nil {
		t.Error("without a stage there was a day")
	}
	furnish(t, d, app)
	served, err := protocols.All()
	if err != nil {
		t.Fatal(err)
	}
	danger, err := protocols.Danger()
	if err != nil {
		t.Fatal(err)
	}
	desk := &care.Desk{
		App: app, Clock: d.Clock, Keys: kit.Keys(t), Protocols: care.NewLibrary(served, danger), Log: slog.New(slog.DiscardHandler),
	}
	if err := desk.Protocols.Keep(app, d.Clock); err != nil {
		t.Fatal(err)
	}
	d.Stage(desk, nil)
	before := d.Clock.Now()
	if err := d.Day(context.Background()); err != nil {
		t.Fatalf("the day: %v", err)
	}
	if d.Clock.Offset() != 0 {
		t.Errorf("after the day the clock is moved by %v, want 0: the day lies behind", d.Clock.Offset())
	}
	states, levels := map[cases.State]int{}, map[cases.Level]bool{}
	for i, v := range visits() {
		if n, err := numberOf(v.age, i, before); err != nil || !n.Demo() {
			t.Fatalf("the number of %s is none of the test series: %v", v.name, err)
		}
		if like, _, err := vignetteOf(v.complaint, v.level); err != nil || like == nil {
			t.Errorf("%s: there is no vignette of %s with level %d: %v", v.name, v.complaint, v.level, err)
		}
	}
	rows, err := app.FindAllRecords(records.Cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		c := records.AsCase(r)
		states[c.State()]++
		levels[c.Level()] = true
		if c.State() == cases.Called && before.Sub(c.Since()) > 5*time.Minute {
			t.Errorf("who is called waits since %v, want minutes before %v: the day ends now", c.Since(), before)
		}
		if c.Since().After(before) {
			t.Errorf("a case waits since %v, which is ahead of %v", c.Since(), before)
		}
	}
	for state, least := range map[cases.State]int{
		cases.Answering: 1, cases.Recommended: 1, cases.Waiting: 6, cases.Called: 1, cases.Active: 2, cases.Paused: 1, cases.Closed: 2, cases.Cancelled: 1,
	} {
		if states[state] < least {
			t.Errorf("%d cases are %s, want at least %d", states[state], state, least)
		}
	}
	for _, level := range []cases.Level{cases.Urgent, cases.Today, cases.Days, cases.SelfCare} {
		if !levels[level] {
			t.Errorf("no case has level %d", level)
		}
	}
	if err := d.Day(context.Background()); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("a second day gave %v, want ErrNotEmpty", err)
	}
}
