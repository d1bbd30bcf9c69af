package fanout_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/fanout"
)

func numbers(from, to int64) []string {
	var all []string
	for seq := from; seq <= to; seq++ {
		all = append(all, strconv.FormatInt(seq, 10))
	}
	return all
}

// Whatever the order of the hooks, and whatever number a topic is at, its
// readers get all events, each once, in the order of seq.
func TestEventsComeInTheOrderOfSeq(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		first := rapid.Int64Range(1, 1000).Draw(rt, "first")
		seqs := make([]int64, rapid.IntRange(1, 60).Draw(rt, "count"))
		for i := range seqs {
			seqs[i] = first + int64(i)
		}
		shuffled := rapid.Permutation(seqs).Draw(rt, "order")
		var got []string
		synctest.Test(t, func(t *testing.T) {
			var f fanout.Fanout
			l := f.Open("x")
			l.Listen(false, aCase)
			for _, seq := range shuffled {
				publish(t, &f, aCase, fanout.Event{Seq: seq, Data: seq})
			}
			time.Sleep(time.Second) // the bubble's: until nothing is held any more
			synctest.Wait()
			got = read(l)
		})
		if want := numbers(first, seqs[len(seqs)-1]); !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestParallelHooksKeepTheOrderOfEachCase(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	lines := map[string]*fanout.Line{aCase: f.Open("a"), other: f.Open("b")}
	var all sync.WaitGroup
	for topic, l := range lines {
		l.Listen(false, topic)
		for seq := range int64(60) {
			all.Go(func() { publish(t, &f, topic, fanout.Event{Seq: seq + 1, Data: seq + 1}) })
		}
	}
	all.Wait()
	for _, l := range lines {
		want(t, "case of line "+l.ID(), read(l), numbers(1, 60)...)
	}
}

func TestWhatHasNoNumberPassesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, aCase)
		publish(t, &f, aCase, fanout.Event{Seq: 1, Data: 1})
		publish(t, &f, aCase, fanout.Event{Seq: 3, Data: 3})
		publish(t, &f, aCase, fanout.Event{Data: "typing"})
		want(t, "while 2 is missing", read(l), "1", `"typing"`)
		publish(t, &f, aCase, fanout.Event{Seq: 2, Data: 2})
		want(t, "when 2 has come", read(l), "2", "3")
	})
}

func TestAMissingEventHoldsTheOthersForASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, aCase)
		for _, seq := range []int64{1, 5, 3} {
			publish(t, &f, aCase, fanout.Event{Seq: seq, Data: seq})
		}
		time.Sleep(999 * time.Millisecond)
		synctest.Wait()
		want(t, "within the second", read(l), "1")
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		want(t, "after it", read(l), "3", "5")
		publish(t, &f, aCase, fanout.Event{Seq: 4, Data: 4})
		want(t, "one that comes too late", read(l), "4")
		publish(t, &f, aCase, fanout.Event{Seq: 6, Data: 6})
		want(t, "the next one", read(l), "6")
	})
}

func TestAHoleThatClosesGivesTheNextOneItsOwnSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, aCase)
		for _, seq := range []int64{1, 3, 5} {
			publish(t, &f, aCase, fanout.Event{Seq: seq, Data: seq})
		}
		time.Sleep(900 * time.Millisecond)
		publish(t, &f, aCase, fanout.Event{Seq: 2, Data: 2})
		time.Sleep(900 * time.Millisecond)
		synctest.Wait()
		want(t, "5 still waits for 4", read(l), "1", "2", "3")
		time.Sleep(101 * time.Millisecond)
		synctest.Wait()
		want(t, "5 has waited its second", read(l), "5")
	})
}

func TestNoMoreThan256EventsAreHeld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		publish(t, &f, aCase, fanout.Event{Seq: 1})
		for seq := int64(3); seq < 3+255; seq++ {
			publish(t, &f, aCase, fanout.Event{Seq: seq})
		}
		l.Listen(false, aCase)
		publish(t, &f, aCase, fanout.Event{Seq: 258, Data: "the 256th"})
		want(t, "at the 256th, without waiting", read(l), `"the 256th"`)
	})
}

func TestATopicWhoseNumberIsNotKnownSettlesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, aCase)
		publish(t, &f, aCase, fanout.Event{Seq: 42, Data: 42})
		time.Sleep(49 * time.Millisecond)
		publish(t, &f, aCase, fanout.Event{Seq: 41, Data: 41})
		want(t, "within 50 ms", read(l))
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		want(t, "then", read(l), "41", "42")
		publish(t, &f, aCase, fanout.Event{Seq: 43, Data: 43})
		want(t, "from then on at once", read(l), "43")
	})
}

func TestTopicsWithoutEventsAreForgottenInTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, aCase)
		for _, seq := range []int64{1, 3} {
			publish(t, &f, aCase, fanout.Event{Seq: seq, Data: seq})
		}
		for i := range 20_000 {
			publish(t, &f, strconv.Itoa(i), fanout.Event{Seq: 1})
		}
		time.Sleep(time.Second)
		synctest.Wait()
		want(t, "what was held is not forgotten", read(l), "1", "3")
		publish(t, &f, aCase, fanout.Event{Seq: 4, Data: 4})
		want(t, "a forgotten number settles anew", read(l))
		time.Sleep(50 * time.Millisecond)
		synctest.Wait()
		want(t, "and then comes", read(l), "4")
	})
}

func TestANumberIsRememberedWhileThousandsOfCasesGoOn(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	l.Listen(false, aCase)
	publish(t, &f, aCase, fanout.Event{Seq: 1, Data: 1})
	for i := range 9000 {
		publish(t, &f, strconv.Itoa(i), fanout.Event{Seq: 1})
	}
	publish(t, &f, aCase, fanout.Event{Seq: 3, Data: 3})
	publish(t, &f, aCase, fanout.Event{Seq: 2, Data: 2})
	want(t, "without settling", read(l), "1", "2", "3")
}
