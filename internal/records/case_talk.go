package records

// Words is how many rows of own words the patient has written; WordsRead how many of them staff have read.
func (c *Case) Words() int { return c.GetInt("words") }

// AddWords counts one.
func (c *Case) AddWords() { c.Set("words", c.Words()+1) }

// WordsUnread says whether the patient has written own words that nobody has read.
func (c *Case) WordsUnread() bool { return c.Words() > c.GetInt("wordsRead") }

// ReadWords notes that all of them are read.
func (c *Case) ReadWords() { c.Set("wordsRead", c.Words()) }

// Messages is how many messages the case has, notes apart.
func (c *Case) Messages() int { return c.GetInt("messages") }

// AddMessage counts one by the patient or staff ("patient", "staff", "system"), and returns its number.
func (c *Case) AddMessage(by string) int {
	c.Set("messages", c.Messages()+1)
	if by != "system" {
		c.Set("lastBy", by)
	}
	return c.Messages()
}

// LastBy is who wrote last: "patient", "staff" or "".
func (c *Case) LastBy() string { return c.GetString("lastBy") }

// ReadByPatient and ReadByStaff are how many messages each side has read.
func (c *Case) ReadByPatient() int { return c.GetInt("patientRead") }

// ReadByStaff is how many messages staff have read.
func (c *Case) ReadByStaff() int { return c.GetInt("staffRead") }

// MarkReadByPatient notes how far the patient has read; it never goes back.
func (c *Case) MarkReadByPatient(upTo int) { c.Set("patientRead", max(c.ReadByPatient(), upTo)) }

// MarkReadByStaff notes how far staff have read; it never goes back.
func (c *Case) MarkReadByStaff(upTo int) { c.Set("staffRead", max(c.ReadByStaff(), upTo)) }

// Ending is what a clinician closes a case with.
type Ending struct {
	Outcome, Advice, AdviceSv, LevelWas, FollowUp string
}

// Finish notes the ending.
func (c *Case) Finish(e Ending) {
	c.Set("outcome", e.Outcome)
	c.Set("advice", e.Advice)
	c.Set("adviceSv", e.AdviceSv)
	c.Set("levelWas", e.LevelWas)
	c.Set("followUp", e.FollowUp)
}

// Ending reads it back.
func (c *Case) Ending() Ending {
	return Ending{
		Outcome: c.GetString("outcome"), Advice: c.GetString("advice"), AdviceSv: c.GetString("adviceSv"),
		LevelWas: c.GetString("levelWas"), FollowUp: c.GetString("followUp"),
	}
}

// Rating is what the patient gave after the end: 1 to 5, or 0 where none is given.
func (c *Case) Rating() (int, string) { return c.GetInt("rating"), c.GetString("ratingText") }

// Rate notes it.
func (c *Case) Rate(stars int, text string) {
	c.Set("rating", stars)
	c.Set("ratingText", text)
}
