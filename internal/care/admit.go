package care

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/seal"
)

// The names under which a personal number is sealed and looked up. They never change: what is sealed under them would not open any more.
const (
	numberField = "patients.number"
	numberKind  = "personnummer"
)

// Admit turns a proven identity into a patient: the one who is known by that number, or a new one. A name that was given is kept up to date;
// an empty one changes nothing. It also makes the record of a child whom a guardian names. The patient is not an act: it belongs to no case.
func (d *Desk) Admit(ctx context.Context, number personnummer.Number, name string) (*records.Patient, error) {
	lookups, err := d.Keys.Lookup(numberKind, number.Digits())
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	fresh, err := d.freshPatient(number, lookups) // outside the transaction: a random password is hashed
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	var admitted *records.Patient
	err = d.App.RunInTransaction(func(tx core.App) error {
		admitted, err = records.PatientByLookup(tx, lookups...)
		if errors.Is(err, records.ErrNotFound) {
			admitted, err = fresh, nil
		}
		if err != nil {
			return err
		}
		if admitted != fresh && (name == "" || name == admitted.Name()) {
			return nil
		}
		if name != "" {
			admitted.SetName(name)
		}
		return tx.SaveWithContext(ctx, admitted)
	})
	if err != nil {
		return nil, fmt.Errorf("admit: %w", err)
	}
	return admitted, d.durable(ctx)
}

func (d *Desk) freshPatient(number personnummer.Number, lookups []string) (*records.Patient, error) {
	if known, err := records.PatientByLookup(d.App, lookups...); err == nil {
		return known, nil
	}
	p, err := records.NewPatient(d.App)
	if err != nil {
		return nil, err
	}
	sealed, err := d.Keys.Seal(seal.Place{Record: p.Id, Field: numberField}, number.Digits())
	if err != nil {
		return nil, err
	}
	lookup, err := d.Keys.Fingerprint(numberKind, number.Digits())
	if err != nil {
		return nil, err
	}
	p.Identify(sealed, lookup)
	return p, nil
}

// Known finds the person of a number; records.ErrNotFound where there is none.
func (d *Desk) Known(number personnummer.Number) (*records.Patient, error) {
	lookups, err := d.Keys.Lookup(numberKind, number.Digits())
	if err != nil {
		return nil, fmt.Errorf("look up: %w", err)
	}
	return records.PatientByLookup(d.App, lookups...)
}

// NumberOf opens a patient's personal number. Whoever shows it has asked whether the reader may see it.
func (d *Desk) NumberOf(p *records.Patient) (personnummer.Number, error) {
	digits, err := d.Keys.Open(seal.Place{Record: p.Id, Field: numberField}, p.Sealed())
	if err != nil {
		return personnummer.Number{}, fmt.Errorf("open personal number of %s: %w", p.Id, err)
	}
	n, err := personnummer.Parse(digits, d.Clock.Now())
	if err != nil {
		return n, fmt.Errorf("read personal number of %s: %w", p.Id, err)
	}
	return n, nil
}
