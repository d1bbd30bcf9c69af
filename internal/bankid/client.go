// Package bankid lets people log in with BankID.
//
// It holds a client of BankID's Relying Party API v6.0 (auth, collect,
// cancel), the moving QR code, the launch links, and Orders: the log-ins that
// are under way, each collected by one loop. The package simulator speaks the
// other side of the same protocol.
//
// It makes no token, knows no patient and answers no HTTP: it hands the
// Identity of a completed log-in to its caller, once. It keeps nothing on
// disk; a log-in that a restart cuts off is begun again by the person.
//
// BankID's time is real time. Nothing here follows a clock that a demo or a
// test of ours has moved.
package bankid

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	connectTimeout = 5 * time.Second
	callTimeout    = 10 * time.Second

	// An answer holds a signature and an OCSP response, some tens of kilobytes.
	maxAnswer = 1 << 20

	productionHost = "appapi2.bankid.com"

	// What the names of BankID's public test root and test clients contain.
	testRootName, testClientName = "Test BankID", "FP Testcert"
)

// Config says where BankID is and who we are. The certificates and the key are PEM.
type Config struct {
	URL  string // base address, ends in /rp/v6.0
	Cert []byte // our client certificate, with its chain if any
	Key  []byte // its private key
	CA   []byte // the roots that the server's certificate must lead to; no others are trusted
}

// Client calls BankID's RP API. It is safe for concurrent use, and keeps its connections.
type Client struct {
	base    string
	http    *http.Client
	expires time.Time
}

// NewClient checks the configuration and makes a client. It calls nobody.
// BankID's public test certificates are refused against the production
// address: everybody has that key, so it proves nothing.
func NewClient(c Config) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(c.URL, "/"))
	if err != nil || base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("bankid: the base address must be https://HOST/rp/v6.0")
	}
	if !strings.HasSuffix(base.Path, "/rp/v6.0") {
		return nil, errors.New("bankid: the base address must end in /rp/v6.0, the version that this client speaks")
	}
	pair, err := tls.X509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("bankid: reading the client certificate and its key: %w", err)
	}
	roots, names, err := readRoots(c.CA)
	if err != nil {
		return nil, err
	}
	if base.Hostname() == productionHost && isTest(pair.Leaf, names) {
		return nil, errors.New("bankid: a certificate of BankID's test environment cannot be used against production")
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout: connectTimeout,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 32,
		TLSClientConfig: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			RootCAs:      roots,
			Certificates: []tls.Certificate{pair},
		},
	}
	client := newClient(base.String(), transport)
	client.expires = pair.Leaf.NotAfter
	return client, nil
}

func newClient(base string, transport http.RoundTripper) *Client {
	return &Client{base: base, http: &http.Client{
		Transport: transport,
		Timeout:   callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}}
}

// Expires says when the client certificate ends, so that someone can be warned in time.
func (c *Client) Expires() time.Time { return c.expires }

func readRoots(bundle []byte) (*x509.CertPool, []string, error) {
	pool := x509.NewCertPool()
	var names []string
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, nil, fmt.Errorf("bankid: reading the trusted CA: %w", err)
		}
		pool.AddCert(root)
		names = append(names, root.Subject.CommonName)
	}
	if len(names) == 0 {
		return nil, nil, errors.New("bankid: the trusted CA holds no PEM certificate")
	}
	return pool, names, nil
}

func isTest(leaf *x509.Certificate, roots []string) bool {
	for _, name := range roots {
		if strings.Contains(name, testRootName) {
			return true
		}
	}
	return strings.Contains(leaf.Subject.CommonName, testClientName)
}

// post sends one call and gives the body of a 200. Every other outcome is an
// error: *Error where BankID answered, the transport's where nobody did.
func (c *Client) post(ctx context.Context, call string, body any) ([]byte, error) {
	sent, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("bankid: writing %s: %w", call, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/"+call, bytes.NewReader(sent))
	if err != nil {
		return nil, fmt.Errorf("bankid: preparing %s: %w", call, err)
	}
	// Exactly so: a charset behind it has been answered 415.
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("bankid: calling %s: %w", call, err)
	}
	defer func() { _ = res.Body.Close() }() // only read from: nothing to lose
	got, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("bankid: reading the answer to %s: %w", call, err)
	}
	if len(got) > maxAnswer {
		return nil, fmt.Errorf("bankid: the answer to %s is larger than %d bytes", call, maxAnswer)
	}
	if res.StatusCode != http.StatusOK {
		return nil, decodeError(call, res.StatusCode, got)
	}
	return got, nil
}
