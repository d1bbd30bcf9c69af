package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Cases: one person's one errand. Nobody writes a case through PocketBase: it changes only by acts.
// Fields that are hidden are seen by staff through the commands, never through lists.
func init() {
	create("0007_cases.go", func() *core.Collection {
		c := core.NewBaseCollection("cases", idCases)
		c.ListRule = rule(mayRead(""))
		c.ViewRule = c.ListRule
		c.Fields.Add(
			oneOf("state", true, "answering", "recommended", "waiting", "called", "active", "paused", "closed", "cancelled", "expired", "referred"),
			needed("complaint", 40),
			whole("level"), // 0 until decided
			one("region", idRegions, true),
			one("unit", idUnits, false),
			one("queue", idQueues, false),
			one("patient", idPatients, false),
			text("guardian", 15),
			text("clinician", 15),
			text("clinicianName", 200),
			text("clinicianRole", 20),
			date("created"),
			date("since"),
			date("due"),
			date("closed"),
			oneOf("outcome", false, "advice", "assessed", "booked", "referred_clinic", "referred_emergency", "no_show", "technical"),
			text("advice", 4000),
			whole("seq"),
			whole("messages"), // how many, notes apart

			hiddenDate("timer"), // when something happens by itself; due is what people are told
			hiddenText("timerFor", 20),
			hiddenText("protocol", 64),
			hiddenText("language", 20),
			hiddenJSON("person", 1<<10), // what the protocol may know of the patient, as the case was opened
			hiddenText("phone", 20),
			hiddenYes("interpreter"),
			hiddenYes("guardianReads"),
			hiddenText("mentioned", 800),       // ids of staff whom notes name, with blanks between
			hiddenWhole("computed"),            // the level that the protocol gave; level may be a person's
			hiddenWhole("floor"),               // the level that "I feel worse" gave: it can only rise from there
			hiddenJSON("floorDecision", 1<<17), // the decision that it gave
			hiddenJSON("decision", 1<<17),
			hiddenWhole("missed"),
			hiddenYes("heldOnce"),
			hiddenYes("worse"),
			hiddenYes("danger"),
			hiddenYes("photo"),
			hiddenYes("ring"), // no message can reach the patient: staff ring
			hiddenYes("here"), // the patient has said "I am here" since the last call
			hiddenWhole("words"),
			hiddenWhole("wordsRead"),
			hiddenWhole("patientRead"),
			hiddenWhole("staffRead"),
			hiddenText("lastBy", 10), // patient or staff: who wrote last
			hiddenDate("left"),
			hiddenText("adviceSv", 4000),
			hiddenText("levelWas", 10),
			hiddenText("followUp", 4000),
			hiddenWhole("rating"),
			hiddenText("ratingText", 4000),
			hiddenText("fingerprint", 100),
		)
		c.AddIndex("cases_waiting", false, "queue, state, level, since, id", "")
		c.AddIndex("cases_patient", false, "patient, created", "")
		c.AddIndex("cases_guardian", false, "guardian, created", "guardian != ''")
		c.AddIndex("cases_clinician", false, "clinician, state", "clinician != ''")
		c.AddIndex("cases_timer", false, "timer", "timerFor != ''")
		c.AddIndex("cases_region", false, "region, state, unit, level", "")
		c.AddIndex("cases_open", true, "patient, complaint, guardian", "state IN ('answering','recommended','waiting','called','active','paused')")
		return c
	})
}
