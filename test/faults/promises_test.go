package faults

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"testing"

	"lotsen/test/kit"
)

// event is what GET …/events tells.
type event struct {
	Type, Kind, State, Why string
	Seq                    int
	Message                struct{ ID string }
}

type answerRow struct {
	Question string
	Value    any
}

type messageRow struct {
	ID, Body, Author string
	Seq              int
}

// seen is a case as its patient and its staff are shown it now.
type seen struct {
	record   caseRecord
	answers  []answerRow
	messages []messageRow
	patient  []event
	staff    []event // nil where no staff may see it
}

func happened(id string, seq int, kind string) promise {
	return promise{id, fmt.Sprintf("event %d is %q", seq, kind), func(_ context.Context, now *seen) bool {
		return seq > 0 && seq <= len(now.patient) && now.patient[seq-1].Kind == kind
	}}
}

func ever(id string, kinds ...string) promise {
	return promise{id, fmt.Sprintf("it was %v", kinds), func(_ context.Context, now *seen) bool {
		return slices.ContainsFunc(now.patient, func(e event) bool { return slices.Contains(kinds, e.Kind) })
	}}
}

// because looks for the reason of an act: each is written once in all the world.
func because(id, why string) promise {
	return promise{id, "an act has the reason " + why, func(_ context.Context, now *seen) bool {
		return slices.ContainsFunc(now.staff, func(e event) bool { return e.Why == why })
	}}
}

func answered(id, question string, value any) promise {
	return promise{id, fmt.Sprintf("%s is answered %v", question, value), func(_ context.Context, now *seen) bool {
		return slices.ContainsFunc(now.answers, func(a answerRow) bool {
			return a.Question == question && reflect.DeepEqual(a.Value, value)
		})
	}}
}

func said(id, message, body, author string) promise {
	return promise{id, "there is the message " + message, func(_ context.Context, now *seen) bool {
		return slices.ContainsFunc(now.messages, func(m messageRow) bool {
			return m.ID == message && m.Body == body && m.Author == author
		})
	}}
}

func closedWith(id, advice string) promise {
	return promise{id, "it is closed with the advice " + advice, func(_ context.Context, now *seen) bool {
		return now.record.State == "closed" && now.record.Advice == advice
	}}
}

// taken asks again with the same take: the same case, or nothing of one that has gone to a queue that is not the nurse's.
func (n *nurse) taken(id, take string) promise {
	return promise{id, "the take " + take + " gives it again", func(ctx context.Context, now *seen) bool {
		answer, err := n.Do(ctx, http.MethodPost, "/queues/"+n.queue+"/next", map[string]string{"take": take})
		if err != nil {
			return false
		}
		if now.record.Queue != n.queue {
			return answer.Status == http.StatusNotFound
		}
		c := caseOf(answer)
		return answer.Status == http.StatusOK && c.ID == id && c.State == "called" && c.Clinician == n.ID
	}}
}

// checkPromises looks at cases through the interface, and holds what was promised against what is there.
func (w *world) checkPromises(t *testing.T, cases []string) {
	t.Helper()
	count := 0
	for _, id := range cases {
		now := w.see(t, id)
		now.check(t)
		for _, p := range w.told.promises[id] {
			count++
			if !p.kept(t.Context(), now) {
				t.Errorf("case %s: it was answered that %s; after the kill there is %+v", id, p.what, *now)
			}
		}
	}
	if count == 0 {
		t.Error("nothing was promised before the kill: nothing is checked")
	}
}

// see reads a case until nothing has happened to it meanwhile: letters go out by themselves.
func (w *world) see(t *testing.T, id string) *seen {
	t.Helper()
	p := w.told.owner[id]
	for range 50 {
		now := &seen{}
		p.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", id), nil, &now.record)
		now.answers = listOf[answerRow](t, p.Client, "answers", id)
		now.messages = listOf[messageRow](t, p.Client, "messages", id)
		now.patient = eventsOf(t, p.Client, id)
		if n := w.of(now.record.Queue); n != nil {
			now.staff = eventsOf(t, n.Client, id)
			var theirs caseRecord
			n.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", id), nil, &theirs)
			if theirs.Seq == now.record.Seq && theirs != now.record {
				t.Errorf("staff see the case %+v, its patient %+v", theirs, now.record)
			}
		}
		var after caseRecord
		p.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", id), nil, &after)
		if after.Seq == now.record.Seq {
			return now
		}
	}
	t.Fatalf("case %s does not come to rest", id)
	return nil
}

