package notify_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lotsen/internal/clock"
	"lotsen/internal/notify"
	"lotsen/internal/notify/peer"
)

// quiet takes what a test server says of the faults that the test is about.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// printed gives the values by every verb and handler that may reach a log.
func printed(values ...any) string {
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range values {
		_, _ = fmt.Fprintf(&out, "%v %+v %#v %s\n", v, v, v, v)
		logger.Info("printed", slog.Any("value", v))
	}
	return out.String()
}

func TestNewSMSTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	now := clock.At(start)
	full := func(change func(*notify.SMSConfig)) notify.SMSConfig {
		c := notify.SMSConfig{Provider: "46elks", User: user, Secret: sesame, From: sender, Clock: now}
		change(&c)
		return c
	}
	cases := []struct {
		name   string
		config notify.SMSConfig
		want   []string
	}{
		{"complete", full(func(*notify.SMSConfig) {}), nil},
		{"its own address", full(func(c *notify.SMSConfig) { c.URL = "https://sms.example/a1/sms" }), nil},
		{"loopback without TLS", full(func(c *notify.SMSConfig) { c.URL = "http://127.0.0.1:8099" }), nil},
		{"Twilio's service", full(func(c *notify.SMSConfig) { c.Provider, c.From = "twilio", "MG00112233445566778899aabbccddeeff" }), nil},
		{"webhook without sender", full(func(c *notify.SMSConfig) { c.Provider, c.URL, c.From = "webhook", "https://sms.example/in", "" }), nil},
		{"no provider", full(func(c *notify.SMSConfig) { c.Provider = "pigeon" }), []string{"pigeon", "46elks, twilio and webhook"}},
		{"nothing", notify.SMSConfig{Provider: "twilio"}, []string{"user is missing", "secret is missing", "from is missing", "clock is missing"}},
		{"webhook of nothing", notify.SMSConfig{Provider: "webhook", Clock: now}, []string{"url is missing", "secret is missing"}},
		{"plain HTTP", full(func(c *notify.SMSConfig) { c.URL = "http://sms.example/topsecret" }), []string{"https://"}},
		{"password in the address", full(func(c *notify.SMSConfig) { c.URL = "https://a:topsecret@sms.example" }), []string{"must not hold a password"}},
		{"no address", full(func(c *notify.SMSConfig) { c.URL = "topsecret" }), []string{"not an absolute address"}},
		{"somebody else's name", full(func(c *notify.SMSConfig) { c.From = "BankID" }), []string{"another service"}},
		{"short key", full(func(c *notify.SMSConfig) { c.Provider, c.URL, c.Secret = "webhook", "https://sms.example", "topsecret" }), []string{"shorter than 24"}},
		{"key no base64", full(func(c *notify.SMSConfig) {
			c.Provider, c.URL, c.Secret = "webhook", "https://sms.example", "whsec_topsecret!"
		}), []string{"not base64"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := notify.NewSMS(c.config)
			if (err == nil) != (c.want == nil) {
				t.Fatalf("error is %v, want one that says %q", err, c.want)
			}
			for _, phrase := range c.want {
				if !strings.Contains(err.Error(), phrase) {
					t.Errorf("error %q does not say %q", err, phrase)
				}
			}
			if err != nil && strings.Contains(err.Error(), "topsecret") {
				t.Errorf("error %q holds the secret", err)
			}
		})
	}
}

func TestCheckFrom(t *testing.T) {
	t.Parallel()
	for from, good := range map[string]bool{
		"Lotsen": true, "Region1": true, "+46701740605": true, "ABCDEFGHIJK": true,
		"": false, "ABCDEFGHIJKL": false, "Vård": false, "Min region": false, "12345": false,
		"1177": false, "bankid": false, "POLISEN": false, "+0701740605": false, "Lotsen\n": false,
	} {
		if err := notify.CheckFrom(from); (err == nil) != good {
			t.Errorf("CheckFrom(%q) = %v, want good: %v", from, err, good)
		}
	}
}

// seen runs one Send against a server that answers with status and body, and
// gives the request and its form.
func seen(t *testing.T, c notify.SMSConfig, s notify.SMS, status int, header http.Header, body string) (path string, form url.Values, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		_ = r.ParseForm()
		form = r.PostForm
		for name := range header {
			w.Header().Set(name, header.Get(name))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	c.URL = server.URL + c.URL
	c.Clock = clock.At(start)
	c.Secret = sesame
	_, err = build(t, c).Send(t.Context(), s)
	return path, form, err
}

func TestElksAsksNotToKeepTheText(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"", "/", "/a1", "/a1/", "/a1/sms"} {
		path, form, err := seen(t, notify.SMSConfig{Provider: "46elks", URL: end, User: user, From: sender}, sms("row1"),
			200, nil, `{"id": "s1", "created": "2026-11-25T08:00:00.250000"}`)
		if err != nil || path != "/a1/sms" || form.Get("dontlog") != "message" || form.Get("to") != number {
			t.Errorf("address ending %q: posted to %q, dontlog %q, %v", end, path, form.Get("dontlog"), err)
		}
	}
}

