package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"lotsen/internal/api"
	"lotsen/internal/bankid"
	"lotsen/internal/bankid/simulator"
	"lotsen/internal/clock"
	"lotsen/internal/queue"
	"lotsen/internal/seal"
	"lotsen/test/kit"
)

// porch is where people log in: a clinic, its commands, and a BankID of its own.
type porch struct {
	*kit.Clinic
	t      *testing.T
	bank   *simulator.Bank
	server *api.Server
	handle func(*core.RequestEvent) error
	ended  int // sessions
}

func openPorch(t *testing.T, alter ...func(*api.Server)) *porch {
	t.Helper()
	p := &porch{Clinic: kit.New(t), t: t}
	real := new(clock.Clock)
	log := slog.New(slog.DiscardHandler)
	certs, err := simulator.Create(real.Now())
	if err != nil {
		t.Fatal(err)
	}
	p.bank = simulator.New(real.Now)
	at, err := simulator.Serve("127.0.0.1:0", p.bank, certs, log)
	if err != nil {
		t.Fatal(err)
	}
	client, err := bankid.NewClient(bankid.Config{URL: at.URL, Cert: certs.ClientCert, Key: certs.ClientKey, CA: certs.CA})
	if err != nil {
		t.Fatal(err)
	}
	orders := bankid.NewOrders[api.LogIn](bankid.Settings{
		Client: client, Now: real.Now, ReturnPage: "https://vard.example/login/return", AppReturns: []string{"app.example://login"},
		Every: 10 * time.Millisecond,
	})
	t.Cleanup(func() {
		orders.Close()
		_ = at.Close()
	})
	p.server = &api.Server{App: p.App, Desk: p.Desk, Ranks: new(queue.Ranks), Log: log, Demo: true, Identity: api.Identity{
		BankID: orders, Returns: true, Token: (*core.Record).NewAuthToken,
		End: func(context.Context, *http.Request) error { p.ended++; return nil },
	}}
	p.server.Stage = &api.Stage{Approve: p.approve}
	for _, f := range alter {
		f(p.server)
	}
	p.handle = p.server.Handler()
	return p
}

func (p *porch) approve(ref, number, name string) (string, error) {
	back, err := p.bank.Approve(ref, simulator.PersonNamed(number, name))
	if err != nil {
		return "", errors.Join(api.ErrPlayed, err)
	}
	return back, nil
}

// answer is what a call was answered.
type answer struct {
	status int
	body   map[string]any
	list   []any
}

// call makes a call as a person, or as nobody.
func (p *porch) call(as *core.Record, method, path, body string) answer {
	p.t.Helper()
	r := httptest.NewRequest(method, api.Base+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	ev := &core.RequestEvent{App: p.App, Auth: as}
	ev.Request, ev.Response = r, w
	err := p.handle(ev)
	var refused *router.ApiError
	if errors.As(err, &refused) {
		w.Code = refused.Status
		raw, err := json.Marshal(refused)
		if err != nil {
			p.t.Fatal(err)
		}
		w.Body.Write(raw)
	} else if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	out := answer{status: w.Code}
	switch raw := w.Body.Bytes(); {
	case len(raw) == 0:
	case raw[0] == '[':
		err = json.Unmarshal(raw, &out.list)
	default:
		err = json.Unmarshal(raw, &out.body)
	}
	if err != nil && refused == nil {
		p.t.Fatalf("%s %s answered no JSON: %s", method, path, w.Body)
	}
	return out
}

// want fails the test unless the answer has this status and, where code is not "", this code under data.field.
func (a answer) want(t *testing.T, what string, status int, field, code string) {
	t.Helper()
	got := ""
	if data, ok := a.body["data"].(map[string]any); ok {
		if entry, ok := data[field].(map[string]any); ok {
			got, _ = entry["code"].(string)
		}
	}
	if a.status != status || got != code {
		t.Errorf("%s: got %d %v, want %d with data.%s.code %q", what, a.status, a.body, status, field, code)
	}
}

func (p *porch) start(body string) answer {
	p.t.Helper()
	a := p.call(nil, "POST", "/identity/bankid", body)
	if a.status != http.StatusOK || a.body["id"] == "" {
		p.t.Fatalf("start gave %d %v, want 200 and an id", a.status, a.body)
	}
	return a
}

// poll asks until the log-in is in that status.
func (p *porch) poll(id, status string) answer {
	p.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		a := p.call(nil, "GET", "/identity/bankid/"+id, "")
		if a.body["status"] == status {
			return a
		}
		<-tick.C
	}
	p.t.Fatalf("the log-in never became %s", status)
	return answer{}
}

