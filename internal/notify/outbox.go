package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/clock"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Outbox carries letters to their provider, one at a time. How that is done so that none is lost and none doubled is told in
// docs/decisions/0004-sms-once.md. Its fields are set once, before the first [Outbox.SendDue].
type Outbox struct {
	App       core.App
	Sender    Sender // nil while none is configured: letters wait until their time is over
	Clock     *clock.Clock
	PublicURL string // where a letter sends its reader
	Log       *slog.Logger

	// Accepted is told, in the transaction that notes it, that the provider took the letter that event seq of a case caused; at is
	// when. An error undoes the note, and the provider is asked again.
	Accepted func(ctx context.Context, tx core.App, caseID string, seq int, at time.Time) error
	// Refused is told likewise that this letter will not arrive.
	Refused func(ctx context.Context, tx core.App, caseID string, seq int) error

	// Wanted is asked, in the transaction that notes that the letter is about to be handed over, whether it still tells the truth: text is the key
	// of its words. It is asked while the provider surely has not got it. One that is not wanted is dropped, and nobody is told.
	Wanted func(ctx context.Context, tx core.App, caseID string, seq int, text string) (bool, error)

	mu     sync.Mutex
	silent bool // it has been logged that there is no sender
}

// The faults that are ours to name. What a sender says is a fixed phrase, too.
const (
	faultLate        = "too late"
	faultUndelivered = "accepted, and known not to arrive"
	faultUnwanted    = "no longer true"
)

// SendDue carries the next letter whose time has come, and says whether there was one: then there may be more. How the attempt
// ended stands in the letter and, unless it was well, in the log; an error is a fault of our own. It takes as long as the
// sender does. Calls run one after the other.
func (o *Outbox) SendDue(ctx context.Context) (more bool, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.Clock.Now()
	more, err = o.dropLate(ctx, now)
	if err == nil && !more {
		more, err = o.sendNext(ctx, now)
	}
	if err != nil {
		return false, fmt.Errorf("send what is due: %w", err)
	}
	return more, nil
}

