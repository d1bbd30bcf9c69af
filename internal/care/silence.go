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

// owe notes that the patient's word waits for the clinician, from the first one on. While a pause or a call runs, its own timer goes on: active says
// whether the patient is there.
func (a *Act) owe(active bool) error {
	if a.Case.Clinician() == "" {
		return nil
	}
	a.Case.Owe(a.Now)
	_, what := a.Case.Timer()
	if !active || what == records.DueOverdue || what == records.DueFree || !a.Case.Freed().IsZero() {
		return nil
	}
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
// kept in a row, so nobody is told of twice. It says whether anything was done; where nothing is to do it writes nothing.
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
	absent := map[string]*records.Absence{}
	did := false
	var faults []error
	for _, a := range known {
		if absent[a.Staff()] = a; d.Live(a.Staff()) || !slices.Contains(holders, a.Staff()) {
			faults = append(faults, d.endAbsence(ctx, a))
			did = true
		}
	}
	for _, staff := range holders {
		a := absent[staff]
		if d.Live(staff) || a != nil && (a.Told() || a.Due().After(d.Clock.Now())) {
			continue
		}
		faults = append(faults, d.miss(ctx, staff, a))
		did = true
	}
	if err := errors.Join(faults...); err != nil || !did {
		return did, err
	}
	return did, d.durable(ctx)
}

// miss notes that a holder of cases has no live line, or tells the lead when that has lasted too long.
func (d *Desk) miss(ctx context.Context, staff string, a *records.Absence) error {
	err := d.App.RunInTransaction(func(tx core.App) (err error) {
		held, err := records.HeldBy(tx, staff)
		if err != nil || len(held) == 0 {
			return err
		}
		if a == nil {
			if a, err = absenceOf(tx, staff, held[0], d.Clock.Now()); err != nil {
				return err
			}
			return tx.SaveWithContext(ctx, a)
		}
		if err := d.leaveAlone(ctx, tx, held, "no live line"); err != nil {
			return err
		}
		a.Tell()
		return tx.SaveWithContext(ctx, a)
	})
	if err != nil {
		return fmt.Errorf("note that %s has no live line: %w", staff, err)
	}
	return nil
}

// absenceOf makes the row of who has no live line and holds a case; its region says when the lead is to know.
func absenceOf(tx core.App, staff string, held *records.Case, now time.Time) (*records.Absence, error) {
	region, err := records.RegionByID(tx, held.Region())
	if err != nil {
		return nil, err
	}
	return records.NewAbsence(tx, staff, now, now.Add(time.Duration(TimesOf(tx, region).Alone)))
}

// endAbsence notes that somebody is back, or has no open cases any more. Cases that were free for that alone are the clinician's again.
func (d *Desk) endAbsence(ctx context.Context, a *records.Absence) error {
	return d.App.RunInTransaction(func(tx core.App) error {
		if a.Told() {
			if err := d.takeBackUp(ctx, tx, a.Staff(), ""); err != nil {
				return err
			}
		}
		return records.EndAbsence(tx, a)
	})
}

// ForgetLines lets the time without a line begin anew, at a start: nobody had one while the program was down. Who was told of stays told of.
func (d *Desk) ForgetLines() error {
	known, err := records.AbsenceList(d.App)
	if err != nil {
		return err
	}
	for _, a := range known {
		if !a.Told() {
			err = errors.Join(err, records.EndAbsence(d.App, a))
		}
	}
	return err
}

// takeBackUp makes the cases that somebody holds theirs again, in one queue or in all, where they were free only because their clinician was not
// there: what has waited too long for a word stays free.
func (d *Desk) takeBackUp(ctx context.Context, tx core.App, staff, queue string) error {
	held, err := records.HeldBy(tx, staff)
	if err != nil {
		return err
	}
	for _, c := range held {
		if c.Freed().IsZero() || queue != "" && c.Queue() != queue {
			continue
		}
		_, err := d.actIn(ctx, tx, request{who: programme, event: cases.Present, find: theCase(c.Id), fill: func(a *Act) error {
			t, err := a.Times()
			if err != nil {
				return err
			}
			if owed := a.Case.Owed(); !owed.IsZero() && a.Now.Sub(owed) >= time.Duration(t.Free) {
				a.idle = true
				return nil
			}
			a.Case.Free(time.Time{})
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
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
