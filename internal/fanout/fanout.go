// Package fanout brings an event to those who listen to its topic.
//
// Everything that is sent in real time goes through a [Fanout]. It finds a
// topic's few readers by an index, writes the event as JSON once, keeps the
// events of a topic in the order of their seq, and lays them into each reader's
// bounded buffer without ever waiting: whoever does not read is cut off, comes
// back and asks for what it missed. What is sent here may be lost; what must not
// be lost is a row that `GET …/events` reads.
//
// The package does not ask who may listen and opens no connection. It knows of
// PocketBase only the shape of a message.
//
// This process is all there is today. In a cluster the same calls would also
// hand the event to the other nodes: [Fanout.Publish] and [Fanout.PublishLatest]
// are the places, for nothing is sent to a topic in any other way.
package fanout

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/topics"
)

// Event is what is told on a topic.
type Event struct {
	// Seq is the event's number in its topic: 1, 2, 3 … without holes. Zero is
	// for what has no number and may be lost, such as typing or a place in line.
	Seq int64
	// At is when it happened. Only what stands in for an event that cannot be
	// written needs it.
	At time.Time
	// Data is what readers get, as JSON. It carries type, seq and at itself.
	Data any
	// Staff is what staff get in the place of Data; nil: Data, too.
	Staff any
}

// Fanout hands events to open lines. The zero value is ready. It is safe for
// concurrent use and must not be copied.
type Fanout struct {
	index topics.Index[*Line]
	cut   atomic.Int64

	mu     sync.Mutex // held while numbered events are put in order and laid into the buffers
	orders orders
}

// Counts says what goes on in a Fanout.
type Counts struct {
	Lines  int   // that listen to something
	Topics int   // that somebody listens to
	Cut    int64 // lines cut off since the start because nobody read them
}

// Publish tells the event to those who listen to the topic now. A numbered
// event waits until those before it have been told, but for a second at most.
// What a line still keeps of [Fanout.PublishLatest] for the topic is older, and
// is dropped.
//
// The error says that Data or Staff cannot be written as JSON. Even then a
// numbered event leaves no hole: it goes out as `{type: "void", seq, at}`.
func (f *Fanout) Publish(topic string, ev Event) error {
	fr, err := f.write(topic, ev)
	if ev.Seq == 0 {
		f.hand(fr)
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inOrder(ev.Seq, fr)
	return err
}

// PublishLatest tells data to those who listen to the topic, but at most once a
// second to each line, over all its topics together: of what comes sooner the
// last of each topic is told when the second has passed.
func (f *Fanout) PublishLatest(topic string, data any) error {
	readers := f.index.Clients(topic)
	if len(readers) == 0 {
		return nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("writing an event for %s: %w", kindOf(topic), err)
	}
	for _, l := range readers {
		l.latest(subscriptions.Message{Name: topic, Data: raw})
	}
	return nil
}

// Announce offers data, as JSON, to every line on each of its topics: something that concerns everybody. A reader who is far behind does not get
// it, and is not cut off for that.
func (f *Fanout) Announce(data []byte) {
	for _, name := range f.index.Names() {
		for _, l := range f.index.Clients(name) {
			l.Offer(subscriptions.Message{Name: name, Data: data})
		}
	}
}

// Lines gives those who listen to the topic.
func (f *Fanout) Lines(topic string) []*Line { return f.index.Clients(topic) }

// Revoke ends the topic for each line that gone says so of, and gives those.
// Nothing is locked while gone is asked.
func (f *Fanout) Revoke(topic string, gone func(*Line) bool) []*Line {
	return f.index.Revoke(topic, gone)
}

// Counts gives the present numbers.
func (f *Fanout) Counts() Counts {
	lines, names := f.index.Counts()
	return Counts{Lines: lines, Topics: names, Cut: f.cut.Load()}
}

// frame is an event on its way: the same bytes for all readers of a kind.
type frame struct {
	topic          string
	staff, patient []byte // nil: nothing for these readers
}

// write makes the bytes of an event. Without a reader it makes none: who comes
// after this moment finds the event's row, which is older.
func (f *Fanout) write(topic string, ev Event) (frame, error) {
	fr := frame{topic: topic}
	if !f.index.Heard(topic) {
		return fr, nil
	}
	var faults [2]error
	fr.patient, faults[0] = ev.encode(ev.Data)
	fr.staff = fr.patient
	if ev.Staff != nil {
		fr.staff, faults[1] = ev.encode(ev.Staff)
	}
	if err := errors.Join(faults[:]...); err != nil {
		return fr, fmt.Errorf("writing an event for %s: %w", kindOf(topic), err)
	}
	return fr, nil
}

// encode makes the bytes of data, or those of what stands in for it.
func (ev Event) encode(data any) ([]byte, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return void(ev), err
	}
	return raw, nil
}

// hand lays the frame into the buffers of the topic's readers.
func (f *Fanout) hand(fr frame) {
	if fr.staff == nil && fr.patient == nil {
		return
	}
	for _, l := range f.index.Clients(fr.topic) {
		l.give(fr)
	}
}

// timeLayout is api.md's: RFC 3339 in UTC with exactly three decimals.
const timeLayout = "2006-01-02T15:04:05.000Z"

// void is what stands in for an event that cannot be written.
func void(ev Event) []byte {
	if ev.Seq == 0 {
		return nil
	}
	return fmt.Appendf(nil, `{"type":"void","seq":%d,"at":%q}`, ev.Seq, ev.At.UTC().Format(timeLayout))
}

// kindOf names a topic in an error without its id, which belongs to a person.
func kindOf(topic string) string {
	t, ok := topics.Parse(topic)
	if !ok {
		return "an unknown topic"
	}
	return topics.Topic{Kind: t.Kind, ID: "…"}.String()
}
