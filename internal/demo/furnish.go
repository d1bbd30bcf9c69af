package demo

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// ExampleNumber belongs to nobody: it is of Skatteverket's test series.
const ExampleNumber = "198511012380"

// knownPassword is that of everybody in a demo which only this machine reaches.
const knownPassword = "lotsen-demo"

// Login is somebody who can log in with a password, as the start screen shows them.
type Login struct{ As, Email, Password string }

const admin = "admin@demo.test"

type member struct{ name, email, role, unit string }

// staff are the invented people who work here.
func staff() []member {
	return []member{
		{"Nina Norrman", "nurse@demo.test", "nurse", "norrvik"},
		{"David Dahl", "doctor@demo.test", "doctor", "norrvik"},
		{"Lena Lindgren", "lead@demo.test", "lead", "norrvik"},
		{"Sofia Söderberg", "south@demo.test", "nurse", "soder"},
	}
}

// Furnish makes the region, its units and queues and the people, as far as they are not there. It tells who can log in, and the
// passwords if they are known: random ones are told by the one start that makes them.
func (d *Demo) Furnish(ctx context.Context, app core.App) ([]Login, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	renew := d.Open && d.state.Passwords != passwordsRandom
	var logins []Login
	err := app.RunInTransaction(func(tx core.App) error {
		queues, err := furnishRegion(ctx, tx)
		if err != nil {
			return err
		}
		if err := furnishElsewhere(ctx, tx); err != nil {
			return err
		}
		logins, err = d.employ(ctx, tx, queues, renew)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("furnish the demo: %w", err)
	}
	kept := d.state
	switch {
	case d.Open:
		kept.Passwords = passwordsRandom
	case kept.Passwords == "":
		kept.Passwords = passwordsKnown
	default:
		return logins, nil
	}
	// A kill before this only means that random passwords are made, and told, once more.
	if err := write(d.folder, kept); err != nil {
		return nil, err
	}
	d.state = kept
	return logins, nil
}

// employ makes the staff and the superuser, and gives all of them new passwords where renew says so.
func (d *Demo) employ(ctx context.Context, tx core.App, queues map[string]string, renew bool) ([]Login, error) {
	var logins []Login
	for _, m := range staff() {
		known, err := tx.FindAuthRecordByEmail(records.StaffMembers, m.email)
		if err != nil {
			s, err := records.NewStaff(tx, m.name, m.email, knownPassword, m.role, queues[m.unit])
			if err != nil {
				return nil, err
			}
			known = s.ProxyRecord()
		}
		l, err := d.login(ctx, tx, known, m.role, renew)
		if err != nil {
			return nil, err
		}
		logins = append(logins, l)
	}
	boss, err := tx.FindAuthRecordByEmail(core.CollectionNameSuperusers, admin)
	if err != nil {
		c, err := tx.FindCachedCollectionByNameOrId(core.CollectionNameSuperusers)
		if err != nil {
			return nil, fmt.Errorf("find superusers: %w", err)
		}
		boss = core.NewRecord(c)
		boss.SetEmail(admin)
		boss.SetPassword(knownPassword)
	}
	l, err := d.login(ctx, tx, boss, "admin", renew)
	return append(logins, l), err
}

// login saves a person who is new or gets a new password, and tells how to log in.
func (d *Demo) login(ctx context.Context, tx core.App, r *core.Record, as string, renew bool) (Login, error) {
	l := Login{As: as, Email: r.Email(), Password: knownPassword}
	if renew {
		l.Password = rand.Text()
		r.SetPassword(l.Password)
	}
	if r.IsNew() || renew {
		if err := tx.SaveWithContext(ctx, r); err != nil {
			return l, fmt.Errorf("save %s: %w", as, err)
		}
	}
	if !renew && d.state.Passwords == passwordsRandom {
		l.Password = "(as shown at the first open start)"
	}
	return l, nil
}
