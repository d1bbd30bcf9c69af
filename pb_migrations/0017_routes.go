package pb_migrations

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Routes: which queue a case joins. The rows of a region are asked by rank, the lowest first, and the first that fits holds; a condition that is
// empty is none. The last row has no conditions.
func init() {
	create("0017_routes.go", func() *core.Collection {
		c := core.NewBaseCollection("routes", idRoutes)
		c.Fields.Add(
			one("region", idRegions, true),
			whole("rank"),
			text("name", 120), // what people call it
			one("unit", idUnits, false),
			text("complaints", 2000), // codes, with blanks or commas between
			&core.SelectField{Name: "levels", MaxSelect: 5, Values: []string{"1", "2", "3", "4", "5"}},
			whole("ageFrom"), // both bounds belong to the row; 0 for none
			whole("ageTo"),
			text("languages", 200), // codes, with blanks or commas between
			&core.JSONField{Name: "hours", MaxSize: 1 << 10},
			one("queue", idQueues, true),
		)
		c.AddIndex("routes_region", false, "region, rank, id", "")
		return c
	})
	change("0017_routes_headed.go", idCases, func(c *core.Collection) {
		c.Fields.Add(hiddenText("headed", 15)) // the queue that a case which has not joined would go to
		c.AddIndex("cases_headed", false, "headed, state, level", "headed != ''")
	}, func(c *core.Collection) {
		c.RemoveIndex("cases_headed")
		c.Fields.RemoveByName("headed")
	})
	m.Register(writeDownRoutes, func(app core.App) error {
		_, err := app.DB().NewQuery("DELETE FROM routes").Execute()
		return err
	}, "0017_routes_rows.go")
}

// lastRank leaves room for rows before the last.
const lastRank = 1000

// writeDownRoutes writes as rows what has held: a unit's cases go to its queue of the lowest rank, and others to the first queue of the region's
// default unit, or of another unit where that has none.
func writeDownRoutes(app core.App) error {
	var regions []struct{ ID string }
	if err := app.DB().NewQuery("SELECT id FROM regions").All(&regions); err != nil {
		return err
	}
	for _, region := range regions {
		if err := writeDownRegion(app, region.ID); err != nil {
			return fmt.Errorf("routes of region %s: %w", region.ID, err)
		}
	}
	return nil
}

func writeDownRegion(app core.App, region string) error {
	var queues []struct{ ID, Unit, Name string }
	err := app.DB().NewQuery(`SELECT q.id, u.id AS unit, u.name FROM queues q JOIN units u ON u.id = q.unit JOIN regions r ON r.id = u.region
		WHERE r.id = {:region} AND q.id = (SELECT id FROM queues WHERE unit = u.id ORDER BY rank, id LIMIT 1)
		ORDER BY u.slug = r.defaultUnit DESC, u.inService DESC, u.rank, q.rank, q.id`).Bind(dbx.Params{"region": region}).All(&queues)
	if err != nil || len(queues) == 0 {
		return err
	}
	for i, q := range queues {
		if err := writeDownRoute(app, dbx.Params{"region": region, "rank": 10 * (i + 1), "name": q.Name, "unit": q.Unit, "queue": q.ID}); err != nil {
			return err
		}
	}
	rank := max(lastRank, 10*(len(queues)+1))
	return writeDownRoute(app, dbx.Params{"region": region, "rank": rank, "name": "Alla andra", "queue": queues[0].ID})
}

// writeDownRoute writes a row past the program's hooks: what they will ask of a row in ten years is not known here.
func writeDownRoute(app core.App, fields dbx.Params) error {
	fields["id"] = core.GenerateDefaultRandomId()
	_, err := app.DB().Insert("routes", fields).Execute()
	return err
}
