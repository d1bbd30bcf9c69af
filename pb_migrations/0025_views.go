package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Views: what patients think of the care, and what the unit's lead has answered. It is no part of any case, and never in a clinical queue.
func init() {
	create("0025_views.go", func() *core.Collection {
		c := core.NewBaseCollection("views", idViews)
		c.Fields.Add(remark()...)
		c.Fields.Add(
			one("case", idCases, false), // unset where the view is of none
			one("region", idRegions, true),
			one("unit", idUnits, true), // whose lead it is for
		)
		remarkIndexes(c)
		c.AddIndex("views_unit", false, "unit, state, at", "")
		return c
	})
}
