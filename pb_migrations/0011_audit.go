package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Audit: the access log. Each row holds the hash of the one before it, so a row that is changed, removed or added shows.
func init() {
	create("0011_audit.go", func() *core.Collection {
		c := core.NewBaseCollection("audit", idAudit)
		c.Fields.Add(
			whole("nr"),
			date("at"),
			oneOf("byKind", true, "patient", "staff", "superuser", "system"),
			text("by", 15),
			text("byName", 200),
			text("role", 20),
			text("unit", 15),
			text("patient", 15),
			text("case", 15),
			text("cases", 1<<14), // ids with blanks between, of a list: PocketBase's longest has a thousand rows
			needed("what", 60),
			text("why", 1000),
			needed("hash", 64),
		)
		c.AddIndex("audit_nr", true, "nr", "")
		c.AddIndex("audit_case", false, "`case`, nr", "")
		c.AddIndex("audit_patient", false, "patient, nr", "")
		c.AddIndex("audit_lists", false, "at", "cases != ''")
		return c
	})
}
