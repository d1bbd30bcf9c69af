// Package pb_migrations holds Lotsen's collections: their fields, indexes and API rules, one file a collection.
//
// A migration imports nothing of ours: it must mean the same in ten years. What is in this file and in rules.go is therefore never
// changed, only added to. testdata/collections.golden shows what a fresh database holds: the page that a reviewer reads.
package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Collection ids are ours, so that a relation can name a collection that another file makes.
const (
	idRegions       = "lotsen_regions0"
	idUnits         = "lotsen_units000"
	idQueues        = "lotsen_queues00"
	idPatients      = "lotsen_patients"
	idStaff         = "lotsen_staff000"
	idCases         = "lotsen_cases000"
	idEvents        = "lotsen_events00"
	idAnswers       = "lotsen_answers0"
	idMessages      = "lotsen_messages"
	idProtocols     = "lotsen_protocol"
	idOutbox        = "lotsen_outbox00"
	idAudit         = "lotsen_audit000"
	idRepeats       = "lotsen_repeats0"
	idSessions      = "lotsen_sessions"
	idGuardianships = "lotsen_guardian"
	idRoutes        = "lotsen_routes00"
	idHeld          = "lotsen_held0000"
	idBreakglass    = "lotsen_breakgla"
	idReviews       = "lotsen_reviews0"
	idSupport       = "lotsen_support0"
	idViews         = "lotsen_views000"
	idAbsences      = "lotsen_absences"
)

// create registers a migration that makes one collection, and one that takes it away.
func create(file string, build func() *core.Collection) {
	m.Register(func(app core.App) error {
		return app.Save(build())
	}, func(app core.App) error {
		c, err := app.FindCollectionByNameOrId(build().Id)
		if err != nil {
			return err
		}
		return app.Delete(c)
	}, file)
}

// change registers a migration that adds to a collection that is there, and one that takes it away again.
func change(file, collection string, add, remove func(*core.Collection)) {
	alter := func(by func(*core.Collection)) func(core.App) error {
		return func(app core.App) error {
			c, err := app.FindCollectionByNameOrId(collection)
			if err != nil {
				return err
			}
			by(c)
			return app.Save(c)
		}
	}
	m.Register(alter(add), alter(remove), file)
}

func text(name string, most int) *core.TextField {
	return &core.TextField{Name: name, Max: most}
}

func needed(name string, most int) *core.TextField {
	return &core.TextField{Name: name, Max: most, Required: true}
}

func hiddenText(name string, most int) *core.TextField {
	return &core.TextField{Name: name, Max: most, Hidden: true}
}

func whole(name string) *core.NumberField {
	return &core.NumberField{Name: name, OnlyInt: true}
}

func hiddenWhole(name string) *core.NumberField {
	return &core.NumberField{Name: name, OnlyInt: true, Hidden: true}
}

func yes(name string) *core.BoolField {
	return &core.BoolField{Name: name}
}

func hiddenYes(name string) *core.BoolField {
	return &core.BoolField{Name: name, Hidden: true}
}

// date is a plain date that the program fills from its own clock. No collection has an autodate: those follow the wall clock.
func date(name string) *core.DateField {
	return &core.DateField{Name: name}
}

func hiddenDate(name string) *core.DateField {
	return &core.DateField{Name: name, Hidden: true}
}

func hiddenJSON(name string, most int64) *core.JSONField {
	return &core.JSONField{Name: name, MaxSize: most, Hidden: true}
}

func one(name, collection string, required bool) *core.RelationField {
	return &core.RelationField{Name: name, CollectionId: collection, MaxSelect: 1, Required: required}
}

func oneOf(name string, required bool, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, MaxSelect: 1, Required: required, Values: values}
}

func rule(r string) *string { return types.Pointer(r) }
