package care_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/routing"
	"lotsen/test/kit"
)

// onCall makes one more queue of Söder, to which no row leads yet.
func onCall(t *testing.T, c *kit.Clinic) *records.Queue {
	t.Helper()
	q, err := records.NewQueue(c.App, c.Region.Id, c.Soder.Unit(), "Jour", 1)
	if err == nil {
		err = c.App.Save(q)
	}
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// evenings are the hours of a row that holds when others have gone home.
var evenings = json.RawMessage(`{"days":["mon","tue","wed","thu","fri"],"from":"17:00","to":"08:00"}`)

// opening is a case that a test opens and joins with.
type opening struct {
	digits, unit, language string
	answers                map[string]string
	after                  time.Duration
}

func join(t *testing.T, c *kit.Clinic, o opening) *records.Case {
	t.Helper()
	who := c.Person(t, o.digits, "P")
	opened, _, err := c.Desk.Open(t.Context(), who, care.Opening{
		Region: "demo", Unit: o.unit, Complaint: "sore_throat", Phone: kit.Phone, Language: o.language, Body: o.digits,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Decide(t, who, opened.Id, o.answers)
	c.Clock.Advance(o.after)
	joined, err := c.Desk.Join(t.Context(), who, opened.Id, care.Joining{})
	if err != nil {
		t.Fatal(err)
	}
	return joined
}

// toldRoute is the row that the newest event of a case names.
func toldRoute(t *testing.T, c *kit.Clinic, joined *records.Case) *care.RouteTold {
	t.Helper()
	events, err := records.EventsAfter(c.App, joined.Id, joined.Seq()-1, 1)
	if err != nil || len(events) != 1 {
		t.Fatalf("event %d: %v", joined.Seq(), err)
	}
	var told care.Told
	if err := events[0].Data(&told); err != nil {
		t.Fatal(err)
	}
	return told.Route
}

func TestTheFirstRowThatFitsSaysWhichQueue(t *testing.T) {
	t.Parallel()
	anna := opening{digits: kit.Anna, unit: "norrvik", language: "sv"}
	old := opening{digits: "193304242385", unit: "norrvik", language: "sv"}
	for name, s := range map[string]struct {
		row         records.Row
		taken, left opening // one whom the row takes, and one whom it leaves
	}{
		"hours":     {records.Row{Hours: evenings}, opening{digits: kit.Anna, unit: "norrvik", after: 8 * time.Hour}, anna},
		"holiday":   {records.Row{Hours: json.RawMessage(`{"days":["holiday"]}`)}, opening{digits: kit.Anna, after: 30 * 24 * time.Hour}, anna},
		"age":       {records.Row{AgeFrom: 80}, old, anna},
		"upper age": {records.Row{AgeTo: 80}, anna, old},
		"language":  {records.Row{Languages: []string{"en", "ar"}}, opening{digits: kit.Anna, unit: "norrvik", language: "ar"}, anna},
		"level": {
			records.Row{Levels: []cases.Level{1, 2}},
			opening{digits: kit.Anna, answers: map[string]string{"rf_now": `["rf_blue"]`}},
			anna,
		},
		"complaint": {records.Row{Complaints: []string{"fever", "sore_throat"}}, anna, opening{}},
		"unit":      {records.Row{}, anna, opening{digits: kit.Anna, unit: "soder"}},
		"no unit":   {records.Row{}, opening{digits: kit.Anna}, opening{}}, // it is of the region's default unit
		"another":   {records.Row{Complaints: []string{"fever"}}, opening{}, anna},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range []opening{s.taken, s.left} {
				if o.digits == "" {
					continue
				}
				c := kit.New(t)
				q := onCall(t, c)
				s.row.Rank, s.row.Name, s.row.Queue, s.row.Unit = 5, "Jour", q.Id, ""
				if name == "unit" || name == "no unit" {
					s.row.Unit = c.Norrvik.Unit()
				}
				row := c.Route(t, s.row)
				joined := join(t, c, o)
				told := toldRoute(t, c, joined)
				takes := o.digits == s.taken.digits && o.unit == s.taken.unit && o.language == s.taken.language && o.after == s.taken.after
				switch {
				case told == nil:
					t.Errorf("%+v: the event names no row", o)
				case takes && (joined.Queue() != q.Id || joined.Unit() != q.Unit() || *told != care.RouteTold{ID: row.Id, Rank: 5, Name: "Jour"}):
					t.Errorf("%+v: in queue %s by %v, want %s by the row", o, joined.Queue(), told, q.Id)
				case !takes && (joined.Queue() == q.Id || told.ID == row.Id):
					t.Errorf("%+v: in queue %s by %v, want another", o, joined.Queue(), told)
				}
			}
		})
	}
}

// TestASlipInTheTableCostsNoPatientAPlace holds it for tables that are not there, or that nobody could save.
func TestASlipInTheTableCostsNoPatientAPlace(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]*records.Row{
		"no rows":           nil,
		"a last that asks":  {Languages: []string{"ar"}},
		"hours of nonsense": {Hours: "17-08"},
		"a queue of nobody": {Queue: "nobodysnobodysn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			c.NoRoutes(t)
			if row != nil {
				row.Region, row.Queue = c.Region.Id, cmp.Or(row.Queue, c.Norrvik.Id)
				r, err := records.NewRoute(c.App, *row)
				if err == nil {
					err = c.App.SaveNoValidate(r)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			for _, o := range []opening{{digits: kit.Anna, unit: "soder"}, {digits: kit.Bo}} {
				want := c.Norrvik.Id
				if o.unit == "soder" {
					want = c.Soder.Id
				}
				joined := join(t, c, o)
				if joined.Queue() != want || toldRoute(t, c, joined) != nil {
					t.Errorf("of unit %q in %s by %v, want %s by no row", o.unit, joined.Queue(), toldRoute(t, c, joined), want)
				}
			}
		})
	}
}

func TestRegrettingKeepsTheQueueThoughTheRowsHaveChanged(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
		t.Fatal(err)
	}
	c.Route(t, records.Row{Rank: 1, Unit: c.Norrvik.Unit(), Queue: onCall(t, c).Id})
	back, err := c.Desk.Join(t.Context(), anna, waiting.Id, care.Joining{})
	if err != nil || back.Queue() != c.Norrvik.Id || !back.Since().Equal(waiting.Since()) {
		t.Errorf("back in %s since %v (%v), want the old queue and place", back.Queue(), back.Since(), err)
	}
	if told := toldRoute(t, c, back); told != nil {
		t.Errorf("the event names the row %v, and none was asked", told)
	}
}

