package bench

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"lotsen/test/crowd"
)

const (
	few, many  = 50, 5000
	rounds     = 3
	mostRound  = 200             // messages in a round
	everyRound = 3 * time.Second // what a round may take, but for its first message
)

// server is one of those that are held against each other. The first phone is the one that something is said to; the others wait.
type server struct {
	name   string
	pid    int
	listen func(ctx context.Context, i int, hear crowd.Hear) error // connects the i-th phone
	say    func(ctx context.Context, text string) error            // has a message with this text written to the first phone
	sign   func(ctx context.Context, text string) error            // tells it something that is not stored; nil where there is no such thing

	heard chan []byte // what comes to the first phone
	held  float64     // bytes of memory before the first connection
}

// arrival measures from a message's creation to its arrival, among few and among many connected phones, and what a connected phone costs.
func arrival(b *testing.B, out *table) {
	b.Helper()
	ours, pocketbase, sse := servers(b)
	all := []*server{ours, pocketbase, sse}
	for _, s := range all {
		s.heard, s.held = make(chan []byte, 1000), memory(b, s.pid)
		s.connect(b, 0, few)
	}
	compare(b, out, few, ours, pocketbase, sse)
	for _, s := range all {
		s.connect(b, few, many)
	}
	<-time.After(5 * time.Second) // what connecting has left behind is swept up
	for _, s := range all[1:] {
		out.add("memory for a waiting phone", ours.perPhone(b), s.name, s.perPhone(b), kilobytes)
	}
	compare(b, out, many, ours, pocketbase, sse)
}

// connect connects the phones from one number to another.
func (s *server) connect(b *testing.B, from, to int) {
	b.Helper()
	began := time.Now()
	err := crowd.All(to-from, 32, func(i int) error {
		hear := func(string, []byte) {}
		if i+from == 0 {
			hear = func(_ string, data []byte) { s.heard <- bytes.Clone(data) }
		}
		return s.listen(b.Context(), i+from, hear)
	})
	if err != nil {
		b.Fatalf("connect phones to %s: %v", s.name, err)
	}
	b.Logf("%s: %d phones connected in %v", s.name, to-from, time.Since(began).Round(time.Millisecond))
}

func (s *server) perPhone(b *testing.B) float64 {
	b.Helper()
	return (memory(b, s.pid) - s.held) / many
}

// compare adds the rows of n connected phones: messages against both, what is not stored against the bare server, which stores nothing.
func compare(b *testing.B, out *table, n int, ours, pocketbase, sse *server) {
	b.Helper()
	var messages, theirs, signs, least spread
	for range rounds {
		messages.add(ours.arrivals(b, ours.say, ""))
		theirs.add(pocketbase.arrivals(b, pocketbase.say, ""))
		signs.add(ours.arrivals(b, ours.sign, `"typing"`))
		least.add(sse.arrivals(b, sse.say, ""))
	}
	phones := fmt.Sprintf(", %d connected", n)
	for _, r := range []struct {
		what    string
		ours    spread
		against string
		theirs  spread
	}{
		{"a message, from creation to arrival" + phones, messages, pocketbase.name, theirs},
		{"a message, from creation to arrival" + phones, messages, sse.name + ", which stores nothing", least},
		{"“is writing”, not stored, to arrival" + phones, signs, sse.name, least},
	} {
		out.add(r.what+", p50", share(r.ours.p50, 0.5), r.against, share(r.theirs.p50, 0.5), took)
		out.add(r.what+", p99", share(r.ours.p99, 0.5), r.against, share(r.theirs.p99, 0.5), took)
	}
}

// spread is p50 and p99 of each round, in nanoseconds.
type spread struct{ p50, p99 []float64 }

func (s *spread) add(times []float64) {
	s.p50, s.p99 = append(s.p50, share(times, 0.5)), append(s.p99, share(times, 0.99))
}

// arrivals says something to the first phone again and again, each when the one before it has arrived, and gives how long each was on its way.
// mark is what an event of it holds; "" for the text itself.
func (s *server) arrivals(b *testing.B, say func(context.Context, string) error, mark string) []float64 {
	b.Helper()
	var list []float64
	until := time.Now().Add(everyRound)
	for len(list) == 0 || len(list) < mostRound && time.Now().Before(until) {
		text := crowd.NewID()
		faults := make(chan error, 1)
		began := time.Now()
		go func() { faults <- say(b.Context(), text) }()
		arrived := s.wait(b, cmp.Or(mark, text))
		list = append(list, float64(arrived.Sub(began).Nanoseconds()))
		if err := <-faults; err != nil {
			b.Fatalf("%s: %v", s.name, err)
		}
	}
	return list
}

// wait waits until the first phone has heard a mark, and gives when.
func (s *server) wait(b *testing.B, mark string) time.Time {
	b.Helper()
	tooLate := time.After(time.Minute)
	for {
		select {
		case data := <-s.heard:
			if bytes.Contains(data, []byte(mark)) {
				return time.Now()
			}
		case <-tooLate:
			b.Fatalf("%s: a message has not arrived within a minute", s.name)
		}
	}
}
