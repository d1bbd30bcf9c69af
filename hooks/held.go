package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// unsaid tells the author of what was held that it could not be said, or that the end of a case was stopped, and nobody else: GET …/held has it.
func (h *herald) unsaid(e *core.RecordEvent) error {
	before, now := records.AsUnsaid(e.Record.Original()), records.AsUnsaid(e.Record)
	if now.State() != records.Failed || before.State() == records.Failed {
		return nil
	}
	kind := "held_failed"
	if now.Kind() == records.HeldClose {
		kind = "close_stopped"
	}
	return h.fanout.Publish(topics.Topic{Kind: topics.Staff, ID: now.Author()}.String(), fanout.Event{
		Data: map[string]any{"type": kind, "case": now.Case(), "at": records.RFC3339(now.Settled())},
	})
}

// bindHeld lets superusers read what is held behind no break-glass either: nothing of it has happened, and most of it never will.
func bindHeld(app core.App) {
	app.OnRecordViewRequest(records.Held).Bind(on("HeldIsPrivate", func(e *core.RecordRequestEvent) error { return refuseHeld(e.RequestEvent) }))
	app.OnRecordsListRequest(records.Held).Bind(on("HeldIsPrivate", func(e *core.RecordsListRequestEvent) error { return refuseHeld(e.RequestEvent) }))
}

func refuseHeld(e *core.RequestEvent) error {
	return e.ForbiddenError("What is held is its author's alone, and only until it is said.", nil)
}
