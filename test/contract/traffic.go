package contract

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
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
