package care

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// RunDue does the next thing whose time has come for a case, and says whether there was one. Each is a transaction of its own.
// Every timer is a time in a row: one that a crash has kept from firing is found again.
func (d *Desk) RunDue(ctx context.Context) (bool, error) {
	did := false
	err := d.App.RunInTransaction(func(tx core.App) error {
		c, err := records.CaseDue(tx, d.Clock.Now())
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		did = true
		_, err = d.actIn(ctx, tx, dueRequest(c))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("do what is due: %w", err)
	}
	if !did {
		return false, nil
	}
	return true, d.durable(ctx)
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
	case what == records.DueExpire && c.State() == cases.Answering && mayLapse(c):
		r.event, r.fill = cases.Lapsed, (*Act).lapse
	case what == records.DueExpire && c.State() == cases.Recommended && mayLapse(c):
		r.event, r.fill = cases.LetGo, (*Act).lapse
	}
	return r
}

// mayLapse is mayEndByItself for a case that no staff can see yet. Own words that nobody has read do not keep it open: nobody could read them.
func mayLapse(c *records.Case) bool {
	return c.Level() == 0 || c.Level() > cases.Urgent
}

// keep ends the timer and leaves the case to a person.
func (a *Act) keep() error {
	a.Case.SetTimer(time.Time{}, records.DueNothing)
	return nil
}

func (a *Act) lapse() error {
	a.Case.EndAt(a.Now)
	return nil
}

// remind tells the patient that an answer is waited for, and sets the timer to the end of the pause.
func (a *Act) remind() error {
	a.Case.SetTimer(a.Case.Due(), records.DuePauseEnd)
	if a.Case.Phone() == "" {
		return nil
	}
	return a.Tell(texts.SmsReminder, a.Case.Due())
}

// endPause closes a case whose patient did not answer, with the advice written so far.
func (a *Act) endPause() error {
	advice := texts.Of(a.Case.Language()).Say(texts.CasePauseEnded)
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
	return a.finishWith(records.Ending{Outcome: "advice", Advice: cut(advice, adviceLimit)}, texts.SmsPauseEnded)
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
