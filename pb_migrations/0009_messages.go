package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Messages: the talk. Patients read all but notes. A message is created through PocketBase; a hook says who may and fills in the rest.
func init() {
	create("0009_messages.go", func() *core.Collection {
		c := core.NewBaseCollection("messages", idMessages)
		c.ListRule = rule(signedIn + ` && ((` + caseIsMine("case.") + ` && kind != "note") || ` + caseIsOurs("case.") + `)`)
		c.ViewRule = c.ListRule
		c.CreateRule = rule(mayRead("case."))
		c.Fields.Add(
			one("case", idCases, true),
			oneOf("kind", false, "patient", "staff", "note", "system"),
			text("author", 15),
			text("authorName", 200),
			text("body", 4000),
			caseFiles("files", 5),
			&core.JSONField{Name: "mentions", MaxSize: 1 << 12}, // ids of staff; only in notes
			whole("seq"),
			date("created"),
			whole("nr"), // the how-manieth message of the case, what reading is counted in; 0 for a note
			hiddenText("fingerprint", 64),
		)
		c.AddIndex("messages_case", true, "`case`, seq", "")
		c.AddIndex("messages_unread", false, "`case`, kind, nr", "")
		return c
	})
}
