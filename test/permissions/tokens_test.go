package permissions

import (
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/hooks"
	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/records"
)

// strangers are those whose token counts for nothing. Each is, but for that, a token that would open Anna's case.
func (w *world) strangers() {
	w.t.Helper()
	anna := w.record("Anna")
	keep := func(caller, token string, err error) {
		if err != nil {
			w.t.Fatalf("make the token of %s: %v", caller, err)
		}
		w.fixed[caller] = token
	}
	w.fixed["no token"] = ""
	token, err := hooks.BeginSession(anna, time.Now().Add(-12*time.Hour-time.Minute))
	keep("expired token", token, err)
	token, err = anna.NewAuthToken() // PocketBase's own, that names no log-in
	keep("bare token", token, err)
	token, err = w.record("nurse").NewStaticAuthToken(time.Hour)
	keep("impersonated", token, err)
	token, err = security.NewJWT(map[string]any{
		"type": "auth", "id": anna.Id, "collectionId": anna.Collection().Id, "sid": "x", "start": time.Now().Unix(), "refreshable": true,
	}, anna.TokenKey()+"guessed", time.Hour)
	keep("forged token", token, err)
	keep("ended log-in", w.endedLogIn(), nil)
	keep("deleted nurse", w.deletedNurse(), nil)
}

// changing are the strangers' tokens that are made when they are used.
func (w *world) changing() {
	w.tokens = map[string]func() string{
		"file token":  func() string { return w.fileToken("Anna") },
		"watch token": func() string { return w.watch("active") },
	}
}

func (w *world) endedLogIn() string {
	w.t.Helper()
	token := w.token("Anna")
	if r := w.send(request{token: token, method: "DELETE", path: api.Base + "/me/session"}); r.status != 204 {
		w.t.Fatalf("ending a log-in answers %d, want 204", r.status)
	}
	return token
}

func (w *world) deletedNurse() string {
	w.t.Helper()
	gone := w.Hire(w.t, "Gone", "lead", w.Norrvik.Id, w.Soder.Id)
	r, err := w.App.FindRecordById(records.StaffMembers, gone.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := hooks.BeginSession(r, time.Now())
	if err == nil {
		err = w.App.Delete(r)
	}
	if err != nil {
		w.t.Fatalf("delete a nurse: %v", err)
	}
	return token
}

// record is the record of a person.
func (w *world) record(person string) *core.Record {
	w.t.Helper()
	who := w.people[person]
	collection := map[access.Kind]string{
		access.Patient: records.Patients, access.Staff: records.StaffMembers, access.Superuser: core.CollectionNameSuperusers,
	}[who.Kind]
	r, err := w.App.FindRecordById(collection, who.ID)
	if err != nil {
		w.t.Fatalf("find %s: %v", person, err)
	}
	return r
}

// token is a token of a caller; for somebody with a log-in, of a new one.
func (w *world) token(caller string) string {
	w.t.Helper()
	if give, ok := w.tokens[caller]; ok {
		return give()
	}
	if token, ok := w.fixed[caller]; ok {
		return token
	}
	r := w.record(caller)
	token, err := hooks.BeginSession(r, time.Now())
	if caller == "admin" {
		token, err = r.NewAuthToken()
	}
	if err != nil {
		w.t.Fatalf("make a token: %v", err)
	}
	return token
}

func (w *world) watch(subject string) string {
	w.t.Helper()
	token, err := api.NewWatch(w.App, w.cases[subject], time.Now().Add(time.Hour))
	if err != nil {
		w.t.Fatalf("make watch token: %v", err)
	}
	return token
}