func TestSomebodyLogsInWithAQRCode(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	started := p.start("")
	id := started.body["id"].(string)
	if qr, _ := started.body["qr"].(string); !strings.HasPrefix(qr, "bankid.") || strings.Contains(qr, id) {
		t.Errorf("the QR code is %q, want one of BankID's without the id", qr)
	}
	pending := p.poll(id, "pending")
	if pending.body["qr"] == nil || pending.body["token"] != nil || pending.body["message"] != "Open the BankID app and scan the QR code." {
		t.Errorf("pending is %v, want a QR code, no token and words in English", pending.body)
	}
	p.call(nil, "POST", "/demo/bankid/"+id+"/approve", `{"personalNumber": "`+kit.Anna+`", "name": "Anna Andersson"}`).
		want(t, "approve", http.StatusOK, "", "")
	first := p.poll(id, "complete")
	record, _ := first.body["record"].(map[string]any)
	if first.body["token"] == "" || record["name"] != "Anna Andersson" || record["collectionName"] != "patients" || first.body["qr"] != nil {
		t.Errorf("complete is %v, want a token and the record", first.body)
	}
	for _, secret := range []string{"sealed", "lookup", "password", "tokenKey", "email"} {
		if _, shown := record[secret]; shown {
			t.Errorf("the record shows %s", secret)
		}
	}
	again := p.poll(id, "complete")
	if again.body["token"] != first.body["token"] {
		t.Error("asked again, it gave another token, want the same for ten seconds")
	}
}

func TestOnTheSameDeviceTheBrowserProvesItself(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	started := p.start(`{"mode": "same"}`)
	id := started.body["id"].(string)
	if started.body["qr"] != nil || !strings.HasPrefix(started.body["launch"].(string), "bankid:///?autostarttoken=") {
		t.Errorf("start gave %v, want a launch link and no QR code", started.body)
	}
	back := p.call(nil, "POST", "/demo/bankid/"+id+"/approve", `{"personalNumber": "`+kit.Anna+`"}`).body["returnUrl"].(string)
	page, nonce, _ := strings.Cut(back, "#n=")
	if page != "https://vard.example/login/return" || nonce == "" {
		t.Fatalf("BankID returns to %q, want our page with a nonce", back)
	}
	if a := p.poll(id, "pending"); a.body["token"] != nil {
		t.Error("before the return there is a token")
	}
	p.call(nil, "POST", "/identity/bankid/"+id+"/return", `{"nonce": "guessed"}`).want(t, "a wrong nonce", http.StatusForbidden, "", "")
	p.call(nil, "POST", "/identity/bankid/"+id+"/return", `{"nonce": "`+nonce+`"}`).want(t, "the nonce", http.StatusNoContent, "", "")
	if a := p.poll(id, "complete"); a.body["token"] == nil {
		t.Error("after the return there is no token")
	}
}

