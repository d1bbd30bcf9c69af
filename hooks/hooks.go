// Package hooks is the wiring: where PocketBase's events, routes and realtime, and the timers, meet the rules.
//
// Hooks decides when, care decides what, api translates, records remembers. There is no medicine here and no transaction. One file is one
// concern; each handler has an id; Bind lists everything that is bound, in reading order.
package hooks

import (
	"log/slog"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"lotsen/internal/records"
)

// on makes a handler with an id, so that what is bound can be listed, and nothing is bound twice.
func on[T hook.Resolver](id string, do func(T) error) *hook.Handler[T] {
	return &hook.Handler[T]{Id: "lotsen" + id, Func: do}
}

// afterCommit makes a handler of what happens after a commit and may be lost. A failure is logged and never returned: the row is there,
// and an error would tell the caller otherwise.
func afterCommit(log *slog.Logger, id string, do func(*core.RecordEvent) error) *hook.Handler[*core.RecordEvent] {
	return on(id, func(e *core.RecordEvent) error {
		if err := do(e); err != nil {
			log.Error("after a commit", "hook", id, "error", err)
		}
		return e.Next()
	})
}

// bindGuards closes the doors that are not acts.
func bindGuards(app core.App) {
	bindQuestions(app)
	bindHeld(app)
	app.OnRecordCreate(records.Cases).Bind(on("GuardCase", guardCase))
	app.OnRecordUpdate(records.Cases).Bind(on("GuardCase", guardCase))
	app.OnRecordDelete(append(journals(), records.Cases, records.Messages, records.Patients)...).Bind(on("KeepJournal", keepJournal))

	app.OnRecordCreateRequest(append(journals(), records.Patients)...).Bind(on("GuardJournal", guardJournal))
	app.OnRecordUpdateRequest(append(journals(), records.Messages, records.Patients)...).Bind(on("GuardJournal", guardJournal))
	app.OnRecordDeleteRequest(append(journals(), records.Messages, records.Patients, records.Cases)...).Bind(on("GuardJournal", guardJournal))
}
