package care

import (
	"context"
	"strings"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Close ends a case with an outcome and the advice that the patient reads, and sends a text message that says so.
// Errors: *Invalid where the advice is not Swedish and does not stand in Swedish, too: the journal is read by people who read Swedish.
func (d *Desk) Close(ctx context.Context, who access.Who, id string, end records.Ending) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Ended, find: theCase(id), body: end,
		check: func(a *Act) error {
			if !inSwedish(a.Case.Language()) && end.AdviceSv == "" {
				return &Invalid{Field: "adviceSv", Code: "validation_swedish_required"}
			}
			return nil
		},
		fill: func(a *Act) error { return a.finishWith(end, texts.SmsClosed) },
	})
}

// inSwedish says whether a language is Swedish, of one kind or another; no language means Swedish.
func inSwedish(language string) bool {
	name, _, _ := strings.Cut(language, "-")
	return name == "" || name == "sv"
}

// finishWith ends the case and tells the patient so, where there is a number. A guardian whom nobody has verified reads nothing from here on,
// and is not told to.
func (a *Act) finishWith(end records.Ending, words string) error {
	a.Case.Finish(end)
	a.Case.EndAt(a.Now)
	a.Case.ForgetMentions()
	if err := a.endUnverifiedGuardian(); err != nil {
		return err
	}
	if !a.reachable() {
		return nil
	}
	return a.Tell(words, time.Time{})
}
