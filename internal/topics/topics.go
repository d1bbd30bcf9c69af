// Package topics knows what one can listen to in real time, and who listens.
//
// A topic is a named channel about one case, one queue or one member of staff;
// [Parse] reads the name that a client sends. An [Index] holds which client
// listens to which topic and finds either from the other, so that an event
// costs what its own few readers cost, however many others are connected.
//
// The package does not say who may listen (that is asked before a client is
// entered), sends nothing and knows neither people nor connections.
package topics

import "strings"

// Prefix begins every topic's name. It is the name of no collection, so that
// PocketBase's record events (`cases/{id}`) never mix with ours.
const Prefix = "lotsen/"

// idLength is the length of a PocketBase record id, of a-z and 0-9.
const idLength = 15

// Kind says what a topic is about.
type Kind int

// The kinds of topics, as "Realtime" of api.md lists them.
const (
	Case  Kind = iota + 1 // lotsen/cases/{id}: what happens in a case
	Place                 // lotsen/cases/{id}/queue: the patient's place in line
	Queue                 // lotsen/queues/{id}: those waiting, for its staff
	Staff                 // lotsen/staff/{id}: what calls for that member of staff
)

// shapes holds what stands around the id in the name of each kind.
var shapes = [...]struct{ before, after string }{
	Case:  {Prefix + "cases/", ""},
	Place: {Prefix + "cases/", "/queue"},
	Queue: {Prefix + "queues/", ""},
	Staff: {Prefix + "staff/", ""},
}

// Topic is one channel: its kind, and the id of the record that it is about.
type Topic struct {
	Kind Kind
	ID   string
}

// String gives the name that clients subscribe to. It panics on a kind that
// does not exist.
func (t Topic) String() string {
	return shapes[t.Kind].before + t.ID + shapes[t.Kind].after
}

// Parse reads a topic's name. It refuses everything that is not exactly a name
// of ours, PocketBase's `?options=` included.
func Parse(name string) (Topic, bool) {
	for kind := Case; kind <= Staff; kind++ {
		id, ok := strings.CutPrefix(name, shapes[kind].before)
		if !ok {
			continue
		}
		if id, ok = strings.CutSuffix(id, shapes[kind].after); ok && isID(id) {
			return Topic{Kind: kind, ID: id}, true
		}
	}
	return Topic{}, false
}

func isID(s string) bool {
	if len(s) != idLength {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
