package care

import (
	"context"
	"errors"
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
)

// guardianUntil is the birthday, in years, on which a guardian's right ends (api.md, "A child").
const guardianUntil = 13

// patient is whom a case is for.
type patient struct {
	record *records.Patient
	number personnummer.Number
}

// patientOf finds whom the case is for and refuses whom the service is not for, in the order of api.md.
func (d *Desk) patientOf(ctx context.Context, who access.Who, in Opening, at place) (patient, error) {
	self, err := records.PatientByID(d.App, who.ID)
	if err != nil {
		return patient{}, err
	}
	p := patient{record: self}
	if p.number, err = d.NumberOf(self); err != nil {
		return p, err
	}
	forChild := in.Dependant != nil && in.Dependant.Number.Digits() != p.number.Digits()
	if forChild {
		p.number = in.Dependant.Number
	}
	if err := d.eligible(p.number, forChild, in, at, who); err != nil {
		return p, err
	}
	if forChild {
		p.record, err = d.Admit(ctx, p.number, in.Dependant.Name)
	}
	return p, err
}

func (d *Desk) eligible(n personnummer.Number, forChild bool, in Opening, at place, who access.Who) error {
	age, _ := n.Age(personnummer.DateOf(d.Clock.Now()))
	switch {
	case age < 1:
		return &NotEligible{Code: underOneYear}
	case !at.region.InService() || at.unit != nil && !at.unit.InService():
		return &NotEligible{Code: regionClosed}
	case !forChild:
		return nil
	case age >= guardianUntil:
		return &NotEligible{Code: guardianAgeLimit}
	case !in.Dependant.Guardian || d.blocked(who.ID, n):
		return &NotEligible{Code: notGuardian}
	}
	return nil
}

// blocked says whether staff have said that this person is not the child's guardian.
func (d *Desk) blocked(guardian string, child personnummer.Number) bool {
	known, err := d.Known(child)
	if err != nil {
		return false // a child who is not known yet
	}
	g, err := records.GuardianshipOf(d.App, guardian, known.Id)
	return err == nil && g.State() == records.Blocked
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
