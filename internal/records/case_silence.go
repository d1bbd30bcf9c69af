package records

import "time"

// Owed is since when the patient's word waits for the case's clinician; zero while none does.
func (c *Case) Owed() time.Time { return c.GetDateTime("owed").Time() }

// Owe notes that the patient's word waits. The first of several counts.
func (c *Case) Owe(at time.Time) {
	if c.Owed().IsZero() {
		c.Set("owed", moment(at))
	}
}

// Freed is since when anyone of the queue may take the case over; zero while only its clinician may act.
func (c *Case) Freed() time.Time { return c.GetDateTime("freed").Time() }

// Free lets anyone of the queue take the case over; the zero time ends that.
func (c *Case) Free(at time.Time) { c.Set("freed", moment(at)) }

// Settle notes that nothing waits for the clinician any more. It ends the timers of that, and no others.
func (c *Case) Settle() {
	c.Set("owed", moment(time.Time{}))
	c.Free(time.Time{})
	if _, what := c.Timer(); what == DueOverdue || what == DueFree {
		c.SetTimer(time.Time{}, DueNothing)
	}
}
