package care

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Act is one thing happening to one case, while its transaction runs.
type Act struct {
	Case *records.Case
	By   access.Who
	Now  time.Time

	ctx   context.Context
	tx    core.App
	event cases.Event
	told  Told
	why   string
	times *Times
	table *routes // the region's, once it has been asked
	mute  bool    // nobody carries text messages
	empty bool    // what is answered to a repeat holds nothing of the case
	idle  bool    // nothing has changed, so nothing is written
}

// Told is what an event carries: what a reader of it may know. Which reader may know what is view's business.
type Told struct {
	State         cases.State `json:"state"`
	Level         cases.Level `json:"level,omitempty"`
	ClinicianName string      `json:"clinicianName,omitempty"`
	Due           string      `json:"due,omitempty"`
	Message       string      `json:"message,omitempty"` // the id of what was said
	UpTo          int         `json:"upTo,omitempty"`    // how many messages are read
	Side          string      `json:"side,omitempty"`    // patient or staff: who has read
	Why           string      `json:"why,omitempty"`     // staff's reason; for staff alone
	From          string      `json:"from,omitempty"`    // the queue that the case has left; for staff alone
	Was           cases.Level `json:"was,omitempty"`     // the level before
	Before        string      `json:"before,omitempty"`  // the clinician before; for staff alone
	BeforeName    string      `json:"beforeName,omitempty"`
	Words         string      `json:"words,omitempty"`   // a key of texts: what the patient is told
	OpensAt       string      `json:"opensAt,omitempty"` // when the queue that has closed opens

	Amended *Amendment      `json:"amended,omitempty"` // the advice that was replaced, and the one that stands in its place
	Ended   *records.Ending `json:"ended,omitempty"`   // how a case had ended that is open again; for staff alone
	Route   *RouteTold      `json:"route,omitempty"`   // the row that sent the case to its queue; for staff alone
}

// finder finds the case of an act inside its transaction.
type finder func(tx core.App) (*records.Case, error)

func theCase(id string) finder {
	return func(tx core.App) (*records.Case, error) { return records.CaseByID(tx, id) }
}

// request is what a caller asks to happen.
type request struct {
	who   access.Who
	event cases.Event
	find  finder
	body  any              // as it was sent: the same again within an hour gets the same answer; nil for acts that no person asks for
	key   string           // in place of who, event, case and body, where the client makes an id for it
	check func(*Act) error // what of the body only the records can say; asked before the state, and not of a repeat
	fill  func(*Act) error
	held  bool // it was asked for a while ago, and is due now
}

// act makes something happen in a transaction of its own and answers the case as it then is.
// An act that is refused, but was done before by the same person with the same body, answers what was answered then.
//
// Errors: records.ErrNotFound and access.ErrHidden where the case is not there for the caller, access.ErrDenied, *cases.Refused,
// what fill answers.
func (d *Desk) act(ctx context.Context, r request) (*records.Case, error) {
	var done *records.Case
	err := d.App.RunInTransaction(func(tx core.App) (err error) {
		done, err = d.actIn(ctx, tx, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.event, err)
	}
	if err := d.durable(ctx); err != nil {
		return nil, fmt.Errorf("%s: wait until durable: %w", r.event, err)
	}
	return done, nil
}

// actIn is act inside a transaction that runs already.
func (d *Desk) actIn(ctx context.Context, tx core.App, r request) (*records.Case, error) {
	a := &Act{By: r.who, Now: d.Clock.Now(), ctx: ctx, tx: tx, event: r.event, mute: d.Silent}
	d.Heard.from(r.who, a.Now)
	c, err := r.find(tx)
	if err != nil {
		return nil, err
	}
	a.Case = c
	key := repeatKey(r, c.Id)
	if again, ok, err := d.repeatBefore(tx, r, c, key); ok || err != nil {
		return again, err
	}
	if err := a.allowed(r); err != nil {
		return d.repeatAfter(tx, r, c, key, err)
	}
	if err := d.sayFirst(a, r); err != nil {
		return nil, err
	}
	if err := r.fill(a); err != nil {
		return nil, err
	}
	if a.idle {
		return a.Case, nil
	}
	if err := a.save(); err != nil { //nolint:contextcheck // the act carries the context
		return nil, err
	}
	if !r.held {
		if err := d.stopClosing(ctx, tx, c.Id, r.who, a.event); err != nil {
			return nil, err
		}
	}
	return a.Case, keepRepeat(tx, r, a, key)
}

// allowed asks in the order of api.md: the right, the body, the state.
func (a *Act) allowed(r request) error {
	if err := access.Check(r.who, r.event, a.Case.Facts()); err != nil {
		return err
	}
	if r.check != nil {
		if err := r.check(a); err != nil {
			return err
		}
	}
	_, err := cases.Apply(a.Case.State(), r.event)
	return err
}

// Become changes what is happening, where that is known only while filling in: the last answer decides, the second miss ends.
func (a *Act) Become(event cases.Event) { a.event = event }

// Because notes a person's reason, for colleagues and the access log.
func (a *Act) Because(why string) { a.why, a.told.Why = why, why }

// Times are the minutes that people feel, by the case's region.
func (a *Act) Times() (Times, error) {
	if a.times != nil {
		return *a.times, nil
	}
	region, err := records.RegionByID(a.tx, a.Case.Region())
	if err != nil {
		return Times{}, fmt.Errorf("find region: %w", err)
	}
	t := TimesOf(a.tx, region)
	a.times = &t
	return t, nil
}

// save writes down what has happened: the case, the next event of its history, a row of the access log.
func (a *Act) save() error {
	state, err := cases.Apply(a.Case.State(), a.event)
	if err != nil {
		return err
	}
	a.Case.MoveTo(state)
	if err := a.head(); err != nil {
		return err
	}
	a.Case.NextSeq()
	if err := a.tx.SaveWithContext(marked(a.ctx, a.event), a.Case); err != nil {
		return fmt.Errorf("save case: %w", err)
	}
	a.told.State, a.told.Level, a.told.ClinicianName, a.told.Due = state, a.Case.Level(), a.Case.ClinicianName(), records.RFC3339(a.Case.Due())
	if _, err := records.AddEvent(a.tx, a.Case, a.event, a.By, a.Now, a.told); err != nil {
		return err
	}
	return audit.Append(a.tx, a.By, string(a.event), audit.Subject{Patient: a.Case.Patient(), Case: a.Case.Id}, a.why, a.Now)
}

type actKey struct{}

// marked marks a context as that of an act. The key is care's own: nobody else can.
func marked(ctx context.Context, event cases.Event) context.Context {
	return context.WithValue(ctx, actKey{}, event)
}

// ActOf returns the event that a save belongs to, or "" where somebody changes a record by hand.
func ActOf(ctx context.Context) cases.Event {
	if ctx == nil {
		return ""
	}
	event, _ := ctx.Value(actKey{}).(cases.Event)
	return event
}
