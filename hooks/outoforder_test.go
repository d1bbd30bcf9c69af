package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// writable lets the database of a clinic be written, or not, as a disk that was remounted read-only does.
func (w *whole) writable(may bool) {
	w.t.Helper()
	only := 1
	if may {
		only = 0
	}
	if _, err := w.App.NonconcurrentDB().NewQuery(fmt.Sprintf("PRAGMA query_only = %d", only)).Execute(); err != nil {
		w.t.Fatal(err)
	}
}

// outOfOrder wants the one answer that there is while nothing can be written.
func (w *whole) outOfOrder(lang texts.Lang, method, path, token, body string) {
	w.t.Helper()
	r := w.ask(method, path, token, body, "Accept-Language", string(lang))
	var out struct {
		Status  int
		Message string
		Data    struct {
			Reason struct {
				Code, Message string
				Phones        []string
			}
		}
	}
	if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil {
		w.t.Fatalf("%s %s: %v: %s", method, path, err, r.Body)
	}
	words := lang.Say(texts.ErrorOutOfOrder)
	reason := out.Data.Reason
	if r.Code != http.StatusServiceUnavailable || reason.Code != "out_of_order" || out.Message != words || reason.Message != words ||
		strings.Join(reason.Phones, " ") != "1177 112" || r.Header().Get("Retry-After") == "" || r.Header().Get("Content-Type") != "application/json" {
		w.t.Errorf("%s %s in %s: got %d %v %s, want out of order, with numbers to ring", method, path, lang, r.Code, r.Header(), r.Body)
	}
}

func (w *whole) health(status int, code any) {
	w.t.Helper()
	r := w.ask("GET", "/api/lotsen/v1/health", "", "")
	var out struct {
		OutOfOrder *struct{ Code, Since string }
	}
	if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil {
		w.t.Fatalf("health: %v: %s", err, r.Body)
	}
	var got any
	if out.OutOfOrder != nil {
		got = out.OutOfOrder.Code
	}
	if r.Code != status || got != code {
		w.t.Errorf("health answers %d %s, want %d and %v", r.Code, r.Body, status, code)
	}
}

// TestWhatCannotBeWrittenIsSaidToEverybody makes the database read-only under people at work, asks everything, and makes it writable again.
func TestWhatCannotBeWrittenIsSaidToEverybody(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, c := w.Active(t, kit.Anna)
	patient, nurse := w.tokenOf(anna), w.tokenOf(w.Nurse)
	s := w.lines.open()
	s.listen(patient, caseTopic(c.Id))
	ready := w.ask("GET", "/api/lotsen/v1/health", "", "").Code

	w.writable(false)
	words := fmt.Sprintf(`{"id": "wordsofanna0001", "case": %q, "body": "Det gör ont"}`, c.Id)
	w.outOfOrder(texts.Swedish, "POST", "/api/collections/messages/records", patient, words) // the one that finds out
	told := s.next(caseTopic(c.Id)).data
	for _, lang := range texts.Langs() {
		if !strings.Contains(told, lang.Say(texts.ErrorOutOfOrder)) {
			t.Errorf("who is connected is told %s, want it in %s, too", told, lang)
		}
		w.outOfOrder(lang, "POST", "/api/collections/messages/records", patient, words)
	}
	for _, ask := range []struct{ method, path, token string }{
		{"GET", "/api/collections/cases/records/" + c.Id, patient},
		{"GET", "/api/collections/messages/records", nurse},
		{"POST", "/api/collections/patients/auth-refresh", patient},
		{"POST", "/api/collections/staff/auth-with-password", ""},
		{"POST", "/api/realtime", patient},
		{"GET", "/api/realtime", ""},
		{"GET", "/api/files/cases/x/y", ""},
		{"GET", "/api/health", ""},
		{"GET", "/api/lotsen/v1/regions", ""},
		{"GET", "/api/lotsen/v1/me", patient},
		{"GET", "/api/lotsen/v1/cases/" + c.Id + "/step", "nobody"},
		{"POST", "/api/lotsen/v1/cases/" + c.Id + "/worse", patient},
		{"POST", "/api/lotsen/v1/queues/" + w.Norrvik.Id + "/next", nurse},
		{"DELETE", "/api/lotsen/v1/me/session", patient},
		{"GET", "/api/nothing", ""},
	} {
		w.outOfOrder(texts.English, ask.method, ask.path, ask.token, "{}")
	}
	w.health(http.StatusServiceUnavailable, "read_only")
	w.status(http.StatusOK, w.ask("GET", "/api/lotsen/v1", "", ""))

	w.writable(true)
	s.gets(caseTopic(c.Id), `{"type":"in_order"}`)
	w.health(ready, nil)
	w.status(http.StatusOK, w.ask("POST", "/api/collections/messages/records", patient, words))
	if said := s.next(caseTopic(c.Id)).data; !strings.Contains(said, "wordsofanna0001") {
		t.Errorf("the next event is %s, want the message that could not be written before", said)
	}
	if now := w.Case(t, c.Id); now.Seq() != c.Seq()+1 || now.Messages() != c.Messages()+1 {
		t.Errorf("the case has %d events and %d messages, want one more than %d and %d", now.Seq(), now.Messages(), c.Seq(), c.Messages())
	}
}

