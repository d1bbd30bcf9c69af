package settings

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"strings"
)

const bankIDVersion = "/rp/v6.0"

func readBankID(r *reader) BankID {
	all := []string{"LOTSEN_BANKID_URL", "LOTSEN_BANKID_CERT", "LOTSEN_BANKID_KEY", "LOTSEN_BANKID_CA"}
	if !together(r, all) {
		return BankID{}
	}
	b := BankID{
		URL:  strings.TrimRight(r.value(all[0]), "/"),
		Cert: Secret(r.value(all[1])),
		Key:  Secret(r.value(all[2])),
		CA:   Secret(r.value(all[3])),
	}
	if u, err := url.Parse(b.URL); b.URL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil ||
		u.RawQuery != "" || u.Fragment != "" || !strings.HasSuffix(u.Path, bankIDVersion)) {
		r.fault(all[0], "must be https://HOST"+bankIDVersion)
	}
	checkPair(r, b)
	if b.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(b.CA)) {
		r.fault(all[3], "holds no certificate in PEM; to name a file, use LOTSEN_BANKID_CA_FILE")
	}
	return b
}

// checkPair holds the private key against the certificate. The library's errors
// hold nothing of either, but are of no use to an operator.
func checkPair(r *reader, b BankID) {
	whole := true
	for _, half := range []struct{ name, pem string }{
		{"LOTSEN_BANKID_CERT", b.Cert.Reveal()}, {"LOTSEN_BANKID_KEY", b.Key.Reveal()},
	} {
		isPEM := strings.Contains(half.pem, "-----BEGIN ")
		if half.pem != "" && !isPEM {
			r.fault(half.name, "is not PEM; to name a file, use "+half.name+fileSuffix)
		}
		whole = whole && isPEM
	}
	if !whole {
		return
	}
	if _, err := tls.X509KeyPair([]byte(b.Cert), []byte(b.Key)); err != nil {
		r.fault("LOTSEN_BANKID_KEY", "does not open LOTSEN_BANKID_CERT: give the certificate, and its own private key without a passphrase, both in PEM")
	}
}

// together says whether any of the settings is given, and faults the others of
// which it takes all.
func together(r *reader, all []string) bool {
	var given, absent []string
	for _, name := range all {
		if r.given(name) {
			given = append(given, name)
		} else {
			absent = append(absent, name)
		}
	}
	if len(given) == 0 {
		return false
	}
	for _, name := range absent {
		r.fault(name, "is not set, and "+strings.Join(given, ", ")+" cannot do without")
	}
	return true
}
