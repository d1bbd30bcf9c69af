package permissions

import (
	"log/slog"
	"maps"
	"os"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/tests"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/clock"
	"lotsen/test/kit"
)

// template is a world that was built once, and the folder that it lies in: each test gets a copy.
var template struct {
	once  sync.Once
	world *world
	dir   string
}

func TestMain(m *testing.M) {
	code := m.Run()
	kit.CleanUp()
	_ = os.RemoveAll(template.dir)
	os.Exit(code)
}

// newWorld opens a world of the test's own.
func newWorld(t testing.TB) *world {
	t.Helper()
	template.once.Do(func() { build(t) })
	if template.world == nil {
		t.Fatal("the world could not be built: see the first test that failed")
	}
	app, err := tests.NewTestApp(template.dir)
	if err != nil {
		t.Fatalf("start test app: %v", err)
	}
	t.Cleanup(app.Cleanup)
	old := template.world
	clinic := *old.Clinic
	clinic.App, clinic.Clock = app, clock.At(kit.Start)
	clinic.Desk = &care.Desk{
		App: app, Clock: clinic.Clock, Keys: old.Desk.Keys, Protocols: old.Desk.Protocols, Log: slog.New(slog.DiscardHandler),
	}
	w := &world{
		Clinic: &clinic, t: t, second: old.second, people: maps.Clone(old.people), fixed: old.fixed,
		cases: maps.Clone(old.cases), notes: old.notes, words: old.words, photos: old.photos,
	}
	w.changing()
	w.bind()
	return w
}

// build makes the template with the means of the first test that asks for a world.
func build(t testing.TB) {
	t.Helper()
	w := &world{
		Clinic: kit.New(t), t: t, people: map[string]access.Who{}, fixed: map[string]string{},
		cases: map[string]string{}, notes: map[string]string{}, words: map[string]string{}, photos: map[string][2]string{},
	}
	w.plantEmpty()
	w.changing()
	w.bind()
	w.settle()
	w.plantCases()
	w.plantRemarks()
	w.plantHeld()
	if _, err := w.App.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute(); err != nil {
		t.Fatalf("write the world to its file: %v", err)
	}
	dir, err := os.MkdirTemp("", "lotsen-permissions-*") //nolint:usetesting // it outlives the test that happens to be the first
	if err == nil {
		template.dir = dir
		err = os.CopyFS(dir, os.DirFS(w.App.DataDir()))
	}
	if err != nil {
		t.Fatalf("keep the world: %v", err)
	}
	template.world = w
}
