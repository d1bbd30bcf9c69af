package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Sessions: log-ins that were ended before their time. A row lives until the last token of that log-in has run out by itself.
func init() {
	create("0014_sessions.go", func() *core.Collection {
		c := core.NewBaseCollection("sessions", idSessions)
		c.Fields.Add(
			needed("session", 40),
			needed("person", 15),
			date("until"),
		)
		c.AddIndex("sessions_session", true, "session", "")
		c.AddIndex("sessions_until", false, "until", "")
		return c
	})
}
