package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// doorway is a clinic behind PocketBase's router, with log-ins and limits bound.
type doorway struct {
	*kit.Clinic
	t     *testing.T
	s     *sessions
	later atomic.Int64 // how far the real time of the doors is ahead
	mux   http.Handler
}

func openDoorway(t *testing.T, bind ...func(*doorway)) *doorway {
	t.Helper()
	d := &doorway{Clinic: kit.New(t), t: t}
	d.s = bindSessions(d.App, d.now)
	for _, f := range bind {
		f(d)
	}
	d.App.OnServe().Bind(on("TestWho", func(e *core.ServeEvent) error {
		e.Router.Any("/api/who", func(e *core.RequestEvent) error {
			if e.Auth == nil {
				return e.JSON(http.StatusOK, map[string]string{"id": ""})
			}
			return e.JSON(http.StatusOK, map[string]string{"id": e.Auth.Id})
		})
		return e.Next()
	}))
	if err := d.serve(); err != nil {
		t.Fatalf("serve: %v", err)
	}
	return d
}

func (d *doorway) now() time.Time { return now().Add(time.Duration(d.later.Load())) }

// ask makes a request from an address of the internet. header is name, value, name, value.
func (d *doorway) ask(method, path, token, body string, header ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = "203.0.113.7:1234"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "From-Address" {
			r.RemoteAddr = header[i+1] + ":1234"
		}
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	return w
}

func (d *doorway) status(want int, w *httptest.ResponseRecorder) map[string]any {
	d.t.Helper()
	if w.Code != want {
		d.t.Fatalf("got %d %s, want %d", w.Code, w.Body, want)
	}
	out := map[string]any{}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			d.t.Fatalf("the answer is no JSON object: %s", w.Body)
		}
	}
	return out
}

// who says whom a token makes the caller, "" for a guest.
func (d *doorway) who(token string) string {
	d.t.Helper()
	return d.status(http.StatusOK, d.ask("GET", "/api/who", token, ""))["id"].(string)
}

// nurseLogsIn gives the token of a log-in with a password.
func (d *doorway) nurseLogsIn() string {
	d.t.Helper()
	out := d.status(http.StatusOK, d.ask("POST", "/api/collections/staff/auth-with-password", "",
		`{"identity": "nurse@demo.test", "password": "lotsen-demo"}`))
	return out["token"].(string)
}

