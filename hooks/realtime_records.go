package hooks

import (
	"math"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"lotsen/internal/records"
)

var (
	// recordTopics are the collections whose record events a superuser may
	// follow. They hold nothing about a patient.
	recordTopics = []string{
		records.Regions, records.Units, records.Queues, records.Routes, records.StaffMembers, records.Protocols,
	}
	// silent are the collections that nobody can follow and that an act writes.
	// Those of people are not among them: PocketBase's handler for their record
	// events also keeps the log-in of each connection up to date.
	silent = []string{
		records.Cases, records.Answers, records.Messages, records.Events, records.Audit, records.Outbox, records.Repeats,
		records.Sessions, records.Guardianships, records.Held, records.Absences, records.Support, records.Views,
		records.Breakglass, records.Reviews,
	}
)

// recordTopic tells whether who may follow PocketBase's record events of this
// name. Options are refused: an expand among them would bring patients' rows along.
func recordTopic(app core.App, who Who, name string) bool {
	if who.Collection != core.CollectionNameSuperusers || strings.Contains(name, "?") {
		return false
	}
	collection, _, _ := strings.Cut(name, "/")
	found, err := app.FindCachedCollectionByNameOrId(collection)
	return err == nil && slices.Contains(recordTopics, found.Name)
}

// bindSilence keeps PocketBase from looking through all clients for a reader of
// a row that nobody can read so: 1.5 ms of a processor for each row of each act
// while 5000 phones wait.
//
// PocketBase's broadcast stands at the end of the chain that these handlers stop.
// They come last of all record handlers; only an OnModelAfter…Success handler of
// these collections would be passed over, so use OnRecordAfter…Success.
func bindSilence(app core.App) {
	stop := hook.Handler[*core.RecordEvent]{
		Id: "lotsenRealtimeSilence", Priority: math.MaxInt,
		Func: func(*core.RecordEvent) error { return nil },
	}
	app.OnRecordAfterCreateSuccess(silent...).Bind(&stop)
	app.OnRecordAfterUpdateSuccess(silent...).Bind(&stop)
}
