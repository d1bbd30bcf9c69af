package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const certificateLife = 10 * 365 * 24 * time.Hour

// Certificates is all that both ends of the simulated BankID need, as PEM.
// The CA's own key is thrown away once it has signed.
type Certificates struct {
	CA         []byte
	ServerCert []byte
	ServerKey  []byte
	ClientCert []byte
	ClientKey  []byte
}

func (c *Certificates) files() map[string]*[]byte {
	return map[string]*[]byte{
		"ca.pem":         &c.CA,
		"server.pem":     &c.ServerCert,
		"server-key.pem": &c.ServerKey,
		"client.pem":     &c.ClientCert,
		"client-key.pem": &c.ClientKey,
	}
}

// LoadOrCreate reads the certificates from a folder. Where one is missing,
// broken or out of date, all are made anew and written there, readable by the
// owner only, so that a restart finds the same ones.
func LoadOrCreate(folder string, now time.Time) (*Certificates, error) {
	found, err := load(folder)
	if err == nil && found.valid(now) {
		return found, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	made, err := Create(now)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("simulator: making the folder of the certificates: %w", err)
	}
	for name, content := range made.files() {
		if err := os.WriteFile(filepath.Join(folder, name), *content, 0o600); err != nil {
			return nil, fmt.Errorf("simulator: writing a certificate: %w", err)
		}
	}
	return made, nil
}

func load(folder string) (*Certificates, error) {
	var c Certificates
	for name, content := range c.files() {
		data, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // the operator names the folder, we the files
		if err != nil {
			return nil, fmt.Errorf("simulator: reading a certificate: %w", err)
		}
		*content = data
	}
	return &c, nil
}

// valid says whether the five belong together and are in date: a crash while
// writing may have left a mixture.
func (c *Certificates) valid(now time.Time) bool {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(c.CA) {
		return false
	}
	server, errServer := tls.X509KeyPair(c.ServerCert, c.ServerKey)
	client, errClient := tls.X509KeyPair(c.ClientCert, c.ClientKey)
	if errServer != nil || errClient != nil {
		return false
	}
	_, errServer = server.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now})
	_, errClient = client.Leaf.Verify(x509.VerifyOptions{
		Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return errServer == nil && errClient == nil
}

// Create makes a CA, a server for the loopback addresses and a client.
func Create(now time.Time) (*Certificates, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("simulator: making a key: %w", err)
	}
	ca := template("Simulated BankID CA", now)
	ca.IsCA, ca.BasicConstraintsValid = true, true
	ca.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("simulator: making the CA: %w", err)
	}
	server := template("Simulated BankID", now)
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{"localhost"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	client := template("Simulated relying party", now)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	made := Certificates{CA: pemOf("CERTIFICATE", der)}
	if made.ServerCert, made.ServerKey, err = issue(server, ca, caKey); err != nil {
		return nil, err
	}
	if made.ClientCert, made.ClientKey, err = issue(client, ca, caKey); err != nil {
		return nil, err
	}
	return &made, nil
}

func template(name string, now time.Time) *x509.Certificate {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails: crypto/rand ends the program instead
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(certificateLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func issue(leaf, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("simulator: making a key: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, private.Public(), caKey)
	if err != nil {
		return nil, nil, fmt.Errorf("simulator: making a certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("simulator: writing a key: %w", err)
	}
	return pemOf("CERTIFICATE", der), pemOf("PRIVATE KEY", keyDER), nil
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
