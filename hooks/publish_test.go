package hooks

import (
	"encoding/json"
	"log/slog"
	"reflect"
	"strconv"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/fanout"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestTheTopicTellsEachReaderWhatEventsGives holds the stream of a case against GET …/events, for its patient and for staff.
func TestTheTopicTellsEachReaderWhatEventsGives(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, c := w.Taken(t, kit.Anna)
	start := c.Seq()
	readers := map[string]string{"patient": w.tokenOf(anna), "staff": w.tokenOf(w.Nurse)}
	streams := map[string]*stream{}
	for name, token := range readers {
		streams[name] = w.lines.open()
		streams[name].listen(token, caseTopic(c.Id))
	}
	w.happens(anna, c.Id)
	for name, token := range readers {
		items := w.status(200, w.ask("GET", "/api/lotsen/v1/cases/"+c.Id+"/events?after="+strconv.Itoa(start), token, ""))["items"].([]any)
		if len(items) < 8 {
			t.Fatalf("%d events happened, want what this test is about", len(items))
		}
		for _, want := range items {
			var got any
			if err := json.Unmarshal([]byte(streams[name].next(caseTopic(c.Id)).data), &got); err != nil {
				t.Fatalf("an event is no JSON: %v", err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s is told %v, want %v as GET …/events gives", name, got, want)
			}
		}
	}
}

// happens does what patients and staff read differently, and what they read alike.
func (w *whole) happens(anna access.Who, id string) {
	w.t.Helper()
	ctx := w.t.Context()
	must := func(what string, err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatalf("%s: %v", what, err)
		}
	}
	_, err := w.Desk.Here(ctx, anna, id)
	must("here", err)
	w.says(anna, id, "Hej", false)
	w.says(w.Nurse, id, "Bara vi", true)
	_, _, err = w.Desk.OwnWords(ctx, anna, id, "Det gör ont")
	must("own words", err)
	_, err = w.Desk.MarkWordsRead(ctx, w.Nurse, id)
	must("words read", err)
	_, err = w.Desk.MarkRead(ctx, w.Nurse, id, 1)
	must("read", err)
	_, err = w.Desk.SetLevel(ctx, w.Nurse, id, 2, "låter sjuk")
	must("level", err)
	_, err = w.Desk.Release(ctx, w.Nurse, id, "fel kö")
	must("release", err)
}

func (w *whole) says(who access.Who, id, body string, note bool) {
	w.t.Helper()
	m, err := records.NewMessage(w.App, id, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if note {
		m.Set("kind", records.Note)
	}
	if _, err := w.Desk.Say(w.t.Context(), who, m, care.Fingerprint(body), func(tx core.App) error { return tx.Save(m) }); err != nil {
		w.t.Fatalf("say: %v", err)
	}
}

// TestATurnDoesNotWaitBehindAPlace: the place that waits for its second is worth nothing once it is one's turn. (That it is then dropped
// is tested in fanout.)
func TestATurnDoesNotWaitBehindAPlace(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	told := new(fanout.Fanout)
	h := &herald{app: c.App, desk: c.Desk, fanout: told, ranks: new(queue.Ranks), log: slog.New(slog.DiscardHandler), told: map[string]placeTold{}}
	c.App.OnRecordAfterCreateSuccess(records.Cases).Bind(afterCommit(h.log, "FollowCase", h.followCase))
	c.App.OnRecordAfterUpdateSuccess(records.Cases).Bind(afterCommit(h.log, "FollowCase", h.followCase))
	_, first := c.Waiting(t, kit.Anna)
	_, second := c.Waiting(t, kit.Bo)
	line := told.Open("Bo")
	line.Listen(false, placeTopic(second.Id))
	if err := told.PublishLatest(placeTopic(second.Id), "before"); err != nil { // its second begins
		t.Fatal(err)
	}
	for _, id := range []string{first.Id, second.Id} { // the first makes Bo's place better: that is to wait
		if _, err := c.Desk.Claim(t.Context(), c.Nurse, id, "test"); err != nil {
			t.Fatalf("claim: %v", err)
		}
	}
	for _, want := range []string{`"before"`, `{"due":null,"state":"called","type":"state"}`} {
		if got := string((<-line.Out()).Data); got != want {
			t.Errorf("told %s, want %s", got, want)
		}
	}
	if n := len(line.Out()); n > 0 {
		t.Errorf("%d more are told, want none", n)
	}
}
