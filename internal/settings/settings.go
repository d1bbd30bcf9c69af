// Package settings reads what the environment says into one checked struct.
//
// Every setting NAME may be given as NAME_FILE instead, naming a file that holds
// it. Everything wrong is told at once, by name, and no value of a secret is
// ever told. What is not there at all is no fault: the service starts, says that
// it is not ready, and [Settings.Missing] says what to do about it.
//
// The package opens no connection. Whether a key fits its certificate is checked
// here; whether the other side accepts them shows when it is spoken to.
package settings

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"lotsen/internal/seal"
)

// Settings is what the operator has chosen. It prints no secret.
type Settings struct {
	Keys   *seal.Ring // nil where there are none: the service is not ready
	BankID BankID
	SMS    SMS

	PublicURL     string   // the address that people use, without a slash at the end; "" where none is set
	Origins       []string // other origins that a browser may call from
	AppReturnURLs []string // where BankID may return to in apps
	Metrics       string   // address of the metrics listener; "" for none

	// Unknown names what begins with LOTSEN_ and is no setting: most likely a
	// slip of the pen. Worth a warning, no reason to stay down.
	Unknown []string
}

// BankID is how to reach BankID's RP API: all of it, or nothing.
type BankID struct {
	URL  string // base address, ends in /rp/v6.0
	Cert Secret // our client certificate (PEM)
	Key  Secret // its private key (PEM)
	CA   Secret // the certificates that the server's must lead to (PEM)
}

// Set says whether BankID is configured.
func (b BankID) Set() bool { return b.URL != "" }

// SMS is who carries text messages: one of [Providers], or nobody.
type SMS struct {
	Provider string // "" for nobody
	URL      string // "" for the provider's own address
	User     string
	Secret   Secret
	From     string // the sender that people see
}

// Set says whether there is anybody to carry an SMS.
func (s SMS) Set() bool { return s.Provider != "" }

// Read reads and checks the settings in environ, which is as os.Environ gives
// it. The error is a [Faults].
func Read(environ []string) (*Settings, error) {
	r := newReader(environ)
	s := &Settings{
		Keys:          readKeys(r),
		BankID:        readBankID(r),
		SMS:           readSMS(r),
		PublicURL:     readPublicURL(r),
		Origins:       readOrigins(r),
		AppReturnURLs: readReturnURLs(r),
		Metrics:       readMetrics(r),
		Unknown:       r.unknown(),
	}
	if len(r.faults) > 0 {
		return nil, r.faults
	}
	return s, nil
}

func readKeys(r *reader) *seal.Ring {
	const name = "LOTSEN_KEYS"
	ring, err := seal.ParseKeys(r.value(name))
	if err == nil || errors.Is(err, seal.ErrNoKeys) && r.value(name) == "" {
		return ring
	}
	// One fault a line: seal names each key by its place.
	for line := range strings.Lines(err.Error()) {
		r.fault(name, strings.TrimSpace(line))
	}
	return nil
}

// String tells what is configured, and no secret.
func (s Settings) String() string {
	return fmt.Sprintf("settings [%v, bankid %v, sms %q, public url %q, origins %q, app return urls %q, metrics %q]",
		s.Keys, s.BankID.Set(), s.SMS.Provider, s.PublicURL, s.Origins, s.AppReturnURLs, s.Metrics)
}

// GoString is String, so that %#v prints no secret.
func (s Settings) GoString() string { return s.String() }

// LogValue is String, so that no log handler looks inside.
func (s Settings) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Secret is a value that does not print itself.
type Secret string

const hidden = "[secret]"

// Reveal gives the value. Search for it to find every place where a secret is used.
func (s Secret) Reveal() string { return string(s) }

// String hides the value.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// LogValue hides the value from the log.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the value from JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
