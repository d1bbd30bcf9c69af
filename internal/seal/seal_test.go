package seal_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/seal"
)

var anna = seal.Place{Record: "patientanna0001", Field: "patients.number"}

func ring(tb testing.TB, ids ...string) *seal.Ring {
	tb.Helper()
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = newKey(tb, id)
	}
	return parse(tb, strings.Join(entries, ","))
}

func newKey(tb testing.TB, id string) string {
	tb.Helper()
	entry, err := seal.NewKey(id)
	if err != nil {
		tb.Fatalf("NewKey(%q): %v", id, err)
	}
	return entry
}

func parse(tb testing.TB, list string) *seal.Ring {
	tb.Helper()
	r, err := seal.ParseKeys(list)
	if err != nil {
		tb.Fatalf("ParseKeys: %v", err)
	}
	return r
}

func mustSeal(tb testing.TB, r *seal.Ring, at seal.Place, plain string) string {
	tb.Helper()
	sealed, err := r.Seal(at, plain)
	if err != nil {
		tb.Fatalf("Seal: %v", err)
	}
	return sealed
}

// What is stored today must be readable in ten years: the vectors were made by
// another implementation, and are never changed.
func TestVectors(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Keys         string
		Sealed       []struct{ Record, Field, Plain, Key, Sealed string }
		Fingerprints []struct {
			Kind, Value string
			Lookup      []string
		}
	}
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	r := parse(t, vectors.Keys)
	for _, v := range vectors.Sealed {
		got, err := r.Open(seal.Place{Record: v.Record, Field: v.Field}, v.Sealed)
		if err != nil || got != v.Plain {
			t.Errorf("Open(%s) = %q, %v; expected %q", v.Sealed, got, err, v.Plain)
		}
		if id, err := seal.KeyOf(v.Sealed); err != nil || id != v.Key {
			t.Errorf("KeyOf(%s) = %q, %v; expected %q", v.Sealed, id, err, v.Key)
		}
	}
	for _, v := range vectors.Fingerprints {
		all, err := r.Lookup(v.Kind, v.Value)
		if err != nil || !slices.Equal(all, v.Lookup) {
			t.Errorf("Lookup(%q, %q) = %v, %v; expected %v", v.Kind, v.Value, all, err, v.Lookup)
		}
		one, err := r.Fingerprint(v.Kind, v.Value)
		if err != nil || one != v.Lookup[0] {
			t.Errorf("Fingerprint(%q, %q) = %v, %v; expected the key in use, %v", v.Kind, v.Value, one, err, v.Lookup[0])
		}
	}
}

func TestWhatIsSealedOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	place := rapid.Custom(func(t *rapid.T) seal.Place {
		return seal.Place{Record: rapid.StringN(0, 3, -1).Draw(t, "record"), Field: rapid.StringN(0, 3, -1).Draw(t, "field")}
	})
	rapid.Check(t, func(t *rapid.T) {
		at, other := place.Draw(t, "at"), place.Draw(t, "other")
		plain := rapid.String().Draw(t, "plain")
		sealed, err := r.Seal(at, plain)
		if err != nil {
			t.Fatalf("Seal: %v", err)
		}
		if got, err := r.Open(at, sealed); err != nil || got != plain {
			t.Fatalf("Open = %q, %v; expected %q", got, err, plain)
		}
		if _, err := r.Open(other, sealed); at != other && !errors.Is(err, seal.ErrBroken) {
			t.Fatalf("what was sealed for %q opened for %q (%v)", at, other, err)
		}
	})
}

func TestAChangedTextDoesNotOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, "a", "b")
	sealed := mustSeal(t, r, anna, "201105272395")
	for i := range sealed {
		for _, c := range []byte{'A', 'b', '0', '.', '\n'} {
			changed := sealed[:i] + string(c) + sealed[i+1:]
			if changed == sealed {
				continue
			}
			if plain, err := r.Open(anna, changed); err == nil {
				t.Fatalf("a text with byte %d changed to %q opened as %q", i, c, plain)
			}
		}
		if _, err := r.Open(anna, sealed[:i]); err == nil {
			t.Fatalf("a text cut to %d bytes opened", i)
		}
	}
}

func TestSealingTwiceGivesTwoTexts(t *testing.T) {
	t.Parallel()
	r := ring(t, "a")
	first, second := mustSeal(t, r, anna, "x"), mustSeal(t, r, anna, "x")
	if first == second {
		t.Error("the same text was sealed to the same bytes: equal numbers could be seen to be equal")
	}
}

