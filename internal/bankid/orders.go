package bankid

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Mode is where the BankID app is.
type Mode string

// The two ways to open the app.
const (
	Other Mode = "other" // on another device: a moving QR code
	Same  Mode = "same"  // on this device: a launch link, and a return that proves the browser
)

// What Orders refuses.
var (
	ErrNotFound  = errors.New("bankid: no such log-in")                           // never was, is over, or the id is wrong
	ErrFull      = errors.New("bankid: too many log-ins at once")                 // or closing; try again soon
	ErrMode      = errors.New("bankid: the mode is neither other nor same")       // bad input
	ErrReturnURL = errors.New("bankid: the return address is not an allowed one") // bad input
	ErrNonce     = errors.New("bankid: this browser is not the one that began")   // wrong nonce
	ErrState     = errors.New("bankid: this log-in awaits no return")             // mode other, or it has failed
)

// How long things last, where BankID leaves it to us.
const (
	collectEvery   = 2 * time.Second // BankID asks for it
	lifetime       = 3 * time.Minute // for finding the app, restarts included; and again once it is open
	grace          = 15 * time.Second
	abandonedAfter = 10 * time.Second // without a poll, in mode other
	handedOutFor   = 10 * time.Second
	returnWithin   = time.Minute      // after completion, at least
	failureKept    = 30 * time.Second // so that a slow client hears of it
	cancelTimeout  = 5 * time.Second
	restAfter429   = 10 * time.Second
	maxNonces      = 5 // wrong ones, then the log-in ends
	maxPurpose     = 1125
	defaultLimit   = 1000
)

// Settings is what Orders needs.
type Settings struct {
	Client     *Client
	Now        func() time.Time // real time, best with Go's monotonic reading; never a demo's moved clock
	ReturnPage string           // our own page that BankID returns to: LOTSEN_PUBLIC_URL + /login/return
	AppReturns []string         // LOTSEN_APP_RETURN_URLS: further ones, compared letter by letter
	Every      time.Duration    // between two collects; 0 means BankID's two seconds, and only a simulator bears less
	Limit      int              // log-ins at once; 0 means 1000
	Log        *slog.Logger
}

// Orders holds the log-ins under way. T is what the caller makes of an
// identity, such as a token and a record. It is safe for concurrent use.
//
// A log-in lives in one process and dies with it.
type Orders[T any] struct {
	set     Settings
	ctx     context.Context // ends with Close; each log-in's loop lives in it
	stop    context.CancelFunc
	running sync.WaitGroup

	mu     sync.Mutex
	places int // taken, by log-ins and by those being begun
	byID   map[digest]*order[T]
}

type digest [sha256.Size]byte

func digestOf(secret string) digest { return sha256.Sum256([]byte(secret)) }

// NewOrders makes an empty set. Close it to stop its loops.
func NewOrders[T any](s Settings) *Orders[T] {
	if s.Every <= 0 {
		s.Every = collectEvery
	}
	if s.Limit <= 0 {
		s.Limit = defaultLimit
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	return &Orders[T]{set: s, ctx: ctx, stop: stop, byID: map[digest]*order[T]{}}
}

// Close cancels every log-in, at BankID too as far as it answers, and waits for the loops to end.
func (o *Orders[T]) Close() {
	o.mu.Lock()
	o.stop()
	o.mu.Unlock()
	o.running.Wait()
}

// Count is how many log-ins are held, those just ended included.
func (o *Orders[T]) Count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.byID)
}

// AllowedReturn says whether BankID may send a person back to this address. Empty means our own page.
func (o *Orders[T]) AllowedReturn(address string) bool {
	return address == "" || address == o.set.ReturnPage || slices.Contains(o.set.AppReturns, address)
}

// Request begins a log-in.
type Request struct {
	Mode      Mode   // empty means Other
	Replaces  string // the id of an earlier log-in of the same browser, which is cancelled; unknown ones are ignored
	ReturnURL string // mode same; empty means our own page
	IP        string // of the person's device, as seen by us
	UserAgent string // of the browser; decides the form of the launch link
	Purpose   string // what the app shows the person, in their language; ≤ 1125 bytes
}

