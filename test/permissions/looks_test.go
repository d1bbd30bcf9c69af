package permissions

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/api"
	"lotsen/internal/records"
)

// showsNobody are the readings of staff that hold nothing about a patient: how many wait, who of the staff is there, one's own name.
var showsNobody = []string{
	"GET", "GET /openapi.json", "GET /health", "GET /regions", "GET /regions/{slug}", "GET /regions/{slug}/complaints",
	"GET /identity/providers", "GET /identity/bankid/{id}", "GET /me", "GET /queues", "GET /queues/{id}/staff",
	"GET /admin/audit/head", "GET /admin/audit/reviews",
}

// rowsBy counts the rows of the access log that a caller has caused.
func (w *world) rowsBy(caller string) int {
	w.t.Helper()
	n := 0
	if err := records.EachLook(w.App.DB(), func(l records.Look) error {
		if l.By == w.people[caller].ID {
			n++
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// TestEveryReadingOfStaffIsInTheAccessLog walks all commands that read, and PocketBase's own routes: what shows something of a patient to staff, or to
// a superuser, writes one row for the request. A command that is added must show nobody, or write.
func TestEveryReadingOfStaffIsInTheAccessLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tried := 0
	for _, r := range api.Routes(false) {
		command := strings.TrimSpace(r.Method + " " + strings.TrimPrefix(r.Path, api.Base))
		if r.Method != http.MethodGet || slices.Contains(showsNobody, command) {
			continue
		}
		for _, caller := range []string{"nurse", "leader", "admin"} {
			if w.expected(caller, command, "active") != "ok" {
				continue
			}
			if command == "GET /admin/breakglass" || command == "GET /cases/{id}/held" && caller != "nurse" {
				continue // who has broken it; and what its author alone is shown
			}
			before := w.rowsBy(caller)
			w.command(caller, command, "active")
			if n := w.rowsBy(caller) - before; n != 1 {
				t.Errorf("%s as %s writes %d rows of the access log, want one", command, caller, n)
			}
			tried++
		}
	}
	if tried < 8 {
		t.Errorf("only %d readings were tried", tried)
	}
	for _, path := range []string{
		list("cases"), list("messages"), list("answers"), list("cases", "filter", "id = ''"), recordsOf("cases") + "/" + w.cases["active"],
		recordsOf("messages") + "/" + w.words["active"], recordsOf("messages") + "/" + w.notes["active"],
		w.fileOf("messages", w.words["active"]) + "?token=" + w.fileToken("nurse"),
	} {
		before := w.rowsBy("nurse")
		if r := w.get("nurse", path); r.status != http.StatusOK {
			t.Errorf("%s as the nurse: %d, want 200", path, r.status)
		}
		if n := w.rowsBy("nurse") - before; n != 1 {
			t.Errorf("%s as the nurse writes %d rows of the access log, want one", path, n)
		}
	}
}
