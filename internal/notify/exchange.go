package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"lotsen/internal/clock"
)

// maxAnswer bounds what is read of an answer: a hundred listed messages are a
// tenth of it.
const maxAnswer = 1 << 20

// maxRetryAfter bounds what a provider may ask for: a misread date must not
// silence a row for years.
const maxRetryAfter = time.Hour

// exchange is one provider's HTTP: requests out, answers in, and what the end
// of a request means for the SMS in it.
type exchange struct {
	provider string
	client   *http.Client
	clock    *clock.Clock
}

// String is what fmt prints of a sender, which embeds an exchange: not its
// password and not its address.
func (x exchange) String() string { return "sms by " + x.provider }

// GoString keeps password and address out of %#v.
func (x exchange) GoString() string { return x.String() }

// LogValue keeps password and address out of the log.
func (x exchange) LogValue() slog.Value { return slog.StringValue(x.String()) }

// newExchange gives a client that follows no redirect (it would carry number
// and text to a place nobody configured) and opens a connection for each
// request: a kept one that the provider has just closed would make an unknown
// outcome out of nothing.
func newExchange(c SMSConfig) exchange {
	return exchange{
		provider: c.Provider,
		clock:    c.Clock,
		client: &http.Client{
			Timeout: c.Timeout,
			Transport: &http.Transport{
				Proxy:             http.ProxyFromEnvironment,
				DisableKeepAlives: true,
				TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// answer is what came back: the status always, the body as far as it came.
type answer struct {
	status     int
	body       []byte
	retryAfter time.Duration
}

// ok tells whether the status is one of success.
func (a answer) ok() bool { return a.status >= 200 && a.status < 300 }

// do sends req. An error is a *Failure: NotNow if no connection came about, so
// that not one byte of the request has left; else Unknown.
func (x exchange) do(req *http.Request) (answer, error) {
	var connected atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := x.client.Do(req.WithContext(ctx)) //nolint:gosec // G704: the address is the administrator's
	if err != nil {
		f := x.failure(NotNow, 0, phrase(err))
		if connected.Load() {
			f.Outcome = Unknown
		}
		f.cause = req.Context().Err()
		return answer{}, f
	}
	defer func() { _ = resp.Body.Close() }()
	// A body that breaks off is no error here: the status stands, and whoever
	// needs the body finds it unreadable.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return answer{resp.StatusCode, body, x.retryAfter(resp.Header.Get("Retry-After"))}, nil
}

// failure makes a Failure of this provider.
func (x exchange) failure(o Outcome, status int, reason string) *Failure {
	return &Failure{Outcome: o, Provider: x.provider, Status: status, Reason: reason}
}

// judge says what an answer means that did not bring a receipt. refused tells
// whether the status 4xx is about this SMS; other faults of that class are ours
// (a wrong password, an empty account) and pass when somebody has seen to them.
// A server error may come from a machine in front of the one that accepted.
func (x exchange) judge(a answer, code int, refused bool) *Failure {
	var f *Failure
	switch {
	case a.status == http.StatusTooManyRequests:
		f = x.failure(NotNow, a.status, "too many requests")
	case a.status == http.StatusRequestTimeout, a.status >= 500:
		f = x.failure(Unknown, a.status, "server error")
	case a.ok():
		f = x.failure(Unknown, a.status, "answer not understood")
	case a.status >= 400 && refused:
		f = x.failure(Refused, a.status, "number or text refused")
	default:
		f = x.failure(NotNow, a.status, "settings or account refused")
	}
	f.Code, f.RetryAfter = code, a.retryAfter
	return f
}

// retryAfter reads the header of that name: seconds or a date (RFC 9110, 10.2.3).
func (x exchange) retryAfter(value string) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(value); err == nil {
		wait = time.Duration(min(seconds, int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(x.clock.Now())
	}
	return min(max(wait, 0), maxRetryAfter)
}

// maxPages bounds a search. Nobody is sent a thousand SMS in the time between
// an attempt and the question about it.
const maxPages = 10

// search walks a provider's list, the newest first, until a page ends before
// since. read gives a page and the address of the next; an empty one ends the
// list. A search that fails is NotNow, whatever it failed of: asking does no harm.
func (x exchange) search(ctx context.Context, first string, login func(*http.Request), sms SMS, since time.Time,
	read func([]byte) (page []sent, next string, err error),
) (Receipt, bool, error) {
	address := first
	for range maxPages {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return Receipt{}, false, x.failure(NotNow, 0, "address not understood")
		}
		login(req)
		a, err := x.do(req)
		if err != nil {
			return Receipt{}, false, asNotNow(err)
		}
		if !a.ok() {
			return Receipt{}, false, asNotNow(x.judge(a, 0, false))
		}
		page, next, err := read(a.body)
		if err != nil {
			return Receipt{}, false, x.failure(NotNow, a.status, "answer not understood")
		}
		for _, m := range page {
			if sms.matches(m, since) {
				return Receipt{ProviderID: m.id, At: m.at, Undelivered: m.undelivered}, true, nil
			}
		}
		if next == "" || len(page) == 0 || page[len(page)-1].at.Before(since.Add(-clockSlack)) {
			return Receipt{}, false, nil
		}
		address = next
	}
	return Receipt{}, false, x.failure(NotNow, 0, fmt.Sprintf("more than %d pages to search", maxPages))
}

// asNotNow turns the failure of a search into one that is harmless to repeat.
func asNotNow(err error) error {
	var f *Failure
	if errors.As(err, &f) {
		f.Outcome = NotNow
	}
	return err
}

// phrase puts a transport error into fixed words: the error's own text holds
// the address with the number in it, or what the other side wrote.
func phrase(err error) string {
	var network net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return "given up"
	case errors.As(err, &name):
		return "host name not found"
	case errors.As(err, &certificate):
		return "certificate not trusted"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	}
	return "connection broken"
}
