package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// What a patient was told of the wait on joining, and what that rested on: to be held against the truth later, and so that a rise is seen
// over a restart.
func init() {
	names := []string{"toldLow", "toldHigh", "toldAhead", "toldCrew"}
	change("0019_estimate.go", idCases, func(c *core.Collection) {
		for _, name := range names {
			c.Fields.Add(hiddenWhole(name))
		}
		c.Fields.Add(hiddenDate("toldAt"))
	}, func(c *core.Collection) {
		for _, name := range append(names, "toldAt") {
			c.Fields.RemoveByName(name)
		}
	})
}
