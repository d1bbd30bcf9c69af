package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Repeats: what was answered to a move, for an hour, so that the same request again gets the same answer.
func init() {
	create("0013_repeats.go", func() *core.Collection {
		c := core.NewBaseCollection("repeats", idRepeats)
		c.Fields.Add(
			needed("key", 64), // a hash over person, event, case and body
			needed("person", 15),
			text("case", 15),
			needed("event", 20),
			whole("seq"), // which event of the case it was
			date("at"),
			&core.JSONField{Name: "answer", MaxSize: 1 << 17},
		)
		c.AddIndex("repeats_key", true, "key", "")
		c.AddIndex("repeats_case", false, "`case`, event, seq", "")
		c.AddIndex("repeats_at", false, "at", "")
		return c
	})
}
