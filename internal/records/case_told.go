package records

import "time"

// Foretold is what a patient was told of the wait on joining, in minutes, and what that rested on.
type Foretold struct {
	Low, High int
	Ahead     int // how many stood before
	Crew      int // how many were at work
	At        time.Time
}

// Foretold is what the patient was told on joining; false where no figure was.
func (c *Case) Foretold() (Foretold, bool) {
	f := Foretold{
		Low: c.GetInt("toldLow"), High: c.GetInt("toldHigh"), Ahead: c.GetInt("toldAhead"), Crew: c.GetInt("toldCrew"),
		At: c.GetDateTime("toldAt").Time(),
	}
	return f, !f.At.IsZero()
}

// Foretell notes it. The zero value says that there was no figure.
func (c *Case) Foretell(f Foretold) {
	c.Load(map[string]any{"toldLow": f.Low, "toldHigh": f.High, "toldAhead": f.Ahead, "toldCrew": f.Crew, "toldAt": moment(f.At)})
}
