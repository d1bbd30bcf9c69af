// Package records remembers: typed proxies of the collections and the queries on them.
//
// It is the one place in running Go code that writes a field's name. Accessors are named by what they mean; several of a proxy's
// methods change more than one field. The package decides nothing: who may, and what may follow on what, is asked elsewhere.
// Every function takes the app that it is to work on: inside a transaction that is the transaction's.
package records

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// ErrNotFound says that there is no such record.
var ErrNotFound = errors.New("no such record")

// IgnoreMissing is err, unless it says that there is no such record: for those to whom nothing is an answer.
func IgnoreMissing(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Names of the collections.
const (
	Regions       = "regions"
	Units         = "units"
	Queues        = "queues"
	Routes        = "routes"
	Patients      = "patients"
	StaffMembers  = "staff"
	Protocols     = "protocols"
	Cases         = "cases"
	Answers       = "answers"
	Messages      = "messages"
	Events        = "events"
	Audit         = "audit"
	Outbox        = "outbox"
	Repeats       = "repeats"
	Sessions      = "sessions"
	Guardianships = "guardianships"
	Support       = "support"
	Views         = "views"
	Absences      = "absences"
	Breakglass    = "breakglass"
	Reviews       = "reviews"
	Held          = "held"
)

// All lists every collection of ours.
func All() []string {
	return []string{
		Regions, Units, Queues, Routes, Patients, StaffMembers, Protocols, Cases, Answers, Messages, Events,
		Audit, Outbox, Repeats, Sessions, Guardianships, Support, Views, Absences, Breakglass, Reviews, Held,
	}
}

// OfPatients lists the collections whose rows are about a patient: superusers read them only through the break-glass.
func OfPatients() []string {
	return []string{Patients, Cases, Answers, Messages, Events, Audit, Outbox, Repeats, Guardianships, Support, Views, Held}
}

// moment writes a time as PocketBase's date fields do.
func moment(t time.Time) types.DateTime {
	if t.IsZero() {
		return types.DateTime{}
	}
	d, _ := types.ParseDateTime(t.UTC())
	return d
}

// stamp is a time as SQLite compares it.
func stamp(t time.Time) string { return moment(t).String() }

// RFC3339 writes a time as api.md promises: UTC with exactly three decimals; "" for no time.
func RFC3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// blank makes a new record of a collection.
func blank(app core.App, collection string) (*core.Record, error) {
	c, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, fmt.Errorf("find collection %s: %w", collection, err)
	}
	return core.NewRecord(c), nil
}

// proxy is a pointer to a type that embeds core.BaseRecordProxy.
type proxy[T any] interface {
	*T
	core.RecordProxy
}

// first fills a proxy with the first row of a query, or answers ErrNotFound.
func first[T any, P proxy[T]](q *dbx.SelectQuery) (P, error) {
	p := P(new(T))
	if err := q.Limit(1).One(p); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return nil, ErrNotFound
		}
		return nil, fmt.Errorf("query: %w", err)
	}
	return p, nil
}

// list fills proxies with all rows of a query.
func list[T any, P proxy[T]](q *dbx.SelectQuery) ([]P, error) {
	var rows []P
	if err := q.All(&rows); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	return rows, nil
}

// byID finds one record of a collection by its id.
func byID[T any, P proxy[T]](app core.App, collection, id string) (P, error) {
	if id == "" {
		return nil, ErrNotFound
	}
	return first[T, P](app.RecordQuery(collection).AndWhere(dbx.HashExp{"id": id}))
}

// NameOf is what a record that superusers set up is called: its name, else its e-mail address, else nothing.
func NameOf(r *core.Record) string {
	if name := r.GetString("name"); name != "" {
		return name
	}
	return r.Email()
}
