// Package seal keeps personal numbers unreadable at rest and still findable.
//
// A number is stored twice: sealed, so that only who holds the key reads it
// ([Ring.Seal], [Ring.Open]), and as a keyed fingerprint, so that a person can
// be found by it ([Ring.Fingerprint], [Ring.Lookup]). There are about 10⁹
// personal numbers: a hash without a key is undone in seconds.
//
// Keys live in a [Ring]: the first seals, all of them open. The package stores
// nothing, reads no environment and never lets a key or a plain text into an
// error or a log line.
package seal

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// version begins every sealed text and every fingerprint. What it stands for
// (AES-256-GCM, HMAC-SHA256, the derivations of keys.go) never changes; a
// better way gets a v2, and both are read.
const version = "v1"

var (
	// ErrNoKeys says that the service has not been given any keys.
	ErrNoKeys = errors.New("seal: no keys")
	// ErrForm says that a text was not sealed by this package.
	ErrForm = errors.New("seal: not a sealed text")
	// ErrUnknownKey says that a text was sealed with a key that is not in the ring.
	ErrUnknownKey = errors.New("seal: sealed with a key that is not in the ring")
	// ErrBroken says that a text was changed, belongs to another record or
	// field, or was sealed with another key of the same id.
	ErrBroken = errors.New("seal: the text does not belong here or was changed")
)

// Place says where a sealed text belongs. It is bound into the seal: a text
// copied to another record or another field does not open there.
type Place struct {
	Record string // id of the record
	Field  string // collection and field, as in "patients.number"
}

// Seal encrypts plain for the one place. Each call gives another text, in the
// form v1.<key id>.<base64url of nonce, cipher text and tag>. It fails only
// with [ErrNoKeys].
func (r *Ring) Seal(at Place, plain string) (string, error) {
	if r.none() {
		return "", ErrNoKeys
	}
	first := r.keys[0]
	box := first.aead.Seal(nil, nil, []byte(plain), at.bind(first.id)) //nolint:gosec // no nonce is passed: this cipher makes its own, at random
	return text(first.id, box), nil
}

// Open decrypts what [Ring.Seal] made for the same place, under any key of the
// ring. Its errors are [ErrNoKeys], [ErrForm], [ErrUnknownKey] and [ErrBroken].
func (r *Ring) Open(at Place, sealed string) (string, error) {
	if r.none() {
		return "", ErrNoKeys
	}
	id, box, err := parts(sealed)
	if err != nil {
		return "", err
	}
	k, ok := r.find(id)
	if !ok {
		return "", fmt.Errorf("%w: %q", ErrUnknownKey, id)
	}
	if len(box) < k.aead.Overhead() {
		return "", ErrForm
	}
	plain, err := k.aead.Open(nil, nil, box, at.bind(id))
	if err != nil {
		return "", ErrBroken
	}
	return string(plain), nil
}

// KeyOf tells which key a sealed text or a fingerprint was made with, so that a
// key can be known to be unused before it is thrown away.
func KeyOf(stored string) (id string, err error) {
	id, _, err = parts(stored)
	return id, err
}

// bind gives the additional data of the cipher. Every part carries its length,
// so that no two places give the same bytes.
func (p Place) bind(keyID string) []byte {
	var b []byte
	for _, part := range []string{version, keyID, p.Record, p.Field} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part))) //nolint:gosec // ids and names are far shorter than 4 GiB
		b = append(b, part...)
	}
	return b
}

func text(keyID string, b []byte) string {
	return version + "." + keyID + "." + base64.RawURLEncoding.EncodeToString(b)
}

func parts(stored string) (keyID string, b []byte, err error) {
	v, rest, _ := strings.Cut(stored, ".")
	id, body, ok := strings.Cut(rest, ".")
	if v != version || !ok || !validID(id) {
		return "", nil, ErrForm
	}
	// Strict: without it two texts that differ in unused bits would be equal.
	// The decoder passes over line breaks, which a stored text has none of.
	b, err = base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil || strings.ContainsAny(body, "\r\n") {
		return "", nil, ErrForm
	}
	return id, b, nil
}
