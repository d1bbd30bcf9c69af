package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/tidwall/btree"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
)

// rank holds the place of one among a hundred thousand against bisecting the same tree bare.
func rank(b *testing.B, out *table) {
	b.Helper()
	const n = 100_000
	var ranks queue.Ranks
	bare := btree.NewBTreeG(func(a, b queue.Entry) bool {
		if a.Level != b.Level {
			return a.Level < b.Level
		}
		if !a.Since.Equal(b.Since) {
			return a.Since.Before(b.Since)
		}
		return a.ID < b.ID
	})
	ids, entries := make([]string, n), make([]queue.Entry, n)
	for i := range n {
		at := i * 7919 % n // in no order
		entries[i] = queue.Entry{
			ID: fmt.Sprintf("case%011d", at), Queue: "q", Level: cases.Level(2 + at%4), Since: time.Unix(int64(at), 0),
		}
		ids[i] = entries[i].ID
		ranks.Place(entries[i], 1)
		bare.Set(entries[i])
	}
	next := 0
	ours := func() {
		next = (next + 1) % n
		if _, waits := ranks.Ahead(ids[next]); !waits {
			b.Fatal("somebody does not wait")
		}
	}
	theirs := func() {
		next = (next + 1) % n
		if at, _ := bare.GetAt(bisect(bare, entries[next])); at.ID != ids[next] {
			b.Fatal("the bare tree found another")
		}
	}
	found := turns(7, timed(atOnce, ours), timed(atOnce, theirs))
	out.add("place in line among 100,000 waiting", found[0], "tidwall/btree, bisected", found[1], took)
	moves := turns(5, timed(atOnce, func() {
		next = (next + 1) % n
		ranks.Remove(ids[next], 1)
		ranks.Place(entries[next], 1)
	}), timed(atOnce, func() {
		next = (next + 1) % n
		bare.Delete(entries[next])
		bare.Set(entries[next])
	}))
	out.add("leaving that line and coming back", moves[0], "tidwall/btree", moves[1], took)
}

func bisect(tree *btree.BTreeG[queue.Entry], e queue.Entry) int {
	low, high := 0, tree.Len()
	for low < high {
		mid := (low + high) / 2
		if at, _ := tree.GetAt(mid); tree.Less(at, e) {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
