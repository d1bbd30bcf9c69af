package care

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// TakeNext gives nurse the patient whose turn it is in a queue, and calls that patient. take is an id that the client made for this wish, or "":
// the same take again answers the same patient.
//
// Two who press at once get two patients: transactions run one after the other, and each looks for itself who is first.
// Errors: access.ErrHidden and access.ErrDenied, records.ErrNotFound where nobody waits, ErrTaken where take was used for another queue.
func (d *Desk) TakeNext(ctx context.Context, nurse access.Who, queue, take string) (*records.Case, error) {
	if err := access.Queue(nurse, queue); err != nil {
		return nil, err // before looking: an empty queue is something to know, too
	}
	r := request{who: nurse, event: cases.Taken, fill: (*Act).call}
	r.find = func(tx core.App) (*records.Case, error) { return records.FirstWaiting(tx, queue) }
	if take != "" {
		r.key = Fingerprint("take", nurse.ID, take)
		r.find = d.takenOrFirst(r.key, queue)
	}
	return d.act(ctx, r)
}

// takenOrFirst finds the case that a take has given before, else the first in line. act then answers the repeat.
func (d *Desk) takenOrFirst(key, queue string) finder {
	return func(tx core.App) (*records.Case, error) {
		old, err := records.RepeatByKey(tx, key)
		if errors.Is(err, records.ErrNotFound) {
			return records.FirstWaiting(tx, queue)
		}
		if err != nil {
			return nil, err
		}
		then, err := firstAnswer(tx, old)
		if err != nil {
			return nil, err
		}
		if then.Queue() != queue {
			return nil, ErrTaken
		}
		return records.CaseByID(tx, old.Case())
	}
}

// Claim gives nurse one patient whose turn it may not be. The reason is kept: the order of the queue has been left. A case that a colleague holds
// and that is free, for the patient has waited too long for a word or the colleague is not there, is taken over as it stands.
// Errors: as TakeNext; *HeldBy where a colleague has the case.
func (d *Desk) Claim(ctx context.Context, nurse access.Who, id, reason string) (*records.Case, error) {
	var wanted *records.Case
	event, fill := cases.Taken, (*Act).call
	if c, err := records.CaseByID(d.App, id); err == nil && c.State().Held() && c.Clinician() != nurse.ID && !c.Freed().IsZero() {
		event, fill = cases.TakenOver, (*Act).takeOver
	}
	find := func(tx core.App) (c *records.Case, err error) {
		wanted, err = records.CaseByID(tx, id)
		return wanted, err
	}
	c, err := d.act(ctx, request{
		who: nurse, event: event, find: find, body: reason,
		fill: func(a *Act) error {
			a.Because(reason)
			return fill(a)
		},
	})
	var refused *cases.Refused
	if errors.As(err, &refused) && refused.State.Held() {
		return nil, &HeldBy{Refused: refused, ID: wanted.Clinician(), Name: wanted.ClinicianName()}
	}
	return c, err
}

// call makes the act's caller the case's clinician and tells the patient that it is their turn.
// The time for not coming starts when the provider has accepted the message; see Told of the outbox.
func (a *Act) call() error {
	a.Case.GiveTo(a.By)
	a.Case.UseHold(false)
	a.Case.NoDue()
	t, err := a.Times()
	if err != nil {
		return err
	}
	if err := a.Tell(texts.SmsYourTurn, a.Now.Add(t.turnIsOld())); err != nil {
		return fmt.Errorf("tell that it is their turn: %w", err)
	}
	return nil
}
