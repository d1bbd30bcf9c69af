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

// LongestHold is how long a message, or the end of a case, may be held at most.
const LongestHold = 10 * time.Second

// HeldMessage is a clinician's word that is to be said after a while, unless it is taken back. ID is the client's, and becomes the message's.
type HeldMessage struct {
	ID, Body string
	For      time.Duration
}

// MayHold finds a case and says whether who may have a message held in it, before the body is read: who may write there, and who has had one held
// there and may be asking for the same again. Errors: as May.
func (d *Desk) MayHold(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	c, err := d.May(ctx, who, cases.Replied, id)
	if err == nil || !isRefusal(err) || who.Kind != access.Staff {
		return c, err
	}
	return d.ownHeld(who, id, err)
}

// MayReadHeld finds a case and says whether who may ask for what they themselves have held there: staff who see it, and who wrote something that
// could not be said, though they see the case no more. Errors: as May.
func (d *Desk) MayReadHeld(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	c, err := d.May(ctx, who, access.See, id)
	switch {
	case err == nil && who.Kind != access.Staff:
		return nil, access.ErrDenied
	case err == nil || !isRefusal(err) || who.Kind != access.Staff:
		return c, err
	}
	return d.ownHeld(who, id, err)
}

// ownHeld finds the case for who has, or had, something of their own held there; others get the refusal.
func (d *Desk) ownHeld(who access.Who, id string, refusal error) (*records.Case, error) {
	own, err := records.HasUnsaid(d.App, who.ID, id)
	if err != nil {
		return nil, err
	}
	if !own {
		return nil, refusal
	}
	return records.CaseByID(d.App, id)
}

// HoldMessage keeps a message that is said when its time is over. Until then it is nobody's but its author's, and nothing has happened to the case.
// It is not said before what the same author has written before it. The same again is answered with the first.
//
// Errors: ErrTaken where the id stands for something else; access.ErrHidden, access.ErrDenied; *cases.Refused.
func (d *Desk) HoldMessage(ctx context.Context, who access.Who, id string, in HeldMessage) (*records.Unsaid, error) {
	var u *records.Unsaid
	err := d.App.RunInTransaction(func(tx core.App) (err error) {
		u, err = d.holdMessage(ctx, tx, who, id, in)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("hold a message: %w", err)
	}
	return u, d.durable(ctx)
}

func (d *Desk) holdMessage(ctx context.Context, tx core.App, who access.Who, id string, in HeldMessage) (*records.Unsaid, error) {
	m, err := records.NewMessage(tx, id, in.Body)
	if err != nil {
		return nil, err
	}
	print := Fingerprint("held", MessagePrint(m), in.For)
	again, err := heldBefore(tx, who, id, in.ID, print)
	if again != nil || err != nil {
		return again, err
	}
	c, err := records.CaseByID(tx, id)
	if err != nil {
		return nil, err
	}
	if err := access.Check(who, cases.Replied, c.Facts()); err != nil {
		return nil, err
	}
	if _, err := cases.Apply(c.State(), cases.Replied); err != nil {
		return nil, err
	}
	if err := d.stopClosing(ctx, tx, id, who, cases.Replied); err != nil {
		return nil, err
	}
	return d.keepHeld(ctx, tx, records.Draft{
		ID: in.ID, Case: id, Author: who.ID, Kind: records.HeldMessage, Body: in.Body, Fingerprint: print,
	}, in.For)
}

// heldBefore finds what the same request has had held. An id that stands for anything else is ErrTaken.
func heldBefore(tx core.App, who access.Who, caseID, id, print string) (*records.Unsaid, error) {
	u, err := records.UnsaidByID(tx, id)
	switch {
	case err == nil && (u.Author() != who.ID || u.Case() != caseID || u.Fingerprint() != print):
		return nil, ErrTaken
	case err == nil || !errors.Is(err, records.ErrNotFound):
		return u, err
	}
	if _, err = records.MessageByID(tx, id); err == nil {
		return nil, ErrTaken
	}
	return nil, records.IgnoreMissing(err)
}

// keepHeld stores what is held. It is due after what the same author holds of the case already: nothing overtakes, and nothing loses its time.
func (d *Desk) keepHeld(ctx context.Context, tx core.App, draft records.Draft, wait time.Duration) (*records.Unsaid, error) {
	before, err := records.UnsaidOf(tx, draft.Author, draft.Case, records.StillHeld)
	if err != nil {
		return nil, err
	}
	draft.At = d.Clock.Now()
	draft.Due = draft.At.Add(wait)
	if until := heldUntil(before); until.After(draft.Due) {
		draft.Due = until
	}
	u, err := records.NewUnsaid(tx, draft)
	if err != nil {
		return nil, err
	}
	if err := tx.SaveWithContext(ctx, u); err != nil {
		return nil, fmt.Errorf("keep what is held: %w", err)
	}
	return u, nil
}

// HeldOf lists what who has held of a case, and what could not be said, in the order in which it was written.
func (d *Desk) HeldOf(_ context.Context, who access.Who, id string) ([]*records.Unsaid, error) {
	return records.UnsaidOf(d.App, who.ID, id, records.StillHeld, records.Failed)
}

// MayTakeBack finds what who has held of a case under an id. To others it does not exist: records.ErrNotFound.
func (d *Desk) MayTakeBack(_ context.Context, who access.Who, caseID, id string) (*records.Unsaid, error) {
	u, err := records.UnsaidByID(d.App, id)
	if err == nil && (who.Kind != access.Staff || u.Author() != who.ID || u.Case() != caseID) {
		return nil, records.ErrNotFound
	}
	return u, err
}

// ErrSaid says that what was held has been said already: it cannot be taken back.
var ErrSaid = errors.New("it has been said already")

// TakeBack takes back what who has held, or puts away what could not be said. Twice is once.
// Errors: records.ErrNotFound; ErrSaid.
func (d *Desk) TakeBack(ctx context.Context, who access.Who, caseID, id string) error {
	err := d.App.RunInTransaction(func(tx core.App) error {
		inside := *d
		inside.App = tx
		u, err := inside.MayTakeBack(ctx, who, caseID, id)
		if err != nil {
			return err
		}
		switch u.State() {
		case records.TakenBack:
			return nil
		case records.Done:
			return ErrSaid
		}
		u.Settle(records.TakenBack, d.Clock.Now())
		return tx.SaveWithContext(ctx, u)
	})
	if err != nil {
		return fmt.Errorf("take back what was held: %w", err)
	}
	return d.durable(ctx)
}

// MessagePrint is a hash over what the author of a message sent; files are hashes of its files as they came.
func MessagePrint(m *records.Message, files ...string) string {
	parts := []any{"message", m.Case(), m.Kind() == records.Note, m.Body(), m.Mentions()}
	for _, sum := range files {
		parts = append(parts, sum)
	}
	return Fingerprint(parts...)
}

// isRefusal says whether an act was refused for a reason that trying again does not change.
func isRefusal(err error) bool {
	return errors.As(err, new(*cases.Refused)) || errors.As(err, new(*Invalid)) ||
		slices.ContainsFunc([]error{access.ErrHidden, access.ErrDenied, records.ErrNotFound, ErrTaken}, func(known error) bool { return errors.Is(err, known) })
}
