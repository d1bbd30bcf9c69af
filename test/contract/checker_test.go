package contract

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// service answers every request in one way.
type service struct {
	status     int
	kind, body string
}

func (s service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if s.kind != "" {
		w.Header().Set("Content-Type", s.kind)
	}
	w.WriteHeader(s.status)
	_, _ = io.WriteString(w, s.body)
}

const asJSON = "application/json"

// call sends a request through the checker, by way of its transport or of its proxy, and gives what came back.
func call(t *testing.T, k *Checker, s service, byProxy bool, method, path, token, body string) string {
	t.Helper()
	server := httptest.NewServer(s)
	defer server.Close()
	client, base := &http.Client{Transport: k.Transport(nil)}, server.URL
	if byProxy {
		target, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy := httptest.NewServer(k.Proxy(target))
		defer proxy.Close()
		client, base = proxy.Client(), proxy.URL
	}
	r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", asJSON)
	}
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

const (
	typing = "/api/lotsen/v1/cases/abcdefghijklmno/typing"
	health = "/api/lotsen/v1/health"
	well   = `{"live":true,"ready":true,"missing":[]}`
	event  = "event:lotsen/cases/abcdefghijklmno\ndata:"
)

func TestCheckerFindsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer              service
		method, path        string
		token, body, faulty string // faulty is a part of the fault; "" for none
	}{
		"as described":                  {service{200, asJSON, well}, "GET", health, "", "", ""},
		"a field more":                  {service{200, asJSON, `{"live":true,"ready":true,"missing":[],"new":1}`}, "GET", health, "", "", "new"},
		"a field less":                  {service{200, asJSON, `{"live":true,"ready":true}`}, "GET", health, "", "", "missing"},
		"another type":                  {service{200, asJSON, `{"live":true,"ready":"yes","missing":[]}`}, "GET", health, "", "", "ready"},
		"no JSON":                       {service{200, "text/plain", "ok"}, "GET", health, "", "", "text/plain"},
		"a status that is not there":    {service{500, asJSON, `{"status":500,"message":"","data":{}}`}, "GET", health, "", "", "status 500"},
		"a good request":                {service{204, "", ""}, "POST", typing, "token", `{"on":true}`, ""},
		"a field that nobody knows":     {service{204, "", ""}, "POST", typing, "token", `{"on":true,"off":false}`, "off"},
		"no body where there is one":    {service{204, "", ""}, "POST", typing, "token", "", "body"},
		"no token where there is one":   {service{204, "", ""}, "POST", typing, "", `{"on":true}`, "token"},
		"a bad request that is refused": {service{400, asJSON, `{"status":400,"message":"m","data":{"on":{"code":"validation_required","message":"m"}}}`}, "POST", typing, "token", `{}`, ""},
		"a code that is not on the list": {
			service{400, asJSON, `{"status":400,"message":"m","data":{"on":{"code":"oh_no","message":"m"}}}`}, "POST", typing, "token", `{}`, "400",
		},
		"a body where there is none":   {service{401, asJSON, `{"status":401,"message":"m","data":{"who":{"code":"x"}}}`}, "POST", typing, "", `{}`, "401"},
		"an unknown command":           {service{200, asJSON, `{}`}, "GET", "/api/lotsen/v1/nowhere", "", "", "not in the contract"},
		"an unknown command, refused":  {service{404, asJSON, `{}`}, "GET", "/api/lotsen/v1/nowhere", "", "", ""},
		"a method that is not there":   {service{405, asJSON, `{}`}, "PUT", health, "", "", ""},
		"what PocketBase has besides":  {service{200, asJSON, `{}`}, "GET", "/api/health", "", "", ""},
		"an event as described":        {service{200, "text/event-stream", event + `{"type":"void","seq":1,"at":"2026-11-25T08:00:00.000Z"}` + "\n\n"}, "GET", "/api/realtime", "", "", ""},
		"an event with more":           {service{200, "text/event-stream", event + `{"type":"void","seq":1,"at":"2026-11-25T08:00:00.000Z","x":1}` + "\n\n"}, "GET", "/api/realtime", "", "", "CaseEvent"},
		"an event of another topic":    {service{200, "text/event-stream", event + `{"type":"place","position":1,"ahead":0,"estimate":null}` + "\n\n"}, "GET", "/api/realtime", "", "", "CaseEvent"},
		"a topic that was refused":     {service{200, "text/event-stream", event + `{"type":"refused"}` + "\n\n"}, "GET", "/api/realtime", "", "", ""},
		"an event of the line, a ping": {service{200, "text/event-stream", "event:ping\ndata:{}\n\n"}, "GET", "/api/realtime", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, byProxy := range []bool{false, true} {
				k, err := NewChecker()
				if err != nil {
					t.Fatal(err)
				}
				if got := call(t, k, c.answer, byProxy, c.method, c.path, c.token, c.body); got != c.answer.body {
					t.Errorf("proxy %v: the answer was %q after the check, want %q", byProxy, got, c.answer.body)
				}
				faults := k.Faults()
				if c.faulty == "" && len(faults) > 0 {
					t.Errorf("proxy %v: found %q, want no fault", byProxy, faults)
				}
				if c.faulty != "" && !strings.Contains(strings.Join(faults, "\n"), c.faulty) {
					t.Errorf("proxy %v: found %q, want a fault about %q", byProxy, faults, c.faulty)
				}
			}
		})
	}
}

func TestVerdictNamesWhatNobodyCalls(t *testing.T) {
	t.Parallel()
	k, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(k.Uncalled(), "health") {
		t.Error("health counts as called before anybody has")
	}
	call(t, k, service{404, asJSON, `{"status":404,"message":"m","data":{}}`}, false, "GET", "/api/lotsen/v1/regions/nowhere", "", "")
	if !slices.Contains(k.Uncalled(), "region") {
		t.Error("a call that was refused counts")
	}
	call(t, k, service{200, asJSON, well}, false, "GET", health, "", "")
	if slices.Contains(k.Uncalled(), "health") {
		t.Error("health does not count as called")
	}
	if !slices.Contains(k.Uncalled("health"), "health") {
		t.Error("health was excused and called, and nobody says so")
	}
	var rest []string
	for _, op := range k.contract.Operations() {
		if op.ID != "health" {
			rest = append(rest, op.ID)
		}
	}
	if err := k.Verdict(rest...); err != nil {
		t.Errorf("with all others excused: %v", err)
	}
}
