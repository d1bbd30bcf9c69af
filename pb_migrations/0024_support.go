package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Support: what patients write of technical trouble, and what admins have answered. It is no part of any case, and never in a clinical queue.
func init() {
	create("0024_support.go", func() *core.Collection {
		c := core.NewBaseCollection("support", idSupport)
		c.Fields.Add(remark()...)
		c.Fields.Add(text("page", 200)) // where in the app the trouble was
		remarkIndexes(c)
		return c
	})
}

// remark is what the collections share that hold what a patient writes to others than the clinicians of a case.
func remark() []core.Field {
	return []core.Field{
		one("person", idPatients, true), // who has written
		needed("text", 4000),
		text("language", 20),
		date("at"),
		oneOf("state", true, "open", "answered"),
		yes("danger"), // words of danger stand in it: a mark for its reader
		text("answer", 4000),
		text("answeredBy", 15),
		text("answeredByName", 200),
		date("answeredAt"),
		needed("fingerprint", 64), // of the request that made it
	}
}

func remarkIndexes(c *core.Collection) {
	c.AddIndex(c.Name+"_person", false, "person, at", "")
	c.AddIndex(c.Name+"_request", false, "fingerprint, at", "")
	c.AddIndex(c.Name+"_state", false, "state, at", "")
}
