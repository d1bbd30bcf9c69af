package topics_test

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/topics"
)

// pairs is the naive model of an Index: all that is known, as a set.
type pairs map[int]map[string]bool

func (m pairs) set(c int, names []string) {
	delete(m, c)
	for _, name := range names {
		if m[c] == nil {
			m[c] = map[string]bool{}
		}
		m[c][name] = true
	}
}

func (m pairs) drop(c int, name string) bool {
	had := m[c][name]
	delete(m[c], name)
	if len(m[c]) == 0 {
		delete(m, c)
	}
	return had
}

func (m pairs) clients(name string) []int {
	var all []int
	for c, names := range m {
		if names[name] {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return all
}

func TestIndexAgreesWithASetOfPairs(t *testing.T) {
	t.Parallel()
	client := rapid.IntRange(0, 5)
	name := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	rapid.Check(t, func(t *rapid.T) {
		var index topics.Index[int]
		model := pairs{}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				c, names := client.Draw(t, "client"), rapid.SliceOfN(name, 0, 6).Draw(t, "names")
				index.Set(c, names...)
				model.set(c, names)
			},
			"remove": func(t *rapid.T) {
				c := client.Draw(t, "client")
				index.Remove(c)
				delete(model, c)
			},
			"drop": func(t *rapid.T) {
				c, n := client.Draw(t, "client"), name.Draw(t, "name")
				if got, want := index.Drop(c, n), model.drop(c, n); got != want {
					t.Fatalf("Drop(%d, %s) = %v, want %v", c, n, got, want)
				}
			},
			"revoke": func(t *rapid.T) {
				n, odd := name.Draw(t, "name"), func(c int) bool { return c%2 == 1 }
				var want []int
				for _, c := range model.clients(n) {
					if odd(c) && model.drop(c, n) {
						want = append(want, c)
					}
				}
				if got := index.Revoke(n, odd); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
					t.Fatalf("Revoke(%s) ended %v, want %v", n, got, want)
				}
			},
			"": func(t *rapid.T) { agree(t, &index, model) },
		})
	})
}

func agree(t *rapid.T, index *topics.Index[int], model pairs) {
	named := map[string]bool{}
	for c := range 6 {
		want := slices.Sorted(maps.Keys(model[c]))
		if got := slices.Sorted(slices.Values(index.Topics(c))); !slices.Equal(got, want) {
			t.Fatalf("topics of client %d: %v, want %v", c, got, want)
		}
		maps.Copy(named, model[c])
	}
	for _, n := range []string{"a", "b", "c", "d", "never"} {
		want := model.clients(n)
		if got := slices.Sorted(slices.Values(index.Clients(n))); !slices.Equal(got, want) {
			t.Fatalf("clients of topic %s: %v, want %v", n, got, want)
		}
		if got := index.Heard(n); got != (len(want) > 0) {
			t.Fatalf("Heard(%s) = %v, want %v", n, got, len(want) > 0)
		}
		for c := range 6 {
			if got := index.Has(c, n); got != model[c][n] {
				t.Fatalf("Has(%d, %s) = %v, want %v", c, n, got, model[c][n])
			}
		}
	}
	if clients, names := index.Counts(); clients != len(model) || names != len(named) {
		t.Fatalf("Counts() = %d, %d; want %d, %d", clients, names, len(model), len(named))
	}
}

func TestReadersKeepTheirOrderWhenASetIsReplaced(t *testing.T) {
	t.Parallel()
	var index topics.Index[string]
	index.Set("first", "a")
	index.Set("second", "a", "b")
	index.Set("first", "a", "c")
	if got, want := index.Clients("a"), []string{"first", "second"}; !slices.Equal(got, want) {
		t.Errorf("clients of a = %v, want %v: who stays keeps its place", got, want)
	}
}

func TestWhatTheIndexGivesIsTheCallersOwn(t *testing.T) {
	t.Parallel()
	var index topics.Index[string]
	index.Set("x", "a", "b")
	index.Set("y", "a")
	index.Clients("a")[0] = "other"
	index.Topics("x")[0] = "other"
	if got := index.Clients("a"); !slices.Equal(got, []string{"x", "y"}) {
		t.Errorf("clients of a = %v after a caller changed its copy, want [x y]", got)
	}
	if got := index.Topics("x"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("topics of x = %v after a caller changed its copy, want [a b]", got)
	}
}

func TestManyAtOnceLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	var index topics.Index[int]
	var all sync.WaitGroup
	for c := range 50 {
		all.Go(func() {
			for i := range 40 {
				index.Set(c, "shared", "own"+strconv.Itoa(c), strconv.Itoa(i%3))
				index.Revoke("shared", func(c int) bool { return c == i })
			}
			index.Remove(c)
		})
	}
	all.Wait()
	if clients, names := index.Counts(); clients != 0 || names != 0 {
		t.Errorf("Counts() = %d, %d after all have left; want 0, 0", clients, names)
	}
}

func BenchmarkClientsOfATopicAmongFiveThousand(b *testing.B) {
	var index topics.Index[int]
	for c := range 5000 {
		index.Set(c, "case"+strconv.Itoa(c), "place"+strconv.Itoa(c))
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(index.Clients("case2500")) != 1 {
			b.Fatal("want one client of the topic")
		}
	}
}
