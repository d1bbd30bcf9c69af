package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// May finds a case and says whether who may make event happen to it. It is asked before a body is read; the act asks again inside its
// transaction. Errors: records.ErrNotFound, access.ErrHidden, access.ErrDenied.
//
// Who has done the same to the case within the hour passes: the request may be a repeat of the very act that ended the right, and only the
// act, which sees the body, can tell.
func (d *Desk) May(_ context.Context, who access.Who, event cases.Event, id string) (*records.Case, error) {
	c, err := records.CaseByID(d.App, id)
	if err != nil {
		return nil, err
	}
	refusal := access.Check(who, event, c.Facts())
	if refusal == nil || event == access.See {
		return c, refusal
	}
	same := []cases.Event{event}
	if event == cases.Transferred {
		same = append(same, cases.Handed) // one command; the body says which
	}
	done, err := records.HasRepeat(d.App, who.ID, id, d.Clock.Now().Add(-repeatFor), same...)
	if err != nil {
		return nil, err
	}
	if !done {
		return nil, refusal
	}
	return c, nil
}
