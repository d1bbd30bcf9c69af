package audit

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
)

// GlassFor is how long a break-glass is open.
const GlassFor = 15 * time.Minute

// What a row of the access log says of a break-glass, and of what superusers do.
const (
	GlassOpened = "breakglass"
	GlassEnded  = "breakglass ended"
	Refused     = "refused " // and what was asked for: nothing was shown
	Changed     = "changed " // and what a superuser has changed on the dashboard: how the service is set up
)

// ErrShut says that a superuser has no break-glass open, or one for another case.
var ErrShut = errors.New("no break-glass is open for this")

// BreakGlass opens patient data to a superuser, for a reason: of one case and its people, or all. The row that says so and the one of the access log
// are written together. A superuser has one open at a time, the last; the same again, while it is open, is the same.
func BreakGlass(app core.App, who access.Who, reason, caseID string, now time.Time) (*records.Glass, error) {
	var glass *records.Glass
	err := app.RunInTransaction(func(tx core.App) error {
		open, err := records.OpenGlass(tx, who.ID, now)
		switch {
		case err == nil && open.Reason() == reason && open.Case() == caseID:
			glass = open
			return nil
		case err == nil:
			err = endGlass(tx, who, open, now)
		}
		if records.IgnoreMissing(err) != nil {
			return err
		}
		if glass, err = records.NewGlass(tx, who.ID, who.Name, reason, caseID, now, now.Add(GlassFor)); err != nil {
			return err
		}
		if err := tx.Save(glass); err != nil {
			return err
		}
		about, err := ofCase(tx, caseID)
		if err != nil {
			return err
		}
		return Append(tx, who, GlassOpened, about, reason, now)
	})
	if err != nil {
		return nil, fmt.Errorf("break the glass: %w", err)
	}
	return glass, nil
}

// ofCase is a case, and its patient; nobody where there is none.
func ofCase(app core.App, id string) (Subject, error) {
	if id == "" {
		return Subject{}, nil
	}
	c, err := records.CaseByID(app, id)
	if err != nil {
		return Subject{}, err
	}
	return Subject{Patient: c.Patient(), Case: c.Id}, nil
}

// EndGlass ends what a superuser has open, if anything is.
func EndGlass(app core.App, who access.Who, now time.Time) error {
	err := app.RunInTransaction(func(tx core.App) error {
		open, err := records.OpenGlass(tx, who.ID, now)
		if err != nil {
			return records.IgnoreMissing(err)
		}
		return endGlass(tx, who, open, now)
	})
	if err != nil {
		return fmt.Errorf("end the break-glass: %w", err)
	}
	return nil
}

func endGlass(tx core.App, who access.Who, open *records.Glass, now time.Time) error {
	open.End(now)
	if err := tx.Save(open); err != nil {
		return err
	}
	about, err := ofCase(tx, open.Case())
	if err != nil {
		return err
	}
	return Append(tx, who, GlassEnded, about, open.Reason(), now)
}

// Leave is what a superuser may read now.
type Leave struct {
	Reason string
	Only   *records.Case // nil for all
}

// LeaveOf finds out what a superuser may read, or answers ErrShut.
func LeaveOf(app core.App, superuser string, now time.Time) (Leave, error) {
	open, err := records.OpenGlass(app, superuser, now)
	if errors.Is(err, records.ErrNotFound) {
		return Leave{}, ErrShut
	}
	if err != nil {
		return Leave{}, fmt.Errorf("find the break-glass: %w", err)
	}
	l := Leave{Reason: open.Reason()}
	if open.Case() == "" {
		return l, nil
	}
	if l.Only, err = records.CaseByID(app, open.Case()); err != nil {
		return Leave{}, fmt.Errorf("find the case of the break-glass: %w", err)
	}
	return l, nil
}

// Covers says whether a record behind the glass may be read.
func (l Leave) Covers(r *core.Record) bool { return l.Only == nil || records.IsOf(r, l.Only) }

// Look writes one row of the access log in a transaction of its own: who has seen what, or was refused it. It is written before the answer.
func Look(app core.App, who access.Who, what string, about Subject, why string, now time.Time) error {
	err := app.RunInTransaction(func(tx core.App) error { return Append(tx, who, what, about, why, now) })
	if err != nil {
		return fmt.Errorf("write the look: %w", err)
	}
	return nil
}
