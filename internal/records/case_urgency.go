package records

import (
	"encoding/json"
	"fmt"
	"time"

	"lotsen/internal/cases"
)

// Level is the case's urgency, 0 until decided.
func (c *Case) Level() cases.Level { return cases.Level(c.GetInt(caseLevel)) }

// Computed is the level that the protocol gave, 0 until decided.
func (c *Case) Computed() cases.Level { return cases.Level(c.GetInt("computed")) }

// Judge sets the level by a person's judgement. What the protocol gave is kept beside it.
func (c *Case) Judge(l cases.Level) { c.Set(caseLevel, int(l)) }

// Compute sets what the protocol gave, as the case's level too.
func (c *Case) Compute(l cases.Level) {
	c.Set("computed", int(l))
	c.Set(caseLevel, int(l))
}

// Floor is the level that the case may not fall below in urgency, 0 where there is none.
func (c *Case) Floor() cases.Level { return cases.Level(c.GetInt("floor")) }

// RaiseFloor notes a decision that the patient's "I feel worse" gave, if it is more urgent than what the floor was.
func (c *Case) RaiseFloor(l cases.Level, decision any) error {
	if cases.Raise(c.Floor(), l) == c.Floor() {
		return nil
	}
	c.Set("floor", int(l))
	return c.setJSON("floorDecision", decision)
}

// FallToFloor makes the floor the case's level, with its decision.
func (c *Case) FallToFloor() {
	c.Compute(c.Floor())
	c.Set("decision", c.GetRaw("floorDecision"))
}

// Undecide takes the decision back, when a changed answer has reopened the questions. The level stays at the floor, if there is one.
func (c *Case) Undecide() {
	c.Compute(c.Floor())
	c.Set("decision", nil)
}

// KeepDecision stores the decision as it was given, as JSON.
func (c *Case) KeepDecision(d any) error { return c.setJSON("decision", d) }

func (c *Case) setJSON(field string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %s: %w", field, err)
	}
	c.Set(field, json.RawMessage(raw))
	return nil
}

// Decision reads it back into d; false where there is none.
func (c *Case) Decision(d any) (bool, error) {
	if !c.Decided() {
		return false, nil
	}
	if err := json.Unmarshal([]byte(c.GetString("decision")), d); err != nil {
		return false, fmt.Errorf("decode decision: %w", err)
	}
	return true, nil
}

// Decided says whether there is one.
func (c *Case) Decided() bool {
	raw := c.GetString("decision")
	return raw != "" && raw != "null"
}

// Missed is how often the patient was called and did not come.
func (c *Case) Missed() int { return c.GetInt("missed") }

// Miss counts one.
func (c *Case) Miss() { c.Set("missed", c.Missed()+1) }

// HeldOnce says whether the patient has used the ten minutes more of this call.
func (c *Case) HeldOnce() bool { return c.GetBool("heldOnce") }

// UseHold notes that they are used; a new call gives them anew.
func (c *Case) UseHold(used bool) { c.Set("heldOnce", used) }

// IsHere says whether the patient has answered the call.
func (c *Case) IsHere() bool { return c.GetBool("here") }

// ComeHere notes it.
func (c *Case) ComeHere() { c.Set("here", true) }

// The marks that a row in the queue shows.

// FeelsWorse says whether the patient has said to feel worse.
func (c *Case) FeelsWorse() bool { return c.GetBool("worse") }

// MarkWorse notes it.
func (c *Case) MarkWorse() { c.Set("worse", true) }

// Danger says whether the own words hold a word of danger.
func (c *Case) Danger() bool { return c.GetBool("danger") }

// MarkDanger notes it.
func (c *Case) MarkDanger() { c.Set("danger", true) }

// HasPhoto says whether there is a picture among the answers.
func (c *Case) HasPhoto() bool { return c.GetBool("photo") }

// MarkPhoto notes it.
func (c *Case) MarkPhoto() { c.Set("photo", true) }

// Ring says that no text message reaches the patient, or that the region's rule asks staff to ring.
func (c *Case) Ring() bool { return c.GetBool("ring") }

// AskToRing notes it, or that it is done.
func (c *Case) AskToRing(ring bool) { c.Set("ring", ring) }

// LeftAt is when the patient left the queue.
func (c *Case) LeftAt() time.Time { return c.GetDateTime("left").Time() }

// Leave notes it.
func (c *Case) Leave(at time.Time) { c.Set("left", moment(at)) }
