package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Outbox: text messages that are promised in the transaction of the act that causes them, and sent after it.
func init() {
	create("0012_outbox.go", func() *core.Collection {
		c := core.NewBaseCollection("outbox", idOutbox)
		c.Fields.Add(
			needed("key", 80), // one for each message that may ever be sent; the provider's idempotency key where it takes one
			one("case", idCases, false),
			whole("seq"), // the event that caused it
			needed("to", 20),
			needed("text", 60), // a key of texts; nothing of health is in it
			text("language", 20),
			&core.JSONField{Name: "args", MaxSize: 1 << 12},
			oneOf("state", true, "due", "sending", "sent", "refused", "dropped"),
			date("due"),   // when it is looked at next
			date("until"), // not sent after this
			whole("attempts"),
			date("tried"), // handed to the provider: the first time of those whose end is not known
			date("accepted"),
			text("provider", 100),
			text("fault", 300),
		)
		c.AddIndex("outbox_key", true, "key", "")
		c.AddIndex("outbox_due", false, "state, due", "")
		c.AddIndex("outbox_to", false, "`to`, state", "")
		c.AddIndex("outbox_case", false, "`case`, seq", "")
		return c
	})
}
