package pb_migrations_test

import (
	"testing"

	"lotsen/internal/records"
	"lotsen/pb_migrations"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// TestAnUpdateWritesDownWhatHeld holds that a clinic of an older program goes on as before: each unit's cases go to its queue of the lowest rank,
// the rest to the first queue of the default unit.
func TestAnUpdateWritesDownWhatHeld(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	c.NoRoutes(t)
	first, err := records.NewQueue(c.App, c.Region.Id, c.Soder.Unit(), "Söder först", -1)
	if err == nil {
		err = c.App.Save(first)
	}
	c.Region.Set("defaultUnit", "soder")
	if err == nil {
		err = c.App.Save(c.Region)
	}
	if err == nil {
		err = pb_migrations.WriteDownRoutes(c.App)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := records.RoutesOf(c.App, c.Region.Id)
	if err != nil {
		t.Fatal(err)
	}
	want := []records.Row{
		{Rank: 10, Name: "Söder", Unit: c.Soder.Unit(), Queue: first.Id},
		{Rank: 20, Name: "Norrvik", Unit: c.Norrvik.Unit(), Queue: c.Norrvik.Id},
		{Rank: 1000, Name: "Alla andra", Queue: first.Id},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, r := range rows {
		from, to := r.Ages()
		conditions := len(r.Complaints()) + len(r.Levels()) + len(r.Languages()) + from + to
		if w := want[i]; r.Rank() != w.Rank || r.Name() != w.Name || r.Unit() != w.Unit || r.Queue() != w.Queue || conditions != 0 || string(r.Hours()) != "null" && string(r.Hours()) != "" {
			t.Errorf("row %d is %v, want %+v", i+1, r.FieldsData(), w)
		}
	}
}
