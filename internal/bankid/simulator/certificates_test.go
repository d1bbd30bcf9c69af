package simulator_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotsen/internal/bankid/simulator"
)

func TestCertificatesOutliveARestart(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "bankid")
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	load := func(at time.Time) *simulator.Certificates {
		t.Helper()
		c, err := simulator.LoadOrCreate(folder, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := load(now)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 5 {
		t.Fatalf("%d files written, %v; want 5", len(files), err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v; want 0600", file.Name(), info.Mode().Perm(), err)
		}
	}
	if again := load(now.Add(time.Hour)); !bytes.Equal(again.CA, first.CA) || !bytes.Equal(again.ClientKey, first.ClientKey) {
		t.Error("a second start made other certificates")
	}
	// A crash between two files, a lost one, rubbish, and the end of their time.
	spoil := map[string]func() error{
		"another's server": func() error {
			other, err := simulator.Create(now)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(folder, "server.pem"), other.ServerCert, 0o600)
		},
		"a lost file": func() error { return os.Remove(filepath.Join(folder, "client.pem")) },
		"rubbish":     func() error { return os.WriteFile(filepath.Join(folder, "ca.pem"), []byte("x"), 0o600) },
	}
	for name, do := range spoil {
		before := load(now)
		if err := do(); err != nil {
			t.Fatal(err)
		}
		after := load(now)
		if bytes.Equal(before.CA, after.CA) {
			t.Errorf("%s: the certificates were kept; want all anew", name)
		}
		if again := load(now); !bytes.Equal(again.CA, after.CA) {
			t.Errorf("%s: not mended for good", name)
		}
	}
	before := load(now)
	if after := load(now.AddDate(11, 0, 0)); bytes.Equal(before.CA, after.CA) {
		t.Error("certificates out of date were kept")
	}
}

func TestServeOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	certs, err := simulator.Create(time.Unix(1_790_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"0.0.0.0:0", "192.0.2.1:443", ":0", "localhost"} {
		if s, err := simulator.Serve(address, nil, certs, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: serves; want a refusal", address)
			_ = s.Close()
		}
	}
	for name, broken := range map[string]*simulator.Certificates{
		"no server key": {CA: certs.CA, ServerCert: certs.ServerCert},
		"no CA":         {ServerCert: certs.ServerCert, ServerKey: certs.ServerKey},
	} {
		if s, err := simulator.Serve("127.0.0.1:0", nil, broken, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: serves; want a refusal", name)
			_ = s.Close()
		}
	}
}

func TestNoCertificateNoAnswer(t *testing.T) {
	t.Parallel()
	made := time.Unix(1_790_000_000, 0)
	certs, err := simulator.Create(made)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return made }
	server, err := simulator.Serve("127.0.0.1:0", simulator.New(clock), certs, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certs.CA)
	bare := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, Time: clock, MinVersion: tls.VersionTLS12}}}
	res, err := bare.Post(server.URL+"/auth", "application/json", strings.NewReader(`{"endUserIp":"::1"}`))
	if err == nil {
		_ = res.Body.Close()
		t.Fatalf("answered %d to a caller without a certificate", res.StatusCode)
	}
	if !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("refused with %v; want the demand for a certificate", err)
	}
}
