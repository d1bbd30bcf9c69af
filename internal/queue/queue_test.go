package queue_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
)

var start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

func entry(id string, level cases.Level, minutes int) queue.Entry {
	return queue.Entry{ID: id, Queue: "q1", Level: level, Since: start.Add(time.Duration(minutes) * time.Minute)}
}

func TestOrderIsLevelThenTimeThenID(t *testing.T) {
	t.Parallel()
	var r queue.Ranks
	for i, e := range []queue.Entry{entry("d", 4, 0), entry("b", 3, 5), entry("a", 3, 5), entry("c", 2, 9), entry("e", 3, 1)} {
		r.Place(e, i)
	}
	for ahead, id := range []string{"c", "e", "a", "b", "d"} {
		if got, ok := r.Ahead(id); !ok || got != ahead {
			t.Errorf("ahead of %s: got %d, %v, want %d", id, got, ok, ahead)
		}
	}
	if _, ok := r.Ahead("nobody"); ok {
		t.Error("a case that does not wait has a place")
	}
}

func TestOlderNewsIsDropped(t *testing.T) {
	t.Parallel()
	var r queue.Ranks
	r.Place(entry("a", 3, 0), 5)
	r.Remove("a", 7)
	if changed := r.Place(entry("a", 3, 0), 6); len(changed) != 0 {
		t.Errorf("an older placing came through and changed %v", changed)
	}
	if _, ok := r.Ahead("a"); ok {
		t.Error("a case that was taken waits again because of older news")
	}
}

func TestMovingToAnotherQueueTellsBoth(t *testing.T) {
	t.Parallel()
	var r queue.Ranks
	r.Place(entry("a", 3, 0), 1)
	e := entry("a", 3, 0)
	e.Queue = "q2"
	if changed := r.Place(e, 2); !slices.Equal(changed, []string{"q1", "q2"}) {
		t.Errorf("changed queues: got %v, want q1 and q2", changed)
	}
}

// A sorted slice is the model: it is slow and plainly right.
func TestRanksEqualASortedSlice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var r queue.Ranks
		model := map[string]queue.Entry{}
		for seq := range rapid.IntRange(1, 60).Draw(t, "acts") {
			id := fmt.Sprintf("case%d", rapid.IntRange(0, 12).Draw(t, "id"))
			if rapid.Bool().Draw(t, "leaves") {
				r.Remove(id, seq)
				delete(model, id)
				continue
			}
			e := entry(id, cases.Level(rapid.IntRange(1, 5).Draw(t, "level")), rapid.IntRange(0, 4).Draw(t, "since"))
			e.Queue = rapid.SampledFrom([]string{"q1", "q2"}).Draw(t, "queue")
			r.Place(e, seq)
			model[id] = e
		}
		for id, e := range model {
			want := 0
			for _, other := range model {
				if other.Queue == e.Queue && less(other, e) {
					want++
				}
			}
			if got, ok := r.Ahead(id); !ok || got != want {
				t.Fatalf("ahead of %s: got %d, %v, want %d", id, got, ok, want)
			}
		}
		if n := len(r.Line("q1")) + len(r.Line("q2")); n != len(model) {
			t.Fatalf("%d wait in the ranks, %d in the model", n, len(model))
		}
	})
}

func less(a, b queue.Entry) bool {
	return a.Level < b.Level || a.Level == b.Level && (a.Since.Before(b.Since) || a.Since.Equal(b.Since) && a.ID < b.ID)
}
