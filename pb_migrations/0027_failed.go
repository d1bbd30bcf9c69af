package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Failed: what was held and could not be said is forgotten in the end, which is looked for at every turn.
func init() {
	change("0027_failed.go", idHeld, func(c *core.Collection) {
		c.AddIndex("held_failed", false, "settled", "state = 'failed'")
	}, func(c *core.Collection) {
		c.RemoveIndex("held_failed")
	})
}
