package peer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

const secret = "a-secret-that-is-only-of-the-tests"

// signedRequest is what a right sender posts, at a time so far from the gateway's.
func signedRequest(tb testing.TB, body string, off time.Duration) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/sms", strings.NewReader(body))
	timestamp := strconv.FormatInt(start.Add(off).Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("row1." + timestamp + "." + body))
	r.Header.Set("Idempotency-Key", "row1")
	r.Header.Set("Webhook-Id", "row1")
	r.Header.Set("Webhook-Timestamp", timestamp)
	r.Header.Set("Webhook-Signature", "v1a,x v1,? v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}

const good = `{"key": "row1", "to": "+46701740605", "from": "Lotsen", "text": "Det är din tur"}`

func TestGatewayChecksWhatItIsGiven(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		body   string
		off    time.Duration
		change func(*http.Request)
		want   int
	}{
		{name: "right", body: good, want: http.StatusAccepted},
		{name: "four minutes late", body: good, off: -4 * time.Minute, want: http.StatusAccepted},
		{name: "six minutes late", body: good, off: -6 * time.Minute, want: http.StatusUnauthorized},
		{name: "six minutes early", body: good, off: 6 * time.Minute, want: http.StatusUnauthorized},
		{name: "another's signature", body: good, want: http.StatusUnauthorized, change: func(r *http.Request) {
			r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(make([]byte, 32)))
		}},
		{name: "no signature", body: good, want: http.StatusUnauthorized, change: func(r *http.Request) { r.Header.Del("Webhook-Signature") }},
		{name: "another id than was signed", body: good, want: http.StatusUnauthorized, change: func(r *http.Request) { r.Header.Set("Webhook-Id", "row2") }},
		{name: "another key than in the body", body: good, want: http.StatusBadRequest, change: func(r *http.Request) { r.Header.Set("Idempotency-Key", "row2") }},
		{name: "no key", body: `{"to": "+46701740605", "text": "x"}`, want: http.StatusBadRequest},
		{name: "no JSON", body: `{`, want: http.StatusBadRequest},
		{name: "no number", body: `{"key": "row1", "to": "0701740605", "text": "x"}`, want: http.StatusUnprocessableEntity},
		{name: "no text", body: `{"key": "row1", "to": "+46701740605"}`, want: http.StatusUnprocessableEntity},
		{name: "too large", body: strings.Repeat("x", maxBody+1), want: http.StatusRequestEntityTooLarge},
		{name: "a look", body: good, want: http.StatusMethodNotAllowed, change: func(r *http.Request) { r.Method = http.MethodGet }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := NewGateway(secret, atStart)
			r := signedRequest(t, c.body, c.off)
			if c.change != nil {
				c.change(r)
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != c.want {
				t.Errorf("answer is %d, want %d: %s", w.Code, c.want, w.Body)
			}
			if kept := len(g.Messages()); (kept == 1) != (c.want == http.StatusAccepted) {
				t.Errorf("%d messages are kept after a %d", kept, w.Code)
			}
		})
	}
}

func TestGatewayOfTheDemo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for round := range 3 {
		g, err := OpenGateway(folder, secret, func() time.Time { return start.Add(time.Duration(round) * time.Minute) })
		if err != nil {
			t.Fatalf("OpenGateway: %v", err)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, signedRequest(t, good, 0))
		if w.Code != http.StatusAccepted {
			t.Fatalf("round %d: answer is %d: %s", round, w.Code, w.Body)
		}
		if got := g.Messages(); len(got) != 1 || got[0].Text != "Det är din tur" || !got[0].At.Equal(start) {
			t.Errorf("round %d: the gateway holds %+v, want the first alone", round, got)
		}
		if err := g.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		w = httptest.NewRecorder()
		g.ServeHTTP(w, signedRequest(t, strings.ReplaceAll(good, "row1", fmt.Sprintf("late%d", round)), 0))
		if w.Code < 400 {
			t.Errorf("a closed gateway answers %d", w.Code)
		}
	}
}

// Whatever a sender with the right secret posts is answered, and never with a 500.
func FuzzGateway(f *testing.F) {
	f.Add(good)
	f.Add(`{"key": "row1", "to": "+46701740605", "text": "\u0000"}`)
	f.Add(`[{"key": 1}]`)
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		NewGateway(secret, atStart).ServeHTTP(w, signedRequest(t, body, 0))
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("answer is %d", w.Code)
		}
	})
}
