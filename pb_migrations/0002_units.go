package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Units: the clinics of a region.
func init() {
	create("0002_units.go", func() *core.Collection {
		c := core.NewBaseCollection("units", idUnits)
		c.ListRule = rule(`inService = true && region.inService = true`)
		c.ViewRule = c.ListRule
		slug := needed("slug", 60)
		slug.Pattern = `^[a-z0-9-]+$`
		c.Fields.Add(
			one("region", idRegions, true),
			slug,
			needed("name", 120),
			yes("inService"),
			whole("rank"),
		)
		c.AddIndex("units_slug", true, "region, slug", "")
		return c
	})
}
