package bankid

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"slices"
	"testing"
	"time"

	"lotsen/internal/bankid/simulator"
)

// realNow is real time: BankID lives by it, and inside synctest it is the bubble's.
var realNow = time.Now

var anna = simulator.Person{PersonalNumber: "198605272387", GivenName: "ANNA", Surname: "ÅSLUND"}

// overTLS starts a simulator behind TLS and a client that it trusts.
func overTLS(t *testing.T) (*simulator.Bank, *Client) {
	t.Helper()
	bank, server, certs := serve(t)
	client, err := NewClient(Config{URL: server.URL, Cert: certs.ClientCert, Key: certs.ClientKey, CA: certs.CA})
	if err != nil {
		t.Fatal(err)
	}
	return bank, client
}

func serve(t *testing.T) (*simulator.Bank, *simulator.Server, *simulator.Certificates) {
	t.Helper()
	certs, err := simulator.Create(realNow())
	if err != nil {
		t.Fatal(err)
	}
	bank := simulator.New(realNow)
	server, err := simulator.Serve("127.0.0.1:0", bank, certs, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("closing the simulator: %v", err)
		}
	})
	return bank, server, certs
}

func begin(t *testing.T, c *Client, r AuthRequest) Begun {
	t.Helper()
	if r.EndUserIP == "" {
		r.EndUserIP = "192.0.2.7"
	}
	begun, err := c.Auth(t.Context(), r)
	if err != nil {
		t.Fatalf("auth: %v", err)
	}
	return begun
}

func TestALogInOverTLS(t *testing.T) {
	t.Parallel()
	bank, client := overTLS(t)
	begun := begin(t, client, AuthRequest{ReturnURL: "https://lotsen.test/login/return#n=x", ReturnRisk: true})

	got, err := client.Collect(t.Context(), begun.OrderRef)
	if err != nil || got != (Collected{Status: Pending, Hint: "outstandingTransaction"}) {
		t.Fatalf("first collect = %+v, %v; want pending and outstandingTransaction", got, err)
	}
	if err := bank.Scan(QRText(begun.QRStartToken, begun.QRStartSecret, 0), anna); err != nil {
		t.Fatalf("the simulator, which computes the code by itself, refused ours: %v", err)
	}
	if got, err = client.Collect(t.Context(), begun.OrderRef); err != nil || got.Hint != "userSign" {
		t.Fatalf("collect after the scan = %+v, %v; want userSign", got, err)
	}
	back, err := bank.Approve(begun.OrderRef, anna)
	if err != nil || back != "https://lotsen.test/login/return#n=x" {
		t.Fatalf("approve = %q, %v; want the return address as it was sent", back, err)
	}
	got, err = client.Collect(t.Context(), begun.OrderRef)
	if err != nil || got.Status != Complete || got.Risk != "low" {
		t.Fatalf("collect after approval = %+v, %v; want complete with low risk", got, err)
	}
	if want := (Identity{"198605272387", "ANNA", "ÅSLUND", "ANNA ÅSLUND"}); *got.Identity != want {
		t.Errorf("identity differs from the person who approved")
	}
	if _, err = client.Collect(t.Context(), begun.OrderRef); !errors.Is(err, InvalidParameters) {
		t.Errorf("second collect of a complete order: %v; want invalidParameters", err)
	}
}

func TestEveryHintComesThrough(t *testing.T) {
	t.Parallel()
	bank, client := overTLS(t)
	pending := []string{"outstandingTransaction", "noClient", "started", "userMrtd", "userCallConfirm", "userSign", "somethingNew"}
	failed := []string{
		"expiredTransaction", "certificateErr", "userCancel", "cancelled", "startFailed",
		"userDeclinedCall", "notSupportedByUserApp", "transactionRiskBlocked", "somethingNew",
	}
	begun := begin(t, client, AuthRequest{})
	for _, hint := range pending {
		if err := bank.Hint(begun.OrderRef, hint); err != nil {
			t.Fatal(err)
		}
		got, err := client.Collect(t.Context(), begun.OrderRef)
		if err != nil || got.Status != Pending || got.Hint != hint {
			t.Errorf("pending %s: collect = %+v, %v", hint, got, err)
		}
	}
	for _, hint := range failed {
		begun := begin(t, client, AuthRequest{})
		if err := bank.Fail(begun.OrderRef, hint); err != nil {
			t.Fatal(err)
		}
		got, err := client.Collect(t.Context(), begun.OrderRef)
		if err != nil || got.Status != Failed || got.Hint != hint {
			t.Errorf("failed %s: collect = %+v, %v", hint, got, err)
		}
	}
}

func TestEveryErrorCodeIsTyped(t *testing.T) {
	t.Parallel()
	bank, client := overTLS(t)
	tests := []struct {
		code    string
		want    Code
		status  int
		passing bool
	}{
		{"alreadyInProgress", AlreadyInProgress, 400, false},
		{"invalidParameters", InvalidParameters, 400, false},
		{"unauthorized", Unauthorized, 401, false},
		{"notFound", NotFound, 404, false},
		{"methodNotAllowed", MethodNotAllowed, 405, false},
		{"unsupportedMediaType", UnsupportedMediaType, 415, false},
		{"requestTimeout", RequestTimeout, 408, true},
		{"tooManyRequests", TooManyRequests, 429, true},
		{"internalError", InternalError, 500, true},
		{"maintenance", Maintenance, 503, true},
		{"Maintenance", Maintenance, 503, true},
		{"aCodeOfTomorrow", "aCodeOfTomorrow", 400, false},
	}
	for _, test := range tests {
		bank.Refuse("auth", test.code)
		_, err := client.Auth(t.Context(), AuthRequest{EndUserIP: "192.0.2.7"})
		var answer *Error
		if !errors.As(err, &answer) {
			t.Fatalf("%s: error is %v; want an *Error", test.code, err)
		}
		if !errors.Is(err, test.want) || answer.Status != test.status || answer.Call != "auth" {
			t.Errorf("%s: got %d %s from %s; want %d %s from auth", test.code, answer.Status, answer.Code, answer.Call, test.status, test.want)
		}
		if Passing(err) != test.passing {
			t.Errorf("%s: Passing = %t; want %t", test.code, !test.passing, test.passing)
		}
	}
}

