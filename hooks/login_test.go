package hooks

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const staffRecords = "/api/collections/staff/records"

func TestNoSuperuserBecomesAMemberOfStaff(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	nurse := staffRecords + "/" + w.Nurse.ID
	was, told := w.record("staff", w.Nurse.ID), len(w.told())
	for _, body := range []string{
		`{"password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`,
		`{"name":"Nina","password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`,
		`{"email":"boss@demo.test"}`,
		`{"email":"boss@demo.test","verified":true,"emailVisibility":true}`,
	} {
		r := w.ask("PATCH", nurse, super, body)
		if r.Code != http.StatusForbidden || !strings.Contains(r.Body.String(), "request-password-reset") {
			t.Errorf("%s: %d %s, want 403 and what to do instead", body, r.Code, r.Body)
		}
	}
	if r := w.ask("PATCH", strings.Replace(nurse, "staff", was.Collection().Id, 1), super, `{"email":"boss@demo.test"}`); r.Code != http.StatusForbidden {
		t.Errorf("by the id of the collection: %d %s, want 403", r.Code, r.Body)
	}
	is := w.record("staff", w.Nurse.ID)
	if is.Email() != was.Email() || !is.ValidatePassword("lotsen-demo") || is.GetString("name") != was.GetString("name") {
		t.Errorf("the nurse is %s %s, want nothing of what was refused", is.GetString("name"), is.Email())
	}
	if rows := w.told(); len(rows) != told {
		t.Errorf("what was refused is told as done: %q", rows[told:])
	}
}

func TestASuperuserStillKeepsTheListOfStaff(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	nurse := w.record("staff", w.Nurse.ID)
	for _, body := range []string{
		`{"name":"Nina","role":"lead"}`,
		`{"email":"` + nurse.Email() + `","emailVisibility":true,"verified":true,"name":"Nils"}`, // the dashboard sends what did not change, too
	} {
		w.status(http.StatusOK, w.ask("PATCH", staffRecords+"/"+nurse.Id, super, body))
	}
	w.status(http.StatusOK, w.ask("POST", staffRecords, super,
		`{"name":"Ny","role":"nurse","email":"ny@demo.test","password":"hemligt-losen","passwordConfirm":"hemligt-losen"}`))
	w.status(http.StatusOK, w.ask("POST", "/api/collections/staff/auth-with-password", "", `{"identity":"ny@demo.test","password":"hemligt-losen"}`))
}

// TestStaffSetTheirOwnPassword by the link that is mailed to them: that way goes on.
func TestStaffSetTheirOwnPassword(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	nurse := w.record("staff", w.Nurse.ID)
	mailed := make(chan string, 1)
	w.App.OnMailerRecordPasswordResetSend().BindFunc(func(e *core.MailerRecordEvent) error {
		token, _ := e.Meta["token"].(string)
		mailed <- token
		return nil // nothing is sent
	})
	w.status(http.StatusNoContent, w.ask("POST", "/api/collections/staff/request-password-reset", "", `{"email":"`+nurse.Email()+`"}`))
	var token string
	select {
	case token = <-mailed:
	case <-time.After(10 * time.Second):
		t.Fatal("no link was mailed within 10 s")
	}
	w.status(http.StatusNoContent, w.ask("POST", "/api/collections/staff/confirm-password-reset", "",
		`{"token":"`+token+`","password":"mitt-eget-losen","passwordConfirm":"mitt-eget-losen"}`))
	w.status(http.StatusOK, w.ask("POST", "/api/collections/staff/auth-with-password", "", `{"identity":"`+nurse.Email()+`","password":"mitt-eget-losen"}`))
}
