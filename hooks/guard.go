package hooks

import (
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
)

// guardCase refuses to save a case outside an act, whoever tries: state, level, people and seq change only by what happens to a case.
func guardCase(e *core.RecordEvent) error {
	if care.ActOf(e.Context) == "" {
		return apis.NewBadRequestError("A case changes only by what happens to it. Use the commands of /api/lotsen/v1.", nil)
	}
	return e.Next()
}

// keepJournal refuses to delete what only acts write, one row or, by PocketBase's truncate, all: without its row a log-in that was ended
// lives again, and a guardian who was blocked is not. Erasing a person is a command, not a click.
func keepJournal(e *core.RecordEvent) error {
	return apis.NewForbiddenError("This is a journal: nothing of it is deleted by hand.", nil)
}

// guardJournal refuses what a superuser might do by hand to collections that only acts write. Others have no rule that lets them.
func guardJournal(e *core.RecordRequestEvent) error {
	return apis.NewForbiddenError("This collection is written by the program alone.", nil)
}

// journals are the collections that only acts write. Messages are created by patients and staff, and never changed.
func journals() []string {
	return []string{
		records.Answers, records.Events, records.Audit, records.Outbox, records.Repeats, records.Sessions,
		records.Guardianships, records.Protocols, records.Support, records.Views, records.Absences, records.Breakglass,
		records.Reviews, records.Held,
	}
}
