package hooks

import (
	"fmt"
	"testing"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
)

// crowd registers n clients that wait for their place in line.
func (h *house) crowd(n int) {
	for i := range n {
		c := newRealtimeClient(h.rt)
		h.rt.broker.Register(c)
		c.Subscribe(caseTopic(fmt.Sprintf("case%011d", i)), placeTopic(fmt.Sprintf("case%011d", i)))
		<-c.Channel() // the first ping
	}
	h.t.Cleanup(func() {
		for id := range h.rt.broker.Clients() {
			h.rt.broker.Unregister(id)
		}
	})
}

func BenchmarkPublishToOneWithFiveThousandIdle(b *testing.B) {
	h := startHouse(b)
	h.crowd(5000)
	c := newRealtimeClient(h.rt)
	h.rt.broker.Register(c)
	c.Subscribe(caseTopic(oneCase))
	<-c.Channel()
	var seq int64
	b.ReportAllocs()
	for b.Loop() {
		seq++
		ev := fanout.Event{Seq: seq, Data: map[string]any{"type": "state", "seq": seq, "state": "called"}}
		if err := h.rt.Fanout.Publish(caseTopic(oneCase), ev); err != nil {
			b.Fatal(err)
		}
		<-c.Channel()
	}
}

// What PocketBase's own broadcast adds to each save, now that no client answers it.
func BenchmarkSaveAMessageWithIdleClients(b *testing.B) {
	for _, n := range []int{0, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := startHouse(b)
			h.handler() // binds PocketBase's broadcast
			h.crowd(n)
			seq := 0
			for b.Loop() {
				seq++
				h.row(records.Messages, map[string]any{"case": oneCase, "kind": "patient", "seq": seq})
			}
		})
	}
}
