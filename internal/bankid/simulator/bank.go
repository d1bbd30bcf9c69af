// Package simulator is BankID as a relying party sees it, for the demo and
// for tests: a server that speaks RP API v6.0 (auth, sign, collect, cancel)
// over TLS and demands a client certificate, with methods that play the
// person's telephone.
//
// It follows the service where that hurts: an order waits thirty seconds for
// an app, a complete one is collected once, a start token opens once, a QR code
// is right for a few seconds. It shares no code with the client, so that each
// checks the other. It signs nothing, has no phone orders, and must never
// stand behind a service that real people use: whoever can call its methods is anyone.
package simulator

import (
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
)

// How long BankID lets an order be.
const (
	openWithin     = 30 * time.Second // for an app to open it
	signWithin     = 3 * time.Minute  // from there
	completeStays  = 3 * time.Minute
	failedStays    = 5 * time.Minute
	qrTolerance    = 5 // seconds
	forgottenAfter = 20 * time.Minute
)

// What the telephone is told.
var (
	ErrUnknown  = errors.New("simulator: no order has that token or reference")
	ErrEnded    = errors.New("simulator: the order has ended")
	ErrUsed     = errors.New("simulator: the start token has been used")
	ErrNotYours = errors.New("simulator: the order demands another person's BankID")
	ErrQR       = errors.New("simulator: the QR code is wrong or too old")
)

// Person is who holds the telephone.
type Person struct {
	PersonalNumber string // 12 digits
	GivenName      string
	Surname        string
}

func (p Person) name() string { return p.GivenName + " " + p.Surname }

type order struct {
	ref, autoStart, qrToken, qrSecret string

	request authRequest
	created time.Time
	opened  time.Time // zero: not yet
	ended   time.Time // zero: pending
	status  string
	hint    string
	risk    string
	person  Person
	used    bool // collected after its end, or cancelled
}

// Bank holds the orders. It is an http.Handler of the RP API and safe for concurrent use.
type Bank struct {
	now func() time.Time

	mu     sync.Mutex
	orders []*order
	faults map[string][]fault
	calls  map[string]int
}

// New makes a bank that lives by the given clock.
func New(now func() time.Time) *Bank {
	return &Bank{now: now, faults: map[string][]fault{}, calls: map[string]int{}}
}

// begin makes an order, mu held. A required person with an order under way
// gets none, and loses that one too.
func (b *Bank) begin(r authRequest) (*order, *refusal) {
	b.prune()
	if number := r.Requirement.PersonalNumber; number != "" {
		if running := b.runningFor(number); running != nil {
			b.fail(running, "cancelled")
			return nil, refuse("alreadyInProgress", "Order already in progress for pno")
		}
	}
	o := &order{
		ref: uuid.NewString(), autoStart: uuid.NewString(), qrToken: uuid.NewString(), qrSecret: uuid.NewString(),
		request: r, created: b.now(), status: "pending", hint: "outstandingTransaction", risk: "low",
	}
	b.orders = append(b.orders, o)
	return o, nil
}

// age ends an order that nobody opened or finished in time, mu held.
func (b *Bank) age(o *order) {
	switch now := b.now(); {
	case o.status != "pending":
	case o.opened.IsZero() && now.Sub(o.created) >= openWithin:
		b.fail(o, "startFailed")
	case !o.opened.IsZero() && now.Sub(o.opened) >= signWithin:
		b.fail(o, "expiredTransaction")
	}
}

func (b *Bank) fail(o *order, hint string) {
	o.status, o.hint, o.ended = "failed", hint, b.now()
}

func (b *Bank) runningFor(number string) *order {
	for _, o := range b.orders {
		b.age(o)
		if o.status == "pending" && (o.request.Requirement.PersonalNumber == number || o.person.PersonalNumber == number) {
			return o
		}
	}
	return nil
}

// byRef finds an order for collect and cancel: one that is used up or too old is as if it had never been.
func (b *Bank) byRef(ref string) (*order, *refusal) {
	for _, o := range b.orders {
		if o.ref != ref {
			continue
		}
		b.age(o)
		old := b.now().Sub(o.ended)
		if o.used || o.status == "complete" && old >= completeStays || o.status == "failed" && old >= failedStays {
			break
		}
		return o, nil
	}
	return nil, refuse("invalidParameters", "No such order")
}

func (b *Bank) prune() {
	kept := b.orders[:0]
	for _, o := range b.orders {
		if b.now().Sub(o.created) < forgottenAfter {
			kept = append(kept, o)
		}
	}
	clear(b.orders[len(kept):])
	b.orders = kept
}
