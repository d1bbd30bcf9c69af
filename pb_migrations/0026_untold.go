package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Untold: who waits and was not told that the queue has closed is found without reading the others, for that is asked all night long.
func init() {
	change("0026_untold.go", idCases, func(c *core.Collection) {
		c.AddIndex("cases_untold", false, "queue, shutTold", "state = 'waiting'")
	}, func(c *core.Collection) {
		c.RemoveIndex("cases_untold")
	})
}
