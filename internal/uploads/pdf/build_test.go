package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// file builds a PDF from the bodies of its objects; object 1 is the catalog. It has no cross-reference table: Disarm uses none.
func file(bodies ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, body := range bodies {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	b.WriteString("trailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n")
	return b.Bytes()
}

// onePage is a file with one page; catalog and page are added to the two dictionaries, more follow as objects from 5.
func onePage(catalog, page string, more ...string) []byte {
	return file(slices.Concat([]string{
		"<</Type/Catalog/Pages 2 0 R " + catalog + ">>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<>> " + page + ">>",
		withBytes("", "BT ET"),
	}, more)...)
}

func withBytes(keys, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", keys, len(data), data)
}

func zipped(t *testing.T, plain string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// packed is an object stream of the objects, which are numbered from first.
func packed(t *testing.T, first int, bodies ...string) string {
	t.Helper()
	var index, all strings.Builder
	for i, body := range bodies {
		fmt.Fprintf(&index, "%d %d ", first+i, all.Len())
		all.WriteString(body + " ")
	}
	return withBytes(fmt.Sprintf("/Type/ObjStm/Filter/FlateDecode/N %d/First %d", len(bodies), index.Len()), zipped(t, index.String()+all.String()))
}

func disarm(t *testing.T, in []byte) string {
	t.Helper()
	out, err := Disarm(in)
	if err != nil {
		t.Fatalf("Disarm: %v", err)
	}
	return string(out)
}

// armless holds that no word of an action, a script or a file stands in the output, and that our own reader finds a page in it.
func armless(t *testing.T, out string) {
	t.Helper()
	doc, err := read([]byte(out))
	if err != nil {
		t.Fatalf("the output cannot be read: %v", err)
	}
	if !newCleaner(doc).hasPage(doc.dict(doc.root)) {
		t.Error("want a page in the output")
	}
	for n, v := range doc.objects {
		holdArmless(t, doc, n, v)
	}
}

func holdArmless(t *testing.T, doc *document, n int, v value) {
	t.Helper()
	switch v := v.(type) {
	case *stream:
		if _, names := v.dict["F"]; names {
			t.Errorf("object %d is a stream that names a file", n)
		}
		holdArmless(t, doc, n, v.dict)
	case array:
		for _, e := range v {
			holdArmless(t, doc, n, e)
		}
	case dict:
		if doc.acts(v) {
			t.Errorf("object %d acts: %v", n, v)
		}
		for key, e := range v {
			if neverKeys[key] {
				t.Errorf("object %d has the key /%s", n, key)
			}
			holdArmless(t, doc, n, e)
		}
	}
}
