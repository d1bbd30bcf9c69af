package bankid

import (
	"sync"
	"time"
)

// order is one log-in. The first fields are set before its loop starts and
// never again; the others are guarded by mu.
type order[T any] struct {
	key     digest // of the id, which is kept nowhere
	mode    Mode
	nonce   digest
	request AuthRequest
	stop    func() // ends the loop

	mu       sync.Mutex
	ref      string   // BankID's; empty while a new order is still to be begun
	open     bool     // BankID's order may be pending still
	code     movingQR // mode other
	status   Status
	hint     string
	taken    bool // an app has opened it
	silent   bool // the last collect got no answer
	rest     time.Time
	expires  time.Time
	polled   time.Time
	identity Identity // from completion to minting
	returned bool     // mode same: the browser has proved itself
	wrong    int
	result   *T
	gone     time.Time // when an ended order is forgotten
}

// begin takes a new order of BankID's: the first, or one that replaces an order nobody opened.
func (ord *order[T]) begin(b Begun, now time.Time) {
	ord.mu.Lock()
	defer ord.mu.Unlock()
	ord.ref, ord.open, ord.silent = b.OrderRef, true, false
	if ord.status == Failed {
		return // cancelled meanwhile: known here only so that BankID can be told
	}
	ord.status, ord.hint = Pending, hintOutstanding
	if ord.mode == Other {
		ord.code = movingQR{token: b.QRStartToken, secret: b.QRStartSecret, since: now}
	}
}

// hear takes what BankID says of the order, and tells whether a new one should be begun in its place.
func (ord *order[T]) hear(c Collected, now time.Time) (again bool) {
	ord.mu.Lock()
	defer ord.mu.Unlock()
	ord.silent, ord.open = false, c.Status == Pending
	switch {
	case ord.status != Pending:
	case c.Status == Pending:
		ord.hint = c.Hint
		if !ord.taken && c.Hint != hintOutstanding && c.Hint != hintNoClient && c.Hint != "" {
			ord.taken, ord.expires = true, now.Add(lifetime)
		}
	case c.Status == Failed && c.Hint == hintStartFailed && ord.mode == Other && !ord.taken && now.Before(ord.expires):
		ord.ref, ord.code = "", movingQR{}
		return true
	case c.Status == Failed:
		ord.fail(c.Hint, now)
	case c.Risk == "high":
		ord.fail(hintRisk, now)
	default:
		ord.complete(*c.Identity, now)
	}
	return false
}

func (ord *order[T]) complete(who Identity, now time.Time) {
	ord.status, ord.hint, ord.identity = Complete, "", who
	ord.gone = now.Add(handedOutFor)
	if ord.mode == Same && !ord.returned {
		ord.gone = ord.expires
		if least := now.Add(returnWithin); ord.gone.Before(least) {
			ord.gone = least
		}
	}
}

// fail ends the order and wipes who it was, mu held.
func (ord *order[T]) fail(hint string, now time.Time) {
	ord.status, ord.hint, ord.identity, ord.result = Failed, hint, Identity{}, nil
	ord.gone = now.Add(failureKept)
	ord.stop()
}

// due applies what time has done, and tells whether the order should be collected now, and under which name.
func (ord *order[T]) due(now time.Time) (ref string, ok bool) {
	ord.mu.Lock()
	defer ord.mu.Unlock()
	cut := ord.expires
	if ord.taken {
		cut = cut.Add(grace) // BankID's own end should come first
	}
	switch {
	case ord.status != Pending:
		return "", false
	case ord.mode == Other && now.Sub(ord.polled) >= abandonedAfter:
		ord.fail(hintCancelled, now)
	case now.Before(cut):
		return ord.ref, !now.Before(ord.rest)
	case ord.silent:
		ord.fail(HintUnreachable, now)
	case ord.taken:
		ord.fail(hintExpired, now)
	default:
		ord.fail(hintStartFailed, now)
	}
	return "", false
}

// over says whether the order is forgotten, mu held. A completion whose browser never came back fails first.
func (ord *order[T]) over(now time.Time) bool {
	if ord.status == Pending || now.Before(ord.gone) {
		return false
	}
	if ord.status == Complete && !ord.ready() {
		ord.fail(HintBrowser, now)
		return false
	}
	return true
}

// ready says whether the result may be handed out, mu held.
func (ord *order[T]) ready() bool {
	return ord.status == Complete && (ord.mode == Other || ord.returned)
}

// view is what a poll answers, mu held.
func (ord *order[T]) view(now time.Time) State[T] {
	s := State[T]{Status: ord.status, Hint: ord.hint, ExpiresAt: ord.expires, QR: ord.qrText(now)}
	if ord.status != Pending {
		s.ExpiresAt = ord.gone
	}
	if ord.status == Complete && !ord.ready() {
		s.Status, s.Hint = Pending, HintReturn
	}
	if ord.result != nil {
		s.Result = *ord.result
	}
	s.Message = MessageKey(s.Status, s.Hint, ord.mode)
	return s
}

// qrText is empty when there is nothing to scan.
func (ord *order[T]) qrText(now time.Time) string {
	if ord.status != Pending || ord.hint != hintOutstanding || ord.code.token == "" {
		return ""
	}
	return ord.code.at(now)
}
