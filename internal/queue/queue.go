// Package queue knows who stands where: the place of each waiting case in its queue, in memory.
//
// It answers "what position am I" and "how long", and nothing else. Who is next is asked of the database, inside the transaction that takes the
// case; should the two differ for a moment, no harm is done. The ranks are rebuilt from the records at start and follow each commit.
// The package is pure: it knows no records and no clock.
package queue

import (
	"sync"
	"time"

	"github.com/tidwall/btree"

	"lotsen/internal/cases"
)

// Entry is a waiting case. The order is level, then since, then id: the same as the database's.
type Entry struct {
	ID    string
	Queue string
	Level cases.Level
	Since time.Time
}

func before(a, b Entry) bool {
	if a.Level != b.Level {
		return a.Level < b.Level
	}
	if !a.Since.Equal(b.Since) {
		return a.Since.Before(b.Since)
	}
	return a.ID < b.ID
}

// Ranks are all queues of the program. The zero value is empty and ready; it is safe for concurrent use.
type Ranks struct {
	mu     sync.RWMutex
	lines  map[string]*btree.BTreeG[Entry]
	places map[string]Entry
	seqs   map[string]int
}

// Place puts a case where it stands, or moves it there. seq is the case's event that says so: news that is older than what is known is dropped,
// since commits may be reported out of order. It returns the queues that have changed.
func (r *Ranks) Place(e Entry, seq int) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.fresh(e.ID, seq) {
		return nil
	}
	old, had := r.places[e.ID]
	if had && old == e {
		return nil
	}
	changed := r.drop(e.ID)
	line := r.lines[e.Queue]
	if line == nil {
		line = btree.NewBTreeG(before)
		r.lines[e.Queue] = line
	}
	line.Set(e)
	r.places[e.ID] = e
	if !had || old.Queue != e.Queue {
		changed = append(changed, e.Queue)
	}
	return changed
}

// Remove takes a case out, when it no longer waits. It returns the queues that have changed.
func (r *Ranks) Remove(id string, seq int) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.fresh(id, seq) {
		return nil
	}
	return r.drop(id)
}

// fresh notes seq as the newest known of the case, unless a newer one is.
func (r *Ranks) fresh(id string, seq int) bool {
	if r.lines == nil {
		r.lines, r.places, r.seqs = map[string]*btree.BTreeG[Entry]{}, map[string]Entry{}, map[string]int{}
	}
	if seq < r.seqs[id] {
		return false
	}
	r.seqs[id] = seq
	return true
}

func (r *Ranks) drop(id string) []string {
	old, ok := r.places[id]
	if !ok {
		return nil
	}
	delete(r.places, id)
	r.lines[old.Queue].Delete(old)
	return []string{old.Queue}
}

// Ahead says how many cases of its queue stand before a case; false where it does not wait.
func (r *Ranks) Ahead(id string) (int, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	e, ok := r.places[id]
	if !ok {
		return 0, false
	}
	return rank(r.lines[e.Queue], e), true
}

// rank finds an entry's index by bisection: the tree gives the i-th entry, not the index of one.
func rank(line *btree.BTreeG[Entry], e Entry) int {
	low, high := 0, line.Len()
	for low < high {
		mid := (low + high) / 2
		at, _ := line.GetAt(mid)
		if before(at, e) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// Line is a snapshot of a queue, in order.
func (r *Ranks) Line(queue string) []Entry {
	r.mu.RLock()
	defer r.mu.RUnlock()
	line := r.lines[queue]
	if line == nil {
		return nil
	}
	return line.Items()
}

// Queues are those in which somebody waits, in no order.
func (r *Ranks) Queues() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []string
	for q, line := range r.lines {
		if line.Len() > 0 {
			list = append(list, q)
		}
	}
	return list
}

// Waiting is how many wait in a queue.
func (r *Ranks) Waiting(queue string) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if line := r.lines[queue]; line != nil {
		return line.Len()
	}
	return 0
}

// Counts says how many wait in a queue at each level, and since when the one that has waited longest does; zero time where nobody waits.
func (r *Ranks) Counts(queue string) (byLevel map[cases.Level]int, oldest time.Time) {
	byLevel = map[cases.Level]int{}
	for _, e := range r.Line(queue) {
		byLevel[e.Level]++
		if oldest.IsZero() || e.Since.Before(oldest) {
			oldest = e.Since
		}
	}
	return byLevel, oldest
}
