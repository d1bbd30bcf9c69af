package hooks

import (
	"fmt"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/hours"
	"lotsen/internal/records"
)

// rightPlan is what would be right, for who has written opening hours by hand on the dashboard.
const rightPlan = `Not understood (%v). An object with any of "week", "holidays", "eves", "whenClosed", "exceptions". Example: {"week": {"mon": ["08:00-17:00"], ` +
	`"sat": []}, "holidays": [], "exceptions": [{"date": "2026-12-23", "hours": ["08:00-12:00"], "sv": "Dagen före julafton"}]}. See docs/tasks/set-opening-hours.md.`

// bindHours checks opening hours as they are saved, and tells of what changes by them and by the lead's switches.
func bindHours(app core.App, h *herald) {
	app.OnRecordValidate(records.Regions, records.Units, records.Queues).Bind(on("CheckHours", checkHours))
	app.OnRecordCreateRequest(records.Queues).Bind(on("KeepSwitches", keepSwitches))
	app.OnRecordUpdateRequest(records.Queues).Bind(on("KeepSwitches", keepSwitches))
	app.OnRecordAfterUpdateSuccess(records.Queues).Bind(afterCommit(h.log, "TellSign", func(e *core.RecordEvent) error {
		return h.tellSign(e.Record.Id)
	}))
	app.OnRecordAfterUpdateSuccess(records.Regions, records.Units).Bind(afterCommit(h.log, "TellSigns", h.tellSigns))
}

// checkHours refuses hours that no program can use. What stood there before is not asked again: a lead's switch must not fail by it.
func checkHours(e *core.RecordEvent) error {
	if err := e.Next(); err != nil {
		return err
	}
	now := records.HoursIn(e.Record)
	if !e.Record.IsNew() && string(now) == string(records.HoursIn(e.Record.Original())) {
		return nil
	}
	if _, err := hours.Parse(now); err != nil {
		return validation.Errors{records.HoursField: validation.NewError("validation_invalid", fmt.Sprintf(rightPlan, err))}
	}
	return nil
}

// byCommand is what to do instead, for who would set a switch of a queue on the dashboard.
const byCommand = "Not set by hand, for those who wait are told by it: a lead of the queue uses PUT /api/lotsen/v1/queues/{id}/state, and the program keeps the rest."

// keepSwitches refuses to set by hand what a lead's command, or the program itself, sets in a queue.
func keepSwitches(e *core.RecordRequestEvent) error {
	wrong := validation.Errors{}
	for _, name := range records.ChangedByHand(e.Record) {
		wrong[name] = validation.NewError("validation_invalid", byCommand)
	}
	if len(wrong) > 0 {
		return e.BadRequestError(byCommand, wrong)
	}
	return e.Next()
}

// tellSign tells the staff of a queue, and each who waits in it, how it stands now. No text message is sent.
func (h *herald) tellSign(queue string) error {
	if err := h.tellQueue(queue, nil); err != nil {
		return err
	}
	return h.tellLine(queue)
}

// tellSigns tells the queues of a region or a unit that has changed.
func (h *herald) tellSigns(e *core.RecordEvent) error {
	queues, err := records.QueuesUnder(h.app, e.Record)
	if err != nil {
		return err
	}
	for _, q := range queues {
		if err := h.tellSign(q.Id); err != nil {
			return err
		}
	}
	return nil
}
