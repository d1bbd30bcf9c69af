package seal_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/seal"
)

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestParseKeysRefuses(t *testing.T) {
	t.Parallel()
	good := newKey(t, "good")
	secret := strings.TrimPrefix(good, "good:")
	tests := map[string]struct{ list, why string }{
		"no colon":           {secret, "no colon"},
		"no id":              {":" + secret, "the id"},
		"capital in the id":  {"A:" + secret, "the id"},
		"dot in the id":      {"a.b:" + secret, "the id"},
		"id too long":        {strings.Repeat("a", 17) + ":" + secret, "the id"},
		"not base64":         {"a:???", "not base64"},
		"no key":             {"a:", "is 0"},
		"too short":          {"a:" + encode(counting(16)), "is 16"},
		"too long":           {"a:" + encode(counting(64)), "is 64"},
		"all zero":           {"a:" + encode(make([]byte, 32)), "again and again"},
		"one byte repeated":  {"a:" + encode(bytes.Repeat([]byte{0xA7}, 32)), "again and again"},
		"a pattern of eight": {"a:" + encode(bytes.Repeat([]byte("\x01\x9c\x03\xee\x05\x77\x80\xff"), 4)), "again and again"},
		"two halves alike":   {"a:" + encode(bytes.Repeat([]byte("\x01\x9c\x03\xee\x05\x77\x80\xff\x11\x22\x34\x51\x67\x90\xab\xcd"), 2)), "again and again"},
		"counting up":        {"a:" + encode(counting(32)), "count"},
		"few bytes":          {"a:" + encode([]byte("\x00\x01\x01\x00\x02\x00\x01\x02\x03\x00\x01\x03\x02\x01\x00\x02\x03\x01\x00\x00\x01\x02\x02\x03\x03\x01\x00\x02\x01\x03\x00\x01")), "few different"},
		"a sentence":         {"a:" + encode([]byte("correct horse battery staple 42!")), "it is text"},
		"the same id twice":  {good + "," + newKey(t, "good"), "same id as key 1"},
		"the same key twice": {good + ",other:" + secret, "same key as key 1"},
	}
	for name, test := range tests {
		_, err := seal.ParseKeys(test.list)
		if err == nil || !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: error %v, expected one with %q", name, err, test.why)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error prints the key", name)
		}
	}
}

func TestParseKeysNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := seal.ParseKeys("a:???, " + newKey(t, "b") + "\nC:x d:" + encode(make([]byte, 32)))
	for _, want := range []string{"key 1:", "key 3:", "key 4:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, expected one that names %q", err, want)
		}
	}
	if err != nil && strings.Contains(err.Error(), "key 2:") {
		t.Errorf("error %v names key 2, which is good", err)
	}
}

func TestParseKeysReadsEveryWayOfWriting(t *testing.T) {
	t.Parallel()
	a, b := newKey(t, "2026-11"), newKey(t, "b_1")
	urlsafe := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(b)
	for _, list := range []string{a + "," + b, a + "\n" + b + "\n", "  " + a + " ,\r\n" + urlsafe} {
		if got := parse(t, list).IDs(); !slices.Equal(got, []string{"2026-11", "b_1"}) {
			t.Errorf("ids %v, expected [2026-11 b_1]", got)
		}
	}
	if parse(t, b).String() != parse(t, urlsafe).String() {
		t.Error("both base64 alphabets should give the same key")
	}
	sealed := mustSeal(t, parse(t, b), anna, "x")
	if got, err := parse(t, urlsafe).Open(anna, sealed); err != nil || got != "x" {
		t.Errorf("the key in the other alphabet opens %q, %v", got, err)
	}
}

func TestNewKeyRefusesABadID(t *testing.T) {
	t.Parallel()
	if entry, err := seal.NewKey("År"); err == nil {
		t.Errorf("NewKey accepted the id År (%d bytes)", len(entry))
	}
}

func TestARingNeverPrintsItsKeys(t *testing.T) {
	t.Parallel()
	entry := newKey(t, "a")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(entry, "a:"))
	if err != nil {
		t.Fatal(err)
	}
	r := parse(t, entry)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("started", "keys", r)
	for _, out := range []string{fmt.Sprint(r), fmt.Sprintf("%+v %#v %s", r, r, r), log.String()} {
		if strings.Contains(out, strings.TrimPrefix(entry, "a:")) || strings.Contains(out, fmt.Sprintf("%d", raw)) {
			t.Errorf("a key was printed")
		}
		if !strings.Contains(out, "keys [a]") {
			t.Errorf("%q, expected the ids of the keys", out)
		}
	}
}