func TestLogInsRefuse(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	id := p.start("").body["id"].(string)
	for _, step := range []struct {
		what, method, path, body string
		status                   int
		field, code              string
	}{
		{"an unknown id", "GET", "/identity/bankid/nope", "", 404, "", ""},
		{"an unknown id with a bad body", "POST", "/identity/bankid/nope/return", "[", 404, "", ""},
		{"an unknown id to cancel", "DELETE", "/identity/bankid/nope", "", 404, "", ""},
		{"an unknown id to approve", "POST", "/demo/bankid/nope/approve", "[", 404, "", ""},
		{"a mode that is none", "POST", "/identity/bankid", `{"mode": "x"}`, 400, "mode", "validation_not_one_of"},
		{"a mode of the wrong type", "POST", "/identity/bankid", `{"mode": 1}`, 400, "mode", "validation_invalid_type"},
		{"a foreign return", "POST", "/identity/bankid", `{"mode": "same", "returnUrl": "https://evil.example"}`, 400, "returnUrl", "validation_return_url"},
		{"no nonce", "POST", "/identity/bankid/" + id + "/return", `{}`, 400, "nonce", "validation_required"},
		{"a return that is not awaited", "POST", "/identity/bankid/" + id + "/return", `{"nonce": "x"}`, 409, "state", "no_return"},
		{"a number that is none", "POST", "/demo/bankid/" + id + "/approve", `{"personalNumber": "1"}`, 400, "personalNumber", "validation_invalid_personal_number"},
		{"a number outside the test series", "POST", "/demo/bankid/" + id + "/approve", `{"personalNumber": "19121212-1212"}`, 400, "personalNumber", "validation_demo_personal_number"},
		{"no number", "POST", "/demo/bankid/" + id + "/approve", `{}`, 400, "personalNumber", "validation_required"},
	} {
		p.call(nil, step.method, step.path, step.body).want(t, step.what, step.status, step.field, step.code)
	}
	p.call(nil, "DELETE", "/identity/bankid/"+id, "").want(t, "cancel", http.StatusNoContent, "", "")
	if a := p.poll(id, "failed"); a.body["hint"] != "cancelled" || a.body["token"] != nil {
		t.Errorf("after cancelling it says %v", a.body)
	}
}

func TestTheDemoAdmitsNobodyRealWhateverBankIDSays(t *testing.T) {
	t.Parallel()
	p := openPorch(t)
	id := p.start("").body["id"].(string)
	ref, err := p.server.Identity.BankID.OrderRef(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.approve(ref, "191212121212", "Tolvan Tolvansson"); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if a := p.call(nil, "GET", "/identity/bankid/"+id, ""); a.status != http.StatusOK {
			a.want(t, "somebody real", http.StatusBadRequest, "personalNumber", "validation_demo_personal_number")
			return
		}
		<-tick.C
	}
	t.Error("the log-in of somebody real was never refused")
}

func TestWhatIsNotConfiguredSaysSo(t *testing.T) {
	t.Parallel()
	for what, take := range map[string]func(*api.Server){
		"no BankID": func(s *api.Server) { s.Identity.BankID = nil },
		"no keys":   func(s *api.Server) { s.Desk.Keys = (*seal.Ring)(nil) },
	} {
		p := openPorch(t, take)
		if a := p.call(nil, "GET", "/identity/providers", ""); a.status != http.StatusOK || a.list == nil || len(a.list) != 0 {
			t.Errorf("%s: the providers are %d %v, want an empty list", what, a.status, a.list)
		}
		p.call(nil, "POST", "/identity/bankid", "{").want(t, what, http.StatusServiceUnavailable, "reason", "not_configured")
		p.call(nil, "GET", "/identity/bankid/x", "").want(t, what, http.StatusServiceUnavailable, "reason", "not_configured")
	}
	p := openPorch(t, func(s *api.Server) { s.Identity.Returns = false })
	p.call(nil, "POST", "/identity/bankid", `{"mode": "same"}`).want(t, "no page to return to", http.StatusServiceUnavailable, "reason", "not_configured")
	p.call(nil, "POST", "/identity/bankid", `{"mode": "same", "returnUrl": "app.example://login"}`).want(t, "an app", http.StatusOK, "", "")
	if a := p.call(nil, "GET", "/identity/providers", ""); len(a.list) != 1 {
		t.Errorf("the providers are %v, want BankID", a.list)
	}
}

func TestOutsideTheDemoNothingIsPlayed(t *testing.T) {
	t.Parallel()
	p := openPorch(t, func(s *api.Server) { s.Stage, s.Demo = nil, false })
	for path, method := range map[string]string{"/demo/bankid/x/approve": "POST", "/demo/sms": "GET", "/demo/clock": "POST", "/demo/nurse": "POST"} {
		p.call(nil, method, path, "{}").want(t, path, http.StatusNotFound, "", "")
	}
}
