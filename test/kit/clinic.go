// Package kit gives tests a small clinic: PocketBase's test app with our collections, a desk, a clock that stands still, and people.
//
// It is for tests alone; nothing of the program imports it.
package kit

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/seal"
	"lotsen/internal/triage"
	_ "lotsen/pb_migrations" // the collections
	"lotsen/protocols"
)

// Start is what the clock of a clinic shows at first: a Wednesday morning.
var Start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

// Numbers that belong to nobody, from Skatteverket's test series.
const (
	Anna  = "198511012380" // 41
	Bo    = "200002292399" // born on a leap day
	Child = "202312152388" // 2 years
	Teen  = "201301692388" // a coordination number: 13 since January 2026
)

// Phone is set aside for fiction.
const Phone = "+46701740605"

// Clinic is a region with two units, a queue each, and the staff of api.md's demo.
type Clinic struct {
	App   *tests.TestApp
	Desk  *care.Desk
	Clock *clock.Clock

	Region         *records.Region
	Norrvik, Soder *records.Queue
	Nurse, Doctor  access.Who // Norrvik
	Lead, South    access.Who // Norrvik; Söder
	Idle           access.Who // a nurse without any queue
}

// template is a folder with the collections in it, migrated once for all tests of a package.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "lotsen-template-*")
	if err != nil {
		return "", err
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return "", err
	}
	if err := app.RunAllMigrations(); err != nil {
		return "", err
	}
	if err := cheapenPasswords(app); err != nil {
		return "", err
	}
	return dir, app.ClearBootstrap()
})

// cheapenPasswords makes passwords of tests quick to hash: nobody guesses them, and hashing them took most of the time of a clinic.
func cheapenPasswords(app core.App) error {
	for _, name := range []string{records.Patients, records.StaffMembers} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		field, ok := c.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField)
		if !ok {
			return fmt.Errorf("%s has no password", name)
		}
		field.Cost = 4 // bcrypt's least
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}

// CleanUp removes the template. A package's TestMain calls it after its tests.
func CleanUp() {
	if dir, err := template(); err == nil {
		_ = os.RemoveAll(dir)
	}
}

// Main runs a package's tests and cleans up: func TestMain(m *testing.M) { kit.Main(m) }.
func Main(m *testing.M) {
	if f := flag.Lookup("rapid.checks"); f != nil {
		_ = f.Value.Set("25") // each check of a property over the database opens a clinic of its own; -rapid.checks still wins
	}
	code := m.Run()
	CleanUp()
	os.Exit(code)
}

// App is PocketBase's test app with our collections, empty.
func App(t testing.TB) *tests.TestApp {
	t.Helper()
	return AppOver(t, nil)
}

// AppOver is an App over a connection to its database that the test makes itself; nil for PocketBase's own.
func AppOver(t testing.TB, connect core.DBConnectFunc) *tests.TestApp {
	t.Helper()
	dir, err := template()
	if err != nil {
		t.Fatalf("make template: %v", err)
	}
	app, err := tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: dir, EncryptionEnv: "pb_test_env", DBConnect: connect})
	if err != nil {
		t.Fatalf("start test app: %v", err)
	}
	t.Cleanup(app.Cleanup)
	return app
}

// New opens a clinic.
func New(t testing.TB) *Clinic {
	t.Helper()
	c := &Clinic{App: App(t), Clock: clock.At(Start)}
	c.Desk = &care.Desk{App: c.App, Clock: c.Clock, Keys: Keys(t), Protocols: Library(t), Log: slog.New(slog.DiscardHandler)}
	if err := c.Desk.Protocols.Keep(c.App, c.Clock); err != nil {
		t.Fatalf("keep protocols: %v", err)
	}
	c.furnish(t)
	return c
}

// Keys is a ring of one random key.
func Keys(t testing.TB) *seal.Ring {
	t.Helper()
	key, err := seal.NewKey("test")
	if err != nil {
		t.Fatalf("make key: %v", err)
	}
	ring, err := seal.ParseKeys(key)
	if err != nil {
		t.Fatalf("read key: %v", err)
	}
	return ring
}

