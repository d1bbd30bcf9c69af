package hooks

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/fanout"
)

const (
	oneCase   = "abcdefghij01234"
	otherCase = "bcdefghij012345"
)

const refusedData = `{"type":"refused"}`

// listening opens a connection of r that listens to the topics by right.
func (h *house) listening(r *core.Record, names ...string) *stream {
	h.t.Helper()
	h.allow(r.Id, true, names...)
	s := h.open()
	s.listen(h.token(r, time.Hour, ""), names...)
	return s
}

func TestEventsArriveInOrderAndAsTheReaderMaySeeThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	topic := caseTopic(oneCase)
	nurse, patient := h.listening(h.nurse(), topic), h.listening(h.patient(), topic)
	var all sync.WaitGroup
	for seq := range int64(50) {
		all.Go(func() {
			ev := fanout.Event{Seq: seq + 1, Data: -seq - 1, Staff: seq + 1}
			if err := h.rt.Fanout.Publish(topic, ev); err != nil {
				t.Errorf("publishing: %v", err)
			}
		})
	}
	all.Wait()
	for seq := 1; seq <= 50; seq++ {
		nurse.gets(topic, strconv.Itoa(seq))
		patient.gets(topic, strconv.Itoa(-seq))
	}
}

func TestOneConnectionHoldsAllKindsOfTopics(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	names := []string{caseTopic(oneCase), placeTopic(oneCase), queueTopic(oneCase), staffTopic(oneCase)}
	s := h.listening(h.nurse(), names...)
	for _, name := range names {
		h.tell(name, name)
		s.gets(name, strconv.Quote(name))
	}
	client, err := h.rt.broker.ClientById(s.id)
	if err != nil {
		t.Fatalf("the connection is not known to PocketBase: %v", err)
	}
	if got := len(client.Subscriptions()); got != len(names) {
		t.Errorf("PocketBase sees %d subscriptions, want %d", got, len(names))
	}
	for _, name := range names {
		if !client.HasSubscription(name) {
			t.Errorf("PocketBase does not see the subscription %s", name)
		}
	}
	if got := client.Subscriptions("messages/*?"); got != nil {
		t.Errorf("a search for record topics finds %v, want nil", got)
	}
}

func TestATopicThatStaysLosesNothingWhenTheSetIsReplaced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := newRealtimeClient(h.rt)
	c.Subscribe(caseTopic(oneCase))
	c.Unsubscribe() // as PocketBase does before each Subscribe
	h.tell(caseTopic(oneCase), "between")
	c.Subscribe(caseTopic(oneCase), caseTopic(otherCase))
	var got []string
	for len(c.Channel()) > 0 {
		m := <-c.Channel()
		got = append(got, m.Name)
	}
	if want := "ping " + caseTopic(oneCase); strings.Join(got, " ") != want {
		t.Errorf("got %q, want the ping of a first topic and the event between", got)
	}
	c.Unsubscribe(caseTopic(oneCase))
	if c.HasSubscription(caseTopic(oneCase)) || !c.HasSubscription(caseTopic(otherCase)) {
		t.Error("Unsubscribe by name ended another topic than the named one")
	}
	c.Discard()
	c.Discard()
	c.Subscribe(caseTopic(oneCase))
	if !c.IsDiscarded() || c.HasSubscription(caseTopic(oneCase)) {
		t.Error("a discarded client listens again, want it to stay ended")
	}
}

func TestWhoDoesNotReadIsCutOffAndNobodyWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) {
		rt.pace = pace{idle: time.Minute, ping: time.Minute, write: time.Second}
	})
	topic := caseTopic(oneCase)
	quick := h.listening(h.nurse(), topic)
	slow := h.deaf(h.patient(), topic)

	long := strings.Repeat("x", 1<<16)
	sent := 0
	for ; h.rt.Fanout.Counts().Cut == 0 && sent < 5000; sent++ {
		h.tell(topic, long)
		quick.next(topic)
	}
	if h.rt.Fanout.Counts().Cut != 1 {
		t.Fatalf("after %d events nobody is cut off, want the one that does not read", sent)
	}
	h.tell(topic, "after")
	quick.gets(topic, `"after"`)
	h.waits("the slow reader's connection is given up", func() bool {
		_, err := h.rt.broker.ClientById(slow)
		return err != nil
	})
}

