package care

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// RunHeld says what was held until now, and says whether there was anything. What one author holds of one case is a transaction of its own: it
// comes out in order, and a fault in it holds up nobody else. What cannot be said any more is kept for its author, who is told.
func (d *Desk) RunHeld(ctx context.Context) (bool, error) {
	due, err := records.UnsaidDue(d.App, d.Clock.Now(), dueAtOnce)
	if err != nil {
		return false, fmt.Errorf("find what is held: %w", err)
	}
	did := false
	var faults []error
	seen := map[[2]string]bool{}
	for _, u := range due {
		whose := [2]string{u.Author(), u.Case()}
		if seen[whose] {
			continue
		}
		seen[whose] = true
		err := d.App.RunInTransaction(func(tx core.App) error {
			did = true
			return d.sayHeld(ctx, tx, u.Author(), u.Case(), func(u *records.Unsaid) bool { return !u.Due().After(d.Clock.Now()) })
		})
		if err != nil {
			faults = append(faults, fmt.Errorf("say what is held of case %s: %w", u.Case(), err))
		}
	}
	if did {
		faults = append(faults, d.durable(ctx))
	}
	return did && errors.Join(faults...) == nil, errors.Join(faults...)
}

// sayHeld says, in order, what an author holds of a case, as far as now says that it is time.
func (d *Desk) sayHeld(ctx context.Context, tx core.App, author, caseID string, now func(*records.Unsaid) bool) error {
	all, err := records.UnsaidOf(tx, author, caseID, records.StillHeld)
	if err != nil || len(all) == 0 {
		return err
	}
	who, err := d.staffNow(tx, author)
	if err != nil {
		return err
	}
	for _, u := range all {
		if !now(u) {
			return nil
		}
		if err := d.sayOne(ctx, tx, who, u); err != nil {
			return err
		}
	}
	return nil
}

// sayOne lets happen what was held, as if its author did it now; or notes why it cannot.
func (d *Desk) sayOne(ctx context.Context, tx core.App, who access.Who, u *records.Unsaid) error {
	r, err := heldRequest(tx, who, u)
	if err == nil {
		_, err = d.actIn(ctx, tx, r)
	}
	switch {
	case err == nil:
		u.Settle(records.Done, d.Clock.Now())
	case isRefusal(err):
		u.Fail(whyNot(err), d.Clock.Now())
	default:
		return err
	}
	if err := tx.SaveWithContext(ctx, u); err != nil {
		return fmt.Errorf("note what became of what was held: %w", err)
	}
	return nil
}

// heldRequest is what happens when something that is held is due.
func heldRequest(tx core.App, who access.Who, u *records.Unsaid) (request, error) {
	if u.Kind() == records.HeldClose {
		end, err := u.Ending()
		r := closing(who, u.Case(), end)
		r.held = true
		return r, err
	}
	m, err := records.NewMessage(tx, u.Case(), u.Body())
	if err != nil {
		return request{}, err
	}
	m.Id = u.Id
	return request{
		who: who, event: cases.Replied, find: theCase(u.Case()), held: true,
		fill: func(a *Act) error {
			return a.say(m, MessagePrint(m), func(tx core.App) error { return tx.SaveWithContext(a.ctx, m) })
		},
	}, nil
}

// staffNow is a member of staff as they are now: role and queues may have changed. Who has been deleted may do nothing.
func (d *Desk) staffNow(tx core.App, id string) (access.Who, error) {
	s, err := records.StaffByID(tx, id)
	if err != nil {
		return access.Who{}, records.IgnoreMissing(err)
	}
	unit := ""
	if queues := s.Queues(); len(queues) > 0 {
		q, err := records.QueueByID(tx, queues[0])
		if err != nil {
			return access.Who{}, fmt.Errorf("find unit of staff: %w", err)
		}
		unit = q.Unit()
	}
	return s.Who(unit), nil
}

// failedFor is how long its author may read what could not be said. What was said is the journal's; what never was is nobody's.
const failedFor = 30 * 24 * time.Hour

// Why something that was held could not be said.
const (
	whyRight   = "right"   // its author may not write there any more
	whyState   = "state"   // the case has ended, or waits in line again
	whyInvalid = "invalid" // the case does not take it as it was written
)

func whyNot(err error) string {
	switch {
	case errors.As(err, new(*cases.Refused)):
		return whyState
	case errors.As(err, new(*Invalid)), errors.Is(err, ErrTaken):
		return whyInvalid
	}
	return whyRight
}

// saidFirst are the acts before which their author's held messages are said: nothing overtakes what was written before it, and nothing is written
// into a case that has been given away.
var saidFirst = []cases.Event{
	cases.Replied, cases.Ended, cases.PausedFor, cases.Released, cases.Transferred, cases.Handed, cases.Missed,
}

// sayFirst says what the caller of an act still holds of its case, where the act must not overtake it. The act goes on with the case as it then is.
func (d *Desk) sayFirst(a *Act, r request) error {
	if r.held || r.who.Kind != access.Staff || !slices.Contains(saidFirst, r.event) {
		return nil
	}
	if err := d.sayHeld(a.ctx, a.tx, r.who.ID, a.Case.Id, isMessage); err != nil {
		return err
	}
	now, err := records.CaseByID(a.tx, a.Case.Id)
	if err != nil {
		return err
	}
	a.Case = now
	return nil
}

func isMessage(u *records.Unsaid) bool { return u.Kind() == records.HeldMessage }

// heldUnder says at once what is held under the id of a message that its author now sends, and finds the message. An id that stands for something
// else is ErrTaken.
func (d *Desk) heldUnder(ctx context.Context, tx core.App, who access.Who, m *records.Message, fingerprint string) (*records.Message, error) {
	u, err := records.UnsaidByID(tx, m.Id)
	if err != nil {
		return nil, records.IgnoreMissing(err)
	}
	same, err := records.NewMessage(tx, u.Case(), u.Body())
	if err != nil {
		return nil, err
	}
	if u.State() != records.StillHeld || u.Author() != who.ID || u.Case() != m.Case() || MessagePrint(same) != fingerprint {
		return nil, ErrTaken
	}
	if err := d.sayHeld(ctx, tx, who.ID, m.Case(), isMessage); err != nil {
		return nil, err
	}
	return saidBefore(tx, who, m, fingerprint)
}

// heldUntil is when the last of some is due.
func heldUntil(list []*records.Unsaid) time.Time {
	var until time.Time
	for _, u := range list {
		if u.Due().After(until) {
			until = u.Due()
		}
	}
	return until
}
