package hooks

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/internal/settings"
	"lotsen/test/kit"
)

// whole is the whole program on a clinic: behind its doors, and on a port of its own for connections that stay open.
type whole struct {
	*doorway
	lines *house
}

func openWhole(t *testing.T) *whole {
	t.Helper()
	d := &doorway{Clinic: kit.New(t), t: t}
	err := Bind(d.App, Config{
		Version: "test", Settings: &settings.Settings{Keys: d.Desk.Keys}, Clock: d.Clock, Protocols: d.Desk.Protocols, Local: true, Pages: fstest.MapFS{},
	})
	if err != nil {
		t.Fatalf("bind: %v", err)
	}
	if err := d.serve(); err != nil {
		t.Fatalf("serve: %v", err)
	}
	w := &whole{doorway: d, lines: &house{t: t, srv: httptest.NewServer(d.mux)}}
	w.lines.closeLast()
	return w
}

// serve starts what is bound, as PocketBase does.
func (d *doorway) serve() error {
	router, err := apis.NewRouter(d.App)
	if err != nil {
		return err
	}
	return d.App.OnServe().Trigger(&core.ServeEvent{App: d.App, Router: router}, func(e *core.ServeEvent) (err error) {
		d.mux, err = e.Router.BuildMux()
		return err
	})
}

// tokenOf is a token of somebody who has logged in just now.
func (d *doorway) tokenOf(who access.Who) string {
	d.t.Helper()
	collection := records.Patients
	if who.Kind == access.Staff {
		collection = records.StaffMembers
	}
	token, err := BeginSession(d.record(collection, who.ID), now())
	if err != nil {
		d.t.Fatal(err)
	}
	return token
}

// list reads an answer that is a list of objects.
func (d *doorway) list(w *httptest.ResponseRecorder) []map[string]any {
	d.t.Helper()
	var out []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
		d.t.Fatalf("got %d %s, want 200 and a list", w.Code, w.Body)
	}
	return out
}