// TestNobodyWhoHasNotJoinedIsOutOfSight holds that each case which may join counts where it would go, and stands there for the lead.
func TestNobodyWhoHasNotJoinedIsOutOfSight(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	acute := onCall(t, c)
	row := c.Route(t, records.Row{Rank: 1, Levels: []cases.Level{1, 2}, Queue: acute.Id})
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	headed := func(when string, want *records.Queue, unjoined int) {
		t.Helper()
		if got := c.Case(t, opened.Id).Headed(); got != want.Id {
			t.Fatalf("%s: headed for %q, want %s", when, got, want.Name())
		}
		for _, q := range []*records.Queue{c.Norrvik, c.Soder, acute} {
			n, err := records.AnsweringFor(c.App, q.Id)
			rows, err2 := records.Unjoined(c.App, q.Id)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			if is := q.Id == want.Id; (n == 1) != is || is && len(rows) != unjoined || !is && len(rows) != 0 {
				t.Errorf("%s: %d are headed for %s and %d stand there for its lead", when, n, q.Name(), len(rows))
			}
		}
	}
	headed("opened", c.Norrvik, 0)
	c.Decide(t, anna, opened.Id, nil)
	headed("decided", c.Norrvik, 0)
	if _, err := c.Desk.FeelWorse(t.Context(), anna, opened.Id, worstRedFlags(t, c, opened)); err != nil {
		t.Fatal(err)
	}
	headed("worse", acute, 1)
	seq := c.Case(t, opened.Id).Seq()
	row.Set("queue", c.Soder.Id)
	if err := c.App.Save(row); err != nil {
		t.Fatal(err)
	}
	if err := (&care.Heads{Desk: c.Desk}).Rehead(c.Region.Id); err != nil {
		t.Fatal(err)
	}
	headed("the row leads elsewhere", c.Soder, 1)
	if c.Case(t, opened.Id).Seq() != seq {
		t.Error("nothing has happened to the case, and it has one event more")
	}
	joined, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{})
	if err != nil || joined.Headed() != "" || joined.Queue() != c.Soder.Id {
		t.Errorf("joined %s (%v), headed for %q; want Söder, and no longer on the way", joined.Queue(), err, joined.Headed())
	}
	if left, err := c.Desk.Leave(t.Context(), anna, opened.Id); err != nil || left.Headed() != "" {
		t.Errorf("after leaving it is headed for %q (%v)", left.Headed(), err)
	}
}

