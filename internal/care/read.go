package care

import (
	"context"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// MarkRead notes that the caller has read the first upTo messages. It never goes back, and never beyond what there is.
// For staff, only the mark of who holds the case counts as read by staff.
func (d *Desk) MarkRead(ctx context.Context, who access.Who, id string, upTo int) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Read, find: theCase(id), body: upTo,
		fill: func(a *Act) error {
			a.told.Side, a.told.UpTo = records.FromStaff, min(upTo, a.Case.Messages())
			if who.Kind == access.Patient {
				a.told.Side = records.FromPatient
				a.Case.MarkReadByPatient(a.told.UpTo)
				return nil
			}
			a.Case.MarkReadByStaff(a.told.UpTo)
			return nil
		},
	})
}

// MarkWordsRead notes that staff have read the patient's own words: the mark in the queue goes out.
func (d *Desk) MarkWordsRead(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.WordsRead, find: theCase(id), body: "",
		fill: func(a *Act) error {
			a.Case.ReadWords()
			return nil
		},
	})
}
