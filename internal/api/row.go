package api

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// QueueView is a queue as its staff see it.
type QueueView struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Unit      string         `json:"unit"`
	Waiting   map[string]int `json:"waiting"` // by level
	Longest   *string        `json:"longest"` // since when the one that has waited longest does
	Answering int            `json:"answering"`
	OnDuty    int            `json:"onDuty"`
	Free      int            `json:"free"` // held cases that anyone may take over
	signView
	Paused *pausedView `json:"paused"`   // null while anyone may join
	Cap    *int        `json:"capToday"` // null for any number
}

// pausedView is until when nobody of level 3 to 5 may join.
type pausedView struct {
	Until string `json:"until"`
}

// ViewQueue shows a queue as it stands at now.
func ViewQueue(app core.App, ranks *queue.Ranks, q *records.Queue, now time.Time) (QueueView, error) {
	p, err := care.PlaceOf(app, q)
	if err != nil {
		return QueueView{}, err
	}
	st := care.StandingAt(app, p, now)
	v := QueueView{ID: q.Id, Name: q.Name(), Unit: q.Unit(), signView: signOf(p, st).view(), Cap: st.Cap, Waiting: map[string]int{}}
	if !st.PausedUntil.IsZero() {
		v.Paused = &pausedView{records.RFC3339(st.PausedUntil)}
	}
	byLevel, oldest := ranks.Counts(q.Id)
	for level := cases.Immediate; level <= cases.SelfCare; level++ {
		v.Waiting[fmt.Sprint(int(level))] = byLevel[level]
	}
	if !oldest.IsZero() {
		v.Longest = timeOrNil(oldest)
	}
	if v.Answering, err = records.AnsweringFor(app, q.Id); err != nil {
		return v, err
	}
	if v.Free, err = records.FreeIn(app, q.Id); err != nil {
		return v, err
	}
	v.OnDuty, err = records.OnDutyIn(app, q.Id)
	return v, err
}

// RowView is a case as a row of its queue.
type RowView struct {
	ID        string   `json:"id"`
	Level     int      `json:"level"`
	Since     *string  `json:"since"` // null where the case has not joined
	Target    *string  `json:"target"`
	Complaint string   `json:"complaint"`
	Age       int      `json:"age"`
	Marks     []string `json:"marks"`
	Unread    int      `json:"unread"`
	Contacts  []string `json:"contacts"` // when the person has sought help for this within ten days, this time with it; empty where it is the first
}

func viewRows(app core.App, rows []*records.Case) ([]RowView, error) {
	out := make([]RowView, 0, len(rows))
	byRegion := map[string]care.Times{}
	for _, c := range rows {
		times, known := byRegion[c.Region()]
		if !known {
			var err error
			if times, err = timesOf(app, c.Region()); err != nil {
				return nil, err
			}
			byRegion[c.Region()] = times
		}
		v, err := viewRow(app, c, times)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// timesOf are the times that a region sets, over those that hold where it sets none.
func timesOf(app core.App, region string) (care.Times, error) {
	r, err := records.RegionByID(app, region)
	if err != nil {
		return care.Times{}, err
	}
	return care.TimesOf(app, r), nil
}

func viewRow(app core.App, c *records.Case, times care.Times) (RowView, error) {
	var person triage.Person
	if err := c.Person(&person); err != nil {
		return RowView{}, err
	}
	unread, err := records.UnreadByStaff(app, c)
	if err != nil {
		return RowView{}, err
	}
	marks, err := marksOf(app, c)
	if err != nil {
		return RowView{}, err
	}
	contacts, err := contactsOf(app, c)
	if err != nil {
		return RowView{}, err
	}
	return RowView{
		ID: c.Id, Level: int(c.Level()), Since: timeOrNil(c.Since()), Target: timeOrNil(times.Target(c.Level(), c.Since())),
		Complaint: c.Complaint(), Age: person.Age, Marks: marks, Unread: unread, Contacts: contacts,
	}, nil
}

// contactsOf are the times at which the case's person has sought help for the same complaint within ten days before it, and that of the case itself:
// "third in ten days: 12, 18, 24 Nov". Staff see when, whoever of the child's guardians it was, and nothing of what was asked; cases that never came to
// their unit are not among them, as they see none of these.
func contactsOf(app core.App, c *records.Case) ([]string, error) {
	earlier, err := records.OpenedSince(app, c.Patient(), c.Complaint(), c.Created().Add(-care.Recently))
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, e := range earlier {
		if e.Id != c.Id && e.Queue() != "" && e.Unit() == c.Unit() && !e.Created().After(c.Created()) {
			out = append(out, records.RFC3339(e.Created()))
		}
	}
	if len(out) == 0 {
		return out, nil
	}
	slices.Sort(out)
	return append(out, records.RFC3339(c.Created())), nil
}

// marksOf are the marks of api.md, in its order: on a row of the queue, and on the case when somebody has taken it.
func marksOf(app core.App, c *records.Case) ([]string, error) {
	var person triage.Person
	if err := c.Person(&person); err != nil {
		return nil, err
	}
	proxy, err := isUnverified(app, c)
	if err != nil {
		return nil, err
	}
	marks := []string{}
	for _, m := range []struct {
		name string
		is   bool
	}{
		{"here", c.IsHere()},
		{"freetext", c.WordsUnread()},
		{"danger", c.Danger() && c.WordsUnread()},
		{"photo", c.HasPhoto()},
		{"proxy", proxy},
		{"worse", c.FeelsWorse()},
		{"missed", c.Missed() > 0},
		{"repeat", person.Repeat10d > 0},
		{"interpreter", c.Interpreter()},
		{"call", c.Ring()},
	} {
		if m.is {
			marks = append(marks, m.name)
		}
	}
	return marks, nil
}

// isUnverified says whether a guardian asks whom no staff have verified.
func isUnverified(app core.App, c *records.Case) (bool, error) {
	if c.Guardian() == "" {
		return false, nil
	}
	g, err := records.GuardianshipOf(app, c.Guardian(), c.Patient())
	if errors.Is(err, records.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return g.State() != records.Verified, nil
}

// QueueEvent is what the staff of a queue are told when something has changed: how the queue stands, and the row of the case that has
// changed, or that it is gone; c is nil where it was no case.
func QueueEvent(app core.App, ranks *queue.Ranks, id string, c *records.Case, now time.Time) (map[string]any, error) {
	q, err := records.QueueByID(app, id)
	if err != nil {
		return nil, err
	}
	v, err := ViewQueue(app, ranks, q, now)
	if err != nil {
		return nil, err
	}
	rows, gone := []RowView{}, []string{}
	switch {
	case c == nil:
	case c.Queue() == id && c.State() == cases.Waiting:
		if rows, err = viewRows(app, []*records.Case{c}); err != nil {
			return nil, err
		}
	default:
		gone = append(gone, c.Id)
	}
	event := map[string]any{
		"type": "queue", "paused": v.Paused, "capToday": v.Cap, "waiting": v.Waiting, "longest": v.Longest, "answering": v.Answering, "onDuty": v.OnDuty, "free": v.Free,
		"rows": rows, "gone": gone,
	}
	v.put(event)
	return event, nil
}

// timeOrNil is a time as api.md promises, or null for none.
func timeOrNil(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := records.RFC3339(t)
	return &s
}
