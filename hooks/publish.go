package hooks

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/fanout"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// herald tells the topics what has been committed. Nothing is told that GET …/events, GET …/queue and GET /queues would not answer:
// it reads the same rows and shows them by the same functions.
type herald struct {
	app    core.App
	desk   *care.Desk
	fanout *fanout.Fanout
	ranks  *queue.Ranks
	log    *slog.Logger

	figures queue.Figures

	places      sync.Mutex           // held while somebody is told of a place or a turn: what is told last is what holds
	told        map[string]placeTold // what each waiting case was last told of its place; places held
	lastFigures time.Time            // when all were; places held
}

// event tells the topic of a case what has happened to it: to staff and to patients what each would get from GET …/events.
func (h *herald) event(e *core.RecordEvent) error {
	ev := records.AsEvent(e.Record)
	toPatients, err := api.EventView(h.app, ev, access.Patient)
	if err != nil {
		return err
	}
	toStaff, err := api.EventView(h.app, ev, access.Staff)
	if err != nil {
		return err
	}
	return h.fanout.Publish(topics.Topic{Kind: topics.Case, ID: ev.Case()}.String(), fanout.Event{
		Seq: int64(ev.Seq()), At: ev.At(), Data: toPatients, Staff: toStaff,
	})
}

// viewed tells the leads of a unit that somebody has written what they think of its care.
func (h *herald) viewed(e *core.RecordEvent) error {
	view := records.AsRemark(e.Record)
	leads, err := records.LeadsOf(h.app, view.Unit())
	if err != nil {
		return err
	}
	for _, lead := range leads {
		err := h.fanout.Publish(topics.Topic{Kind: topics.Staff, ID: lead.Id}.String(), fanout.Event{
			Data: map[string]any{"type": "views", "at": records.RFC3339(view.At())},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// followCase keeps the ranks in step with a case that was committed, and tells its queue and those who wait there.
func (h *herald) followCase(e *core.RecordEvent) error {
	before, now := records.AsCase(e.Record.Original()), records.AsCase(e.Record)
	if err := h.followPlaces(before, now); err != nil {
		return err
	}
	for _, q := range queuesOf(before, now) {
		if err := h.tellQueue(q, now); err != nil {
			return err
		}
	}
	return nil
}

// queuesOf are the queues whose staff are to know: the one that the case is in, and the one that it has left.
func queuesOf(before, now *records.Case) []string {
	var list []string
	for _, q := range []string{before.Queue(), now.Queue()} {
		if q != "" && (len(list) == 0 || list[0] != q) {
			list = append(list, q)
		}
	}
	return list
}

// duty tells the queues that a member of staff has come to, or left, who is on duty.
func (h *herald) duty(e *core.RecordEvent) error {
	before, now := records.AsStaff(e.Record.Original()).Duty(), records.AsStaff(e.Record).Duty()
	for _, q := range slices.Concat(before, now) {
		if slices.Contains(before, q) == slices.Contains(now, q) {
			continue
		}
		if err := h.tellQueue(q, nil); err != nil {
			return err
		}
	}
	return nil
}

// tellQueue tells the staff of a queue how it stands, with the row of the case that has changed, if it was a case.
func (h *herald) tellQueue(id string, c *records.Case) error {
	name := topics.Topic{Kind: topics.Queue, ID: id}.String()
	if len(h.fanout.Lines(name)) == 0 {
		return nil // nobody listens: what it would cost to count is saved
	}
	data, err := api.QueueEvent(h.app, h.ranks, id, c, h.desk.Clock.Now())
	if err != nil {
		return err
	}
	return h.fanout.Publish(name, fanout.Event{Data: data})
}

// tellTurn tells who watches a place that the case waits, or does so no more: it is their turn; places held. The case is read anew, for
// two acts in a row may be followed in the other order.
func (h *herald) tellTurn(id string) error {
	delete(h.told, id)
	c, err := records.CaseByID(h.app, id)
	if err != nil {
		return err
	}
	return h.fanout.Publish(topics.Topic{Kind: topics.Place, ID: id}.String(), fanout.Event{Data: api.TurnEvent(c)})
}

// typing tells the topic of a case that one side is writing. It is never stored.
func (h *herald) typing(caseID, by string, on bool) {
	err := h.fanout.Publish(topics.Topic{Kind: topics.Case, ID: caseID}.String(), fanout.Event{
		Data: map[string]any{"type": "typing", "by": by, "on": on},
	})
	if err != nil {
		h.log.Error("tell typing", "error", err)
	}
}
