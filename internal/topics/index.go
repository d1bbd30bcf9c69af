package topics

import (
	"maps"
	"slices"
	"sync"
)

// Index holds which client listens to which topic. C is whatever the caller
// keeps for a client, usually a pointer; topics go by their names. The zero
// value is empty and ready. It is safe for concurrent use and must not be
// copied; every slice that it gives is the caller's own.
//
// A topic has few clients and a client few topics, so both are kept as slices.
type Index[C comparable] struct {
	mu      sync.RWMutex
	clients map[string][]C
	topics  map[C][]string
}

// Set makes names the topics of c, all at once, in place of those it had: no
// event falls between the old set and the new. Without names c is forgotten.
func (x *Index[C]) Set(c C, names ...string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.topics == nil {
		x.clients, x.topics = map[string][]C{}, map[C][]string{}
	}
	old := x.topics[c]
	for _, name := range old {
		if !slices.Contains(names, name) {
			x.unlink(c, name)
		}
	}
	fresh := make([]string, 0, len(names))
	for _, name := range names {
		if slices.Contains(fresh, name) {
			continue
		}
		fresh = append(fresh, name)
		if !slices.Contains(old, name) {
			x.clients[name] = append(x.clients[name], c)
		}
	}
	x.keep(c, fresh)
}

// Remove forgets c and its topics.
func (x *Index[C]) Remove(c C) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, name := range x.topics[c] {
		x.unlink(c, name)
	}
	delete(x.topics, c)
}

// Drop ends one topic of c and tells whether c had it.
func (x *Index[C]) Drop(c C, name string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	at := slices.Index(x.topics[c], name)
	if at < 0 {
		return false
	}
	x.unlink(c, name)
	x.keep(c, slices.Delete(x.topics[c], at, at+1))
	return true
}

// Revoke ends the topic for each of its clients that gone says so of, and gives
// those. The index is not locked while gone is asked, so gone may take its time
// and may use the index. A client that comes in meanwhile is not asked about.
func (x *Index[C]) Revoke(name string, gone func(C) bool) []C {
	var ended []C
	for _, c := range x.Clients(name) {
		if gone(c) && x.Drop(c, name) {
			ended = append(ended, c)
		}
	}
	return ended
}

// Clients gives those who listen to the topic, in the order in which they came.
func (x *Index[C]) Clients(name string) []C {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Clone(x.clients[name])
}

// Topics gives what c listens to, in the order in which it asked.
func (x *Index[C]) Topics(c C) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Clone(x.topics[c])
}

// Names gives every topic that somebody listens to, in no order.
func (x *Index[C]) Names() []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Collect(maps.Keys(x.clients))
}

// Heard tells whether anyone listens to the topic.
func (x *Index[C]) Heard(name string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.clients[name]) > 0
}

// Has tells whether c listens to the topic.
func (x *Index[C]) Has(c C, name string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.Contains(x.topics[c], name)
}

// Counts gives how many clients listen to something, and how many topics
// somebody listens to.
func (x *Index[C]) Counts() (clients, topics int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.topics), len(x.clients)
}

// unlink takes c off the topic's list. The caller holds mu.
func (x *Index[C]) unlink(c C, name string) {
	rest := x.clients[name]
	if at := slices.Index(rest, c); at >= 0 {
		rest = slices.Delete(rest, at, at+1)
	}
	if len(rest) == 0 {
		delete(x.clients, name)
		return
	}
	x.clients[name] = rest
}

// keep stores the topics of c, or forgets c if there are none. The caller holds mu.
func (x *Index[C]) keep(c C, names []string) {
	if len(names) == 0 {
		delete(x.topics, c)
		return
	}
	x.topics[c] = names
}
