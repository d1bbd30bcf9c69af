package hooks

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// told are the rows of the access log about what superusers have changed: what, and the names.
func (w *whole) told() []string {
	w.t.Helper()
	var rows []string
	if err := records.EachLook(w.App.DB(), func(l records.Look) error {
		if l.ByKind == string(access.Superuser) && strings.HasPrefix(l.What, audit.Changed) {
			rows = append(rows, l.ByName+" "+l.What+" "+l.Why)
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func TestWhatASuperuserChangesIsInTheAccessLog(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	for _, c := range []struct{ method, path, body, says string }{
		{"PATCH", "/api/collections/staff/records/" + w.Doctor.ID, `{"role":"lead","name":"Doris"}`, "changed staff " + w.Doctor.ID + " Doris: name, role"},
		{
			"POST", "/api/collections/staff/records",
			`{"name":"Ny","role":"nurse","email":"ny@demo.test","password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`, "changed staff Ny: made",
		},
		{"DELETE", "/api/collections/staff/records/" + w.Idle.ID, "", "changed staff " + w.Idle.ID + " Idle: deleted"},
		{
			"POST", "/api/collections/_superusers/records", `{"email":"two@demo.test","password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`,
			"changed _superusers two@demo.test: made",
		},
		{"PATCH", "/api/collections/regions/records/" + w.Region.Id, `{"readers":"roles"}`, "Demoregionen: readers"},
		{"PATCH", "/api/collections/_superusers", `{"otp":{"duration":200}}`, "changed collection _superusers"},
		{
			"PATCH", "/api/settings", `{"meta":{"appName":"Region Nord"},"smtp":{"enabled":true,"host":"mail.demo.test","port":25,"username":"x","password":"hemligt-losen"}}`,
			"changed settings meta.appName, smtp.enabled, smtp.host, smtp.password, smtp.port, smtp.username",
		},
	} {
		before := len(w.told())
		if r := w.ask(c.method, c.path, super, c.body); r.Code >= 300 {
			t.Errorf("%s %s: %d %s, want it done", c.method, c.path, r.Code, r.Body)
			continue
		}
		rows := w.told()
		if len(rows) != before+1 || !strings.HasPrefix(rows[before], "boss@demo.test ") || !strings.Contains(rows[before], c.says) {
			t.Errorf("%s %s: the access log tells %q, want one row more, with %q", c.method, c.path, rows[before:], c.says)
		}
		if all := strings.Join(rows, "\n"); strings.Contains(all, "hemligt-losen") {
			t.Errorf("the access log holds a password: %s", all)
		}
	}
	before := len(w.told())
	for _, door := range [][3]string{
		{"PATCH", "/api/collections/staff/records/" + w.Nurse.ID, `{"role":"emperor"}`},
		{"PATCH", "/api/collections/staff/records/" + w.Nurse.ID, `{"password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`},
		{"PATCH", "/api/collections/cases/records/nobody000000000", `{"state":"closed"}`},
		{"POST", "/api/collections/events/records", `{}`},
		{"PATCH", "/api/settings", `{"backups":{"cron":"0 0 * * *"}}`},
	} {
		if r := w.ask(door[0], door[1], super, door[2]); r.Code < 400 {
			t.Errorf("%s %s: %d, want a refusal", door[0], door[1], r.Code)
		}
	}
	if rows := w.told(); len(rows) != before {
		t.Errorf("what was refused is told as done: %q", rows[before:])
	}
	w.walked()
}

func TestAChangeThatCannotBeLoggedIsNotDone(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	w.App.OnRecordCreate(records.Audit).BindFunc(func(*core.RecordEvent) error { return errors.New("the disk is full") })
	if r := w.ask("PATCH", "/api/collections/staff/records/"+w.Doctor.ID, super, `{"role":"lead"}`); r.Code < http.StatusBadRequest {
		t.Errorf("a change without its row: %d, want a failure", r.Code)
	}
	if s, err := records.StaffByID(w.App, w.Doctor.ID); err != nil || s.Role() != "doctor" {
		t.Errorf("the doctor is a %s (%v), want her as she was", s.Role(), err)
	}
}
