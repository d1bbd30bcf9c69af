package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// MarkRead notes that the caller has read the first upTo messages. It never goes back, and never beyond what there is.
// While somebody holds the case, only that person's reading counts as read by staff; a colleague who looks changes nothing.
func (d *Desk) MarkRead(ctx context.Context, who access.Who, id string, upTo int) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Read, find: theCase(id), body: upTo,
		fill: func(a *Act) error {
			a.read(min(upTo, a.Case.Messages()))
			return nil
		},
	})
}

func (a *Act) read(upTo int) {
	a.told.UpTo = upTo
	if a.By.Kind == access.Patient {
		a.told.Side = records.FromPatient
		a.idle = upTo <= a.Case.ReadByPatient()
		a.Case.MarkReadByPatient(upTo)
		return
	}
	a.told.Side = records.FromStaff
	a.idle = upTo <= a.Case.ReadByStaff() || a.Case.State().Held() && a.Case.Clinician() != a.By.ID
	if !a.idle {
		a.Case.MarkReadByStaff(upTo)
	}
}

// MarkWordsRead notes that staff have read the patient's own words: the mark in the queue goes out.
func (d *Desk) MarkWordsRead(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.WordsRead, find: theCase(id), body: "",
		fill: func(a *Act) error {
			a.idle = !a.Case.WordsUnread()
			a.Case.ReadWords()
			return nil
		},
	})
}