// TestWhereOneIsHeadedIsWhereOneJoins holds it for tables of any kind, joining at the time of the last act.
func TestWhereOneIsHeadedIsWhereOneJoins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := kit.New(t)
		defer c.App.Cleanup()
		c.Clock.Advance(time.Duration(rapid.IntRange(0, 10000).Draw(rt, "minutes")) * time.Minute)
		for rank := range rapid.IntRange(0, 4).Draw(rt, "rows") {
			row := records.Row{Rank: rank + 1, Queue: rapid.SampledFrom([]string{c.Norrvik.Id, c.Soder.Id}).Draw(rt, "queue")}
			switch rapid.IntRange(0, 4).Draw(rt, "condition") {
			case 0:
				row.Levels = []cases.Level{cases.Level(rapid.IntRange(1, 5).Draw(rt, "level"))}
			case 1:
				row.Hours = evenings
			case 2:
				row.AgeTo = rapid.IntRange(10, 80).Draw(rt, "age")
			case 3:
				row.Languages = []string{rapid.SampledFrom([]string{"sv", "en"}).Draw(rt, "language")}
			default:
				row.Unit = c.Soder.Unit()
			}
			c.Route(t, row)
		}
		who := c.Person(t, rapid.SampledFrom([]string{kit.Anna, kit.Bo}).Draw(rt, "who"), "P")
		opened := c.Open(t, who)
		answers := map[string]string{}
		if rapid.Bool().Draw(rt, "red flag") {
			answers["rf_now"] = `["rf_blue"]`
		}
		decided := c.Decide(t, who, opened.Id, answers)
		joined, err := c.Desk.Join(t.Context(), who, opened.Id, care.Joining{})
		if err != nil || joined.Queue() != decided.Headed() {
			rt.Fatalf("joined %s (%v), was headed for %s", joined.Queue(), err, decided.Headed())
		}
	})
}

func TestWhoMayAskWhereAnErrandGoes(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	far, err := records.NewRegion(c.App, "far", "Far", "", "", true)
	if err == nil {
		err = c.App.Save(far)
	}
	if err != nil {
		t.Fatal(err)
	}
	super := access.Who{Kind: access.Superuser, ID: "super"}
	for _, who := range []access.Who{super, c.Lead} {
		to, err := c.Desk.TryRoute(t.Context(), who, c.Region, routing.Errand{Unit: c.Soder.Unit(), At: c.Clock.Now()})
		if err != nil || to.Queue.Id != c.Soder.Id || to.Route.Rank() != 20 {
			t.Errorf("%s asks: %v, %v; want Söder by row 20", who.Kind, to, err)
		}
	}
	for _, who := range []access.Who{c.Nurse, c.Doctor, c.Idle, {}, {Kind: access.Patient, ID: "p"}, {Kind: access.Staff, Role: access.RoleLead}} {
		if _, err := c.Desk.TryRoute(t.Context(), who, c.Region, routing.Errand{}); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%+v asks: %v, want a refusal", who, err)
		}
	}
	if _, err := c.Desk.TryRoute(t.Context(), c.Lead, far, routing.Errand{}); !errors.Is(err, access.ErrDenied) {
		t.Errorf("a lead asks of another region: %v, want a refusal", err)
	}
	if _, err := c.Desk.TryRoute(t.Context(), super, far, routing.Errand{}); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("of a region without queues: %v, want none", err)
	}
}
