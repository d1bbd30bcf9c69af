package hooks

import (
	"context"
	"net/http"
	"net/http/httptest"
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
func newHouse(tb testing.TB, alter ...func(*Realtime)) *house {
	tb.Helper()
	h := startHouse(tb, alter...)
	h.srv = httptest.NewServer(h.handler())
	h.closeLast()
	return h
}

// startHouse is newHouse without the port.
func startHouse(tb testing.TB, alter ...func(*Realtime)) *house {
	tb.Helper()
	app, err := tests.NewTestApp(tb.TempDir())
	if err != nil {
		tb.Fatalf("starting a test app: %v", err)
	}
	tb.Cleanup(app.Cleanup)
	h := &house{t: tb, app: app, rights: map[string]bool{}}
	h.rt = &Realtime{Fanout: new(fanout.Fanout), May: h.may, Now: now}
	for _, f := range alter {
		f(h.rt)
	}
	bindRealtime(app, h.rt)
	return h
}

// now is the real time: tokens and deadlines run by it.
func now() time.Time {
	return time.Now()
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