func (d *doorway) record(collection, id string) *core.Record {
	d.t.Helper()
	r, err := d.App.FindRecordById(collection, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func TestATokenNamesItsLogInAndKeepsItWhenRenewed(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	first := d.nurseLogsIn()
	if got := d.who(first); got != d.Nurse.ID {
		t.Fatalf("the token makes %q, want the nurse", got)
	}
	d.later.Store(int64(time.Hour))
	renewed := d.status(http.StatusOK, d.ask("POST", "/api/collections/staff/auth-refresh", first, ""))["token"].(string)
	a, okA := sessionOf(first)
	b, okB := sessionOf(renewed)
	if !okA || !okB || a != b {
		t.Errorf("the renewed token is of log-in %v, want that of the first, %v", b, a)
	}
	if other, _ := sessionOf(d.nurseLogsIn()); other.id == a.id {
		t.Error("two log-ins have the same id")
	}
}

func TestALogInEndsAfterTwelveHoursHoweverOftenRenewed(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	r := d.record(records.StaffMembers, d.Nurse.ID)
	begun := session{id: "s", start: now().Add(-11*time.Hour - 30*time.Minute)}
	token, err := tokenOf(r, begun, now())
	if err != nil {
		t.Fatal(err)
	}
	claims, err := security.ParseUnverifiedJWT(token)
	if err != nil {
		t.Fatal(err)
	}
	if exp, _ := claims["exp"].(float64); int64(exp) > begun.ends().Unix()+1 {
		t.Errorf("the token runs until %v, past the end of the log-in, %v", exp, begun.ends().Unix())
	}
	if d.who(token) != d.Nurse.ID {
		t.Error("half an hour before the end the token opens nothing")
	}
	d.later.Store(int64(31 * time.Minute))
	if got := d.who(token); got != "" {
		t.Errorf("after twelve hours the token makes %q, want a guest", got)
	}
	d.status(http.StatusUnauthorized, d.ask("POST", "/api/collections/staff/auth-refresh", token, ""))
}

func TestATokenOfNoLogInIsNobodys(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	patient := d.Person(t, kit.Anna, "Anna Andersson")
	for _, r := range []*core.Record{d.record(records.StaffMembers, d.Nurse.ID), d.record(records.Patients, patient.ID)} {
		for name, make := range map[string]func() (string, error){
			"static": func() (string, error) { return r.NewStaticAuthToken(time.Hour) },
			"bare":   r.NewAuthToken,
			"no start": func() (string, error) {
				return security.NewJWT(map[string]any{"type": "auth", "id": r.Id, "collectionId": r.Collection().Id, "sid": "s"},
					r.TokenKey()+r.Collection().AuthToken.Secret, time.Hour)
			},
		} {
			token, err := make()
			if err != nil {
				t.Fatal(err)
			}
			if got := d.who(token); got != "" {
				t.Errorf("a %s token of %s makes %q, want a guest", name, r.Collection().Name, got)
			}
			d.status(http.StatusNotFound, d.ask("GET", "/api/collections/"+r.Collection().Name+"/records/"+r.Id, token, ""))
		}
		token, err := BeginSession(r, now())
		if err != nil {
			t.Fatal(err)
		}
		if got := d.who("Bearer " + token); got != r.Id {
			t.Errorf("a token of a log-in makes %q, want %s", got, r.Collection().Name)
		}
	}
}

func TestNobodyActsUnderAnothersName(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	c, err := d.App.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	super := core.NewRecord(c)
	super.SetEmail("boss@demo.test")
	super.SetPassword("lotsen-demo")
	if err := d.App.Save(super); err != nil {
		t.Fatal(err)
	}
	token, err := super.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}
	if d.who(token) != super.Id {
		t.Error("a superuser's token, which names no log-in, was refused")
	}
	patient := d.Person(t, kit.Anna, "Anna Andersson")
	for _, who := range []string{"staff/impersonate/" + d.Nurse.ID, "patients/impersonate/" + patient.ID} {
		d.status(http.StatusForbidden, d.ask("POST", "/api/collections/"+who, token, `{"duration": 60}`))
	}
}

func TestAnEndedLogInOpensNothingAnyMore(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	first, other := d.nurseLogsIn(), d.nurseLogsIn()
	renewed := d.status(http.StatusOK, d.ask("POST", "/api/collections/staff/auth-refresh", first, ""))["token"].(string)
	file := d.aFile()
	fileToken := d.status(http.StatusOK, d.ask("POST", "/api/files/token", first, ""))["token"].(string)
	if w := d.ask("GET", file+"?token="+fileToken, "", ""); w.Code != http.StatusOK {
		t.Fatalf("before the end the file answers %d %s, want 200", w.Code, w.Body)
	}
	r := httptest.NewRequest("DELETE", "/", nil)
	r.Header.Set("Authorization", first)
	for range 2 {
		if err := d.s.end(context.Background(), r); err != nil {
			t.Fatalf("end the log-in: %v", err)
		}
	}
	for _, token := range []string{first, renewed} {
		if got := d.who(token); got != "" {
			t.Errorf("after the end a token makes %q, want a guest", got)
		}
		d.status(http.StatusUnauthorized, d.ask("POST", "/api/collections/staff/auth-refresh", token, ""))
		d.status(http.StatusUnauthorized, d.ask("POST", "/api/files/token", token, ""))
	}
	d.status(http.StatusNotFound, d.ask("GET", file+"?token="+fileToken, "", ""))
	if d.who(other) != d.Nurse.ID {
		t.Error("the end of one log-in ended another of the same person")
	}
}

// aFile is the address of a photo in a case of the nurse's.
func (d *doorway) aFile() string {
	d.t.Helper()
	_, c := d.Active(d.t, kit.Anna)
	m, err := records.NewMessage(d.App, c.Id, "Se bilden.")
	if err != nil {
		d.t.Fatal(err)
	}
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		d.t.Fatal(err)
	}
	f, err := filesystem.NewFileFromBytes(photo.Bytes(), "photo.png")
	if err != nil {
		d.t.Fatal(err)
	}
	m.Set("files", f)
	if _, err := d.Desk.Say(context.Background(), d.Nurse, m, care.Fingerprint("photo"), func(tx core.App) error { return tx.Save(m) }); err != nil {
		d.t.Fatalf("say: %v", err)
	}
	return fmt.Sprintf("/api/files/messages/%s/%s", m.Id, m.GetStringSlice("files")[0])
}
