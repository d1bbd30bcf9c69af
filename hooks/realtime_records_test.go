package hooks

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/records"
)

func TestRecordTopicsAreSilentToPatientsAndStaff(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	nurse, patient := h.nurse(), h.patient()
	queue := h.row(records.Queues, map[string]any{"name": "Q"})
	nurse.Set("queues", []string{queue.Id})
	h.save(nurse)
	c := h.row(records.Cases, map[string]any{"patient": patient.Id, "queue": queue.Id, "clinician": nurse.Id, "state": "active"})
	names := []string{
		"cases/*", "cases/" + c.Id, "cases", "messages/*", "answers/*", "events/*", "regions/*", "staff/*", "patients/*",
		`cases/*?options={"query":{"expand":"patient"}}`, c.Collection().Id + "/*",
	}
	var all []*stream
	for _, r := range []*core.Record{nurse, patient} {
		h.allow(r.Id, true, caseTopic(c.Id))
		s := h.open()
		s.listen(h.token(r, time.Hour, ""), append(names, caseTopic(c.Id))...)
		all = append(all, s)
	}
	guest := h.open()
	guest.listen("", append(names, caseTopic(c.Id))...)
	guest.gets(caseTopic(c.Id), refusedData)

	message := h.row(records.Messages, map[string]any{"case": c.Id, "kind": "patient", "seq": 1})
	h.row(records.Regions, map[string]any{"slug": "r", "name": "R", "inService": true})
	h.save(c)
	h.save(nurse)
	h.save(patient)
	if err := h.app.Delete(message); err != nil {
		t.Fatalf("deleting a message: %v", err)
	}
	h.tell(caseTopic(c.Id), "ours")
	for _, s := range all {
		s.gets(caseTopic(c.Id), `"ours"`)
	}
}

func TestSuperusersFollowRecordsThatAreNotOfPatients(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.row(core.CollectionNameSuperusers, map[string]any{"email": "a@example.com"})
	s := h.open()
	s.listen(h.token(admin, time.Hour, ""), "cases/*", "messages/*", "patients/*", "events/*", "audit/*", "*",
		`queues/*?options={"query":{"expand":"cases_via_queue"}}`, "regions/*", caseTopic(oneCase))
	s.gets(caseTopic(oneCase), refusedData)
	patient := h.patient()
	h.row(records.Queues, map[string]any{"name": "Q"})
	h.row(records.Cases, map[string]any{"patient": patient.Id, "state": "answering"})
	h.row(records.Regions, map[string]any{"slug": "r", "name": "R"})
	s.next("regions/*")
}

func TestEveryCollectionIsFollowedByNobodyOrHoldsNoPatients(t *testing.T) {
	t.Parallel()
	for _, name := range records.OfPatients() {
		if slices.Contains(recordTopics, name) {
			t.Errorf("superusers may follow %s, which is about patients", name)
		}
	}
	for _, name := range records.All() {
		if name != records.Patients && slices.Contains(silent, name) == slices.Contains(recordTopics, name) {
			t.Errorf("%s is both followed and silent, or neither; want one of them", name)
		}
	}
}

// watched is a client that counts how often PocketBase looks at it for a reader.
type watched struct {
	*realtimeClient
	looks atomic.Int64
}

func (w *watched) Subscriptions(prefixes ...string) map[string]subscriptions.SubscriptionOptions {
	w.looks.Add(1)
	return w.realtimeClient.Subscriptions(prefixes...)
}

func TestPocketBaseLooksForNoReadersOfWhatAnActWrites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var after []string
	h.app.OnRecordAfterCreateSuccess().BindFunc(func(e *core.RecordEvent) error {
		after = append(after, e.Record.Collection().Name)
		return e.Next()
	})
	w := &watched{realtimeClient: newRealtimeClient(h.rt)}
	h.rt.broker.Register(w)
	c := h.row(records.Cases, map[string]any{"state": "active"})
	h.save(c)
	h.row(records.Messages, map[string]any{"case": c.Id, "seq": 1})
	h.row(records.Audit, map[string]any{"case": c.Id})
	h.row(records.Held, map[string]any{"case": c.Id, "author": "a", "kind": records.HeldMessage, "state": records.StillHeld, "fingerprint": "f", "nr": 1})
	if got := w.looks.Load(); got != 0 {
		t.Errorf("PocketBase looked %d times, want never", got)
	}
	h.row(records.Queues, map[string]any{"name": "Q"})
	if w.looks.Load() == 0 {
		t.Error("PocketBase did not look for the readers of a queue, want it to")
	}
	want := []string{records.Cases, records.Messages, records.Audit, records.Held, records.Queues}
	if !slices.Equal(after, want) {
		t.Errorf("record handlers saw %v, want %v: they all run before the stop", after, want)
	}
}
