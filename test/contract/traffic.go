package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// Transport checks what goes through next; nil for the default transport.
func (k *Checker) Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return transport{checker: k, next: next}
}

type transport struct {
	checker *Checker
	next    http.RoundTripper
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		if err := r.Body.Close(); err != nil {
			return nil, fmt.Errorf("close request: %w", err)
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(sent))
		r.ContentLength = int64(len(sent))
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if err := t.checker.look(r.Context(), exchange{request: r, sent: sent, answer: answer}); err != nil {
		return nil, err
	}
	return answer, nil
}

// Behind puts a checking proxy before the service at base for as long as a test runs, and gives the proxy's address. What does not fit the
// contract fails the test at its end.
func Behind(t testing.TB, base string) string {
	t.Helper()
	k, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(k.Proxy(target))
	t.Cleanup(func() {
		proxy.CloseClientConnections() // a realtime connection has no end
		proxy.Close()
		for _, f := range k.Faults() {
			t.Errorf("contract: %s", f)
		}
	})
	return proxy.URL
}

// Proxy passes everything on to the service at target and checks it: for traffic that does not come from Go. It adds no header by which
// the service would take its callers for others than they are.
func (k *Checker) Proxy(target *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Transport:     k.Transport(nil),
		FlushInterval: -1, // realtime
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		},
	}
}
