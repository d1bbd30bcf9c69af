package hooks

import (
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// callsClinician says as what an event calls for the clinician of its case.
var callsClinician = map[cases.Event]string{
	cases.Handed: "assigned", cases.Here: "here", cases.Said: "message", cases.Worse: "worse", cases.Overdue: "overdue", cases.Freed: "free",
	cases.Kept: "overdue", cases.OwnWords: "danger",
}

// calls tells single members of staff what calls for them.
func (h *herald) calls(e *core.RecordEvent) error {
	ev := records.AsEvent(e.Record)
	switch ev.Kind() { //nolint:exhaustive // all others call for the clinician, or for nobody
	case cases.Noted:
		return h.callMentioned(ev)
	case cases.Alone:
		return h.callLeads(ev)
	case cases.TakenOver:
		return h.callBefore(ev)
	}
	kind, calls := callsClinician[ev.Kind()]
	if !calls {
		return nil
	}
	c, err := records.CaseByID(h.app, ev.Case())
	if err != nil {
		return err
	}
	if ev.Kind() == cases.OwnWords && !c.Danger() {
		return nil
	}
	if c.State() == cases.Waiting {
		return h.callQueue(c, kind, ev)
	}
	return h.call(c.Clinician(), kind, ev)
}

// callQueue tells those on duty in a queue of somebody who waits there and feels worse, or has written words of danger. Who has gone home without
// saying so hears nothing: where nobody on duty has a live line, all who belong to the queue are told.
func (h *herald) callQueue(c *records.Case, kind string, ev *records.Event) error {
	if ev.Kind() != cases.Worse && ev.Kind() != cases.OwnWords {
		return nil
	}
	people, err := records.StaffOf(h.app, c.Queue())
	if err != nil {
		return err
	}
	return h.callFirst(people, func(s *records.Staff) bool { return slices.Contains(s.Duty(), c.Queue()) && h.desk.Live(s.Id) }, kind, ev)
}

// callFirst tells those of whom wanted is true, and all where it is true of nobody.
func (h *herald) callFirst(people []*records.Staff, wanted func(*records.Staff) bool, kind string, ev *records.Event) error {
	anyone := !slices.ContainsFunc(people, wanted)
	for _, s := range people {
		if !anyone && !wanted(s) {
			continue
		}
		if err := h.call(s.Id, kind, ev); err != nil {
			return err
		}
	}
	return nil
}

// callMentioned tells those whom a note names, but for its author.
func (h *herald) callMentioned(ev *records.Event) error {
	m, err := records.MessageAt(h.app, ev.Case(), ev.Seq())
	if err != nil {
		return err
	}
	_, by, _ := ev.By()
	for _, id := range m.Mentions() {
		if id == by {
			continue
		}
		if err := h.call(id, "mentioned", ev); err != nil {
			return err
		}
	}
	return nil
}

// callLeads tells the leads of a case's queue that its clinician is not there; where no other lead has a live line, all who belong to it.
func (h *herald) callLeads(ev *records.Event) error {
	c, err := records.CaseByID(h.app, ev.Case())
	if err != nil {
		return err
	}
	people, err := records.StaffOf(h.app, c.Queue())
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(s *records.Staff) bool { return s.Id == c.Clinician() })
	return h.callFirst(people, func(s *records.Staff) bool { return s.Role() == access.RoleLead && h.desk.Live(s.Id) }, "alone", ev)
}

// callBefore tells the clinician from whom a case was taken over.
func (h *herald) callBefore(ev *records.Event) error {
	var told care.Told
	if err := ev.Data(&told); err != nil {
		return err
	}
	return h.call(told.Before, "taken_over", ev)
}

func (h *herald) call(staff, kind string, ev *records.Event) error {
	if staff == "" {
		return nil
	}
	return h.fanout.Publish(topics.Topic{Kind: topics.Staff, ID: staff}.String(), fanout.Event{
		Data: map[string]any{"type": kind, "case": ev.Case(), "at": records.RFC3339(ev.At())},
	})
}
