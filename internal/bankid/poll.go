package bankid

import (
	"crypto/subtle"
	"fmt"
	"time"
)

// State is how a log-in stands.
type State[T any] struct {
	Status    Status
	Hint      string // BankID's, or one of ours (HintReturn …)
	Message   string // the key of the text for the person
	QR        string // the text to draw, only while it may be scanned
	ExpiresAt time.Time
	Result    T // on Complete
}

// Poll says how a log-in stands. When it is complete, mint is called with who
// logged in, once, and what it returns is answered to this and every further
// poll for ten seconds; then the log-in is gone. Where mint fails, its error
// is returned and the next poll calls it again. In mode same a log-in stays
// pending until Return has proved the browser.
//
// mint runs while this one log-in is locked; it must not call Orders.
func (o *Orders[T]) Poll(id string, mint func(Identity) (T, error)) (State[T], error) {
	ord, err := o.find(id)
	if err != nil {
		return State[T]{}, err
	}
	ord.mu.Lock()
	defer ord.mu.Unlock()
	now := o.set.Now()
	if ord.over(now) {
		return State[T]{}, ErrNotFound
	}
	ord.polled = now
	if ord.ready() && ord.result == nil {
		result, err := mint(ord.identity)
		if err != nil {
			return State[T]{}, fmt.Errorf("bankid: admitting the person: %w", err)
		}
		now = o.set.Now()
		ord.result, ord.identity = &result, Identity{}
		ord.gone = now.Add(handedOutFor)
	}
	return ord.view(now), nil
}

// Return takes the nonce that BankID brought back to the browser (mode same).
// It may come before the completion is known, and twice. A wrong one is
// ErrNonce; after five the log-in ends. Whoever began a log-in and lured
// another person into completing it holds the id but never the nonce.
func (o *Orders[T]) Return(id, nonce string) error {
	ord, err := o.find(id)
	if err != nil {
		return err
	}
	ord.mu.Lock()
	defer ord.mu.Unlock()
	now := o.set.Now()
	if ord.over(now) {
		return ErrNotFound
	}
	if ord.mode != Same || ord.status == Failed {
		return ErrState
	}
	ord.polled = now
	given := digestOf(nonce)
	if subtle.ConstantTimeCompare(given[:], ord.nonce[:]) != 1 {
		ord.wrong++
		if ord.wrong >= maxNonces {
			ord.fail(HintBrowser, now)
		}
		return ErrNonce
	}
	if !ord.returned && ord.status == Complete {
		ord.gone = now.Add(handedOutFor)
	}
	ord.returned = true
	return nil
}

// Cancel ends a log-in, a completed one too. Twice is harmless while it is remembered.
func (o *Orders[T]) Cancel(id string) error {
	ord, err := o.find(id)
	if err != nil {
		return err
	}
	ord.mu.Lock()
	defer ord.mu.Unlock()
	now := o.set.Now()
	if ord.over(now) {
		return ErrNotFound
	}
	if ord.status != Failed {
		ord.fail(hintCancelled, now)
	}
	return nil
}

// OrderRef gives BankID's name for a log-in, for the demo, which plays the
// person's app with it. A log-in in mode other changes it about twice a minute.
func (o *Orders[T]) OrderRef(id string) (string, error) {
	ord, err := o.find(id)
	if err != nil {
		return "", err
	}
	ord.mu.Lock()
	defer ord.mu.Unlock()
	if ord.over(o.set.Now()) || ord.status == Failed {
		return "", ErrNotFound
	}
	return ord.ref, nil
}
