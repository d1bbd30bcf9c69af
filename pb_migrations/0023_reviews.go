package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Reviews: a month's sample of the access log that a person has looked through and signed. Commands alone write it; rows hold numbers of the
// access log, which rules have picked each, and what the reviewer thinks of it.
func init() {
	create("0023_reviews.go", func() *core.Collection {
		c := core.NewBaseCollection("reviews", idReviews)
		c.Fields.Add(
			needed("month", 7),
			text("unit", 15), // "" for all units
			whole("headNr"),  // the last row of that month, which the random share is drawn from
			text("head", 64),
			whole("looks"), // how many looks of the month were gone through
			&core.JSONField{Name: "rows", MaxSize: 1 << 20},
			oneOf("state", true, "open", "signed"),
			date("made"),
			text("madeBy", 255),
			date("signed"),
			text("signedBy", 255),
		)
		c.AddIndex("reviews_month", true, "month, unit", "")
		return c
	})
}
