package fanout_test

import (
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/fanout"
	"lotsen/internal/topics"
)

var (
	aCase = topics.Topic{Kind: topics.Case, ID: "abcdefghij01234"}.String()
	other = topics.Topic{Kind: topics.Case, ID: "bcdefghij012345"}.String()
	place = topics.Topic{Kind: topics.Place, ID: "abcdefghij01234"}.String()
)

// read takes what lies in the line's buffer: the data of each message.
func read(l *fanout.Line) []string {
	var all []string
	for {
		select {
		case m, ok := <-l.Out():
			if !ok {
				return all
			}
			all = append(all, string(m.Data))
		default:
			return all
		}
	}
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func publish(t *testing.T, f *fanout.Fanout, topic string, ev fanout.Event) {
	t.Helper()
	if err := f.Publish(topic, ev); err != nil {
		t.Errorf("Publish: %v, want no error", err)
	}
}

func TestAnEventReachesItsTopicAlone(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	mine, theirs, idle := f.Open("mine"), f.Open("theirs"), f.Open("idle")
	mine.Listen(false, aCase, place)
	theirs.Listen(false, other)
	publish(t, &f, aCase, fanout.Event{Data: map[string]string{"type": "typing"}})
	want(t, "who listens", read(mine), `{"type":"typing"}`)
	want(t, "who listens to another case", read(theirs))
	want(t, "who listens to nothing", read(idle))
	if got := f.Counts(); got != (fanout.Counts{Lines: 2, Topics: 3}) {
		t.Errorf("Counts() = %+v, want two lines and three topics", got)
	}
}

func TestMessagesAreNamedByTheirTopic(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	l.Listen(false, aCase)
	publish(t, &f, aCase, fanout.Event{Data: 1})
	if m := <-l.Out(); m.Name != aCase {
		t.Errorf("message is named %q, want the topic %q", m.Name, aCase)
	}
}

func TestStaffMayGetSomethingElse(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	nurse, patient := f.Open("nurse"), f.Open("patient")
	nurse.Listen(true, aCase)
	patient.Listen(false, aCase)
	publish(t, &f, aCase, fanout.Event{Seq: 1, Data: "void", Staff: "note"})
	publish(t, &f, aCase, fanout.Event{Data: "typing"})
	want(t, "staff", read(nurse), `"note"`, `"typing"`)
	want(t, "patient", read(patient), `"void"`, `"typing"`)
}

func TestWhatCannotBeWrittenLeavesNoHole(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	l.Listen(true, aCase)
	at := time.Date(2026, 11, 25, 15, 0, 0, 0, time.UTC)
	if err := f.Publish(aCase, fanout.Event{Seq: 1, At: at, Data: func() {}}); err == nil {
		t.Error("Publish of a function: no error, want one")
	}
	if err := f.Publish(aCase, fanout.Event{Data: func() {}}); err == nil {
		t.Error("Publish of a function without a number: no error, want one")
	}
	if err := f.PublishLatest(aCase, func() {}); err == nil {
		t.Error("PublishLatest of a function: no error, want one")
	}
	if err := f.Publish(aCase, fanout.Event{Seq: 2, At: at, Data: 2, Staff: func() {}}); err == nil {
		t.Error("Publish of a function to staff: no error, want one")
	}
	publish(t, &f, aCase, fanout.Event{Seq: 3, Data: 3})
	want(t, "reader", read(l), `{"type":"void","seq":1,"at":"2026-11-25T15:00:00.000Z"}`, `{"type":"void","seq":2,"at":"2026-11-25T15:00:00.000Z"}`, "3")
}

func TestWhatIsToldAtOnceDropsWhatWaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		second := topics.Topic{Kind: topics.Place, ID: "bcdefghij012345"}.String()
		l.Listen(false, place, second)
		for _, topic := range []string{place, place, second} {
			if err := f.PublishLatest(topic, "place"); err != nil {
				t.Fatalf("PublishLatest: %v", err)
			}
		}
		publish(t, &f, place, fanout.Event{Data: "your turn"})
		want(t, "at once", read(l), `"place"`, `"your turn"`)
		time.Sleep(5 * time.Second)
		want(t, "later, of the other topic alone", read(l), `"place"`)
	})
}

func TestASlowReaderIsCutOffAloneAndNobodyWaits(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	slow, quick := f.Open("slow"), f.Open("quick")
	slow.Listen(false, aCase)
	quick.Listen(false, aCase)
	for seq := range int64(100) {
		publish(t, &f, aCase, fanout.Event{Seq: seq + 1, Data: seq + 1})
		want(t, "quick reader", read(quick), strconv.FormatInt(seq+1, 10))
	}
	if !slow.Closed() || slow.Has(aCase) {
		t.Error("the line that nobody reads is still open, want it cut off")
	}
	if got := len(read(slow)); got != 64 {
		t.Errorf("the slow reader finds %d messages, want the 64 that fitted", got)
	}
	if got := f.Counts(); got != (fanout.Counts{Lines: 1, Topics: 1, Cut: 1}) {
		t.Errorf("Counts() = %+v, want the quick line alone and one cut off", got)
	}
}

