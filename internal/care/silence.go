package care

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// The silence of staff has timers, too. A patient's word that nobody answers is told first to the case's clinician and then makes the case free
// for anyone of the queue; a clinician with open cases and no live line, or who goes off duty, is told to the lead, and the cases are free at once.
// None of it ends a case or takes it from its clinician: somebody has to want it.

// owe notes that the patient's word waits for the clinician, from the first one on.
func (a *Act) owe() error {
	if a.Case.Clinician() == "" || !a.Case.Owed().IsZero() {
		return nil
	}
	a.Case.Owe(a.Now)
	return a.remindClinician()
}

// remindClinician sets the timer after which an unanswered word is overdue, counted from now.
func (a *Act) remindClinician() error {
	t, err := a.Times()
	if err != nil {
		return err
	}
	a.Case.SetTimer(a.Now.Add(time.Duration(t.Overdue)), records.DueOverdue)
	return nil
}

// overdue leaves it to the event to tell the clinician, and waits for the time at which others may take over.
func (a *Act) overdue() error {
	t, err := a.Times()
	if err != nil {
		return err
	}
	at, _ := a.Case.Timer()
	a.Case.SetTimer(at.Add(time.Duration(t.Free-t.Overdue)), records.DueFree)
	return nil
}

// free lets anyone of the queue take the case over.
func (a *Act) free() error {
	a.Case.SetTimer(time.Time{}, records.DueNothing)
	a.Case.Free(a.Now)
	return nil
}

// takeOver makes the caller the clinician of a case that is free. The patient goes on where they were: no new call is sent. What the patient waits
// for is waited for still, and is overdue anew after its time.
func (a *Act) takeOver() error {
	if a.Case.Freed().IsZero() {
		return &cases.Refused{Event: cases.TakenOver, State: a.Case.State()}
	}
	a.handTo(a.By)
	return a.remindNew()
}

// handTo gives the case to another person, and keeps for colleagues from whom it came.
func (a *Act) handTo(who access.Who) {
	a.told.Before, a.told.BeforeName = a.Case.Clinician(), a.Case.ClinicianName()
	a.Case.GiveTo(who)
	a.Case.Free(time.Time{})
}

// remindNew lets the time for an answer begin anew with a new clinician, where the patient waits for one.
func (a *Act) remindNew() error {
	if a.Case.Owed().IsZero() || a.Case.State() != cases.Active {
		return nil
	}
	return a.remindClinician()
}

// RunLines looks which of the staff with open cases have no live line, and tells the lead of those who have had none for too long. Who has none is
// kept in a row: neither a crash nor a restart begins the time anew. It says whether anything was done.
func (d *Desk) RunLines(ctx context.Context) (bool, error) {
	if d.Live == nil {
		return false, nil
	}
	holders, err := records.Holders(d.App)
	if err != nil {
		return false, err
	}
	known, err := records.AbsenceList(d.App)
	if err != nil {
		return false, err
	}
	did := false
	var faults []error
	for _, a := range known {
		if d.Live(a.Staff()) || !slices.Contains(holders, a.Staff()) {
			faults = append(faults, records.EndAbsence(d.App, a))
			did = true
		}
	}
	for _, staff := range holders {
		if d.Live(staff) {
			continue
		}
		one, err := d.missLine(ctx, staff)
		faults, did = append(faults, err), did || one
	}
	if err := errors.Join(faults...); err != nil || !did {
		return did, err
	}
	return did, d.durable(ctx)
}

// missLine notes that a holder of cases has no live line, or tells the lead when that has lasted too long.
func (d *Desk) missLine(ctx context.Context, staff string) (did bool, err error) {
	err = d.App.RunInTransaction(func(tx core.App) error {
		a, err := records.AbsenceOf(tx, staff)
		switch {
		case errors.Is(err, records.ErrNotFound):
			did = true
			if a, err = records.NewAbsence(tx, staff, d.Clock.Now()); err != nil {
				return err
			}
			return tx.SaveWithContext(ctx, a)
		case err != nil || a.Told():
			return err
		}
		did, err = d.tellAlone(ctx, tx, a)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note that %s has no live line: %w", staff, err)
	}
	return did, nil
}

// tellAlone frees the cases of a clinician who has had no live line for as long as their regions allow, and says whether it did.
func (d *Desk) tellAlone(ctx context.Context, tx core.App, a *records.Absence) (bool, error) {
	held, err := records.HeldBy(tx, a.Staff())
	if err != nil || len(held) == 0 {
		return false, err
	}
	region, err := records.RegionByID(tx, held[0].Region())
	if err != nil {
		return false, err
	}
	if d.Clock.Now().Sub(a.Since()) < time.Duration(TimesOf(tx, region).Alone) {
		return false, nil
	}
	if err := d.leaveAlone(ctx, tx, held, "no live line"); err != nil {
		return false, err
	}
	a.Tell()
	return true, tx.SaveWithContext(ctx, a)
}

// leaveAlone notes of each case that its clinician is not there: the lead is told by the event, and anyone of the queue may take it over.
func (d *Desk) leaveAlone(ctx context.Context, tx core.App, held []*records.Case, why string) error {
	for _, c := range held {
		_, err := d.actIn(ctx, tx, request{who: programme, event: cases.Alone, find: theCase(c.Id), fill: func(a *Act) error {
			a.Because(why)
			if a.Case.Freed().IsZero() {
				a.Case.Free(a.Now)
			}
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
