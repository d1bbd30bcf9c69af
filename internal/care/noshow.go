package care

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// turnIsOld is how long after the call a text message that says so is still of use: it is not sent when the turn is long over.
func (t Times) turnIsOld() time.Duration { return time.Duration(t.NoShow) + time.Duration(t.Hold) }

// NoShow notes that nobody came. The first miss gives the patient the old place back; the second follows the region's rule:
// the row asks staff to ring, or the case ends with words that say how to go on.
func (d *Desk) NoShow(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Missed, find: theCase(id), body: "",
		fill: (*Act).miss,
	})
}

// miss counts a miss and does what follows from it. Whom no message has reached has missed nothing: the row goes on asking staff to ring.
func (a *Act) miss() error {
	if a.Case.Ring() && a.Case.Due().IsZero() {
		a.told.Words = texts.CaseReleased
		a.Case.GiveBack()
		return nil
	}
	t, err := a.Times()
	if err != nil {
		return err
	}
	a.Case.Miss()
	if a.Case.Missed() > 1 && t.SecondMiss == MissEnd && mayEndByItself(a.Case) && !a.Case.FeelsWorse() {
		a.Become(cases.MissedOut)
		a.told.Words = texts.CaseMissedOut
		return a.endByItself(a.programsEnding("no_show", texts.CaseMissedOut, ""), texts.SmsMissedEnd)
	}
	sms, words := texts.SmsMissedOnce, texts.CaseMissedOnce
	if a.Case.Missed() > 1 {
		a.Case.AskToRing(true)
		sms, words = texts.SmsMissedCall, texts.CaseMissedCall
	}
	a.told.Words = words
	a.Case.GiveBack()
	return a.Tell(sms, a.Now.Add(t.turnIsOld()))
}

// mayEndByItself says whether a timer, or a rule about misses, may end a case. None may end one that may be dangerous: level 1 or 2,
// the patient's word unanswered, also one that they feel worse, or own words that nobody has read. One that is not decided yet has no level.
func mayEndByItself(c *records.Case) bool {
	return (c.Level() == 0 || c.Level() > cases.Urgent) && c.LastBy() != records.FromPatient && !c.WordsUnread() && c.Owed().IsZero()
}

// CallDelivered starts the time for not coming: the provider has accepted the text message that called the patient.
// It is called in the transaction that notes so. A call that is over meanwhile has no timer.
func (d *Desk) CallDelivered(ctx context.Context, tx core.App, caseID string, seq int, accepted time.Time) error {
	c, current, err := theCall(tx, caseID, seq)
	if err != nil || !current {
		return err
	}
	_, err = d.actIn(ctx, tx, request{who: programme, event: cases.Delivered, find: theCase(c.Id), fill: func(a *Act) error {
		t, err := a.Times()
		if err != nil {
			return err
		}
		until := accepted.Add(time.Duration(t.NoShow))
		if a.Case.HeldOnce() {
			until = until.Add(time.Duration(t.Hold))
		}
		a.Case.SetDue(until, records.DueNoShow)
		return nil
	}})
	return err
}

// CallFailed notes that the text message that called the patient will not arrive: the row asks staff to ring, and there is no miss. Where they
// have rung already, there is nothing more to ask for.
func (d *Desk) CallFailed(ctx context.Context, tx core.App, caseID string, seq int) error {
	c, current, err := theCall(tx, caseID, seq)
	if err != nil || !current {
		return err
	}
	rung, err := records.HappenedSince(tx, c.Id, seq, "", cases.RangUp)
	if err != nil || rung {
		return err
	}
	_, err = d.actIn(ctx, tx, request{who: programme, event: cases.Delivered, find: theCase(c.Id), fill: func(a *Act) error {
		a.Case.AskToRing(true)
		return nil
	}})
	return err
}

// CallStands says whether a text message still tells the truth before it is handed to the provider: one that says "your turn" does while the call
// that caused it has not been given up; one that says "closed" while that is so and the case waits; one that says "back in line" while it is; others
// always do. A patient who has come meanwhile gets it all the same: a call sends its message.
func (d *Desk) CallStands(_ context.Context, tx core.App, caseID string, seq int, text string) (bool, error) {
	switch text {
	case texts.SmsShut, texts.SmsShutUntil, texts.SmsShutRead:
		return shutStands(tx, caseID)
	case texts.SmsBackInLine, texts.SmsMissedOnce, texts.SmsMissedCall:
		c, err := records.CaseByID(tx, caseID)
		return err == nil && c.State() == cases.Waiting, records.IgnoreMissing(err)
	case texts.SmsYourTurn:
	default:
		return true, nil
	}
	c, last, err := lastCall(tx, caseID)
	switch {
	case errors.Is(err, records.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	}
	return last == seq && c.State().Held(), nil
}

// theCall finds the case that a message called, and says whether the patient is still waited for. Most messages call nobody.
func theCall(tx core.App, caseID string, seq int) (*records.Case, bool, error) {
	c, last, err := lastCall(tx, caseID)
	if err != nil {
		return nil, false, records.IgnoreMissing(err)
	}
	return c, last == seq && c.State() == cases.Called, nil
}

// lastCall finds a case that was called, and the number of the event that did so last.
func lastCall(tx core.App, caseID string) (*records.Case, int, error) {
	c, err := records.CaseByID(tx, caseID)
	if err != nil {
		return nil, 0, fmt.Errorf("find called case: %w", err)
	}
	taken, err := records.LastEvent(tx, caseID, cases.Taken)
	if err != nil {
		return nil, 0, fmt.Errorf("find call: %w", err)
	}
	return c, taken.Seq(), nil
}
