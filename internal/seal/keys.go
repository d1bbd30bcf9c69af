package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

const maxID = 16

// Ring holds the keys of one installation, the one in use first. The nil Ring
// is the ring of a service that has none yet: it answers [ErrNoKeys].
// A Ring is safe for concurrent use and never prints its keys.
type Ring struct {
	keys []key
}

// key is one entry of LOTSEN_KEYS. The key itself is used for nothing; what
// seals and what looks up are derived from it, each for its own purpose.
type key struct {
	id     string
	aead   cipher.AEAD
	lookup []byte
}

// NewKey gives a fresh random key in the form that [ParseKeys] reads.
func NewKey(id string) (string, error) {
	if !validID(id) {
		return "", errors.New(idRule)
	}
	secret := make([]byte, KeySize)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	return id + ":" + base64.StdEncoding.EncodeToString(secret), nil
}

// ParseKeys reads keys as LOTSEN_KEYS holds them: id:base64, separated by
// commas or white space, the one in use first. Ids are 1 to 16 of a-z, 0-9, _
// and -; a key is 32 random bytes. The error names every fault, and no key.
func ParseKeys(list string) (*Ring, error) {
	entries := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
	if len(entries) == 0 {
		return nil, ErrNoKeys
	}
	ring := &Ring{}
	seen := map[string]int{}
	var faults []error
	for i, entry := range entries {
		id, secret, err := parseKey(entry)
		if err == nil {
			err = unseen(seen, id, secret, i+1)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("key %d: %w", i+1, err))
			continue
		}
		k, err := derive(id, secret)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i+1, err)
		}
		ring.keys = append(ring.keys, k)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return ring, nil
}

const idRule = "the id must be 1 to 16 of a-z, 0-9, _ and -"

// parseKey reads one entry. Its errors quote nothing of the entry: what stands
// in the place of the id may be the key.
func parseKey(entry string) (id string, secret []byte, err error) {
	id, encoded, ok := strings.Cut(entry, ":")
	if !ok {
		return "", nil, errors.New("must be written id:base64, and has no colon")
	}
	if !validID(id) {
		return "", nil, errors.New(idRule)
	}
	secret, err = decode(encoded)
	if err != nil {
		return "", nil, err
	}
	return id, secret, weakness(secret)
}

// decode reads base64 in both alphabets, padded or not.
func decode(encoded string) ([]byte, error) {
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(encoded, "="))
	secret, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil, errors.New("what follows the colon is not base64")
	}
	if len(secret) != KeySize {
		return nil, fmt.Errorf("must be %d bytes, and is %d; `openssl rand -base64 %d` makes one", KeySize, len(secret), KeySize)
	}
	return secret, nil
}

// unseen notes the id and the key, and refuses either when it comes again.
func unseen(seen map[string]int, id string, secret []byte, n int) error {
	for what, mark := range map[string]string{"id": "id " + id, "key": "key " + string(secret)} {
		if first, ok := seen[mark]; ok {
			return fmt.Errorf("has the same %s as key %d", what, first)
		}
		seen[mark] = n
	}
	return nil
}

func validID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func derive(id string, secret []byte) (key, error) {
	sealing, err := hkdf.Key(sha256.New, secret, nil, "lotsen seal v1: encrypt", KeySize)
	if err != nil {
		return key{}, fmt.Errorf("deriving the sealing key: %w", err)
	}
	lookup, err := hkdf.Key(sha256.New, secret, nil, "lotsen seal v1: look up", KeySize)
	if err != nil {
		return key{}, fmt.Errorf("deriving the look-up key: %w", err)
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return key{}, fmt.Errorf("making the cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, fmt.Errorf("making the cipher: %w", err)
	}
	return key{id: id, aead: aead, lookup: lookup}, nil
}

func (r *Ring) none() bool { return r == nil || len(r.keys) == 0 }

func (r *Ring) find(id string) (key, bool) {
	for _, k := range r.keys {
		if k.id == id {
			return k, true
		}
	}
	return key{}, false
}

// IDs gives the ids of the keys, the one in use first.
func (r *Ring) IDs() []string {
	if r == nil {
		return nil
	}
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String names the keys by their ids.
func (r *Ring) String() string { return "keys [" + strings.Join(r.IDs(), " ") + "]" }

// GoString is String, so that %#v prints no key.
func (r *Ring) GoString() string { return r.String() }

// LogValue is String, so that no log handler looks inside.
func (r *Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }
