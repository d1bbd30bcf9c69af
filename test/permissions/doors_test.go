package permissions

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
)

// adminDoors are PocketBase's own doors for admins. Nobody else passes: 401 without a token that counts, 403 with one.
var adminDoors = []request{
	{method: "GET", path: "/api/settings"},
	{method: "PATCH", path: "/api/settings", body: `{"batch":{"enabled":true}}`},
	{method: "GET", path: "/api/logs"},
	{method: "GET", path: "/api/logs/stats"},
	{method: "GET", path: "/api/backups"},
	{method: "POST", path: "/api/backups", body: `{}`},
	{method: "GET", path: "/api/crons"},
	{method: "POST", path: "/api/sql", body: `{"query":"SELECT * FROM cases"}`},
	{method: "GET", path: "/api/collections"},
	{method: "GET", path: "/api/collections/cases"},
	{method: "PATCH", path: "/api/collections/cases", body: `{"listRule":""}`},
	{method: "DELETE", path: "/api/collections/cases/truncate"},
	{method: "DELETE", path: "/api/collections/cases"},
	{method: "PUT", path: "/api/collections/import", body: `{"collections":[]}`},
	{method: "GET", path: "/api/collections/meta/scaffolds"},
	{method: "POST", path: "/api/collections", body: `{}`},
	{method: "POST", path: "/api/collections/patients/impersonate/{anna}", body: `{}`},
	{method: "POST", path: "/api/collections/staff/impersonate/{nurse}", body: `{}`},
}

func (w *world) named(path string) string {
	return strings.NewReplacer("{anna}", w.people["Anna"].ID, "{nurse}", w.people["nurse"].ID, "{active}", w.cases["active"],
		"{word}", w.words["active"]).Replace(path)
}

func TestAdminDoorsAreForAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for _, caller := range callers {
		if caller == "admin" {
			continue
		}
		want := http.StatusForbidden
		if w.people[caller].Kind == access.Guest {
			want = http.StatusUnauthorized
		}
		for _, door := range adminDoors {
			door.caller, door.path = caller, w.named(door.path)
			if got := w.send(door); got.status != want {
				t.Errorf("%s %s as %s: %d, want %d", door.method, door.path, caller, got.status, want)
			}
		}
	}
	w.unchanged(before)
}

// adminsRefused are what admins may not do either, and what they are answered.
// Raw SQL, collections and backups are in hooks/doors_test.go; settings and a new password for a member of staff are another issue's.
var adminsRefused = []struct {
	request
	status int
}{
	{request{method: "POST", path: "/api/collections/patients/impersonate/{anna}", body: `{}`}, 403},
	{request{method: "POST", path: "/api/collections/staff/impersonate/{nurse}", body: `{}`}, 403},
	{request{method: "PATCH", path: "/api/collections/cases/records/{active}", body: `{"state":"closed"}`}, 400},
	{request{method: "PATCH", path: "/api/collections/cases/records/{active}", body: `{"level":1}`}, 400},
	{request{method: "PATCH", path: "/api/collections/cases/records/{active}", body: `{"clinician":"","queue":"","patient":"","seq":0}`}, 400},
	{request{method: "PATCH", path: "/api/collections/messages/records/{word}", body: `{"body":"x"}`}, 403},
	{request{method: "POST", path: "/api/collections/messages/records", body: `{"case":"{active}","body":"x"}`}, 400},
	{request{method: "POST", path: "/api/collections/messages/records", body: `{"case":"{active}","kind":"note","body":"x"}`}, 400},
	{request{method: "POST", path: "/api/collections/answers/records", body: `{"case":"{active}","question":"x"}`}, 403},
	{request{method: "GET", path: "/api/lotsen/v1/cases/{active}/events"}, 403},
	{request{method: "GET", path: "/api/lotsen/v1/cases/{active}/summary"}, 403},
	{request{method: "GET", path: "/api/collections/cases/records/{active}"}, 403},
	{request{method: "GET", path: "/api/collections/cases/records?fields=id"}, 403},
	{request{method: "GET", path: "/api/collections/lotsen_cases000/records"}, 403},
	{request{method: "HEAD", path: "/api/collections/cases/records"}, 403},
}

func TestWhatAdminsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for _, refused := range adminsRefused {
		refused.caller, refused.path, refused.body = "admin", w.named(refused.path), w.named(refused.body)
		got := w.send(refused.request)
		if got.status != refused.status {
			t.Errorf("%s %s %s: %d %s, want %d", refused.method, refused.path, refused.body, got.status, got.body, refused.status)
		}
		if refused.method == http.MethodGet && !strings.Contains(got.body, "reak") {
			t.Errorf("%s does not say how it is done: %s", refused.path, got.body)
		}
	}
	w.unchanged(before)
}

// TestNothingIsEmptiedByHand: PocketBase's truncate is refused for all that the program alone writes.
func TestNothingIsEmptiedByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for _, name := range []string{
		"cases", "messages", "answers", "events", "audit", "patients", "outbox", "repeats", "sessions", "guardianships", "protocols",
		"support", "views",
	} {
		r := w.send(request{caller: "admin", method: http.MethodDelete, path: "/api/collections/" + name + "/truncate"})
		if r.status < 400 {
			t.Errorf("%s is emptied: %d", name, r.status)
		}
	}
	w.unchanged(before)
	for name, rows := range before {
		if name == "sessions" && rows == "[]" {
			t.Errorf("there is no row in %s: nothing was tried", name)
		}
	}
}

// TestThereAreNoBatches: neither as it is, nor should an admin switch them on.
func TestThereAreNoBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	batch, err := json.Marshal(map[string]any{"requests": []map[string]any{
		{"method": "POST", "url": recordsOf("messages"), "body": map[string]any{"case": w.cases["active"], "body": "x", "kind": "note"}},
		{"method": "PATCH", "url": recordsOf("cases") + "/" + w.cases["active"], "body": map[string]any{"state": "closed"}},
		{"method": "PATCH", "url": recordsOf("regions") + "/" + w.Region.Id + "?expand=cases_via_region", "body": map[string]any{"name": "x"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	before := w.everything()
	for _, on := range []bool{false, true} {
		w.App.Settings().Batch.Enabled = on
		w.App.Settings().Batch.MaxRequests, w.App.Settings().Batch.Timeout = 10, 3
		if err := w.App.Save(w.App.Settings()); err != nil {
			t.Fatal(err)
		}
		for _, caller := range callers {
			if r := w.send(request{caller: caller, method: "POST", path: "/api/batch", body: string(batch)}); r.status != http.StatusForbidden {
				t.Errorf("a batch of %s, batches on %v: %d %s, want 403", caller, on, r.status, r.body)
			}
		}
	}
	w.unchanged(before)
}

// TestNobodyLogsInAnotherWay: patients have no password and no mailbox here, whatever PocketBase offers.
func TestNobodyLogsInAnotherWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for _, door := range []struct{ path, body string }{
		{"auth-with-password", `{"identity":"{anna}","password":"x"}`},
		{"auth-with-password", `{"identity":"","password":""}`},
		{"auth-with-oauth2", `{"provider":"oidc","code":"x","codeVerifier":"x","redirectURL":"https://x.test"}`},
		{"request-otp", `{"email":"anna@x.test"}`},
		{"auth-with-otp", `{"otpId":"x","password":"x"}`},
		{"request-password-reset", `{"email":""}`},
		{"confirm-password-reset", `{"token":"x","password":"x","passwordConfirm":"x"}`},
		{"confirm-verification", `{"token":"x"}`},
		{"request-email-change", `{"newEmail":"x@x.test"}`},
		{"confirm-email-change", `{"token":"x","password":"x"}`},
	} {
		for _, caller := range []string{"no token", "bare token", "impersonated", "nurse"} {
			r := w.send(request{caller: caller, method: "POST", path: "/api/collections/patients/" + door.path, body: w.named(door.body)})
			if r.status < 400 {
				t.Errorf("%s of patients as %s: %d %s", door.path, caller, r.status, r.body)
			}
		}
	}
	w.unchanged(before)
}

// TestTokensOpenTheirOwnCollectionAlone: the id of one person under the collection of another is nobody.
func TestTokensOpenTheirOwnCollectionAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for caller, collection := range map[string]string{"Anna": "staff", "nurse": "patients", "admin": "patients"} {
		r := w.send(request{caller: caller, method: "POST", path: "/api/collections/" + collection + "/auth-refresh"})
		if r.status != http.StatusForbidden {
			t.Errorf("%s renews as one of %s: %d, want 403", caller, collection, r.status)
		}
	}
	// No member of staff can be given the id of a patient: PocketBase keeps the ids of people apart.
	c, err := w.App.FindCollectionByNameOrId("staff")
	if err != nil {
		t.Fatal(err)
	}
	twin := core.NewRecord(c)
	twin.Load(map[string]any{"id": w.people["Anna"].ID, "name": "Twin", "role": "nurse", "email": "twin@x.test", "password": "lotsen-demo"})
	if err := w.App.Save(twin); err == nil {
		t.Error("a member of staff has the id of a patient")
	}
}

// TestPocketBasesOwnCollectionsAreShut: log-ins, codes and origins of others.
func TestPocketBasesOwnCollectionsAreShut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, collection := range []string{"_superusers", "_mfas", "_otps", "_externalAuths", "_authOrigins"} {
		for _, caller := range callers {
			if r := w.get(caller, list(collection)); caller != "admin" && r.status != http.StatusForbidden && len(r.items()) > 0 {
				t.Errorf("%s lists %s: %d with %d", caller, collection, r.status, len(r.items()))
			}
		}
	}
}

// TestALookAtAFileIsLogged: the token in the address says who looks, with a header or without.
func TestALookAtAFileIsLogged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.fileOf("messages", w.words["active"]) + "?token=" + w.fileToken("doctor")
	if r := w.send(request{method: "GET", path: path}); r.status != http.StatusOK {
		t.Fatalf("the doctor reads a file: %d, want 200", r.status)
	}
	found, err := w.App.FindRecordsByFilter("audit", "by = {:by} && case = {:case} && what = 'file of messages'", "", 0, 0,
		dbx.Params{"by": w.people["doctor"].ID, "case": w.cases["active"]})
	if err != nil || len(found) != 1 {
		t.Errorf("%d rows of the access log say so (%v), want one", len(found), err)
	}
	if raw := fmt.Sprint(w.get("Anna", "/api/lotsen/v1/cases/"+w.cases["active"]+"/readers").body); !strings.Contains(raw, `"Doctor"`) {
		t.Errorf("Anna is not told that the doctor has looked: %s", raw)
	}
}
