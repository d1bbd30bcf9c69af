package care

import (
	"context"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Handover is where a case goes: to another queue, or to another person of its present one. Exactly one of the two is set.
type Handover struct{ Queue, Clinician, Note string }

// Transfer hands a case over. In another queue it waits with the time it has waited already, and the old queue sees it no more;
// another person takes it as it is. The answer is empty: the caller may not see the case any longer.
// Errors: *Invalid for a queue of another region or the case's own, and for a person who does not belong to the case's queue or holds it already.
func (d *Desk) Transfer(ctx context.Context, who access.Who, id string, to Handover) error {
	r := request{who: who, event: cases.Transferred, find: theCase(id), body: to}
	if to.Queue != "" {
		var q *records.Queue
		r.check = func(a *Act) (err error) {
			q, err = a.otherQueue(to.Queue)
			return err
		}
		r.fill = func(a *Act) error { return a.toQueue(q, to.Note) }
	} else {
		var s *records.Staff
		r.event = cases.Handed
		r.check = func(a *Act) (err error) {
			s, err = a.otherPerson(to.Clinician)
			return err
		}
		r.fill = func(a *Act) error { return a.toPerson(s, to.Note) }
	}
	_, err := d.act(ctx, r)
	return err
}

// otherQueue finds a queue of the case's region that is not its own.
func (a *Act) otherQueue(id string) (*records.Queue, error) {
	q, err := records.QueueByID(a.tx, id)
	if err != nil {
		return nil, unknown("queue", err)
	}
	if q.Region() != a.Case.Region() || q.Id == a.Case.Queue() {
		return nil, &Invalid{Field: "queue", Code: "validation_unknown"}
	}
	return q, nil
}

// otherPerson finds a person of the case's queue who does not hold the case.
func (a *Act) otherPerson(id string) (*records.Staff, error) {
	s, err := records.StaffByID(a.tx, id)
	if err != nil {
		return nil, unknown("clinician", err)
	}
	if !slices.Contains(s.Queues(), a.Case.Queue()) || s.Id == a.Case.Clinician() {
		return nil, &Invalid{Field: "clinician", Code: "validation_unknown"}
	}
	return s, nil
}

func (a *Act) toQueue(q *records.Queue, note string) error {
	a.Because(note)
	a.told.From = a.Case.Queue()
	a.told.Before, a.told.BeforeName = a.Case.Clinician(), a.Case.ClinicianName()
	a.empty = true
	if err := a.backInLine(); err != nil {
		return err
	}
	a.told.Words = texts.CaseTransferred
	a.Case.ForgetMentions()
	a.Case.Enter(q.Unit(), q.Id, a.Case.Since())
	return nil
}

func (a *Act) toPerson(s *records.Staff, note string) error {
	a.Because(note)
	a.empty = true
	a.handTo(s.Who(a.Case.Unit()))
	return a.remindNew()
}

// LoseStaff ends what a member of staff has in queues that they do not keep: every case that they hold goes back in line, and notes that name
// them let them read no more outside the units that they keep. It is called in the transaction that changes or deletes the member of staff.
func (d *Desk) LoseStaff(ctx context.Context, tx core.App, staff string, keeps []string) error {
	if err := d.giveBackAll(ctx, tx, staff, keeps); err != nil {
		return err
	}
	named, err := records.Mentioning(tx, staff)
	if err != nil {
		return err
	}
	for _, c := range named {
		near, err := inUnit(tx, keeps, c.Unit())
		if err != nil {
			return err
		}
		if near {
			continue
		}
		_, err = d.actIn(ctx, tx, request{
			who: programme, event: cases.Unmentioned, find: theCase(c.Id),
			fill: func(a *Act) error {
				a.Case.Unmention(staff)
				return nil
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) giveBackAll(ctx context.Context, tx core.App, staff string, keeps []string) error {
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
			fill: (*Act).backInLine,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