func TestCancelAndRequirement(t *testing.T) {
	t.Parallel()
	bank, client := overTLS(t)
	begun := begin(t, client, AuthRequest{Requirement: &Requirement{PersonalNumber: anna.PersonalNumber}})
	if err := bank.Start(begun.AutoStartToken, simulator.PersonNamed("198605272395", "Bo Ek")); !errors.Is(err, simulator.ErrNotYours) {
		t.Errorf("another person opening it: %v; want ErrNotYours", err)
	}
	_, err := client.Auth(t.Context(), AuthRequest{EndUserIP: "192.0.2.7", Requirement: &Requirement{PersonalNumber: anna.PersonalNumber}})
	if !errors.Is(err, AlreadyInProgress) {
		t.Errorf("a second order for the same required person: %v; want alreadyInProgress", err)
	}
	begun = begin(t, client, AuthRequest{})
	if err := client.Cancel(t.Context(), begun.OrderRef); err != nil {
		t.Errorf("cancel: %v", err)
	}
	if err := client.Cancel(t.Context(), begun.OrderRef); !errors.Is(err, InvalidParameters) {
		t.Errorf("second cancel: %v; want invalidParameters", err)
	}
}

func TestCertificatesAreDemanded(t *testing.T) {
	t.Parallel()
	bank, server, ours := serve(t)
	theirs, err := simulator.Create(realNow())
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]Config{
		"a client certificate of another CA": {URL: server.URL, Cert: theirs.ClientCert, Key: theirs.ClientKey, CA: ours.CA},
		"a server certificate as client's":   {URL: server.URL, Cert: ours.ServerCert, Key: ours.ServerKey, CA: ours.CA},
		"a CA that is not the server's":      {URL: server.URL, Cert: ours.ClientCert, Key: ours.ClientKey, CA: theirs.CA},
	}
	for name, config := range tests {
		client, err := NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Auth(t.Context(), AuthRequest{EndUserIP: "192.0.2.7"})
		if err == nil || errors.As(err, new(*Error)) {
			t.Errorf("%s: auth gave %v; want the handshake refused", name, err)
		}
	}
	if calls := bank.Calls("auth"); calls != 0 {
		t.Errorf("%d calls reached the bank past its certificates", calls)
	}
}

func TestConfigurationIsChecked(t *testing.T) {
	t.Parallel()
	_, _, certs := serve(t)
	good := Config{URL: "https://127.0.0.1:1/rp/v6.0/", Cert: certs.ClientCert, Key: certs.ClientKey, CA: certs.CA}
	client, err := NewClient(good)
	if err != nil {
		t.Fatalf("a good configuration, with a slash at the end: %v", err)
	}
	if left := client.Expires().Sub(realNow()); left < 24*time.Hour {
		t.Errorf("the certificate ends in %v; want years", left)
	}
	tests := map[string]func(*Config){
		"no encryption":        func(c *Config) { c.URL = "http://127.0.0.1/rp/v6.0" },
		"another version":      func(c *Config) { c.URL = "https://127.0.0.1/rp/v5.1" },
		"no address":           func(c *Config) { c.URL = "" },
		"a query":              func(c *Config) { c.URL += "?x" },
		"no certificate":       func(c *Config) { c.Cert = nil },
		"the key of another":   func(c *Config) { c.Key = certs.ServerKey },
		"no CA":                func(c *Config) { c.CA = nil },
		"a CA that is no PEM":  func(c *Config) { c.CA = []byte("trust me") },
		"a CA that is a key":   func(c *Config) { c.CA = certs.ClientKey },
		"a broken certificate": func(c *Config) { c.CA = certs.CA[:len(certs.CA)/2] },
	}
	for name, spoil := range tests {
		bad := good
		spoil(&bad)
		if _, err := NewClient(bad); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
}

func TestTestCertificatesAreRefusedInProduction(t *testing.T) {
	t.Parallel()
	_, _, certs := serve(t)
	testRoot, _ := selfSigned(t, "Test BankID SSL Root CA v1 Test")
	testClient, testKey := selfSigned(t, "FP Testcert 5")
	const production, test = "https://appapi2.bankid.com/rp/v6.0", "https://appapi2.test.bankid.com/rp/v6.0"
	tests := []struct {
		name   string
		config Config
		ok     bool
	}{
		{"own client, own root", Config{production, certs.ClientCert, certs.ClientKey, certs.CA}, true},
		{"the test client", Config{production, testClient, testKey, certs.CA}, false},
		{"the test root", Config{production, certs.ClientCert, certs.ClientKey, testRoot}, false},
		{"the test root among others", Config{production, certs.ClientCert, certs.ClientKey, slices.Concat(certs.CA, testRoot)}, false},
		{"both, in the test environment", Config{test, testClient, testKey, testRoot}, true},
	}
	for _, test := range tests {
		if _, err := NewClient(test.config); (err == nil) != test.ok {
			t.Errorf("%s: %v; want accepted = %t", test.name, err, test.ok)
		}
	}
}

func selfSigned(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: realNow().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}
