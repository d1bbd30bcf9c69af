package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// The silence of staff has its timers: what a case needs for them, and who of those with open cases has no live line.
func init() {
	change("0021_silence.go", idCases, func(c *core.Collection) {
		c.Fields.Add(
			hiddenDate("owed"),  // since when the patient's word waits for its clinician
			hiddenDate("freed"), // since when anyone of the queue may take the case over
		)
		c.AddIndex("cases_held", false, "clinician, queue", "state IN ('called','active','paused')")
		c.AddIndex("cases_mentioned", false, "mentioned", "mentioned != ''")
	}, func(c *core.Collection) {
		c.RemoveIndex("cases_mentioned")
		c.RemoveIndex("cases_held")
		c.Fields.RemoveByName("owed")
		c.Fields.RemoveByName("freed")
	})
	create("0021_silence_absences.go", func() *core.Collection {
		c := core.NewBaseCollection("absences", idAbsences)
		c.Fields.Add(
			needed("staff", 15),
			date("since"),
			date("due"), // when the lead is to know
			yes("told"), // the lead knows
		)
		c.AddIndex("absences_staff", true, "staff", "")
		return c
	})
}
