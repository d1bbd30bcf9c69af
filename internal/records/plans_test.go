package records_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// hot are the queries that run at each event, each look of a timer or each page: all of them go to their rows by an index, for the tables of
// cases and letters only grow. Each may use its indexes and no others; what is in order is not sorted afterwards.
var hot = []struct {
	name    string
	ask     func(core.App) error
	indexes string
	inOrder bool
}{
	{"AheadOf", func(app core.App) error { return aheadOf(app) }, "cases_waiting", true},
	{"AllWaiting", func(app core.App) error { return failed(records.AllWaiting(app)) }, "cases_waiting", true},
	{"AnsweringFor", func(app core.App) error { return failed(records.AnsweringFor(app, "q")) }, "cases_headed", true},
	{"AskedBy", func(app core.App) error { return failed(records.AskedBy(app, "p")) }, "cases_patient cases_guardian", false},
	{"CasesDue", func(app core.App) error { return failed(records.CasesDue(app, kit.Start, 9)) }, "cases_timer", false},
	{"CasesOf", func(app core.App) error { return failed(records.CasesOf(app, "p", 9)) }, "cases_patient", true},
	{"FirstWaiting", func(app core.App) error { return failed(records.FirstWaiting(app, "q")) }, "cases_waiting", true},
	{"FreeIn", func(app core.App) error { return failed(records.FreeIn(app, "q")) }, "cases_waiting", true},
	{"GuardedBy", func(app core.App) error { return failed(records.GuardedBy(app, "p", "c")) }, "cases_patient", true},
	{"HeldBy", func(app core.App) error { return failed(records.HeldBy(app, "s")) }, "cases_held", true},
	{"HeldIn", func(app core.App) error { return failed(records.HeldIn(app, "q")) }, "cases_waiting", false},
	{"Holders", func(app core.App) error { return failed(records.Holders(app)) }, "cases_held", true},
	{"InHands", func(app core.App) error { return failed(records.InHands(app)) }, "cases_held", true},
	{"InQueues", func(app core.App) error { return failed(records.InQueues(app, "p", []string{"q"})) }, "cases_patient", true},
	{"JoinedSince", func(app core.App) error { return failed(records.JoinedSince(app, "q", kit.Start)) }, "cases_joined", true},
	{"LastPhoneOf", func(app core.App) error { return failed(records.LastPhoneOf(app, "p")) }, "cases_patient cases_guardian", false},
	{"LastSince", func(app core.App) error { return failed(records.LastSince(app, "q", cases.Urgent)) }, "cases_waiting", true},
	{"Mentioning", func(app core.App) error { return failed(records.Mentioning(app, "s")) }, "cases_mentioned", true},
	{"NewestSeenBy", func(app core.App) error { return failed(records.NewestSeenBy(app, "p")) }, "cases_patient cases_guardian", false},
	{"NotToldShut", func(app core.App) error { return failed(records.NotToldShut(app, "q", kit.Start, 9)) }, "cases_untold", false},
	{"OpenedSince", func(app core.App) error { return failed(records.OpenedSince(app, "p", "c", kit.Start)) }, "cases_patient", true},
	{"OpensOf", func(app core.App) error { return failed(records.OpensOf(app, "p", "c")) }, "cases_patient", false},
	{"Unjoined", func(app core.App) error { return failed(records.Unjoined(app, "q")) }, "cases_headed", false},
	{"UnjoinedIn", func(app core.App) error { return failed(records.UnjoinedIn(app, "r")) }, "cases_region", true},
	{"WaitingIn", func(app core.App) error { return failed(records.WaitingIn(app, "q", nil, 9)) }, "cases_waiting", true},

	{"LateLetter", func(app core.App) error { return failed(records.LateLetter(app, kit.Start)) }, "outbox_due", false},
	{"NextLetter", func(app core.App) error { return failed(records.NextLetter(app, kit.Start)) }, "outbox_due outbox_to", false},
	{"ProviderIDs", func(app core.App) error { return failed(records.ProviderIDs(app, "+46", 9)) }, "outbox_to", false},
	{"UnsaidDue", func(app core.App) error { return failed(records.UnsaidDue(app, kit.Start, 9)) }, "held_due", false},
	{"UnsaidOf", func(app core.App) error { return failed(records.UnsaidOf(app, "s", "c", records.StillHeld)) }, "held_case", true},
}

// failed is err, unless it says that there is nothing: the database is empty.
func failed[T any](_ T, err error) error { return records.IgnoreMissing(err) }

func aheadOf(app core.App) error {
	c, err := records.NewCase(app, records.Opening{At: kit.Start})
	if err != nil {
		return err
	}
	c.Enter("u", "q", kit.Start)
	return failed(records.AheadOf(app, c))
}

