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

// HoldClose ends a case after a while, as Close does, unless it is taken back or something happens to the case before: no case is closed over a
// word that nobody has read. Until then nothing has happened, and only its author knows. The same again is answered with the first.
//
// Errors: as Close; *CloseHeld where the author has another end of the case held.
func (d *Desk) HoldClose(ctx context.Context, who access.Who, id string, end records.Ending, wait time.Duration) (c *records.Case, err error) {
	err = d.App.RunInTransaction(func(tx core.App) (err error) {
		c, err = d.holdClose(ctx, tx, closing(who, id, end), end, wait)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold the end of a case: %w", err)
	}
	return c, d.durable(ctx)
}

func (d *Desk) holdClose(ctx context.Context, tx core.App, r request, end records.Ending, wait time.Duration) (*records.Case, error) {
	c, err := r.find(tx)
	if err != nil {
		return nil, err
	}
	print := Fingerprint("close", c.Id, end, wait)
	last, err := records.LastClose(tx, r.who.ID, c.Id)
	if err := records.IgnoreMissing(err); err != nil {
		return nil, err
	}
	if last != nil && last.Fingerprint() == print && d.closesAgain(last, c) {
		return c, access.Check(r.who, access.See, c.Facts())
	}
	a := &Act{Case: c, By: r.who, Now: d.Clock.Now(), ctx: ctx, tx: tx, event: r.event}
	if err := a.allowed(r); err != nil {
		return nil, err
	}
	if last != nil && last.State() == records.StillHeld {
		return nil, &CloseHeld{Refused: &cases.Refused{Event: r.event, State: c.State()}, At: last.Due()}
	}
	if err := d.putAwayCloses(ctx, tx, r.who.ID, c.Id); err != nil {
		return nil, err
	}
	_, err = d.keepHeld(ctx, tx, records.Draft{
		Case: c.Id, Author: r.who.ID, Kind: records.HeldClose, Ending: end, Fingerprint: print,
	}, wait)
	return c, err
}

// closesAgain says whether the same request as that of an end which was held gets the same answer: it is held still, or has closed the case within
// the hour, and the case has not been opened again.
func (d *Desk) closesAgain(last *records.Unsaid, c *records.Case) bool {
	switch last.State() {
	case records.StillHeld:
		return true
	case records.Done:
		return !c.State().Open() && d.Clock.Now().Sub(last.At()) <= repeatFor
	}
	return false
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
