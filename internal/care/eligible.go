package care

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
)

// Whom the service is not for. Each code has its words, with the numbers to ring, in texts under `eligible.`.
const (
	underOneYear     = "under_one_year"
	regionClosed     = "region_closed"
	guardianAgeLimit = "guardian_age_limit"
	notGuardian      = "not_guardian"
	ownNumber        = "own_number" // the caller's own number as the child's
)

// Why a queue takes nobody more now. None of them is asked of level 1 or 2.
const (
	queueClosed = "queue_closed"
	queuePaused = "queue_paused"
	queueFull   = "queue_full"
)

// patient is whom a case is for.
type patient struct {
	record   *records.Patient // nil for a child whom nobody has named before
	number   personnummer.Number
	guardian bool // the caller is another person
}

// patientOf finds whom the case is for.
func (d *Desk) patientOf(self *records.Patient, in Opening) (patient, error) {
	number, err := d.NumberOf(self)
	if err != nil {
		return patient{}, err
	}
	if in.Dependant == nil || in.Dependant.Number == number {
		return patient{record: self, number: number}, nil
	}
	known, err := d.Known(in.Dependant.Number)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return patient{}, err
	}
	return patient{record: known, number: in.Dependant.Number, guardian: true}, nil
}

// eligible refuses whom the service is not for, in the order of api.md. Of who may be too young or too old it is sure: a coordination number
// need not tell the birthday.
func (d *Desk) eligible(p patient, in Opening, at place, who access.Who) error {
	now := d.Clock.Now()
	age, _ := p.number.Age(personnummer.DateOf(now))
	thirteen, _ := p.number.ThirteenthBirthday()
	switch {
	case age < 1:
		return &NotEligible{Code: underOneYear}
	case !at.region.InService() || at.unit != nil && !at.unit.InService():
		return &NotEligible{Code: regionClosed}
	case in.Dependant == nil:
		return nil
	case !p.guardian:
		return &NotEligible{Code: ownNumber}
	case !now.Before(thirteen):
		return &NotEligible{Code: guardianAgeLimit}
	case !in.Dependant.Guardian:
		return &NotEligible{Code: notGuardian}
	}
	blocked, err := d.blocked(who.ID, p.record)
	if blocked {
		return &NotEligible{Code: notGuardian}
	}
	return err
}

// blocked says whether staff have said that this person is not the child's guardian.
func (d *Desk) blocked(guardian string, child *records.Patient) (bool, error) {
	if child == nil {
		return false, nil
	}
	g, err := records.GuardianshipOf(d.App, guardian, child.Id)
	if errors.Is(err, records.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find guardianship: %w", err)
	}
	return g.State() == records.Blocked, nil
}

// admitChild makes the record of a child whom a guardian names. The name of one who is known stays: it is not the guardian's to change.
func (d *Desk) admitChild(ctx context.Context, p patient, name string) (*records.Patient, error) {
	if p.record != nil && p.record.Name() != "" {
		name = ""
	}
	return d.Admit(ctx, p.number, name)
}

// declare notes that the caller says to be the child's guardian.
func declare(tx core.App, guardian string, child patient, now time.Time) error {
	_, err := records.GuardianshipOf(tx, guardian, child.record.Id)
	if !errors.Is(err, records.ErrNotFound) {
		return err
	}
	ends, _ := child.number.ThirteenthBirthday()
	g, err := records.Declare(tx, guardian, child.record.Id, now, ends)
	if err != nil {
		return err
	}
	return tx.Save(g)
}
