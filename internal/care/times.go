package care

import (
	"encoding/json"
	"fmt"
	"time"

	"lotsen/internal/cases"
)

// Times are the minutes that people feel. A region's record may set its own; what it does not name stays as here.
type Times struct {
	NoShow      Minutes    `json:"noShow"`     // from when the provider accepted the text message
	Hold        Minutes    `json:"hold"`       // once more, when the patient asks
	SecondMiss  string     `json:"secondMiss"` // MissCall or MissEnd
	Unanswered  Minutes    `json:"unanswered"` // answering without a decision, or decided and never joined
	Regret      Minutes    `json:"regret"`     // after leaving, the old place is kept
	TargetLevel [6]Minutes `json:"targets"`    // to first contact, by level; 0 where the target is the same day, or none
}

// What happens at the second miss.
const (
	MissCall = "call" // the row asks staff to ring
	MissEnd  = "end"  // the case ends with words that say how to go on
)

// Minutes is a length of time that is written in whole minutes.
type Minutes time.Duration

// UnmarshalJSON reads whole minutes above zero.
func (m *Minutes) UnmarshalJSON(raw []byte) error {
	var n int
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("minutes: %w", err)
	}
	if n < 0 {
		return fmt.Errorf("minutes: %d is below zero", n)
	}
	*m = Minutes(time.Duration(n) * time.Minute)
	return nil
}

// MarshalJSON writes whole minutes.
func (m Minutes) MarshalJSON() ([]byte, error) {
	return json.Marshal(int(time.Duration(m) / time.Minute))
}

// Defaults are the times of a region that sets none (api.md, "Times that people feel").
func Defaults() Times {
	return Times{
		NoShow:     Minutes(10 * time.Minute),
		Hold:       Minutes(10 * time.Minute),
		SecondMiss: MissCall,
		Unanswered: Minutes(3 * 24 * time.Hour),
		Regret:     Minutes(10 * time.Minute),
		TargetLevel: [6]Minutes{
			cases.Urgent: Minutes(15 * time.Minute),
			cases.Today:  Minutes(60 * time.Minute),
		},
	}
}

// Target is when a case of this level that began to wait at since should have met somebody; zero where there is no such time.
func (t Times) Target(level cases.Level, since time.Time) time.Time {
	if level < 0 || int(level) >= len(t.TargetLevel) || t.TargetLevel[level] == 0 {
		return time.Time{}
	}
	return since.Add(time.Duration(t.TargetLevel[level]))
}
