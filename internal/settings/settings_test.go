package settings_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/seal"
	"lotsen/internal/settings"
)

// read reads settings from pairs of name and value.
func read(pairs map[string]string) (*settings.Settings, error) {
	environ := []string{"PATH=/bin", "HOME=/root"}
	for name, value := range pairs {
		environ = append(environ, name+"="+value)
	}
	return settings.Read(environ)
}

func newKey(t *testing.T) string {
	t.Helper()
	key, err := seal.NewKey("k1")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newPair makes a certificate and its key, both PEM.
func newPair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
}

func everything(t *testing.T) map[string]string {
	t.Helper()
	cert, key := newPair(t)
	return map[string]string{
		"LOTSEN_KEYS":            newKey(t),
		"LOTSEN_BANKID_URL":      "https://appapi2.bankid.com/rp/v6.0/",
		"LOTSEN_BANKID_CERT":     cert,
		"LOTSEN_BANKID_KEY":      key,
		"LOTSEN_BANKID_CA":       cert,
		"LOTSEN_SMS":             "46elks",
		"LOTSEN_SMS_USER":        "u1234",
		"LOTSEN_SMS_SECRET":      "open-sesame",
		"LOTSEN_SMS_FROM":        "Lotsen",
		"LOTSEN_PUBLIC_URL":      "https://vard.example.se/",
		"LOTSEN_ORIGINS":         "https://app.example.se, capacitor://localhost",
		"LOTSEN_APP_RETURN_URLS": "https://app.example.se/back se.example.app://login",
		"LOTSEN_METRICS":         "127.0.0.1:9100",
	}
}

func TestNothingSetIsNoFault(t *testing.T) {
	t.Parallel()
	s, err := read(map[string]string{"LOTSEN_KEYS": "", "LOTSEN_SMS": " "})
	if err != nil {
		t.Fatalf("nothing set: %v, expected to start", err)
	}
	if s.Keys != nil || s.Ready() || len(s.Missing()) != 4 || !s.Missing()[0].Stops {
		t.Errorf("nothing set: %v, ready %v, missing %v; expected four gaps, the keys first", s, s.Ready(), s.Missing())
	}
	for _, gap := range s.Missing() {
		for _, sentence := range []string{gap.Lacks, gap.Do} {
			if !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is no sentence", gap.Names, sentence)
			}
		}
	}
}

func TestEverythingSet(t *testing.T) {
	t.Parallel()
	env := everything(t)
	s, err := read(env)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Ready() || len(s.Missing()) != 0 {
		t.Errorf("missing %v, expected nothing", s.Missing())
	}
	if !slices.Equal(s.Keys.IDs(), []string{"k1"}) || !s.BankID.Set() || !s.SMS.Set() {
		t.Errorf("keys %v, BankID %v, SMS %v", s.Keys, s.BankID.Set(), s.SMS.Set())
	}
	if s.BankID.URL != "https://appapi2.bankid.com/rp/v6.0" || s.PublicURL != "https://vard.example.se" {
		t.Errorf("addresses %q and %q, expected no slash at the end", s.BankID.URL, s.PublicURL)
	}
	if s.SMS.Secret.Reveal() != "open-sesame" || s.BankID.Key.Reveal() != strings.TrimSpace(env["LOTSEN_BANKID_KEY"]) {
		t.Error("a secret was not read as it was given")
	}
	if !slices.Equal(s.Origins, []string{"https://app.example.se", "capacitor://localhost"}) {
		t.Errorf("origins %q", s.Origins)
	}
	if !slices.Equal(s.AppReturnURLs, []string{"https://app.example.se/back", "se.example.app://login"}) {
		t.Errorf("return addresses %q", s.AppReturnURLs)
	}
}

func TestFilesHoldSettings(t *testing.T) {
	t.Parallel()
	dir, env := t.TempDir(), map[string]string{}
	for name, value := range everything(t) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		env[name+"_FILE"] = path
	}
	s, err := read(env)
	if err != nil {
		t.Fatalf("every setting in a file: %v", err)
	}
	if !s.Ready() || len(s.Missing()) != 0 || s.SMS.Secret.Reveal() != "open-sesame" || s.Metrics != "127.0.0.1:9100" {
		t.Errorf("every setting in a file: %v, missing %v", s, s.Missing())
	}
}

func TestFaultsOfFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, big := filepath.Join(dir, "empty"), filepath.Join(dir, "big")
	if err := errors.Join(os.WriteFile(empty, []byte(" \n"), 0o600), os.WriteFile(big, make([]byte, 1<<20+1), 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{filepath.Join(dir, "none"): "cannot be read", dir: "cannot be read", empty: "empty file", big: "1 MiB"} {
		expectFault(t, map[string]string{"LOTSEN_METRICS_FILE": path}, "LOTSEN_METRICS_FILE", why)
		expectFault(t, map[string]string{"LOTSEN_KEYS_FILE": path}, "LOTSEN_KEYS_FILE", why)
	}
	expectFault(t, map[string]string{"LOTSEN_METRICS": "127.0.0.1:1", "LOTSEN_METRICS_FILE": empty}, "LOTSEN_METRICS", "set twice")
}

// expectFault expects exactly one fault, of that name, with those words.
func expectFault(t *testing.T, env map[string]string, name, why string) {
	t.Helper()
	s, err := read(env)
	faults, ok := errors.AsType[settings.Faults](err)
	if !ok || s != nil || len(faults) != 1 || faults[0].Name != name || !strings.Contains(faults[0].Problem, why) {
		t.Errorf("error %v; expected one fault of %s with %q", err, name, why)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	cert, key := newPair(t)
	_, otherKey := newPair(t)
	tests := []struct{ name, value, fault, why string }{
		{"LOTSEN_KEYS", "k1:AAAA", "LOTSEN_KEYS", "32 bytes"},
		{"LOTSEN_KEYS", ",", "LOTSEN_KEYS", "no keys"},
		{"LOTSEN_BANKID_URL", "http://appapi2.bankid.com/rp/v6.0", "LOTSEN_BANKID_URL", "https://HOST/rp/v6.0"},
		{"LOTSEN_BANKID_URL", "https://appapi2.bankid.com/rp/v5.1", "LOTSEN_BANKID_URL", "https://HOST/rp/v6.0"},
		{"LOTSEN_BANKID_URL", "https:///rp/v6.0", "LOTSEN_BANKID_URL", "https://HOST/rp/v6.0"},
		{"LOTSEN_BANKID_URL", "", "LOTSEN_BANKID_URL", "cannot do without"},
		{"LOTSEN_BANKID_CERT", "", "LOTSEN_BANKID_CERT", "cannot do without"},
		{"LOTSEN_BANKID_CERT", "/etc/cert.pem", "LOTSEN_BANKID_CERT", "LOTSEN_BANKID_CERT_FILE"},
		{"LOTSEN_BANKID_KEY", "", "LOTSEN_BANKID_KEY", "cannot do without"},
		{"LOTSEN_BANKID_KEY", "/etc/key.pem", "LOTSEN_BANKID_KEY", "LOTSEN_BANKID_KEY_FILE"},
		{"LOTSEN_BANKID_KEY", otherKey, "LOTSEN_BANKID_KEY", "does not open"},
		{"LOTSEN_BANKID_KEY", cert, "LOTSEN_BANKID_KEY", "does not open"},
		{"LOTSEN_BANKID_CA", "", "LOTSEN_BANKID_CA", "cannot do without"},
		{"LOTSEN_BANKID_CA", key, "LOTSEN_BANKID_CA", "no certificate"},
		{"LOTSEN_SMS", "carrier pigeon", "LOTSEN_SMS", "46elks, twilio or webhook"},
		{"LOTSEN_SMS", "", "LOTSEN_SMS", "name the provider"},
		{"LOTSEN_SMS", "webhook", "LOTSEN_SMS_SECRET", "at least 32"},
		{"LOTSEN_SMS", "twilio", "LOTSEN_SMS_USER", "Account SID"},
		{"LOTSEN_SMS_USER", "", "LOTSEN_SMS_USER", "46elks cannot do without"},
		{"LOTSEN_SMS_SECRET", "", "LOTSEN_SMS_SECRET", "46elks cannot do without"},
		{"LOTSEN_SMS_FROM", "", "LOTSEN_SMS_FROM", "46elks cannot do without"},
		{"LOTSEN_SMS_FROM", "BankID", "LOTSEN_SMS_FROM", "somebody else"},
		{"LOTSEN_SMS_FROM", "1177", "LOTSEN_SMS_FROM", "somebody else"},
		{"LOTSEN_SMS_FROM", "Vårdcentralen", "LOTSEN_SMS_FROM", "11 letters"},
		{"LOTSEN_SMS_FROM", "071234", "LOTSEN_SMS_FROM", "11 letters"},
		{"LOTSEN_SMS_URL", "http://gateway.example.se", "LOTSEN_SMS_URL", "https://"},
		{"LOTSEN_PUBLIC_URL", "vard.example.se", "LOTSEN_PUBLIC_URL", "is not an address"},
		{"LOTSEN_PUBLIC_URL", "http://vard.example.se", "LOTSEN_PUBLIC_URL", "https://"},
		{"LOTSEN_PUBLIC_URL", "http://127.0.0.1.example.se", "LOTSEN_PUBLIC_URL", "https://"},
		{"LOTSEN_PUBLIC_URL", "https://vard.example.se/lotsen", "LOTSEN_PUBLIC_URL", "after the host"},
		{"LOTSEN_PUBLIC_URL", "https://u:p@vard.example.se", "LOTSEN_PUBLIC_URL", "password"},
		{"LOTSEN_PUBLIC_URL", "ftp://vard.example.se", "LOTSEN_PUBLIC_URL", "https://"},
		{"LOTSEN_ORIGINS", "*", "LOTSEN_ORIGINS", "name each origin"},
		{"LOTSEN_ORIGINS", "https://*.example.se", "LOTSEN_ORIGINS", "name each origin"},
		{"LOTSEN_ORIGINS", "null", "LOTSEN_ORIGINS", "is not an address"},
		{"LOTSEN_ORIGINS", "https://a.example.se/path", "LOTSEN_ORIGINS", "after the host"},
		{"LOTSEN_ORIGINS", "http://a.example.se", "LOTSEN_ORIGINS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "https://*.example.se/", "LOTSEN_APP_RETURN_URLS", "whole"},
		{"LOTSEN_APP_RETURN_URLS", "http://a.example.se/", "LOTSEN_APP_RETURN_URLS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "javascript://x/%0aalert(1)", "LOTSEN_APP_RETURN_URLS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "JavaScript:alert(1)", "LOTSEN_APP_RETURN_URLS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "data:text/html", "LOTSEN_APP_RETURN_URLS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "/back", "LOTSEN_APP_RETURN_URLS", "https://"},
		{"LOTSEN_APP_RETURN_URLS", "https://u:secret@a.example.se/", "LOTSEN_APP_RETURN_URLS", "is not an address"},
		{"LOTSEN_METRICS", "9100", "LOTSEN_METRICS", "ADDRESS:PORT"},
		{"LOTSEN_METRICS", "127.0.0.1:99999", "LOTSEN_METRICS", "ADDRESS:PORT"},
		{"LOTSEN_METRICS", ":9100", "LOTSEN_METRICS", "of this machine"},
		{"LOTSEN_METRICS", "0.0.0.0:9100", "LOTSEN_METRICS", "of this machine"},
		{"LOTSEN_METRICS", "8.8.8.8:9100", "LOTSEN_METRICS", "of this machine"},
	}
	for _, test := range tests {
		env := everything(t)
		env["LOTSEN_BANKID_CERT"], env["LOTSEN_BANKID_KEY"], env["LOTSEN_BANKID_CA"] = cert, key, cert
		env[test.name] = test.value
		if test.name == "LOTSEN_SMS" && test.value == "webhook" {
			env["LOTSEN_SMS_URL"] = "https://gateway.example.se/sms"
		}
		expectFault(t, env, test.fault, test.why)
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := read(map[string]string{
		"LOTSEN_KEYS": "k1:AAAA k2:BBBB", "LOTSEN_BANKID_URL": "https://x.example/rp/v6.0", "LOTSEN_SMS": "webhook",
		"LOTSEN_PUBLIC_URL": "http://x.example", "LOTSEN_ORIGINS": "* https://x.example/y", "LOTSEN_APP_RETURN_URLS": "x", "LOTSEN_METRICS": "x",
	})
	faults, _ := errors.AsType[settings.Faults](err)
	var got []string
	for _, fault := range faults {
		got = append(got, fault.Name)
		if !strings.Contains(err.Error(), "\n  "+fault.Name+": "+fault.Problem) {
			t.Errorf("the error does not tell %v", fault)
		}
	}
	want := []string{
		"LOTSEN_KEYS", "LOTSEN_KEYS", "LOTSEN_BANKID_CERT", "LOTSEN_BANKID_KEY", "LOTSEN_BANKID_CA",
		"LOTSEN_SMS_URL", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM",
		"LOTSEN_PUBLIC_URL", "LOTSEN_ORIGINS", "LOTSEN_ORIGINS", "LOTSEN_APP_RETURN_URLS", "LOTSEN_METRICS",
	}
	if !slices.Equal(got, want) {
		t.Errorf("faults of %q, expected %q", got, want)
	}
}

func TestAcceptedForms(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"LOTSEN_PUBLIC_URL":      {"http://localhost:8090", "http://127.0.0.1:8090", "http://[::1]:8090", "https://vard.example.se:8443"},
		"LOTSEN_ORIGINS":         {"http://localhost:5173", "ionic://localhost", "https://a.example\nhttps://b.example"},
		"LOTSEN_APP_RETURN_URLS": {"lotsen://back", "se.example.app:/back", "https://a.example/back?x=1"},
		"LOTSEN_METRICS":         {"localhost:9100", "[::1]:9100", "10.1.2.3:9100", "127.0.0.1:0", "[fd00::1]:9100"},
	} {
		for _, value := range values {
			if _, err := read(map[string]string{name: value}); err != nil {
				t.Errorf("%s=%s: %v", name, value, err)
			}
		}
	}
	twilio := map[string]string{
		"LOTSEN_SMS": "twilio", "LOTSEN_SMS_USER": "AC" + strings.Repeat("0a", 16),
		"LOTSEN_SMS_SECRET": "x", "LOTSEN_SMS_FROM": "MG" + strings.Repeat("0a", 16),
	}
	if _, err := read(twilio); err != nil {
		t.Errorf("twilio with a messaging service: %v", err)
	}
}

func TestUnknownNamesAreToldAndNoFault(t *testing.T) {
	t.Parallel()
	s, err := read(map[string]string{"LOTSEN_KEY": "x", "LOTSEN_SMS_FORM": "x", "LOTSEN_METRICS": "localhost:1", "LOTSENX": "1"})
	if err != nil || !slices.Equal(s.Unknown, []string{"LOTSEN_KEY", "LOTSEN_SMS_FORM"}) {
		t.Errorf("unknown %v, %v; expected LOTSEN_KEY and LOTSEN_SMS_FORM", s, err)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	t.Parallel()
	env := everything(t)
	s, err := read(env)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("start", "settings", s, "value", *s, "bankid", s.BankID, "sms", s.SMS, "secret", s.SMS.Secret)
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(encoded) + fmt.Sprintf("%v %+v %#v %v %+v %#v %+v %#v %+v %#v %s", s, s, s, *s, *s, *s, s.BankID, s.BankID, s.SMS, s.SMS, s.SMS.Secret)
	keyBody := strings.Split(env["LOTSEN_BANKID_KEY"], "\n")[1]
	for what, secret := range map[string]string{"the SMS secret": "open-sesame", "the BankID key": keyBody, "the sealing key": strings.TrimPrefix(env["LOTSEN_KEYS"], "k1:")} {
		if strings.Contains(out, secret) {
			t.Errorf("%s is printed", what)
		}
	}

	for _, name := range []string{"LOTSEN_SMS_SECRET", "LOTSEN_BANKID_KEY", "LOTSEN_BANKID_CERT", "LOTSEN_BANKID_CA", "LOTSEN_KEYS"} {
		bad := everything(t)
		bad[name], bad["LOTSEN_SMS"] = "hunter2", "webhook"
		if _, err := read(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v; expected a fault without the value", name, err)
		}
	}
}
