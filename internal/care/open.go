package care

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
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
	shortly  = 72 * time.Hour
	recently = 10 * 24 * time.Hour
)

// Open opens a case for the caller, or for a child of the caller's. The content is pinned by its hash. made is false where the same request has
// been answered before.
//
// Errors: *Invalid for an unknown region, unit or complaint; ErrTaken where the id stands for another request; *AlreadyOpen; *NotEligible.
func (d *Desk) Open(ctx context.Context, who access.Who, in Opening) (c *records.Case, made bool, err error) {
	fingerprint := Fingerprint("open", who.ID, in.Body)
	if old, err := d.openedBefore(who, in.ID, fingerprint); old != nil || err != nil {
		return old, false, err
	}
	place, err := d.placeOf(in)
	if err != nil {
		return nil, false, err
	}
	patient, err := d.patientOf(ctx, who, in, place)
	if err != nil {
		return nil, false, err
	}
	err = d.App.RunInTransaction(func(tx core.App) error {
		if c, err = d.openedBefore(who, in.ID, fingerprint, tx); c != nil || err != nil {
			return err
		}
		made = true
		c, err = d.openIn(ctx, tx, who, in, place, patient, fingerprint)
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("open case: %w", err)
	}
	return c, made, d.durable(ctx)
}

// openedBefore finds the case that the same request has opened. Another case under that id is ErrTaken.
func (d *Desk) openedBefore(who access.Who, id, fingerprint string, in ...core.App) (*records.Case, error) {
	if id == "" {
		return nil, nil
	}
	app := d.App
	if len(in) > 0 {
		app = in[0]
	}
	c, err := records.CaseByID(app, id)
	switch {
	case errors.Is(err, records.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case c.Fingerprint() != fingerprint:
		return nil, ErrTaken
	}
	return c, access.Check(who, access.See, c.Facts())
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
	open, err := records.OpenOf(tx, p.record.Id, at.protocol.Code)
	if err == nil {
		return nil, alreadyOpen(who, open)
	}
	if !errors.Is(err, records.ErrNotFound) {
		return nil, err
	}
	now := d.Clock.Now()
	o := records.Opening{
		ID: in.ID, Region: at.region.Id, Complaint: at.protocol.Code, Patient: p.record.Id,
		Protocol: at.protocol.Hash(), Language: in.Language, Phone: in.Phone, Fingerprint: fingerprint, At: now,
	}
	if o.Person, err = personAt(tx, p, at.protocol.Code, now); err != nil {
		return nil, err
	}
	if at.unit != nil {
		o.Unit = at.unit.Id
	}
	if p.record.Id != who.ID {
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
	return c, a.save()
}

// alreadyOpen says that there is an open case; which one only to who may see it: the other guardian of a child may not.
func alreadyOpen(who access.Who, open *records.Case) error {
	if access.Check(who, access.See, open.Facts()) != nil {
		return &AlreadyOpen{}
	}
	return &AlreadyOpen{Case: open.Id, State: open.State()}
}

// personAt is what the protocol may know of the patient.
func personAt(tx core.App, p patient, complaint string, now time.Time) (triage.Person, error) {
	today := personnummer.DateOf(now)
	age, _ := p.number.Age(today)
	months, _ := p.number.Months(today)
	person := triage.Person{Age: age, Months: months, Opened: now}
	var err error
	if person.Repeat72h, err = records.OpenedSince(tx, p.record.Id, complaint, now.Add(-shortly)); err != nil {
		return person, err
	}
	person.Repeat10d, err = records.OpenedSince(tx, p.record.Id, complaint, now.Add(-recently))
	return person, err
}
