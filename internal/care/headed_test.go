package care_test

import (
	"context"
	"database/sql"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestWhoWasDecidedByDayIsSeenAtNight holds that a row which begins or ends to hold takes over those who have not joined: its lead sees them, and they
// see its queue's door. The clinic's clock starts at 9 on a Wednesday.
func TestWhoWasDecidedByDayIsSeenAtNight(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	night := onCall(t, c)
	c.Route(t, records.Row{Rank: 1, Hours: evenings, Queue: night.Id})
	heads := &care.Heads{Desk: c.Desk}
	run := func(when string, want bool) {
		t.Helper()
		if did, err := heads.Run(t.Context()); err != nil || did != want {
			t.Errorf("%s: noted anew %v (%v), want %v", when, did, err, want)
		}
	}
	run("the first look", true)
	c.Clock.Advance(7*time.Hour + 50*time.Minute)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	decided := c.Decide(t, anna, opened.Id, map[string]string{"throat_urgent": `["dry"]`})
	headed := func(when string, want *records.Queue) {
		t.Helper()
		now := c.Case(t, opened.Id)
		if now.Headed() != want.Id || c.Desk.DoorOf(now) != want.Id {
			t.Errorf("%s: headed for %s and shown the door of %s, want %s", when, now.Headed(), c.Desk.DoorOf(now), want.Name())
		}
		if rows, err := records.Unjoined(c.App, want.Id); err != nil || len(rows) != 1 {
			t.Errorf("%s: %d stand there for the lead of %s (%v), want the one", when, len(rows), want.Name(), err)
		}
	}
	headed("at 16:50", c.Norrvik)
	run("at 16:50", false)
	c.Clock.Advance(10*time.Minute + 20*time.Second)
	if door := c.Desk.DoorOf(c.Case(t, opened.Id)); door != night.Id {
		t.Errorf("at 17:00, before the table was looked at, the door of %s is shown, want that of the evening", door)
	}
	run("at 17:00", true)
	headed("at 17:00", night)
	run("at 17:00 again", false)
	c.Clock.Advance(15 * time.Hour)
	run("the next morning", true)
	headed("the next morning", c.Norrvik)
	if now := c.Case(t, opened.Id); now.Seq() != decided.Seq() {
		t.Errorf("the case has %d events, want the %d of its decision: nothing has happened to it since", now.Seq(), decided.Seq())
	}
}

// TestLookingWhereOthersAreHeadedAsksNothingWithinAMinute holds that what runs twice a second costs nothing while nothing can have changed.
func TestLookingWhereOthersAreHeadedAsksNothingWithinAMinute(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	heads := &care.Heads{Desk: c.Desk}
	asked := counted(t, c.App, "SELECT")
	for _, want := range []bool{true, false, false} {
		before := asked.Load()
		if did, err := heads.Run(t.Context()); err != nil || did != want || (asked.Load() > before) != want {
			t.Fatalf("noted anew %v (%v) with %d questions, want %v", did, err, asked.Load()-before, want)
		}
		c.Clock.Advance(500 * time.Millisecond)
	}
}

// TestATableIsReadOnceAnAct holds it for the answer that decides, which asks twice where the case goes.
func TestATableIsReadOnceAnAct(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	asked := counted(t, c.App, "FROM `routes`")
	reply := care.Reply{Question: "rf_now", Value: []byte(`["rf_blue"]`), Sent: "rf_blue"}
	decided, err := c.Desk.Answer(t.Context(), anna, opened.Id, reply)
	if err != nil || decided.State() != cases.Recommended {
		t.Fatalf("answering gives %s (%v), want that it decides", decided.State(), err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the table was read %d times, want once", n)
	}
}

// counted counts the questions to the database that hold some words.
func counted(t *testing.T, app core.App, words string) *atomic.Int64 {
	t.Helper()
	n := new(atomic.Int64)
	for _, b := range []dbx.Builder{app.ConcurrentDB(), app.NonconcurrentDB()} {
		db, ok := b.(*dbx.DB)
		if !ok {
			t.Fatalf("%T is no database", b)
		}
		db.QueryLogFunc = func(_ context.Context, _ time.Duration, query string, _ *sql.Rows, _ error) {
			if strings.Contains(query, words) {
				n.Add(1)
			}
		}
	}
	return n
}

// TestATableThatCannotBeReadCostsNoAnswer holds that where a case is headed is derived, and an answer or a red flag is not: these are saved and
// decide, whatever is wrong with the table.
func TestATableThatCannotBeReadCostsNoAnswer(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	if _, err := c.App.DB().NewQuery("ALTER TABLE routes RENAME TO gone").Execute(); err != nil {
		t.Fatal(err)
	}
	reply := care.Reply{Question: "rf_now", Value: []byte(`["rf_blue"]`), Sent: "rf_blue"}
	decided, err := c.Desk.Answer(t.Context(), anna, opened.Id, reply)
	if err != nil || decided.Level() != cases.Immediate || decided.State() != cases.Recommended {
		t.Fatalf("a red flag gives level %d, %s (%v), want level 1", decided.Level(), decided.State(), err)
	}
	if decided.Headed() != c.Norrvik.Id || c.Desk.DoorOf(decided) != c.Norrvik.Id {
		t.Errorf("headed for %q, want what was noted last", decided.Headed())
	}
	if at, what := decided.Timer(); at.IsZero() || what != records.DueExpire {
		t.Errorf("the timer stands at %v for %s, want that the case ends some time", at, what)
	}
	if bo := c.Person(t, kit.Bo, "Bo"); c.Open(t, bo).Headed() != "" {
		t.Error("a new case is headed somewhere, and nothing says where")
	}
	if _, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{}); err == nil {
		t.Error("joined, and no queue is known")
	}
}

// TestWhatHasHappenedMeanwhileStands holds that a note by what a case was does not write over what an act has noted since.
func TestWhatHasHappenedMeanwhileStands(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	was := c.Open(t, anna)
	c.Decide(t, anna, was.Id, nil)
	if err := records.Rehead(c.App, was, c.Soder.Id); err != nil {
		t.Fatal(err)
	}
	if got := c.Case(t, was.Id).Headed(); got != c.Norrvik.Id {
		t.Errorf("headed for %q, want what the last act has noted", got)
	}
}