// TestEachWayToWriteFindsOutThatItCannot: a command, a look of staff, one's own details, the dashboard.
func TestEachWayToWriteFindsOutThatItCannot(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(w *whole, patient, admin string){
		"a command": func(w *whole, _, _ string) {
			w.outOfOrder(texts.Arabic, "POST", "/api/lotsen/v1/queues/"+w.Norrvik.Id+"/next", w.tokenOf(w.Nurse), `{"take": "abcdefghijklmno"}`)
		},
		"a look": func(w *whole, _, _ string) {
			w.outOfOrder(texts.Simple, "GET", "/api/collections/cases/records", w.tokenOf(w.Nurse), "")
		},
		"one's own details": func(w *whole, patient, _ string) {
			w.outOfOrder(texts.Swedish, "PUT", "/api/lotsen/v1/me", patient, `{"language": "en"}`)
		},
		"the dashboard": func(w *whole, _, admin string) {
			w.outOfOrder(texts.Swedish, "PATCH", "/api/collections/queues/records/"+w.Norrvik.Id, admin, `{"name": "Annan"}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWhole(t)
			anna, _ := w.Waiting(t, kit.Anna)
			admin, _ := w.superuser()
			w.writable(false)
			do(w, w.tokenOf(anna), admin)
			w.writable(true)
			w.health(http.StatusServiceUnavailable, "read_only") // until a trial has written
		})
	}
}

// TestWhatIsDueRestsWhileNothingCanBeWritten holds the loop: one fault begins the state, then nothing is tried until it is over.
func TestWhatIsDueRestsWhileNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	var alarm bytes.Buffer
	var told []string
	o := newOutOfOrder(c.App, now, func(event []byte) { told = append(told, string(event)) }, &alarm)
	o.close() // nothing is tried: what a trial finds is said by hand
	tried := 0
	l := newLane(slog.New(slog.DiscardHandler), job{"fails", func(context.Context) (bool, error) {
		tried++
		return false, &coded{"attempt to write a readonly database", 8}
	}})
	l.outage = o
	for range 3 {
		l.once(t.Context())
	}
	if tried != 1 || !o.is() {
		t.Errorf("a job that cannot write was tried %d times, want once until it can (out of order: %v)", tried, o.is())
	}
	if n := strings.Count(alarm.String(), "out of order"); n != 1 || !strings.Contains(alarm.String(), "read_only") {
		t.Errorf("the alarm says %q, want it once", alarm.String())
	}
	o.over()
	l.once(t.Context())
	if tried != 2 {
		t.Errorf("after it was over the job was tried %d times, want two", tried)
	}
	if len(told) != 3 || told[1] != string(api.InOrderEvent()) {
		t.Errorf("told was %v, want out, in, out", told)
	}
}

// coded is an error as SQLite's driver gives it.
type coded struct {
	words string
	code  int
}

func (c *coded) Error() string { return c.words }
func (c *coded) Code() int     { return c.code }

// TestOneRequestThatCannotBeWrittenEndsNothing: a photo that does not fit, or another process that holds the database, is that request's trouble.
func TestOneRequestThatCannotBeWrittenEndsNothing(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.App.OnRecordViewRequest("regions").BindFunc(func(*core.RecordRequestEvent) error {
		return fmt.Errorf("see a region: %w", &coded{"database is locked", 5})
	})
	region := "/api/collections/regions/records/" + w.Region.Id
	w.outOfOrder(texts.Swedish, "GET", region, "", "")
	w.status(http.StatusOK, w.ask("GET", "/api/lotsen/v1/regions/"+w.Region.Slug(), "", ""))
}

// TestManyFaultsAtOnceAreOne: the state begins once, however many find out.
func TestManyFaultsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	var mu sync.Mutex
	told := 0
	o := newOutOfOrder(c.App, now, func([]byte) { mu.Lock(); told++; mu.Unlock() }, nil)
	o.close()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { o.notice(errors.Join(errors.New("cannot"), &coded{"full", 13})) })
	}
	all.Wait()
	if told != 1 || o.outage.Load().Code != records.DiskFull {
		t.Errorf("50 faults at once were told %d times as %v, want once", told, o.outage.Load())
	}
	if since := now().Sub(o.outage.Load().Since); since > time.Minute {
		t.Errorf("out of order since %v, want since now", since)
	}
}
