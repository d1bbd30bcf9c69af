package hooks

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
	_ "lotsen/pb_migrations"
)

// soon is how long a test waits for what must come. It is never waited out by a test that passes.
const soon = 10 * time.Second

// house is a whole PocketBase with our collections and rt bound to it, on a port of its own.
type house struct {
	t   testing.TB
	app *tests.TestApp
	rt  *Realtime
	srv *httptest.Server

	mu     sync.Mutex
	rights map[string]bool // "person topic" → may listen
	ask    func()          // called while a right is being asked for; may be nil
	fault  error           // what asking gives
}

// newHouse starts one; alter may change rt before it is bound.
func newHouse(t testing.TB, alter ...func(*Realtime)) *house {
	t.Helper()
	h := startHouse(t, alter...)
	h.srv = httptest.NewServer(h.handler())
	h.closeLast()
	return h
}

func startHouse(t testing.TB, alter ...func(*Realtime)) *house {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatalf("starting a test app: %v", err)
	}
	t.Cleanup(app.Cleanup)
	h := &house{t: t, app: app, rights: map[string]bool{}}
	h.rt = &Realtime{Fanout: new(fanout.Fanout), May: h.may, Now: now}
	for _, f := range alter {
		f(h.rt)
	}
	bindRealtime(app, h.rt)
	return h
}

// now is the real time: tokens run out by it.
func now() time.Time {
	return time.Now() //nolint:forbidigo // tokens and deadlines are real time
}

func (h *house) handler() http.Handler {
	router, err := apis.NewRouter(h.app)
	if err != nil {
		h.t.Fatalf("making the router: %v", err)
	}
	mux, err := router.BuildMux()
	if err != nil {
		h.t.Fatalf("building the router: %v", err)
	}
	return mux
}

func (h *house) closeLast() {
	h.t.Cleanup(func() {
		h.srv.CloseClientConnections()
		h.srv.Close()
	})
}

// may is the rights of this house: what allow said.
func (h *house) may(_ context.Context, who Who, topic topics.Topic) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	answer := h.rights[who.ID+who.Watch+" "+topic.String()]
	if ask := h.ask; ask != nil {
		h.ask = nil
		h.mu.Unlock()
		ask()
		h.mu.Lock()
	}
	return answer, h.fault
}

func (h *house) allow(person string, may bool, names ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, name := range names {
		h.rights[person+" "+name] = may
	}
}

// row stores a record as it is, unchecked.
func (h *house) row(collection string, fields map[string]any) *core.Record {
	h.t.Helper()
	c, err := h.app.FindCollectionByNameOrId(collection)
	if err != nil {
		h.t.Fatalf("collection %s: %v", collection, err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if c.IsAuth() {
		r.SetRaw("password", &core.PasswordFieldValue{Hash: "nobody logs in with it"})
		r.RefreshTokenKey()
	}
	return h.save(r)
}

func (h *house) save(r *core.Record) *core.Record {
	h.t.Helper()
	if err := h.app.SaveNoValidate(r); err != nil {
		h.t.Fatalf("saving into %s: %v", r.Collection().Name, err)
	}
	return r
}

func (h *house) nurse() *core.Record { return h.row(records.StaffMembers, map[string]any{"name": "N"}) }

func (h *house) patient() *core.Record { return h.row(records.Patients, map[string]any{"name": "P"}) }

// token gives a token of r that runs for d, of the session if one is named.
func (h *house) token(r *core.Record, d time.Duration, session string) string {
	h.t.Helper()
	claims := map[string]any{
		core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: r.Id,
		core.TokenClaimCollectionId: r.Collection().Id, core.TokenClaimRefreshable: true,
	}
	if session != "" {
		claims[sessionClaim] = session
	}
	token, err := security.NewJWT(claims, r.TokenKey()+r.Collection().AuthToken.Secret, d)
	if err != nil {
		h.t.Fatalf("making a token: %v", err)
	}
	return token
}

// said is one event as a browser would get it.
type said struct{ name, data string }

// stream is an open connection.
type stream struct {
	h    *house
	id   string
	said chan said // closed when the connection ends
}

// open connects and reads until the connection has a name.
func (h *house) open() *stream {
	h.t.Helper()
	resp := h.get()
	if resp.StatusCode != http.StatusOK {
		h.t.Fatalf("connecting answers %d, want 200", resp.StatusCode)
	}
	s := &stream{h: h, said: make(chan said, 1000)}
	go s.read(resp)
	var hello struct{ ClientID string }
	if err := json.Unmarshal([]byte(s.next("PB_CONNECT").data), &hello); err != nil {
		h.t.Fatalf("reading the first event: %v", err)
	}
	s.id = hello.ClientID
	return s
}

func (h *house) get() *http.Response {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.srv.URL+"/api/realtime", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := h.srv.Client().Do(req)
	if err != nil {
		h.t.Fatalf("connecting: %v", err)
	}
	h.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func (s *stream) read(resp *http.Response) {
	defer close(s.said)
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	var e said
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		switch key {
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			s.said <- e
			e = said{}
		}
	}
}

// ask posts the topics and gives the status.
func (s *stream) ask(token string, names ...string) int {
	s.h.t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": names})
	if err != nil {
		s.h.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.h.t.Context(), http.MethodPost, s.h.srv.URL+"/api/realtime", bytes.NewReader(body))
	if err != nil {
		s.h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	resp, err := s.h.srv.Client().Do(req)
	if err != nil {
		s.h.t.Fatalf("subscribing: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

// listen posts the topics and wants 204.
func (s *stream) listen(token string, names ...string) {
	s.h.t.Helper()
	if status := s.ask(token, names...); status != http.StatusNoContent {
		s.h.t.Fatalf("subscribing answers %d, want 204", status)
	}
}

// next waits for an event and wants it to have the name. Pings are passed over
// unless one is wanted.
func (s *stream) next(name string) said {
	s.h.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case e, ok := <-s.said:
			if !ok {
				s.h.t.Fatalf("the connection ended, want an event %q", name)
			}
			if e.name == "ping" && name != "ping" {
				continue
			}
			if e.name != name {
				s.h.t.Fatalf("got event %q with %s, want %q", e.name, e.data, name)
			}
			return e
		case <-timeout:
			s.h.t.Fatalf("nothing came, want an event %q", name)
		}
	}
}

// gets waits for an event of this name and data.
func (s *stream) gets(name, data string) {
	s.h.t.Helper()
	if e := s.next(name); e.data != data {
		s.h.t.Fatalf("event %q has data %s, want %s", name, e.data, data)
	}
}

// end waits for the connection to end, with nothing but pings before that.
func (s *stream) end() {
	s.h.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case e, ok := <-s.said:
			if !ok {
				return
			}
			if e.name != "ping" {
				s.h.t.Fatalf("got event %q with %s, want the connection to end", e.name, e.data)
			}
		case <-timeout:
			s.h.t.Fatal("the connection goes on, want it to end")
		}
	}
}

// tell publishes an event without a number.
func (h *house) tell(topic string, data any) {
	h.t.Helper()
	if err := h.rt.Fanout.Publish(topic, fanout.Event{Data: data}); err != nil {
		h.t.Fatalf("publishing: %v", err)
	}
}

func caseTopic(id string) string  { return topics.Topic{Kind: topics.Case, ID: id}.String() }
func placeTopic(id string) string { return topics.Topic{Kind: topics.Place, ID: id}.String() }
func queueTopic(id string) string { return topics.Topic{Kind: topics.Queue, ID: id}.String() }
func staffTopic(id string) string { return topics.Topic{Kind: topics.Staff, ID: id}.String() }
