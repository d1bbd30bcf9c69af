package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Held: what a clinician has written and can still take back for some seconds: a message, or the end of a case. Nobody but its author sees it, by a
// command of its own; the program says it when it is due. What has been said or taken back holds no words any more.
func init() {
	create("0020_held.go", func() *core.Collection {
		c := core.NewBaseCollection("held", idHeld)
		c.Fields.Add(
			one("case", idCases, true),
			needed("author", 15),
			oneOf("kind", true, "message", "close"),
			whole("nr"), // the order within the case in which they were written
			text("body", 4000),
			&core.JSONField{Name: "ending", MaxSize: 1 << 17},
			needed("fingerprint", 64), // of what the author sent
			date("at"),
			date("due"),
			oneOf("state", true, "held", "done", "taken_back", "failed"),
			text("why", 20), // why it failed: what happened to the case, or that the right was lost
			date("settled"), // when it was said, taken back, or failed
		)
		c.AddIndex("held_due", false, "due", "state = 'held'")
		c.AddIndex("held_case", true, "`case`, nr", "")
		c.AddIndex("held_author", false, "author, `case`, state", "")
		c.AddIndex("held_settled", false, "settled", "state IN ('done','taken_back')")
		return c
	})
}
