package care

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// Opening is what a caller opens a case with. Names of region, unit and complaint are as in the body.
type Opening struct {
	ID, Region, Unit, Complaint string
	Phone, Language             string
	Dependant                   *Dependant
	Body                        any // as it was sent: what makes a repeat of the request the same request
}

// Dependant is the child that a case is for.
type Dependant struct {
	Number   personnummer.Number
	Name     string
	Guardian bool // the caller says to be its guardian
}

// The contacts of the same complaint that a protocol counts.
const (
	shortly = 72 * time.Hour
	// Recently is the longer of the two: what staff are shown, too.
	Recently = 10 * 24 * time.Hour
)

// Open opens a case for the caller, or for a child of the caller's. The content is pinned by its hash. made is false where the same request has
// been answered before.
//
// Errors, the first that applies: ErrTaken where the id stands for another request; *Invalid for an unknown region, unit or complaint;
// *AlreadyOpen; *NotEligible.
func (d *Desk) Open(ctx context.Context, who access.Who, in Opening) (c *records.Case, made bool, err error) {
	// Keyed, as a body may hold a personal number: there are few of those, and a plain hash could be tried out.
	fingerprints, err := d.Keys.Lookup(requestKind, Fingerprint("open", who.ID, in.Body))
	if err != nil {
		return nil, false, fmt.Errorf("open case: %w", err)
	}
	if old, err := openedBefore(d.App, who, in.ID, fingerprints); old != nil || err != nil {
		return old, false, err
	}
	place, err := d.placeOf(in)
	if err != nil {
		return nil, false, err
	}
	patient, in, err := d.forWhom(ctx, who, in, place)
	var open *AlreadyOpen
	if errors.As(err, &open) && open.Case == in.ID && in.ID != "" { // the same request, answered since it was looked for
		old, err := openedBefore(d.App, who, in.ID, fingerprints)
		return old, false, err
	}
	if err != nil {
		return nil, false, err
	}
	err = d.App.RunInTransaction(func(tx core.App) error {
		if c, err = openedBefore(tx, who, in.ID, fingerprints); c != nil || err != nil {
			return err
		}
		made = true
		c, err = d.openIn(ctx, tx, who, in, place, patient, fingerprints[0])
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("open case: %w", err)
	}
	return c, made, d.durable(ctx)
}

// requestKind keeps the keyed hashes of requests apart from those of personal numbers.
const requestKind = "request"

// openedBefore finds the case that the same request has opened. Another case under that id is ErrTaken.
func openedBefore(app core.App, who access.Who, id string, fingerprints []string) (*records.Case, error) {
	if id == "" {
		return nil, nil
	}
	c, err := records.CaseByID(app, id)
	switch {
	case errors.Is(err, records.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case !slices.Contains(fingerprints, c.Fingerprint()):
		return nil, ErrTaken
	}
	return c, access.Check(who, access.See, c.Facts())
}

// forWhom finds the patient, and refuses who has an open case already or whom the service is not for. It fills in what is known of the caller and was not sent.
func (d *Desk) forWhom(ctx context.Context, who access.Who, in Opening, at place) (patient, Opening, error) {
	self, err := records.PatientByID(d.App, who.ID)
	if err != nil {
		return patient{}, in, err
	}
	in.Phone = cmp.Or(in.Phone, self.Phone())
	in.Language = cmp.Or(in.Language, self.Language(), string(texts.Swedish))
	p, err := d.patientOf(self, in)
	if err != nil {
		return p, in, err
	}
	if p.record != nil {
		if err := openAlready(d.App, who, p.record.Id, at.protocol.Code); err != nil {
			return p, in, err
		}
	}
	if err := d.eligible(p, in, at, who); err != nil {
		return p, in, err
	}
	if p.guardian {
		p.record, err = d.admitChild(ctx, p, in.Dependant.Name)
	}
	return p, in, err
}

// openAlready is *AlreadyOpen if the person has an open case of the complaint that the caller may see. One that another guardian has opened is
// as if it were not there: its being there is something to know of the child.
func openAlready(app core.App, who access.Who, patient, complaint string) error {
	opens, err := records.OpensOf(app, patient, complaint)
	if err != nil {
		return err
	}
	for _, c := range opens {
		if access.Check(who, access.See, c.Facts()) == nil {
			return &AlreadyOpen{Case: c.Id, State: c.State()}
		}
	}
	return nil
}

// place is where a case is opened, and with which content.
type place struct {
	region   *records.Region
	unit     *records.Unit // nil where the caller names none
	protocol *triage.Protocol
}

// Unknown names every field of an opening that stands for nothing here: a region, a unit, a complaint. Empty ones are not looked at.
func (d *Desk) Unknown(in Opening) ([]*Invalid, error) {
	var wrong []*Invalid
	region, err := regionHere(d.App, in.Region)
	switch {
	case errors.Is(err, records.ErrNotFound):
		if in.Region != "" {
			wrong = append(wrong, &Invalid{Field: "region", Code: codeUnknown})
		}
	case err != nil:
		return nil, err
	case in.Unit != "":
		switch _, err := records.UnitBySlug(d.App, region.Id, in.Unit); {
		case errors.Is(err, records.ErrNotFound):
			wrong = append(wrong, &Invalid{Field: "unit", Code: codeUnknown})
		case err != nil:
			return nil, err
		}
	}
	if _, served := d.Protocols.Served(in.Complaint); !served && in.Complaint != "" {
		wrong = append(wrong, &Invalid{Field: "complaint", Code: codeUnknown})
	}
	return wrong, nil
}

// codeUnknown is the code of a name that stands for nothing.
const codeUnknown = "validation_unknown"

// regionHere finds a region that this program serves; one that another program serves is not there.
func regionHere(app core.App, slug string) (*records.Region, error) {
	region, err := records.RegionBySlug(app, slug)
	if err != nil {
		return nil, err
	}
	if region.URL() != "" {
		return nil, records.ErrNotFound
	}
	return region, nil
}

func (d *Desk) placeOf(in Opening) (place, error) {
	var p place
	var err error
	if p.region, err = regionHere(d.App, in.Region); err != nil {
		return p, unknown("region", err)
	}
	if in.Unit != "" {
		if p.unit, err = records.UnitBySlug(d.App, p.region.Id, in.Unit); err != nil {
			return p, unknown("unit", err)
		}
	}
	var served bool
	if p.protocol, served = d.Protocols.Served(in.Complaint); !served {
		return p, &Invalid{Field: "complaint", Code: codeUnknown}
	}
	return p, nil
}

func unknown(field string, err error) error {
	if errors.Is(err, records.ErrNotFound) {
		return &Invalid{Field: field, Code: codeUnknown}
	}
	return err
}

// openIn opens the case inside a transaction.
func (d *Desk) openIn(ctx context.Context, tx core.App, who access.Who, in Opening, at place, p patient, fingerprint string) (*records.Case, error) {
	if err := openAlready(tx, who, p.record.Id, at.protocol.Code); err != nil {
		return nil, err
	}
	now := d.Clock.Now()
	o := records.Opening{
		ID: in.ID, Region: at.region.Id, Complaint: at.protocol.Code, Patient: p.record.Id,
		Protocol: at.protocol.Hash(), Language: in.Language, Phone: in.Phone, Fingerprint: fingerprint, At: now,
	}
	var err error
	if o.Person, err = personAt(tx, who, p, at.protocol.Code, now); err != nil {
		return nil, err
	}
	if at.unit != nil {
		o.Unit = at.unit.Id
	}
	if p.guardian {
		o.Guardian = who.ID
		if err := declare(tx, who.ID, p, now); err != nil {
			return nil, err
		}
	}
	c, err := records.NewCase(tx, o)
	if err != nil {
		return nil, err
	}
	a := &Act{Case: c, By: who, Now: now, ctx: ctx, tx: tx, event: cases.Opened}
	t, err := a.Times()
	if err != nil {
		return nil, err
	}
	c.SetTimer(now.Add(time.Duration(t.Unanswered)), records.DueExpire)
	return c, a.save() //nolint:contextcheck // the act carries the context
}

// personAt is what the protocol may know of the patient. Of earlier contacts it counts those that the caller may see: questions and level
// must not tell one guardian what another has asked.
func personAt(tx core.App, who access.Who, p patient, complaint string, now time.Time) (triage.Person, error) {
	today := personnummer.DateOf(now)
	age, _ := p.number.Age(today)
	months, _ := p.number.Months(today)
	person := triage.Person{Age: age, Months: months, Opened: dayInSweden(now)}
	earlier, err := records.OpenedSince(tx, p.record.Id, complaint, now.Add(-Recently))
	if err != nil {
		return person, err
	}
	for _, c := range earlier {
		if access.Check(who, access.See, c.Facts()) != nil {
			continue
		}
		person.Repeat10d++
		if !c.Created().Before(now.Add(-shortly)) {
			person.Repeat72h++
		}
	}
	return person, nil
}

// dayInSweden is the day of a time in Sweden, as a time whose year, month and day are that day's.
func dayInSweden(at time.Time) time.Time {
	d := personnummer.DateOf(at)
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