func listOf[Row any](t *testing.T, c *kit.Client, collection, theCase string) []Row {
	t.Helper()
	var list struct {
		TotalItems int
		Items      []Row
	}
	filter := url.QueryEscape(fmt.Sprintf("case=%q", theCase))
	c.Want(t, http.StatusOK, http.MethodGet, recordPath(collection, "")+"?perPage=500&sort=seq&filter="+filter, nil, &list)
	if list.TotalItems != len(list.Items) {
		t.Fatalf("case %s has %d %s, the list %d: the test must turn the page", theCase, list.TotalItems, collection, len(list.Items))
	}
	return list.Items
}

func eventsOf(t *testing.T, c *kit.Client, theCase string) []event {
	t.Helper()
	var all []event
	for after := 0; ; {
		var page struct {
			Items []event
			Next  *int
		}
		c.Want(t, http.StatusOK, http.MethodGet, fmt.Sprintf("/cases/%s/events?after=%d", theCase, after), nil, &page)
		all = append(all, page.Items...)
		if page.Next == nil {
			return all
		}
		after = *page.Next
	}
}

// check holds what must be true of every case, whoever looks.
func (now *seen) check(t *testing.T) {
	t.Helper()
	c := now.record
	if goesOn(c.State) && held(c.State) != (c.Clinician != "") {
		t.Errorf("case %s is %q and has the clinician %q", c.ID, c.State, c.Clinician)
	}
	if c.State == "waiting" && (c.Queue == "" || c.Since == "" || c.Level == 0) {
		t.Errorf("case %s waits in queue %q since %q with level %d", c.ID, c.Queue, c.Since, c.Level)
	}
	if goesOn(c.State) != (c.Closed == "") {
		t.Errorf("case %s is %q and ended at %q", c.ID, c.State, c.Closed)
	}
	sides := [][]event{now.patient}
	if w := now.staff; w != nil {
		sides = append(sides, w)
	}
	for _, events := range sides {
		if len(events) != c.Seq {
			t.Errorf("case %s counts %d events, and shows %d", c.ID, c.Seq, len(events))
		}
		for i, e := range events {
			if e.Seq != i+1 {
				t.Errorf("case %s: event %d follows on %d", c.ID, e.Seq, i)
			}
		}
		now.checkMessages(t, events)
	}
}

// checkMessages says whether the events tell of just the messages that are there.
func (now *seen) checkMessages(t *testing.T, events []event) {
	t.Helper()
	told := map[int]string{}
	for _, e := range events {
		if e.Type == "message" {
			told[e.Seq] = e.Message.ID
		}
	}
	there := map[int]string{}
	for _, m := range now.messages {
		there[m.Seq] = m.ID
	}
	if !maps.Equal(told, there) || len(there) != len(now.messages) {
		t.Errorf("case %s has the messages %v, its events tell of %v", now.record.ID, there, told)
	}
}

// checkLines holds the places that patients are shown, which come from memory, against the queue as staff are shown it.
func (w *world) checkLines(t *testing.T) {
	t.Helper()
	for _, queue := range w.queues {
		var line struct{ Items []caseRecord }
		w.of(queue).Want(t, http.StatusOK, http.MethodGet, "/queues/"+queue+"/cases", nil, &line)
		for i, row := range line.Items {
			var place struct{ Position *int }
			w.told.owner[row.ID].Want(t, http.StatusOK, http.MethodGet, "/cases/"+row.ID+"/queue", nil, &place)
			if place.Position == nil || *place.Position != i+1 {
				t.Errorf("case %s stands at %d in its queue, and its patient is told %v", row.ID, i+1, place.Position)
			}
		}
	}
}