// Started is a log-in that has begun.
type Started struct {
	ID        string // the secret of the browser that asked; kept here only as a hash
	QR        string // mode other: the text to draw
	Launch    string // mode same: the link to open
	ExpiresAt time.Time
}

// Start begins a log-in at BankID. Errors are ErrMode, ErrReturnURL and
// ErrFull, or the call's own, for which ErrorKey has a text.
func (o *Orders[T]) Start(ctx context.Context, r Request) (Started, error) {
	if r.Mode == "" {
		r.Mode = Other
	}
	if r.Mode != Other && r.Mode != Same {
		return Started{}, ErrMode
	}
	if !o.AllowedReturn(r.ReturnURL) {
		return Started{}, ErrReturnURL
	}
	id := rand.Text()
	ord, err := o.prepare(r, id)
	if err != nil {
		return Started{}, err
	}
	if r.Replaces != "" {
		_ = o.Cancel(r.Replaces) // one that is gone needs no cancelling
	}
	if !o.reserve() {
		return Started{}, ErrFull
	}
	begun, err := o.authPatiently(ctx, ord.request)
	if err != nil {
		o.release()
		return Started{}, err
	}
	now := o.set.Now()
	ord.begin(begun, now)
	ord.expires, ord.polled = now.Add(lifetime), now
	started := Started{ID: id, ExpiresAt: ord.expires, QR: ord.qrText(now)}
	if ord.mode == Same {
		started.Launch = launchLink(begun.AutoStartToken, platformOf(r.UserAgent))
	}
	if !o.keep(ord) { //nolint:contextcheck // the loop outlives the request that began it
		return Started{}, ErrFull
	}
	return started, nil
}

// prepare makes the order and its request. The id's hash becomes part of what
// is signed, and so ties the signature to this log-in.
func (o *Orders[T]) prepare(r Request, id string) (*order[T], error) {
	ip, err := netip.ParseAddr(r.IP)
	if err != nil {
		return nil, errors.New("bankid: the device's address is no IP address")
	}
	if len(r.Purpose) > maxPurpose {
		return nil, fmt.Errorf("bankid: the purpose is longer than %d bytes", maxPurpose)
	}
	ord := &order[T]{key: digestOf(id), mode: r.Mode}
	ord.request = AuthRequest{
		EndUserIP:          ip.Unmap().WithZone("").String(),
		UserVisibleData:    base64.StdEncoding.EncodeToString([]byte(r.Purpose)),
		UserNonVisibleData: base64.StdEncoding.EncodeToString(ord.key[:]),
		ReturnRisk:         true,
	}
	if r.Mode == Same {
		nonce := rand.Text()
		ord.nonce = digestOf(nonce)
		ord.request.ReturnURL = o.returnURL(r, nonce)
	}
	return ord, nil
}

// returnURL is written for the browser only where it is our own page: an app knows its own address best.
func (o *Orders[T]) returnURL(r Request, nonce string) string {
	if r.ReturnURL == "" || r.ReturnURL == o.set.ReturnPage {
		return returnAddress(o.set.ReturnPage, nonce, platformOf(r.UserAgent))
	}
	return returnAddress(r.ReturnURL, nonce, platform{})
}

func (o *Orders[T]) reserve() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.places >= o.set.Limit || o.ctx.Err() != nil {
		return false
	}
	o.places++
	return true
}

func (o *Orders[T]) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.places--
}

// keep lists the order and starts its loop, the only one that collects it. False: Close came first.
func (o *Orders[T]) keep(ord *order[T]) bool {
	ctx, stop := context.WithCancel(o.ctx)
	ord.stop = stop
	o.mu.Lock()
	defer o.mu.Unlock()
	if ctx.Err() != nil {
		stop()
		o.places--
		return false
	}
	o.byID[ord.key] = ord
	o.running.Go(func() {
		defer stop()
		o.follow(ctx, ord)
		o.linger(ord)
		o.forget(ord)
	})
	return true
}

func (o *Orders[T]) forget(ord *order[T]) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.byID, ord.key)
	o.places--
}

// find looks an order up by the hash of its id, so that no comparison's time tells of the id.
func (o *Orders[T]) find(id string) (*order[T], error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ord, ok := o.byID[digestOf(id)]; ok {
		return ord, nil
	}
	return nil, ErrNotFound
}
