package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Regions: who runs the service, and regions served elsewhere (url), which are only shown as links.
func init() {
	create("0001_regions.go", func() *core.Collection {
		c := core.NewBaseCollection("regions", idRegions)
		c.ListRule = rule(`inService = true`)
		c.ViewRule = c.ListRule
		slug := needed("slug", 60)
		slug.Pattern = `^[a-z0-9-]+$`
		c.Fields.Add(
			slug,
			needed("name", 120),
			yes("inService"),
			text("url", 500),
			hiddenText("defaultUnit", 60),
			hiddenJSON("times", 1<<14), // minutes that people feel, where they differ from the defaults
			hiddenJSON("info", 1<<16),  // fees, phone numbers, who should not use the service
		)
		c.AddIndex("regions_slug", true, "slug", "")
		return c
	})
}
