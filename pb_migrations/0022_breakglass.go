package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Breakglass: when a superuser has opened patient data, why, and until when. Commands alone write it. The case is no relation: a list could
// be filtered and expanded through one, past the break-glass itself.
func init() {
	create("0022_breakglass.go", func() *core.Collection {
		c := core.NewBaseCollection("breakglass", idBreakglass)
		c.Fields.Add(
			needed("superuser", 15),
			text("name", 255), // the superuser's address, as it was
			needed("reason", 1000),
			text("case", 15), // "" for all cases
			date("at"),
			date("until"),
			date("told"), // when all superusers were told by mail; none while they are not, or where there is no mail
			hiddenDate("due"),
			hiddenWhole("attempts"),
		)
		c.AddIndex("breakglass_superuser", false, "superuser, until", "")
		c.AddIndex("breakglass_due", false, "due", "told = ''")
		return c
	})
}