func TestTwilioForm(t *testing.T) {
	t.Parallel()
	const service = "MG00112233445566778899aabbccddeeff"
	for validFor, want := range map[time.Duration]string{0: "", 10 * time.Minute: "600", 100 * time.Hour: "14400", time.Millisecond: "1"} {
		s := sms("row1")
		s.ValidFor = validFor
		path, form, err := seen(t, notify.SMSConfig{Provider: "twilio", User: user, From: service}, s, 201, nil, `{"sid": "SM1"}`)
		if err != nil || path != "/2010-04-01/Accounts/"+user+"/Messages.json" {
			t.Errorf("posted to %q, %v", path, err)
		}
		if form.Get("ValidityPeriod") != want || form.Get("MessagingServiceSid") != service || form.Has("From") {
			t.Errorf("form is %v, want ValidityPeriod %q and the service as the sender", form, want)
		}
	}
}

func TestTwilioCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]notify.Outcome{
		21211: notify.Refused, 21610: notify.Refused, 21614: notify.Refused,
		21606: notify.NotNow, 21408: notify.NotNow, 99999: notify.NotNow, 0: notify.NotNow,
	} {
		_, _, err := seen(t, notify.SMSConfig{Provider: "twilio", User: user, From: sender}, sms("row1"),
			400, nil, fmt.Sprintf(`{"code": %d, "message": "about %s"}`, code, number))
		if f := failed(t, err, want); f.Code != code {
			t.Errorf("failure tells code %d, want %d", f.Code, code)
		}
	}
}

func TestStatusesOfAWebhook(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]notify.Outcome{
		200: notify.Accepted, 201: notify.Accepted, 202: notify.Accepted, 204: notify.Accepted,
		302: notify.NotNow, 400: notify.Refused, 401: notify.NotNow, 403: notify.NotNow, 404: notify.NotNow,
		408: notify.Unknown, 409: notify.NotNow, 413: notify.Refused, 422: notify.Refused, 429: notify.NotNow,
		500: notify.Unknown, 502: notify.Unknown, 503: notify.Unknown,
	} {
		_, _, err := seen(t, notify.SMSConfig{Provider: "webhook"}, sms("row1"), status, nil, "")
		ends(t, err, want)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "90": 90 * time.Second, "-5": 0, "soon": 0, "99999999999": time.Hour,
		"Wed, 25 Nov 2026 08:02:00 GMT": 2 * time.Minute, "Wed, 25 Nov 2026 07:00:00 GMT": 0, "Thu, 26 Nov 2026 07:00:00 GMT": time.Hour,
	} {
		_, _, err := seen(t, notify.SMSConfig{Provider: "webhook"}, sms("row1"), 429, http.Header{"Retry-After": {value}}, "")
		if f := failed(t, err, notify.NotNow); f.RetryAfter != want {
			t.Errorf("Retry-After %q is read as %v, want %v", value, f.RetryAfter, want)
		}
	}
}

// A new release may word a text anew between two attempts. It is the same SMS,
// and the one that the patient has stands.
func TestWebhookSameKeyIsTheSameSMS(t *testing.T) {
	t.Parallel()
	now := clock.At(start)
	gateway := peer.NewGateway(sesame, now.Now)
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	s := build(t, notify.SMSConfig{Provider: "webhook", URL: server.URL, Secret: sesame, Clock: now})
	first, err := s.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	now.Advance(time.Hour)
	second, err := s.Send(t.Context(), sms("row1"))
	ends(t, err, notify.Accepted)
	if first != second {
		t.Errorf("the same SMS again gave %+v, at first %+v", second, first)
	}
	reworded := sms("row1")
	reworded.Text = "another"
	third, err := s.Send(t.Context(), reworded)
	ends(t, err, notify.Accepted)
	if first != third {
		t.Errorf("the SMS in other words gave %+v, at first %+v", third, first)
	}
	if got := gateway.Messages(); len(got) != 1 || got[0].Text != text {
		t.Errorf("the gateway holds %+v, want the first alone", got)
	}
}
