package care

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Verify notes what staff have found out about the guardian of a case: verified gives the right to read on after the end,
// blocked ends every right to this child's cases at once.
// Errors: *cases.Refused where the case has no guardian.
func (d *Desk) Verify(ctx context.Context, who access.Who, id string, verified bool, reason string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Guarded, find: theCase(id), body: []any{verified, reason},
		fill: func(a *Act) error {
			a.Because(reason)
			return a.verifyGuardian(d, verified, reason)
		},
	})
}

func (a *Act) verifyGuardian(d *Desk, verified bool, reason string) error {
	if a.Case.Guardian() == "" {
		return &cases.Refused{Event: cases.Guarded, State: a.Case.State()}
	}
	g, err := records.GuardianshipOf(a.tx, a.Case.Guardian(), a.Case.Patient())
	if err != nil {
		return fmt.Errorf("find guardianship: %w", err)
	}
	if g.State() == records.EndedAge {
		return &cases.Refused{Event: cases.Guarded, State: a.Case.State()}
	}
	state := records.Blocked
	if verified {
		state = records.Verified
	}
	g.Become(state, a.By.ID, reason)
	if err := a.tx.Save(g); err != nil {
		return fmt.Errorf("save guardianship: %w", err)
	}
	a.Case.LetGuardianRead(verified)
	if verified {
		return nil
	}
	return d.endGuardian(a.ctx, a.tx, g, a.Case.Id)
}

// endGuardian ends the guardian's right to every case of the child but one, which the caller ends itself.
func (d *Desk) endGuardian(ctx context.Context, tx core.App, g *records.Guardianship, but string) error {
	guardian, child := g.Pair()
	guarded, err := records.GuardedBy(tx, guardian, child)
	if err != nil {
		return err
	}
	for _, c := range guarded {
		if c.Id == but || !c.GuardianReads() {
			continue
		}
		_, err := d.actIn(ctx, tx, request{who: programme, event: cases.Guarded, find: theCase(c.Id), fill: func(a *Act) error {
			a.Case.LetGuardianRead(false)
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// endUnverifiedGuardian ends the right of a guardian whom nobody has verified, when a case ends.
func (a *Act) endUnverifiedGuardian() error {
	if a.Case.Guardian() == "" {
		return nil
	}
	g, err := records.GuardianshipOf(a.tx, a.Case.Guardian(), a.Case.Patient())
	if err != nil {
		return fmt.Errorf("find guardianship: %w", err)
	}
	if g.State() != records.Verified {
		a.Case.LetGuardianRead(false)
	}
	return nil
}

// RunBirthdays ends the rights of the guardians of the next child who has turned 13, and says whether there was one.
func (d *Desk) RunBirthdays(ctx context.Context) (bool, error) {
	if _, err := records.GuardianshipDue(d.App, d.Clock.Now()); errors.Is(err, records.ErrNotFound) {
		return false, nil // as nearly always: no transaction for that
	}
	did := false
	err := d.App.RunInTransaction(func(tx core.App) error {
		g, err := records.GuardianshipDue(tx, d.Clock.Now())
		if errors.Is(err, records.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		did = true
		g.Become(records.EndedAge, "", "")
		if err := tx.Save(g); err != nil {
			return fmt.Errorf("save guardianship: %w", err)
		}
		return d.endGuardian(ctx, tx, g, "")
	})
	if err != nil {
		return false, fmt.Errorf("end the right of a guardian: %w", err)
	}
	return did, d.durable(ctx)
}
