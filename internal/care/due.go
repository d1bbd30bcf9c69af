package care

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// dueAtOnce is how many cases RunDue looks at in one go.
const dueAtOnce = 100

// RunDue does what is due for cases, and says whether anything was. Each is a transaction of its own, so that one that fails keeps no other
// from being done. Every timer is a time in a row: one that a crash has kept from firing is found again.
func (d *Desk) RunDue(ctx context.Context) (bool, error) {
	due, err := records.CasesDue(d.App, d.Clock.Now(), dueAtOnce)
	if err != nil {
		return false, fmt.Errorf("find what is due: %w", err)
	}
	did := false
	var faults []error
	for _, id := range due {
		one, err := d.runOne(ctx, id)
		if err != nil {
			faults = append(faults, fmt.Errorf("do what is due for case %s: %w", id, err))
		}
		did = did || one
	}
	if did {
		faults = append(faults, d.durable(ctx))
	}
	return did, errors.Join(faults...)
}

// runOne does what is due for one case, if it still is.
func (d *Desk) runOne(ctx context.Context, id string) (did bool, err error) {
	err = d.App.RunInTransaction(func(tx core.App) error {
		c, err := records.CaseByID(tx, id)
		if err != nil {
			return err
		}
		at, what := c.Timer()
		did = what != records.DueNothing && !at.After(d.Clock.Now())
		if !did {
			return nil
		}
		_, err = d.actIn(ctx, tx, dueRequest(c))
		return err
	})
	return did && err == nil, err
}

// dueRequest is what happens to a case whose timer is over. A case that no timer may end is kept, and waits for a person.
func dueRequest(c *records.Case) request {
	r := request{who: programme, find: theCase(c.Id), event: cases.Kept, fill: (*Act).keep}
	_, what := c.Timer()
	switch {
	case what == records.DueNoShow && c.State() == cases.Called:
		r.event, r.fill = cases.Missed, (*Act).miss
	case what == records.DueRemind && c.State() == cases.Paused:
		r.event, r.fill = cases.Reminded, (*Act).remind
	case what == records.DuePauseEnd && c.State() == cases.Paused && mayEndByItself(c):
		r.event, r.fill = cases.LapsedPause, (*Act).endPause
	case what == records.DueExpire && c.State() == cases.Answering && mayEndByItself(c):
		r.event, r.fill = cases.Lapsed, (*Act).lapse
	case what == records.DueExpire && c.State() == cases.Recommended && mayEndByItself(c):
		r.event, r.fill = cases.LetGo, (*Act).lapse
	case what == records.DueOverdue && c.State() == cases.Active:
		r.event, r.fill = cases.Overdue, (*Act).overdue
	case what == records.DueFree && c.State() == cases.Active:
		r.event, r.fill = cases.Freed, (*Act).free
	case what == records.DueRegret && c.State() == cases.Cancelled:
		r.event, r.fill = cases.Guarded, (*Act).endRegret
	}
	return r
}

// keep ends the timer and leaves the case to a person. Nobody is told any more that it ends by itself; its clinician, if it has one, owes it a word.
func (a *Act) keep() error {
	a.Case.NoDue()
	if a.Case.State().Held() {
		a.Case.Owe(a.Now)
	}
	return nil
}

func (a *Act) lapse() error {
	a.Case.EndAt(a.Now)
	return a.endUnverifiedGuardian()
}

// endRegret ends what a guardian could still do to a case that was left.
func (a *Act) endRegret() error {
	a.Case.NoDue()
	return a.endUnverifiedGuardian()
}

// remind tells the patient that an answer is waited for, and sets the timer to the end of the pause.
func (a *Act) remind() error {
	a.Case.SetTimer(a.Case.Due(), records.DuePauseEnd)
	return a.Inform(texts.SmsReminder, a.Case.Due())
}

// endPause closes a case whose patient did not answer, with the advice written so far.
func (a *Act) endPause() error {
	advice := ""
	said, err := records.MessagesOf(a.tx, a.Case.Id)
	if err != nil {
		return err
	}
	for _, m := range said {
		if m.Kind() == records.FromStaff {
			advice += "\n\n" + m.Body()
		}
	}
	a.told.Words = texts.CasePauseEnded
	return a.endByItself(a.programsEnding("advice", texts.CasePauseEnded, advice), texts.SmsPauseEnded)
}

// adviceLimit is how long advice may be, in characters.
const adviceLimit = 4000

// cut keeps the first n characters of a text.
func cut(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n])
}

// Forget drops answers that are too old to be given again, what could not be said and its author never put away, and the notes of ended log-ins
// whose tokens have run out. Tokens live by real time: a clock that the demo has moved on must not wake an ended log-in.
func (d *Desk) Forget(context.Context) (bool, error) {
	var tokens clock.Clock
	now := d.Clock.Now()
	_, err := records.Forget(d.App, records.Forgotten{Answers: now.Add(-repeatFor), Failed: now.Add(-failedFor), Sessions: tokens.Now()})
	return false, err
}
