package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Release gives a case back to its queue, where it stood: the waiting time is kept. reason is for colleagues.
func (d *Desk) Release(ctx context.Context, who access.Who, id, reason string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Released, find: theCase(id), body: reason,
		fill: func(a *Act) error {
			a.Because(reason)
			a.told.Before, a.told.BeforeName = a.Case.Clinician(), a.Case.ClinicianName()
			return a.backInLine()
		},
	})
}

// backInLine gives the case back to where it stood. A patient who was told that it is their turn, and has not come yet, is told that it is not:
// they would hurry to nobody.
func (a *Act) backInLine() error {
	hurries := a.Case.State() == cases.Called && !a.Case.Due().IsZero()
	a.told.Words = texts.CaseReleased
	a.Case.GiveBack()
	if !hurries {
		return nil
	}
	t, err := a.Times()
	if err != nil {
		return err
	}
	return a.Inform(texts.SmsBackInLine, a.Now.Add(t.turnIsOld()))
}
