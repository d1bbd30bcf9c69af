package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// world is a clinic with the commands before it, mounted on PocketBase's router as hooks do.
type world struct {
	*kit.Clinic
	server *api.Server
	mux    http.Handler
	typed  []string
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	w := &world{Clinic: kit.New(tb)}
	w.server = &api.Server{
		App: w.App, Desk: w.Desk, Ranks: new(queue.Ranks), Log: slog.New(slog.DiscardHandler), Version: "test",
		Figures: new(queue.Figures),
		Typing: func(_, by string, on bool) {
			w.typed = append(w.typed, by+map[bool]string{true: " on", false: " off"}[on])
		},
	}
	w.App.OnRecordAfterUpdateSuccess(records.Cases).BindFunc(func(e *core.RecordEvent) error {
		c := records.AsCase(e.Record)
		if c.State() == cases.Waiting {
			w.server.Ranks.Place(queue.Entry{ID: c.Id, Queue: c.Queue(), Level: c.Level(), Since: c.Since()}, c.Seq())
		} else {
			w.server.Ranks.Remove(c.Id, c.Seq())
		}
		return e.Next()
	})
	w.mount(tb)
	return w
}

func (w *world) mount(tb testing.TB) {
	tb.Helper()
	r, err := apis.NewRouter(w.App)
	if err != nil {
		tb.Fatalf("make router: %v", err)
	}
	g := r.Group(api.Base)
	g.Unbind(apis.DefaultBodyLimitMiddlewareId)
	h := w.server.Handler()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		g.Route(method, "", h)
		g.Route(method, "/{path...}", h)
	}
	if w.mux, err = r.BuildMux(); err != nil {
		tb.Fatalf("build router: %v", err)
	}
}

// response is what came back.
type response struct {
	status int
	header http.Header
	raw    string
	json   map[string]any
}

// at follows names into the answer: at("data", "state", "code").
func (a response) at(names ...string) any {
	var here any = a.json
	for _, name := range names {
		object, _ := here.(map[string]any)
		here = object[name]
	}
	return here
}

// token is a log-in of who; a guest has none.
func (w *world) token(tb testing.TB, who access.Who) string {
	tb.Helper()
	collection := map[access.Kind]string{
		access.Patient: records.Patients, access.Staff: records.StaffMembers, access.Superuser: core.CollectionNameSuperusers,
	}[who.Kind]
	if collection == "" {
		return ""
	}
	r, err := w.App.FindRecordById(collection, who.ID)
	if err != nil {
		tb.Fatalf("find who asks: %v", err)
	}
	token, err := r.NewAuthToken()
	if err != nil {
		tb.Fatalf("make token: %v", err)
	}
	return token
}

// call sends a body of JSON: a text as it is, anything else encoded, nil as none.
func (w *world) call(tb testing.TB, who access.Who, method, path string, body any, header ...string) response {
	tb.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			tb.Fatalf("encode body: %v", err)
		}
		in = bytes.NewReader(raw)
	}
	if in != nil {
		header = append([]string{"Content-Type", "application/json"}, header...)
	}
	return w.send(tb, w.token(tb, who), method, path, in, header...)
}

func (w *world) send(tb testing.TB, token, method, path string, body io.Reader, header ...string) response {
	tb.Helper()
	req := httptest.NewRequest(method, api.Base+path, body)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, req)
	out := response{status: rec.Code, header: rec.Header(), raw: rec.Body.String()}
	_ = json.Unmarshal(rec.Body.Bytes(), &out.json) // what is no object is read from raw
	return out
}

// want fails the test unless the answer has that status, and the codes of data that are named: "state", "waiting".
func (a response) want(t *testing.T, status int, codes ...string) {
	t.Helper()
	if a.status != status {
		t.Fatalf("answer is %d, want %d: %s", a.status, status, a.raw)
	}
	for i := 0; i+1 < len(codes); i += 2 {
		path := append(append([]string{"data"}, strings.Split(codes[i], ".")...), "code")
		if got := a.at(path...); got != codes[i+1] {
			t.Errorf("code of data.%s is %v, want %s: %s", codes[i], got, codes[i+1], a.raw)
		}
	}
}

// list reads an answer that is a list.
func (a response) list(t *testing.T) []map[string]any {
	t.Helper()
	var out []map[string]any
	if err := json.Unmarshal([]byte(a.raw), &out); err != nil {
		t.Fatalf("answer is no list: %v: %s", err, a.raw)
	}
	return out
}

// admin is a superuser.
func (w *world) admin(t *testing.T) access.Who {
	t.Helper()
	c, err := w.App.FindCachedCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.SetEmail("admin@demo.test")
	r.SetPassword("lotsen-demo")
	if err := w.App.Save(r); err != nil {
		t.Fatalf("make superuser: %v", err)
	}
	return access.Who{Kind: access.Superuser, ID: r.Id}
}

var guest access.Who
