package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Guardianships: who has said to be guardian of which child, and whether staff have verified or blocked it.
func init() {
	create("0015_guardianships.go", func() *core.Collection {
		c := core.NewBaseCollection("guardianships", idGuardianships)
		c.Fields.Add(
			one("guardian", idPatients, true),
			one("child", idPatients, true),
			oneOf("state", true, "declared", "verified", "blocked", "ended"),
			date("declared"),
			date("ends"), // Swedish midnight of the 13th birthday
			text("by", 15),
			text("reason", 1000),
		)
		c.AddIndex("guardianships_pair", true, "guardian, child", "")
		c.AddIndex("guardianships_ends", false, "state, ends", "")
		return c
	})
}