// Library serves the sore throat of this release.
func Library(t testing.TB) *care.Library {
	t.Helper()
	p, err := protocols.Read("sore_throat")
	if err != nil {
		t.Fatalf("read protocol: %v", err)
	}
	danger, err := protocols.Danger()
	if err != nil {
		t.Fatalf("read words of danger: %v", err)
	}
	return care.NewLibrary([]*triage.Protocol{p}, danger)
}

func (c *Clinic) furnish(t testing.TB) {
	t.Helper()
	region, err := records.NewRegion(c.App, "demo", "Demoregionen", "", "norrvik", true)
	c.save(t, region, err)
	c.Region = region
	for i, unit := range []struct {
		slug, name string
		queue      **records.Queue
	}{{"norrvik", "Norrvik", &c.Norrvik}, {"soder", "Söder", &c.Soder}} {
		u, err := records.NewUnit(c.App, region.Id, unit.slug, unit.name, i)
		c.save(t, u, err)
		q, err := records.NewQueue(c.App, region.Id, u.Id, unit.name, 0)
		c.save(t, q, err)
		*unit.queue = q
		c.Route(t, records.Row{Rank: 10 * (i + 1), Name: unit.name, Unit: u.Id, Queue: q.Id})
	}
	c.Route(t, records.Row{Rank: 1000, Name: "Alla andra", Queue: c.Norrvik.Id})
	for _, s := range []struct {
		name, role string
		who        *access.Who
		queues     []string
	}{
		{"Nurse", "nurse", &c.Nurse, []string{c.Norrvik.Id}},
		{"Doctor", "doctor", &c.Doctor, []string{c.Norrvik.Id}},
		{"Lead", "lead", &c.Lead, []string{c.Norrvik.Id}},
		{"South", "nurse", &c.South, []string{c.Soder.Id}},
		{"Idle", "nurse", &c.Idle, nil},
	} {
		*s.who = c.Hire(t, s.name, s.role, s.queues...)
	}
}

// Route writes a row into the region's table: which queue a case joins. The clinic has one for each unit, 10 and 20, and the last, 1000.
func (c *Clinic) Route(t testing.TB, row records.Row) *records.Route {
	t.Helper()
	row.Region = c.Region.Id
	r, err := records.NewRoute(c.App, row)
	c.save(t, r, err)
	return r
}

// NoRoutes empties the region's table.
func (c *Clinic) NoRoutes(t testing.TB) {
	t.Helper()
	rows, err := records.RoutesOf(c.App, c.Region.Id)
	for _, r := range rows {
		if err == nil {
			err = c.App.Delete(r)
		}
	}
	if err != nil {
		t.Fatalf("empty the table: %v", err)
	}
}

// Hire makes a member of staff: name@demo.test, with the password of the demo.
func (c *Clinic) Hire(t testing.TB, name, role string, queues ...string) access.Who {
	t.Helper()
	s, err := records.NewStaff(c.App, name, strings.ToLower(name)+"@demo.test", "lotsen-demo", role, queues...)
	c.save(t, s, err)
	unit := ""
	if len(queues) > 0 {
		q, err := records.QueueByID(c.App, queues[0])
		if err != nil {
			t.Fatalf("find queue of %s: %v", name, err)
		}
		unit = q.Unit()
	}
	return s.Who(unit)
}

func (c *Clinic) save(t testing.TB, m core.Model, err error) {
	t.Helper()
	if err == nil {
		err = c.App.Save(m)
	}
	if err != nil {
		t.Fatalf("furnish the clinic: %v", err)
	}
}

// Number reads one of the numbers above.
func Number(t testing.TB, digits string) personnummer.Number {
	t.Helper()
	n, err := personnummer.Parse(digits, Start)
	if err != nil {
		t.Fatalf("parse test number: %v", err)
	}
	return n
}

