package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Fingerprint gives what is stored beside a sealed value, to find it by: an
// HMAC-SHA256 under the key in use, in the form v1.<key id>.<base64url>.
// The kind keeps values of different sorts apart ("personnummer"). The value
// must be in its one canonical form. It fails only with [ErrNoKeys].
//
// A fingerprint is for storing. To find a value, or to ask whether it is
// already there, use [Ring.Lookup]: rows may be older than the key in use.
func (r *Ring) Fingerprint(kind, value string) (string, error) {
	if r.none() {
		return "", ErrNoKeys
	}
	return r.keys[0].fingerprint(kind, value), nil
}

// Lookup gives every fingerprint under which the value may be stored, one for
// each key of the ring, the one in use first. A record whose stored
// fingerprint is any of them is the one sought.
//
// A unique index on the fingerprint catches a person twice only within one
// key: whoever inserts looks up in the same transaction first.
func (r *Ring) Lookup(kind, value string) ([]string, error) {
	if r.none() {
		return nil, ErrNoKeys
	}
	all := make([]string, len(r.keys))
	for i, k := range r.keys {
		all[i] = k.fingerprint(kind, value)
	}
	return all, nil
}

func (k key) fingerprint(kind, value string) string {
	mac := hmac.New(sha256.New, k.lookup)
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(kind)))) //nolint:gosec // a kind is a short word
	mac.Write([]byte(kind))
	mac.Write([]byte(value))
	return text(k.id, mac.Sum(nil))
}
