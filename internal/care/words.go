package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// OwnWords keeps what the patient writes in own words. People read it, rules never do: the case is marked until a person has read it.
// Words of danger mark it too, and are answered so that 112 can be shown at once; the level is untouched.
func (d *Desk) OwnWords(ctx context.Context, who access.Who, id, text string) (*records.Case, []triage.DangerGroup, error) {
	danger := d.Protocols.Danger(text)
	c, err := d.act(ctx, request{
		who: who, event: cases.OwnWords, find: theCase(id), body: text,
		fill: func(a *Act) error {
			a.Case.AddWords()
			if len(danger) > 0 {
				a.Case.MarkDanger()
			}
			if err := a.owe(a.Case.State() == cases.Active); err != nil {
				return err
			}
			_, err := records.AddAnswer(a.tx, a.Case, records.OwnWordsQuestion, text, nil, a.Now)
			return err
		},
	})
	return c, danger, err
}
