package bankid

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// against gives a client of a server that answers as told, for what the simulator never does.
func against(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return newClient(server.URL+"/rp/v6.0", server.Client().Transport)
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	var seen string
	client := against(t, func(_ http.ResponseWriter, r *http.Request) {
		seen = fmt.Sprintf("%s %s %q", r.Method, r.URL.Path, r.Header["Content-Type"])
	})
	if err := client.Cancel(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if want := `POST /rp/v6.0/cancel ["application/json"]`; seen != want {
		t.Errorf("sent %s; want %s", seen, want)
	}
}

func TestStrangeAnswersAreErrors(t *testing.T) {
	t.Parallel()
	const order = `{"orderRef":"o","status":`
	tests := []struct {
		name, body string
		status     int
	}{
		{"a proxy's page", "<html>bad gateway</html>", 502},
		{"a redirect", "", 302},
		{"an empty answer", "", 200},
		{"an array", "[]", 200},
		{"another order", `{"orderRef":"p","status":"pending"}`, 200},
		{"an unknown status", order + `"paused"}`, 200},
		{"complete without a person", order + `"complete"}`, 200},
		{"a ten digit number", order + `"complete","completionData":{"user":{"personalNumber":"8605272387"}}}`, 200},
		{"letters for a number", order + `"complete","completionData":{"user":{"personalNumber":"19860527238x"}}}`, 200},
		{"too large", order + `"pending","x":"` + strings.Repeat("a", maxAnswer) + `"}`, 200},
	}
	for _, test := range tests {
		client := against(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/rp/v6.0/elsewhere")
			w.WriteHeader(test.status)
			_, _ = w.Write([]byte(test.body))
		})
		if got, err := client.Collect(t.Context(), "o"); err == nil {
			t.Errorf("%s: was read as %+v", test.name, got)
		} else if strings.Contains(err.Error(), "8605272387") || strings.Contains(err.Error(), "paused") {
			t.Errorf("%s: the error quotes the answer: %v", test.name, err)
		}
	}
	client := against(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"orderRef":"o"}`)) })
	if _, err := client.Auth(t.Context(), AuthRequest{EndUserIP: "::1"}); err == nil {
		t.Error("an answer to auth without tokens was accepted")
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	client := against(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/collect") {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write([]byte(`{"orderRef":"o","status":"pending"}`))
	})
	if _, err := client.Collect(t.Context(), "o"); !errors.Is(err, UnknownCode) {
		t.Errorf("a redirect: %v; want it refused as no answer of BankID's", err)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	base, transport := server.URL, server.Client().Transport
	server.Close()
	_, err := newClient(base, transport).Collect(t.Context(), "o")
	if err == nil || !Passing(err) {
		t.Errorf("a closed port: %v; want an error that may pass", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err = newClient(base, transport).Collect(ctx, "o"); !errors.Is(err, context.Canceled) || Passing(err) {
		t.Errorf("a call given up: %v; want context.Canceled, which does not pass", err)
	}
}

func TestAPersonIsNeverPrinted(t *testing.T) {
	t.Parallel()
	who := Identity{"198605272387", "Anna", "Åslund", "Anna Åslund"}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "who", who)
	for _, text := range []string{logged.String(), fmt.Sprintf("%v %+v %#v %s", who, who, who, who), fmt.Sprintf("%+v", Collected{Identity: &who})} {
		if strings.Contains(text, "1986") || strings.Contains(text, "slund") {
			t.Errorf("a person can be read in %q", text)
		}
	}
}

func FuzzDecodeCollected(f *testing.F) {
	f.Add([]byte(`{"orderRef":"o","status":"pending","hintCode":"userSign"}`))
	f.Add([]byte(`{"orderRef":"o","status":"failed","hintCode":"new","more":{}}`))
	f.Add([]byte(`{"orderRef":"o","status":"complete","completionData":{"user":{"personalNumber":"198605272387","name":"A B"},"risk":"low"}}`))
	f.Add([]byte(`{"orderRef":"o","status":"complete","completionData":null}`))
	f.Add([]byte(`{"orderRef":1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeCollected(body, "o")
		switch {
		case err != nil:
			if got != (Collected{}) {
				t.Errorf("an error came with an answer")
			}
		case got.Status == Complete:
			if got.Identity == nil || !twelveDigits(got.Identity.PersonalNumber) {
				t.Errorf("complete without a personal number")
			}
		case got.Status != Pending && got.Status != Failed, got.Identity != nil:
			t.Errorf("status %q came with a person or is none of ours", got.Status)
		}
		_ = decodeError("collect", 400, body).Error()
	})
}