func TestOpenSaysWhy(t *testing.T) {
	t.Parallel()
	r, stranger := ring(t, "a"), ring(t, "a")
	tests := map[string]struct {
		sealed string
		want   error
	}{
		"key of another id":           {mustSeal(t, ring(t, "b"), anna, "x"), seal.ErrUnknownKey},
		"another key of the same id":  {mustSeal(t, stranger, anna, "x"), seal.ErrBroken},
		"plain text":                  {"201105272395", seal.ErrForm},
		"nothing":                     {"", seal.ErrForm},
		"a later version":             {"v2.a.AAAA", seal.ErrForm},
		"too short for nonce and tag": {"v1.a.AAAA", seal.ErrForm},
	}
	for name, test := range tests {
		if _, err := r.Open(anna, test.sealed); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, expected %v", name, err, test.want)
		}
	}
}

func TestWithoutKeysNothingWorks(t *testing.T) {
	t.Parallel()
	var none *seal.Ring
	_, sealing := none.Seal(anna, "x")
	_, opening := none.Open(anna, "v1.a.AAAA")
	_, stamping := none.Fingerprint("personnummer", "x")
	_, finding := none.Lookup("personnummer", "x")
	_, parsing := seal.ParseKeys(" ,\n")
	for i, err := range []error{sealing, opening, stamping, finding, parsing} {
		if !errors.Is(err, seal.ErrNoKeys) {
			t.Errorf("call %d without keys: %v, expected ErrNoKeys", i+1, err)
		}
	}
}

func TestFingerprintsFindTheSameAndNothingElse(t *testing.T) {
	t.Parallel()
	r, stranger := ring(t, "a"), ring(t, "a")
	word := rapid.StringN(0, 3, -1)
	rapid.Check(t, func(t *rapid.T) {
		kind, value := word.Draw(t, "kind"), word.Draw(t, "value")
		kind2, value2 := word.Draw(t, "kind2"), word.Draw(t, "value2")
		one, _ := r.Fingerprint(kind, value)
		two, _ := r.Fingerprint(kind2, value2)
		if same := kind == kind2 && value == value2; same != (one == two) {
			t.Fatalf("(%q, %q) and (%q, %q): same fingerprint %v", kind, value, kind2, value2, one == two)
		}
		if other, _ := stranger.Fingerprint(kind, value); other == one {
			t.Fatal("another key gives the same fingerprint")
		}
	})
}

func TestRotation(t *testing.T) {
	t.Parallel()
	oldKey, newKey := newKey(t, "old"), newKey(t, "new")
	before, during, after := parse(t, oldKey), parse(t, newKey+" "+oldKey), parse(t, newKey)
	sealed := mustSeal(t, before, anna, "201105272395")
	stored, _ := before.Fingerprint("personnummer", "201105272395")

	if got, err := during.Open(anna, sealed); err != nil || got != "201105272395" {
		t.Fatalf("with the new key first, the old text opens as %q, %v", got, err)
	}
	if found, _ := during.Lookup("personnummer", "201105272395"); !slices.Contains(found, stored) {
		t.Fatal("with the new key first, the old fingerprint is not looked for")
	}
	if during.Current(sealed) || during.Current(stored) || during.Current("") {
		t.Error("what the old key made passes as current")
	}
	again, err := during.Reseal(anna, sealed)
	if err != nil {
		t.Fatalf("Reseal: %v", err)
	}
	if got, err := after.Open(anna, again); err != nil || got != "201105272395" {
		t.Errorf("without the old key, the resealed text opens as %q, %v", got, err)
	}
	if unchanged, err := during.Reseal(anna, again); err != nil || unchanged != again {
		t.Errorf("resealing a current text changed it (%v)", err)
	}
	moved, _ := during.Fingerprint("personnummer", "201105272395")
	if found, _ := after.Lookup("personnummer", "201105272395"); !slices.Contains(found, moved) {
		t.Error("without the old key, the new fingerprint is not found")
	}
	if _, err := during.Reseal(seal.Place{Record: "other"}, sealed); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("resealing in the wrong place: %v, expected ErrBroken", err)
	}
}

func FuzzOpen(f *testing.F) {
	r := ring(f, "a", "b")
	f.Add("v1.a.AAAA")
	f.Add("")
	f.Add("v1..")
	f.Add(strings.Repeat("v1.a.", 3))
	f.Fuzz(func(t *testing.T, sealed string) {
		if plain, err := r.Open(anna, sealed); err == nil {
			t.Errorf("%q, which nobody sealed, opened as %q", sealed, plain)
		}
		_ = r.Current(sealed)
	})
}