// deaf opens a connection that listens and then never reads. It gives its id.
func (h *house) deaf(r *core.Record, topic string) string {
	h.t.Helper()
	h.allow(r.Id, true, topic)
	a := h.get()
	hello := make([]byte, 3+40)
	if _, err := io.ReadFull(a.body, hello); err != nil {
		h.t.Fatalf("reading the first event: %v", err)
	}
	s := &stream{h: h, id: string(hello[3:])} // "id:" and the client's id
	s.listen(h.token(r, time.Hour, ""), topic)
	return s.id
}

// waits looks until ok holds.
func (h *house) waits(what string, ok func() bool) {
	h.t.Helper()
	tick, timeout := time.NewTicker(5*time.Millisecond), time.After(soon)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-timeout:
			h.t.Fatalf("never: %s", what)
		}
	}
}

func TestPingsKeepThoseWhoListen(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) {
		rt.pace = pace{idle: 1500 * time.Millisecond, ping: 250 * time.Millisecond, write: soon}
	})
	idle := h.open()
	s := h.listening(h.patient(), placeTopic(oneCase))
	for range 9 { // two seconds: longer than an idle connection lives
		s.gets("ping", "{}")
	}
	select {
	case e, open := <-idle.said:
		if open {
			t.Errorf("who listens to nothing gets %q, want the end", e.name)
		}
	case <-time.After(soon):
		t.Error("who listens to nothing stays connected, want the end")
	}
}

func TestADeadlineOfOneWriteDoesNotEndAQuietStreamOfHTTP2(t *testing.T) {
	t.Parallel()
	h := startHouse(t, func(rt *Realtime) {
		rt.pace = pace{idle: soon, ping: 600 * time.Millisecond, write: 400 * time.Millisecond}
	})
	h.srv = httptest.NewUnstartedServer(h.handler())
	h.srv.EnableHTTP2 = true
	h.srv.TLS = &tls.Config{MinVersion: tls.VersionTLS13}
	h.srv.StartTLS()
	h.closeLast()
	s := h.listening(h.patient(), placeTopic(oneCase))
	for range 3 {
		s.gets("ping", "{}")
	}
	if a := h.get(); a.protocol != 2 {
		t.Errorf("spoke HTTP/%d, want 2", a.protocol)
	}
}

func TestConnectionsOfOneAddressAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) { rt.PerAddress = 2 })
	first, _ := h.open(), h.open()
	third := h.get()
	if third.status != http.StatusTooManyRequests || third.header.Get("Retry-After") == "" ||
		third.header.Get("Content-Type") != "application/json" {
		t.Errorf("the third answers %d, %v; want 429 as JSON with Retry-After", third.status, third.header)
	}
	client, err := h.rt.broker.ClientById(first.id)
	if err != nil {
		t.Fatalf("the first connection is not known: %v", err)
	}
	h.rt.broker.Unregister(client.Id())
	first.end()
	h.waits("a place is free when one has left", func() bool { return h.get().status == http.StatusOK })
}

func TestTheDemoCountsNoConnectionsOfThisMachine(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(rt *Realtime) { rt.PerAddress, rt.FreeLoopback = 1, true })
	for range 3 {
		h.open()
	}
}

func TestNeighbourhood(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "::1": "::1/128",
		"fe80::1%eth0": "fe80::/64", "": "invalid Prefix", "nonsense": "invalid Prefix",
	} {
		if got := neighbourhood(ip).String(); got != want {
			t.Errorf("neighbourhood(%q) = %s, want %s", ip, got, want)
		}
	}
}