func TestAnOfferNeverCutsALineOff(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	taken := 0
	for range 100 {
		if l.Offer(subscriptions.Message{Name: "x"}) {
			taken++
		}
	}
	if taken != 32 || l.Closed() {
		t.Errorf("taken %d, closed %v; want half the buffer and an open line", taken, l.Closed())
	}
}

func TestAnEndedLineStaysOutOfTheIndex(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	l.Listen(false, aCase)
	l.Close()
	l.Close()
	l.Listen(false, aCase)
	publish(t, &f, aCase, fanout.Event{Data: 1})
	if l.Send(subscriptions.Message{}) || len(l.Topics()) != 0 || len(f.Lines(aCase)) != 0 {
		t.Error("an ended line takes messages or topics, want neither")
	}
}

func TestListenReplacesTheTopics(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	l := f.Open("x")
	l.Listen(false, aCase, place)
	l.Listen(false, other)
	want(t, "topics", l.Topics(), other)
	if !l.Drop(other) || l.Drop(other) {
		t.Error("Drop told otherwise, want true for a topic that it had and false afterwards")
	}
}

func TestRevokeEndsTheTopicForSome(t *testing.T) {
	t.Parallel()
	var f fanout.Fanout
	stays, goes := f.Open("stays"), f.Open("goes")
	stays.Listen(true, aCase, other)
	goes.Listen(true, aCase, other)
	ended := f.Revoke(aCase, func(l *fanout.Line) bool { return l.ID() == "goes" })
	if len(ended) != 1 || ended[0] != goes {
		t.Errorf("Revoke ended %d lines, want the one that goes", len(ended))
	}
	publish(t, &f, aCase, fanout.Event{Data: 1})
	publish(t, &f, other, fanout.Event{Data: 2})
	want(t, "who stays", read(stays), "1", "2")
	want(t, "who goes", read(goes), "2")
}

func TestTheLatestAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		l.Listen(false, place)
		var got []string
		for i := range 35 { // one each 100 ms: 3.5 s
			if err := f.PublishLatest(place, i); err != nil {
				t.Fatalf("PublishLatest: %v", err)
			}
			got = append(got, read(l)...)
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
		}
		time.Sleep(5 * time.Second)
		want(t, "one a second, the last of each", append(got, read(l)...), "0", "9", "19", "29", "34")
		if err := f.PublishLatest(place, "rested"); err != nil {
			t.Fatalf("PublishLatest: %v", err)
		}
		want(t, "after a rest at once", read(l), `"rested"`)
	})
}

func TestTheLatestOfTwoTopicsTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		l := f.Open("x")
		second := topics.Topic{Kind: topics.Place, ID: "bcdefghij012345"}.String()
		l.Listen(false, place, second)
		for i := range 3 {
			for _, topic := range []string{place, second} {
				if err := f.PublishLatest(topic, i); err != nil {
					t.Fatalf("PublishLatest: %v", err)
				}
			}
		}
		var names []string
		for range 3 {
			m := <-l.Out()
			names = append(names, m.Name+string(m.Data))
			if len(l.Out()) > 0 {
				t.Error("two at once, want one a second a line")
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		want(t, "turns", names, place+"0", second+"2", place+"2")
	})
}

func TestTheLatestOfATopicThatEndedIsNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var f fanout.Fanout
		ends, closes := f.Open("ends"), f.Open("closes")
		ends.Listen(false, place)
		closes.Listen(false, place)
		for i := range 2 {
			if err := f.PublishLatest(place, i); err != nil {
				t.Fatalf("PublishLatest: %v", err)
			}
		}
		ends.Drop(place)
		closes.Close()
		time.Sleep(3 * time.Second)
		want(t, "line without the topic", read(ends), "0")
		want(t, "closed line", read(closes), "0")
	})
}

func BenchmarkPublishToOneAmongFiveThousand(b *testing.B) {
	var f fanout.Fanout
	for i := range 5000 {
		f.Open(strconv.Itoa(i)).Listen(false, "idle"+strconv.Itoa(i), "place"+strconv.Itoa(i))
	}
	l := f.Open("reader")
	l.Listen(false, aCase)
	data := map[string]any{"type": "state", "state": "called", "level": 3}
	var seq int64
	b.ReportAllocs()
	for b.Loop() {
		seq++
		if err := f.Publish(aCase, fanout.Event{Seq: seq, Data: data}); err != nil {
			b.Fatal(err)
		}
		<-l.Out()
	}
}
