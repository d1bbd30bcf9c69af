package care

import (
	"context"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Pause waits for the patient's answer until then, and tells the patient so. Halfway there is a reminder.
// Errors: *Invalid for a time that is not ahead.
func (d *Desk) Pause(ctx context.Context, who access.Who, id string, until time.Time) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.PausedFor, find: theCase(id), body: until,
		fill: func(a *Act) error {
			if !until.After(a.Now) {
				return &Invalid{Field: "until", Code: "validation_invalid_time"}
			}
			a.Case.SetDue(until, records.DuePauseEnd)
			a.Case.SetTimer(a.Now.Add(until.Sub(a.Now)/2), records.DueRemind)
			return nil
		},
	})
}

// Resume goes on with a case that was paused.
func (d *Desk) Resume(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Resumed, find: theCase(id), body: "",
		fill: func(a *Act) error {
			a.Case.NoDue()
			return nil
		},
	})
}

// RangUp notes that the clinician rang the patient by telephone. A call that was answered is a patient who is here.
func (d *Desk) RangUp(ctx context.Context, who access.Who, id string, answered bool) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.RangUp, find: theCase(id), body: answered,
		fill: func(a *Act) error {
			a.Case.AskToRing(false)
			if answered && a.Case.State() == cases.Called {
				a.Become(cases.Here)
				a.Case.ComeHere()
				a.Case.NoDue()
			}
			return nil
		},
	})
}