// dropLate gives up a letter that lies with us and has lost its use.
func (o *Outbox) dropLate(ctx context.Context, now time.Time) (bool, error) {
	l, err := records.LateLetter(o.App, now)
	if errors.Is(err, records.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.giveUp(ctx, l, records.LetterDropped, faultLate)
}

func (o *Outbox) sendNext(ctx context.Context, now time.Time) (bool, error) {
	l, err := records.NextLetter(o.App, now)
	if errors.Is(err, records.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if o.Sender == nil {
		o.sayOnce()
		return false, nil
	}
	if l.State() == records.LetterSending {
		return true, o.lookFor(ctx, l, now)
	}
	return true, o.send(ctx, l)
}

// sayOnce logs that nothing can be sent.
func (o *Outbox) sayOnce() {
	if !o.silent {
		o.Log.Warn("letters wait: no sender of SMS is configured (LOTSEN_SMS)")
	}
	o.silent = true
}

// lookFor finds out what came of a letter that was handed over some time ago, and sends it again if it did not arrive.
func (o *Outbox) lookFor(ctx context.Context, l *records.Letter, now time.Time) error {
	l, err := o.note(l, func(_ core.App, l *records.Letter) error {
		l.Leave(o.patience(l, now)) // should the answer not be written down, the provider is spared for a while
		return nil
	})
	if err != nil {
		return err
	}
	sms, err := o.write(l, now)
	if err != nil {
		return err
	}
	receipt, found, err := o.Sender.Find(ctx, sms, l.Tried())
	switch {
	case found:
		return o.accept(ctx, l, receipt)
	case late(l, o.Clock.Now()):
		return o.giveUp(ctx, l, records.LetterDropped, faultLate)
	case err != nil:
		return o.again(l, err, true)
	}
	return o.send(ctx, l)
}

// send makes one attempt, if the letter is still wanted. That it is made is committed before the provider hears of it.
func (o *Outbox) send(ctx context.Context, l *records.Letter) error {
	now := o.Clock.Now()
	doubt := l.State() == records.LetterSending
	l, err := o.note(l, func(tx core.App, l *records.Letter) error {
		wanted, err := o.wanted(ctx, tx, l)
		if wanted {
			l.Hand(now, o.patience(l, now))
		} else {
			l.GiveUp(records.LetterDropped, faultUnwanted)
		}
		return err
	})
	if err != nil || l.State() == records.LetterDropped {
		return err
	}
	sms, err := o.write(l, now)
	if err != nil {
		return err
	}
	receipt, err := o.Sender.Send(ctx, sms)
	var f *Failure
	switch {
	case err == nil:
		return o.accept(ctx, l, receipt)
	case errors.As(err, &f) && f.Outcome == Refused:
		o.Log.Warn("sms refused", "letter", l.Id, "error", err)
		return o.giveUp(ctx, l, records.LetterRefused, f.Error())
	}
	return o.again(l, err, doubt)
}

// wanted says whether a letter is to be handed over. What the provider may have got already is asked for to its end.
func (o *Outbox) wanted(ctx context.Context, tx core.App, l *records.Letter) (bool, error) {
	if l.State() != records.LetterDue || l.Case() == "" || o.Wanted == nil {
		return true, nil
	}
	return o.Wanted(context.WithoutCancel(ctx), tx, l.Case(), l.Seq(), l.Text())
}

// accept notes that the provider has taken the letter. When is told by the provider's clock, as far as ours allows.
func (o *Outbox) accept(ctx context.Context, l *records.Letter, r Receipt) error {
	now := o.Clock.Now()
	at := r.At
	if at.IsZero() || at.After(now) {
		at = now
	}
	if at.Before(l.Tried()) {
		at = l.Tried()
	}
	_, err := o.note(l, func(tx core.App, l *records.Letter) error {
		l.Accept(at, r.ProviderID)
		switch {
		case r.Undelivered:
			l.Doubt(faultUndelivered)
			return o.refused(ctx, tx, l)
		case l.Case() == "" || o.Accepted == nil:
			return nil
		}
		return o.Accepted(context.WithoutCancel(ctx), tx, l.Case(), l.Seq(), at)
	})
	return err
}

// giveUp notes that the letter will not be sent any more.
func (o *Outbox) giveUp(ctx context.Context, l *records.Letter, state, fault string) error {
	_, err := o.note(l, func(tx core.App, l *records.Letter) error {
		l.GiveUp(state, fault)
		return o.refused(ctx, tx, l)
	})
	return err
}

func (o *Outbox) refused(ctx context.Context, tx core.App, l *records.Letter) error {
	if l.Case() == "" || o.Refused == nil {
		return nil
	}
	return o.Refused(context.WithoutCancel(ctx), tx, l.Case(), l.Seq())
}

// again notes that the letter is to be tried again. doubt says that the provider may have taken it at an earlier attempt: one more that
// surely failed does not end that.
func (o *Outbox) again(l *records.Letter, failure error, doubt bool) error {
	o.Log.Warn("sms not sent yet", "letter", l.Id, "attempt", l.Attempts(), "error", failure)
	f := &Failure{Outcome: Unknown, Reason: "the end is not known"}
	_ = errors.As(failure, &f)
	doubt = doubt || f.Outcome != NotNow
	wait := backoff(l.Attempts())
	if f.RetryAfter > 0 {
		wait = f.RetryAfter
	}
	if doubt {
		wait = max(wait, o.Sender.Settle())
	}
	now := o.Clock.Now()
	_, err := o.note(l, func(_ core.App, l *records.Letter) error {
		l.Again(notBeyond(l, now, wait), doubt, f.Error())
		return nil
	})
	return err
}

// note changes a letter as it now stands in the database, together with what follows from that.
func (o *Outbox) note(l *records.Letter, change func(tx core.App, l *records.Letter) error) (*records.Letter, error) {
	var fresh *records.Letter
	err := o.App.RunInTransaction(func(tx core.App) (err error) {
		if fresh, err = records.LetterByID(tx, l.Id); err != nil {
			return err
		}
		if err = change(tx, fresh); err != nil {
			return err
		}
		return tx.Save(fresh)
	})
	if err != nil {
		return nil, fmt.Errorf("note of letter %s: %w", l.Id, err)
	}
	return fresh, nil
}

// write puts the letter into words.
func (o *Outbox) write(l *records.Letter, now time.Time) (SMS, error) {
	args, err := l.Args()
	if err != nil {
		return SMS{}, fmt.Errorf("read letter %s: %w", l.Id, err)
	}
	pairs := []any{"url", o.PublicURL}
	for _, name := range slices.Sorted(maps.Keys(args)) {
		pairs = append(pairs, name, args[name])
	}
	others, err := records.ProviderIDs(o.App, l.To(), rememberedIDs)
	if err != nil {
		return SMS{}, fmt.Errorf("list letters sent before %s: %w", l.Id, err)
	}
	sms := SMS{Key: l.Key(), To: l.To(), Text: texts.Of(l.Language()).Say(l.Text(), pairs...), Others: others}
	if until := l.Until(); !until.IsZero() {
		sms.ValidFor = max(until.Sub(now), time.Second)
	}
	return sms, nil
}

// rememberedIDs is more letters than one number gets in the time that a search goes back.
const rememberedIDs = 100

// pauses are the times between attempts; the last goes on for ever.
var pauses = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}

// backoff is how long to wait after so many attempts.
func backoff(attempts int) time.Duration {
	return pauses[min(max(attempts, 1), len(pauses))-1]
}

// patience is when a letter is looked at again that is being handed over at now, should no more be heard of it.
func (o *Outbox) patience(l *records.Letter, now time.Time) time.Time {
	return notBeyond(l, now, max(backoff(l.Attempts()+1), o.Sender.Settle()))
}

// notBeyond is now and a wait, but not after the letter's time is over: staff are to know then.
func notBeyond(l *records.Letter, now time.Time, wait time.Duration) time.Time {
	due := now.Add(wait)
	if until := l.Until(); until.After(now) && until.Before(due) {
		return until
	}
	return due
}

// late says whether the letter has lost its use.
func late(l *records.Letter, now time.Time) bool {
	return !l.Until().IsZero() && !l.Until().After(now)
}
