package care

import (
	"context"
	"errors"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Handover is where a case goes: to another queue, or to another person of its present one. Exactly one of the two is set.
type Handover struct{ Queue, Clinician, Note string }

// Transfer hands a case over. In another queue it waits with the time it has waited already, and the old queue sees it no more;
// another person takes it as it is. The answer is empty: the caller may not see the case any longer.
// Errors: *Invalid for a queue of another region, or a person who does not belong to the case's queue.
func (d *Desk) Transfer(ctx context.Context, who access.Who, id string, to Handover) error {
	r := request{who: who, find: theCase(id), body: to}
	if to.Queue != "" {
		r.event, r.fill = cases.Transferred, func(a *Act) error { return a.toQueue(to) }
	} else {
		r.event, r.fill = cases.Handed, func(a *Act) error { return a.toPerson(to) }
	}
	_, err := d.act(ctx, r)
	return err
}

func (a *Act) toQueue(to Handover) error {
	q, err := records.QueueByID(a.tx, to.Queue)
	if errors.Is(err, records.ErrNotFound) {
		return &Invalid{Field: "queue", Code: "validation_unknown"}
	}
	if err != nil {
		return err
	}
	if q.Region() != a.Case.Region() || q.Id == a.Case.Queue() {
		return &Invalid{Field: "queue", Code: "validation_unknown"}
	}
	a.Because(to.Note)
	a.told.From = a.Case.Queue()
	a.empty = true
	a.Case.GiveBack()
	a.Case.ForgetMentions()
	a.Case.Enter(q.Unit(), q.Id, a.Case.Since())
	return nil
}

func (a *Act) toPerson(to Handover) error {
	s, err := records.StaffByID(a.tx, to.Clinician)
	if errors.Is(err, records.ErrNotFound) || err == nil && !slices.Contains(s.Queues(), a.Case.Queue()) {
		return &Invalid{Field: "clinician", Code: "validation_unknown"}
	}
	if err != nil {
		return err
	}
	a.Because(to.Note)
	a.empty = true
	a.Case.GiveTo(s.Who(a.Case.Unit()))
	return nil
}

// LoseStaff puts every open case of a member of staff back in line whose queue is not among those that they keep. It is called in the transaction that
// changes or deletes the member of staff, before the change.
func (d *Desk) LoseStaff(ctx context.Context, tx core.App, staff string, keeps []string) error {
	held, err := records.HeldBy(tx, staff)
	if err != nil {
		return err
	}
	for _, c := range held {
		if slices.Contains(keeps, c.Queue()) {
			continue
		}
		_, err := d.actIn(ctx, tx, request{
			who: programme, event: cases.Released, find: theCase(c.Id),
			fill: func(a *Act) error {
				a.Case.GiveBack()
				return nil
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