// Person admits the person of a number.
func (c *Clinic) Person(t testing.TB, digits, name string) access.Who {
	t.Helper()
	p, err := c.Desk.Admit(context.Background(), Number(t, digits), name)
	if err != nil {
		t.Fatalf("admit %s: %v", name, err)
	}
	return access.Who{Kind: access.Patient, ID: p.Id, Name: p.Name()}
}

// Open opens a case of sore throat for who.
func (c *Clinic) Open(t testing.TB, who access.Who) *records.Case {
	t.Helper()
	opened, _, err := c.Desk.Open(context.Background(), who, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: Phone, Language: "sv", Body: core.GenerateDefaultRandomId(),
	})
	if err != nil {
		t.Fatalf("open case: %v", err)
	}
	return opened
}

// Decide answers every question of a case, each with the mildest answer, but for those that answers names, until there is a decision.
func (c *Clinic) Decide(t testing.TB, who access.Who, id string, answers map[string]string) *records.Case {
	t.Helper()
	for range 60 {
		theCase := c.Case(t, id)
		step, err := c.Desk.Step(context.Background(), theCase)
		if err != nil {
			t.Fatalf("step: %v", err)
		}
		if step.Decision != nil {
			return theCase
		}
		raw, named := answers[step.Question.ID]
		if !named {
			raw = mildest(t, step.Question)
		}
		if _, err := c.Desk.Answer(context.Background(), who, id, care.Reply{Question: step.Question.ID, Value: json.RawMessage(raw)}); err != nil {
			t.Fatalf("answer %s with %s: %v", step.Question.ID, raw, err)
		}
	}
	t.Fatal("the questions do not end")
	return nil
}

// mildest is the answer that raises the urgency least.
func mildest(t testing.TB, q *triage.Question) string {
	t.Helper()
	var v any
	switch q.Type {
	case triage.Choice:
		v = q.Options[0].Code
	case triage.MultiChoice:
		v = []string{q.Options[len(q.Options)-1].Code}
	case triage.Boolean:
		v = false
	case triage.Integer, triage.Decimal:
		v = *q.Min
	case triage.Date, triage.FreeText, triage.Photo: // null: don't know
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode answer: %v", err)
	}
	return string(raw)
}

// Waiting opens a case for the person of a number, answers, and joins the queue.
func (c *Clinic) Waiting(t testing.TB, digits string) (access.Who, *records.Case) {
	t.Helper()
	who := c.Person(t, digits, "Anna Andersson")
	opened := c.Open(t, who)
	c.Decide(t, who, opened.Id, nil)
	joined, err := c.Desk.Join(context.Background(), who, opened.Id, care.Joining{Phone: Phone})
	if err != nil {
		t.Fatalf("join: %v", err)
	}
	return who, joined
}

// Taken is Waiting, and the nurse has taken it.
func (c *Clinic) Taken(t testing.TB, digits string) (access.Who, *records.Case) {
	t.Helper()
	who, waiting := c.Waiting(t, digits)
	taken, err := c.Desk.Claim(context.Background(), c.Nurse, waiting.Id, "test")
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return who, taken
}

// Active is Taken, and the patient is here.
func (c *Clinic) Active(t testing.TB, digits string) (access.Who, *records.Case) {
	t.Helper()
	who, taken := c.Taken(t, digits)
	here, err := c.Desk.Here(context.Background(), who, taken.Id)
	if err != nil {
		t.Fatalf("here: %v", err)
	}
	return who, here
}

// Case reads a case as it now is.
func (c *Clinic) Case(t testing.TB, id string) *records.Case {
	t.Helper()
	found, err := records.CaseByID(c.App, id)
	if err != nil {
		t.Fatalf("find case: %v", err)
	}
	return found
}

// InState fails the test unless the case is in that state.
func (c *Clinic) InState(t testing.TB, id string, want cases.State) {
	t.Helper()
	if got := c.Case(t, id).State(); got != want {
		t.Errorf("the case is %q, want %q", got, want)
	}
}

// Root is the folder of the project.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
