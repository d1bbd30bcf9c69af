package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Readers: whether patients of a region read the names of those who have looked at their case, or role and unit only. Unset is names.
func init() {
	change("0023_readers.go", "regions", func(c *core.Collection) {
		readers := oneOf("readers", false, "names", "roles")
		readers.Hidden = true
		c.Fields.Add(readers)
	}, func(c *core.Collection) {
		c.Fields.RemoveByName("readers")
	})
}
