package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Hours: when a region, a unit and a queue are open; what the lead of a queue has switched, and until when; what those who wait were last told.
func init() {
	hours := func(c *core.Collection) { c.Fields.Add(hiddenJSON("hours", 1<<16)) }
	without := func(c *core.Collection) { c.Fields.RemoveByName("hours") }
	change("0018_hours_regions.go", idRegions, hours, without)
	change("0018_hours_units.go", idUnits, hours, without)
	change("0018_hours_queues.go", idQueues, func(c *core.Collection) {
		hours(c)
		c.Fields.Add(
			hiddenDate("pausedUntil"),
			hiddenWhole("capToday"),
			hiddenDate("capUntil"),
			hiddenText("message", 500), // to those who wait
			hiddenDate("messageUntil"),
			hiddenYes("shut"),      // as those who wait were last told
			hiddenDate("shutFrom"), // since when: who was not told after that is told
		)
	}, func(c *core.Collection) {
		without(c)
		for _, name := range []string{"pausedUntil", "capToday", "capUntil", "message", "messageUntil", "shut", "shutFrom"} {
			c.Fields.RemoveByName(name)
		}
	})
	change("0018_hours_cases.go", idCases, func(c *core.Collection) {
		c.Fields.Add(hiddenDate("shutTold")) // when the patient was last told that the queue is closed
		c.AddIndex("cases_joined", false, "queue, since", "queue != ''")
	}, func(c *core.Collection) {
		c.RemoveIndex("cases_joined")
		c.Fields.RemoveByName("shutTold")
	})
}
