package care

import (
	"context"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// longestPause is how long a patient may be given to answer. A case that waits longer has been forgotten.
const longestPause = 30 * 24 * time.Hour

// Pause waits for the patient's answer until then, and tells the patient so. Halfway there is a reminder.
// Errors: *Invalid for a time that is not ahead, or too far ahead.
func (d *Desk) Pause(ctx context.Context, who access.Who, id string, until time.Time) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.PausedFor, find: theCase(id), body: records.RFC3339(until),
		check: func(a *Act) error {
			switch {
			case !until.After(a.Now):
				return &Invalid{Field: "until", Code: "validation_in_past"}
			case until.Sub(a.Now) > longestPause:
				return &Invalid{Field: "until", Code: "validation_invalid"}
			}
			return nil
		},
		fill: func(a *Act) error {
			a.Case.Settle()
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
			a.Case.Settle()
			return nil
		},
	})
}

// RangUp notes that the clinician rang the patient by telephone. A call that was answered is a patient who is here: it ends the time for not
// coming, and a pause.
func (d *Desk) RangUp(ctx context.Context, who access.Who, id string, answered bool) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.RangUp, find: theCase(id), body: answered,
		fill: func(a *Act) error {
			a.Case.AskToRing(false)
			a.told.Words = texts.CasePhoneUnanswered
			if answered {
				a.told.Words = texts.CasePhoneAnswered
				a.answeredPhone()
			}
			return nil
		},
	})
}

func (a *Act) answeredPhone() {
	switch a.Case.State() { //nolint:exhaustive // in all others the patient is here already, or nobody rings
	case cases.Called:
		a.Become(cases.Here)
	case cases.Paused:
		a.Become(cases.Resumed)
	default:
		a.Case.Settle()
		return
	}
	a.come()
	a.Case.Settle()
}
