package records

import (
	"fmt"
	"time"
)

// Struck is advice that other advice has replaced: until when it stood, and who replaced it. The fields stand in the order of their names, as JSON
// that is read and written again has them: the same answer is the same bytes.
type Struck struct {
	Advice   string `json:"advice"`
	AdviceSv string `json:"adviceSv,omitempty"`
	ByName   string `json:"byName"`
	Until    string `json:"until"`
}

// Struck are the case's earlier advices, the newest first.
func (c *Case) Struck() ([]Struck, error) {
	var all []Struck
	err := readJSON(c.GetString("struck"), &all)
	return all, err
}

// Advise puts advice in the place of what stands, which goes on top of the struck. What is the same stays as it is.
func (c *Case) Advise(advice, adviceSv string, at time.Time, byName string) error {
	was := c.Ending()
	if was.Advice != "" && (was.Advice != advice || was.AdviceSv != adviceSv) {
		all, err := c.Struck()
		if err != nil {
			return fmt.Errorf("read struck advice: %w", err)
		}
		top := Struck{Advice: was.Advice, AdviceSv: was.AdviceSv, Until: RFC3339(at), ByName: byName}
		if err := c.setJSON("struck", append([]Struck{top}, all...)); err != nil {
			return err
		}
	}
	c.Set("advice", advice)
	c.Set("adviceSv", adviceSv)
	return nil
}

// Reopen takes back that the case has ended. Its advice stays readable.
func (c *Case) Reopen() {
	e := c.Ending()
	c.Finish(Ending{Advice: e.Advice, AdviceSv: e.AdviceSv})
	c.Unend()
}