// TestHotQueriesGoByTheirIndex asks SQLite for the plan of each statement, as it is sent: with its parameters unknown. A partial index is only
// taken where the statement says its condition to the letter.
func TestHotQueriesGoByTheirIndex(t *testing.T) {
	t.Parallel()
	p := &planner{}
	app := kit.AppOver(t, p.connect)
	for _, q := range hot {
		plan, err := p.during(func() error { return q.ask(app) })
		if err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
		if fault := faultOf(plan, strings.Fields(q.indexes), q.inOrder); fault != "" {
			t.Errorf("%s %s; the plan:\n  %s", q.name, fault, strings.Join(plan, "\n  "))
		}
	}
}

// TestAPlanThatReadsAllIsAFault holds that the test above can fail.
func TestAPlanThatReadsAllIsAFault(t *testing.T) {
	t.Parallel()
	p := &planner{}
	app := kit.AppOver(t, p.connect)
	for _, bad := range []string{
		"SELECT * FROM cases",
		"SELECT * FROM cases c WHERE c.phone = {:p}",
		"SELECT * FROM cases WHERE headed = {:p}",
		"SELECT * FROM cases WHERE queue = {:p}",
		"SELECT 1",
	} {
		plan, err := p.during(func() error {
			var rows []dbx.NullStringMap
			return app.DB().NewQuery(bad).Bind(dbx.Params{"p": "x"}).All(&rows)
		})
		if err != nil {
			t.Fatal(err)
		}
		if faultOf(plan, []string{"cases_headed"}, true) == "" {
			t.Errorf("%s: no fault in %q, want one", bad, plan)
		}
	}
}

// faultOf says what is wrong with a plan; "" for nothing.
func faultOf(plan, indexes []string, inOrder bool) string {
	byIndex := 0
	for _, step := range plan {
		words := strings.Fields(step)
		table := strings.HasPrefix(step, "SCAN ") || strings.HasPrefix(step, "SEARCH ")
		if at := slices.Index(words, "INDEX"); table && at >= 0 && at+1 < len(words) && slices.Contains(indexes, words[at+1]) {
			byIndex++
			continue
		}
		switch {
		case strings.HasPrefix(step, "SCAN "), table && strings.Contains(step, " USING ") && !strings.Contains(step, "sqlite_autoindex"):
			return "does not go by " + strings.Join(indexes, ", ")
		case inOrder && strings.Contains(step, "TEMP B-TREE"):
			return "sorts what it has found"
		}
	}
	if byIndex == 0 {
		return "asks no table"
	}
	return ""
}

// planner is a connection to SQLite that asks for the plan of each query that runs.
type planner struct {
	mu   sync.Mutex
	on   bool
	plan []string
}

// during gives the plans of what do asks.
func (p *planner) during(do func() error) ([]string, error) {
	p.note(true)
	err := do()
	return p.note(false), err
}

func (p *planner) note(on bool) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	plan := p.plan
	p.on, p.plan = on, nil
	return plan
}

func (p *planner) connect(path string) (*dbx.DB, error) {
	db, err := core.DefaultDBConnect(path)
	if err != nil {
		return nil, err
	}
	sqlite := db.DB().Driver()
	if err := db.Close(); err != nil {
		return nil, err
	}
	return dbx.NewFromDB(sql.OpenDB(connector{p, sqlite, path + "?_pragma=busy_timeout(10000)"}), "sqlite"), nil
}

// connector opens planned connections.
type connector struct {
	planner *planner
	sqlite  driver.Driver
	path    string
}

func (c connector) Driver() driver.Driver { return c.sqlite }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.sqlite.Open(c.path)
	if err != nil {
		return nil, err
	}
	plain, ok := opened.(conn)
	if !ok {
		return nil, fmt.Errorf("%T cannot be asked without preparing", opened)
	}
	return planned{plain, c.planner}, nil
}

// conn is what of SQLite's connection PocketBase uses.
type conn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnPrepareContext
	driver.ConnBeginTx
}

type planned struct {
	conn
	planner *planner
}

func (c planned) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.explain(ctx, query, args); err != nil {
		return nil, err
	}
	return c.conn.QueryContext(ctx, query, args)
}

func (c planned) explain(ctx context.Context, query string, args []driver.NamedValue) (err error) {
	c.planner.mu.Lock()
	defer c.planner.mu.Unlock()
	if !c.planner.on {
		return nil
	}
	rows, err := c.conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args)
	if err != nil {
		return fmt.Errorf("explain %s: %w", query, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	step := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(step); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		c.planner.plan = append(c.planner.plan, fmt.Sprint(step[len(step)-1]))
	}
}
