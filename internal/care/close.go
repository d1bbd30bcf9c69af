package care

import (
	"context"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Close ends a case with an outcome and the advice that the patient reads, and sends a text message that says so.
func (d *Desk) Close(ctx context.Context, who access.Who, id string, end records.Ending) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Ended, find: theCase(id), body: end,
		fill: func(a *Act) error { return a.finishWith(end, texts.SmsClosed) },
	})
}

// finishWith ends the case and tells the patient so, where there is a number. A guardian whom nobody has verified reads nothing from here on.
func (a *Act) finishWith(end records.Ending, words string) error {
	a.Case.Finish(end)
	a.Case.EndAt(a.Now)
	a.Case.ForgetMentions()
	if a.Case.Phone() != "" {
		if err := a.Tell(words, time.Time{}); err != nil {
			return err
		}
	}
	return a.endUnverifiedGuardian()
}
