package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Queues: where cases wait. A unit has one or more; the one with the lowest rank is where a case of the unit goes.
func init() {
	create("0003_queues.go", func() *core.Collection {
		c := core.NewBaseCollection("queues", idQueues)
		c.ListRule = rule(signedIn + ` && ` + asStaff + ` && @request.auth.queues.id ?= id`)
		c.ViewRule = c.ListRule
		c.Fields.Add(
			one("region", idRegions, true),
			one("unit", idUnits, true),
			needed("name", 120),
			whole("rank"),
		)
		c.AddIndex("queues_unit", false, "unit, rank, id", "")
		return c
	})
}
