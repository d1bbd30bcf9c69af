package care

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Times are the minutes that people feel. A region's record may set its own; what it does not name stays as here.
type Times struct {
	NoShow      Minutes `json:"noShow"`     // from when the provider accepted the text message
	Hold        Minutes `json:"hold"`       // once more, when the patient asks
	SecondMiss  string  `json:"secondMiss"` // MissCall or MissEnd
	Unanswered  Minutes `json:"unanswered"` // answering without a decision, or decided and never joined
	Regret      Minutes `json:"regret"`     // after leaving, the old place is kept
	Overdue     Minutes `json:"overdue"`    // the patient's word unanswered: its clinician is told
	Free        Minutes `json:"free"`       // still so: anyone of the queue may take the case over
	Alone       Minutes `json:"alone"`      // a clinician with open cases has no live line: the lead is told
	TargetLevel Targets `json:"targets"`    // to first contact, by level; 0 where the target is the same day, or none
}

// What happens at the second miss.
const (
	MissCall = "call" // the row asks staff to ring
	MissEnd  = "end"  // the case ends with words that say how to go on
)

// Targets are times by level; the first is of no level, and 0.
type Targets [6]Minutes

// UnmarshalJSON reads six times: fewer would leave out a level without saying so.
func (t *Targets) UnmarshalJSON(raw []byte) error {
	var all []Minutes
	if err := json.Unmarshal(raw, &all); err != nil {
		return fmt.Errorf("targets: %w", err)
	}
	if len(all) != len(t) {
		return fmt.Errorf("targets: %d times, not 6", len(all))
	}
	copy(t[:], all)
	return nil
}

// Minutes is a length of time that is written in whole minutes.
type Minutes time.Duration

// longest is how many minutes a region may set, 30 days: a slip of the hand is not to keep a case for years.
const longest = 30 * 24 * 60

// UnmarshalJSON reads whole minutes.
func (m *Minutes) UnmarshalJSON(raw []byte) error {
	var n int
	if err := json.Unmarshal(raw, &n); err != nil {
		return fmt.Errorf("minutes: %w", err)
	}
	if n < 0 || n > longest {
		return fmt.Errorf("minutes: %d is not within 0 and %d", n, longest)
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
		Overdue:    Minutes(10 * time.Minute),
		Free:       Minutes(20 * time.Minute),
		Alone:      Minutes(5 * time.Minute),
		TargetLevel: Targets{
			cases.Urgent: Minutes(15 * time.Minute),
			cases.Today:  Minutes(60 * time.Minute),
		},
	}
}

// ParseTimes reads a region's own times, over the defaults. It refuses names that there are not and times that cannot be: a slip is to be told
// to who makes it.
func ParseTimes(raw []byte) (Times, error) {
	t := Defaults()
	if err := decodeStrictly(raw, &t); err != nil {
		return Times{}, err
	}
	for _, m := range []struct {
		name string
		time Minutes
	}{
		{"noShow", t.NoShow},
		{"hold", t.Hold},
		{"unanswered", t.Unanswered},
		{"regret", t.Regret},
		{"overdue", t.Overdue},
		{"free", t.Free},
		{"alone", t.Alone},
	} {
		if m.time == 0 {
			return Times{}, fmt.Errorf("%s: no time at all", m.name)
		}
	}
	if t.Free < t.Overdue {
		return Times{}, errors.New("free: before overdue, which is to come first")
	}
	if t.SecondMiss != MissCall && t.SecondMiss != MissEnd {
		return Times{}, fmt.Errorf("secondMiss: neither %s nor %s", MissCall, MissEnd)
	}
	return t, nil
}

// decodeStrictly reads one JSON value into d, over what is there; nothing and null leave d as it is. It refuses names that d does not have.
func decodeStrictly(raw []byte, d any) error {
	if len(raw) == 0 {
		return nil
	}
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(d); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return errors.New("decode: more than one value")
	}
	return nil
}

// TimesOf are the times that hold in a region: its own, or the defaults where its own cannot be read. How a region is set up never costs a patient
// an answer.
func TimesOf(app core.App, region *records.Region) Times {
	t, err := ParseTimes(region.Times())
	if err != nil {
		logMisread(app, region.Id, "times", region.Times(), err)
		return Defaults()
	}
	return t
}

// logMisread logs that a part of a region's record cannot be read, once for what stands there.
func logMisread(app core.App, region, part string, raw []byte, err error) {
	key, stands := "lotsen misread "+part+" of "+region, string(raw)
	if app.Store().Get(key) == stands {
		return
	}
	app.Store().Set(key, stands)
	app.Logger().Error("a region's record cannot be read; defaults hold", "region", region, "part", part, "error", err)
}

// Target is when a case of this level that began to wait at since should have met somebody; zero where there is no such time, or nobody waits.
func (t Times) Target(level cases.Level, since time.Time) time.Time {
	if since.IsZero() || level < 0 || int(level) >= len(t.TargetLevel) || t.TargetLevel[level] == 0 {
		return time.Time{}
	}
	return since.Add(time.Duration(t.TargetLevel[level]))
}
