package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Events: what has happened to a case, in order. They are read through GET …/events, which hides from a reader what is not theirs.
func init() {
	create("0010_events.go", func() *core.Collection {
		c := core.NewBaseCollection("events", idEvents)
		c.Fields.Add(
			one("case", idCases, true),
			whole("seq"),
			needed("kind", 20),
			oneOf("byKind", true, "patient", "staff", "superuser", "system"),
			text("by", 15),
			text("byName", 200),
			date("at"),
			&core.JSONField{Name: "data", MaxSize: 1 << 16},
		)
		c.AddIndex("events_case", true, "`case`, seq", "")
		return c
	})
}
