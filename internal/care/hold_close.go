package care

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// CloseHeld says that an end of the case is held already, another one than was asked for.
type CloseHeld struct {
	*cases.Refused
	At time.Time // when the case ends
}

func (c *CloseHeld) Unwrap() error { return c.Refused }

// HeldEnd is the end of a case that is to come after a while, unless it is taken back. ID is the client's, or "": it tells asking again from
// sending again. With For 0 the case ends at once, and the ID stands for that.
type HeldEnd struct {
	ID     string
	Ending records.Ending
	For    time.Duration
}

// HoldClose ends a case after a while, as Close does, unless it is taken back or something happens to the case before: no case is closed over a
// word that nobody has read. Until then nothing has happened, and only its author knows. The same again ends nothing; under
// an ID also after it was taken back.
//
// Errors: as Close; ErrTaken where the ID stands for something else; *CloseHeld where the author has another end of the case held.
func (d *Desk) HoldClose(ctx context.Context, who access.Who, id string, in HeldEnd) (c *records.Case, err error) {
	err = d.App.RunInTransaction(func(tx core.App) (err error) {
		c, err = d.holdClose(ctx, tx, closing(who, id, in.Ending), in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold the end of a case: %w", err)
	}
	return c, d.durable(ctx)
}

func (d *Desk) holdClose(ctx context.Context, tx core.App, r request, in HeldEnd) (*records.Case, error) {
	c, err := r.find(tx)
	if err != nil {
		return nil, err
	}
	print := Fingerprint("close", c.Id, in.Ending, in.For)
	before, err := d.heldEndBefore(tx, r.who, c, in.ID, print)
	switch {
	case err != nil:
		return nil, err
	case before:
		return c, access.Check(r.who, access.See, c.Facts())
	case in.For == 0:
		return d.closeNow(ctx, tx, r, in, print)
	}
	a := &Act{Case: c, By: r.who, Now: d.Clock.Now(), ctx: ctx, tx: tx, event: r.event}
	if err := a.allowed(r); err != nil {
		return nil, err
	}
	refused := &cases.Refused{Event: r.event, State: c.State()}
	until, err := ClosesAt(tx, r.who, c.Id)
	switch {
	case err != nil:
		return nil, err
	case !until.IsZero():
		return nil, &CloseHeld{Refused: refused, At: until}
	}
	if err := d.putAwayCloses(ctx, tx, r.who.ID, c.Id); err != nil {
		return nil, err
	}
	_, err = d.keepHeld(ctx, tx, records.Draft{
		ID: in.ID, Case: c.Id, Author: r.who.ID, Kind: records.HeldClose, Ending: in.Ending, Fingerprint: print,
	}, in.For)
	return c, err
}

// closeNow ends a case at once, and keeps the ID that its end was asked for by, so that it stands for that.
func (d *Desk) closeNow(ctx context.Context, tx core.App, r request, in HeldEnd, print string) (*records.Case, error) {
	r.key = Fingerprint("close", r.who.ID, in.ID)
	c, err := d.actIn(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	u, err := records.NewUnsaid(tx, records.Draft{
		ID: in.ID, Case: c.Id, Author: r.who.ID, Kind: records.HeldClose, Fingerprint: print, At: now, Due: now,
	})
	if err != nil {
		return nil, err
	}
	u.Settle(records.Done, now)
	if err := tx.SaveWithContext(ctx, u); err != nil {
		return nil, fmt.Errorf("keep the id of an end: %w", err)
	}
	return c, nil
}

// heldEndBefore says whether the same request for an end was made before: by its ID, which is answered again whatever became of it; without one by
// what was sent, as long as it is held or has closed the case.
func (d *Desk) heldEndBefore(tx core.App, who access.Who, c *records.Case, id, print string) (bool, error) {
	if id != "" {
		u, err := heldBefore(tx, who, c.Id, id, print)
		if u == nil || err != nil {
			return false, err
		}
		return true, nil
	}
	u, err := records.LastClose(tx, who.ID, c.Id, print)
	if err != nil {
		return false, records.IgnoreMissing(err)
	}
	closed := u.State() == records.Done && !c.State().Open() && d.Clock.Now().Sub(u.Settled()) <= repeatFor
	return u.State() == records.StillHeld || closed, nil
}

// TakeBackClose takes back the end of a case that its clinician has held. Where none is held there is nothing to do.
// Errors: access.ErrHidden, access.ErrDenied; *cases.Refused where the case has ended.
func (d *Desk) TakeBackClose(ctx context.Context, who access.Who, id string) error {
	err := d.App.RunInTransaction(func(tx core.App) error {
		c, err := records.CaseByID(tx, id)
		if err != nil {
			return err
		}
		if err := access.Check(who, cases.Ended, c.Facts()); err != nil {
			return err
		}
		if _, err := cases.Apply(c.State(), cases.Ended); err != nil {
			return err
		}
		return d.putAwayCloses(ctx, tx, who.ID, id)
	})
	if err != nil {
		return fmt.Errorf("take back the end of a case: %w", err)
	}
	return d.durable(ctx)
}

// putAwayCloses takes back what an author has held, or could not do, to end a case.
func (d *Desk) putAwayCloses(ctx context.Context, tx core.App, author, caseID string) error {
	all, err := records.UnsaidOf(tx, author, caseID, records.StillHeld, records.Failed)
	if err != nil {
		return err
	}
	for _, u := range all {
		if u.Kind() != records.HeldClose {
			continue
		}
		u.Settle(records.TakenBack, d.Clock.Now())
		if err := tx.SaveWithContext(ctx, u); err != nil {
			return fmt.Errorf("take back an end: %w", err)
		}
	}
	return nil
}

// ClosesAt is when the case ends that who has held the end of; zero where it does not.
func ClosesAt(app core.App, who access.Who, caseID string) (time.Time, error) {
	all, err := records.UnsaidOf(app, who.ID, caseID, records.StillHeld)
	if err != nil {
		return time.Time{}, err
	}
	return heldUntil(slices.DeleteFunc(all, func(u *records.Unsaid) bool { return u.Kind() != records.HeldClose })), nil
}

// goesOn are the events over which a held end goes on: somebody reads, a timer rings, a right or a number changes. Any other is a word that may be
// unread, or a move.
var goesOn = []cases.Event{
	cases.Read, cases.WordsRead, cases.NewNumber, cases.Guarded, cases.Unmentioned, cases.Delivered, cases.Kept, cases.Reminded,
	cases.Overdue, cases.Freed, cases.Alone, cases.Present,
}

// stopClosing stops the held end of a case to which something happens. Its author is told, and keeps what was written; who closes it at once knows.
func (d *Desk) stopClosing(ctx context.Context, tx core.App, caseID string, by access.Who, event cases.Event) error {
	if slices.Contains(goesOn, event) {
		return nil
	}
	closes, err := records.HeldCloses(tx, caseID)
	if err != nil {
		return err
	}
	for _, u := range closes {
		own := u.Author() == by.ID
		switch {
		case own && event == cases.Noted:
			continue
		case own && event == cases.Ended:
			u.Settle(records.TakenBack, d.Clock.Now())
		default:
			u.Fail(string(event), d.Clock.Now())
		}
		if err := tx.SaveWithContext(ctx, u); err != nil {
			return fmt.Errorf("stop an end: %w", err)
		}
	}
	return nil
}
