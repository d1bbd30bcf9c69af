package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Struck: earlier advice of a case, the newest first: what was replaced stays readable, with when and by whom. The event that replaces it carries
// both, and what was answered to it holds the whole case: both may be larger than before.
func init() {
	change("0020_struck.go", "cases", func(c *core.Collection) {
		c.Fields.Add(&core.JSONField{Name: "struck", MaxSize: 1 << 21})
	}, func(c *core.Collection) {
		c.Fields.RemoveByName("struck")
	})
	resize("0020_struck_events.go", "events", "data", 1<<16, 1<<18)
	resize("0020_struck_repeats.go", "repeats", "answer", 1<<17, 1<<22)
}

// resize registers a migration that lets a field of JSON hold more.
func resize(file, collection, field string, from, to int64) {
	by := func(most int64) func(*core.Collection) {
		return func(c *core.Collection) {
			if f, ok := c.Fields.GetByName(field).(*core.JSONField); ok {
				f.MaxSize = most
			}
		}
	}
	change(file, collection, by(to), by(from))
}
