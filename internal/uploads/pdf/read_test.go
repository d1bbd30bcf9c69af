package pdf

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/adler32"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// stored packs bytes without changing them, as zlib allows.
func stored(t *testing.T, plain string) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("\x78\x01")
	w, err := flate.NewWriter(&b, flate.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(plain)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String() + string(binary.BigEndian.AppendUint32(nil, adler32.Checksum([]byte(plain))))
}

// What programs write in the field: each must give the comment "kept" that the page holds.
func TestFilesAsTheyCome(t *testing.T) {
	t.Parallel()
	const comment = "<</Subtype/Text/Rect[0 0 9 9]/Contents(kept)>>"
	good := string(onePage("", "/Annots[5 0 R]", comment))
	update := "5 0 obj\n" + comment + "\nendobj\n"
	old := string(onePage("", "/Annots[5 0 R]", "<</Subtype/Text/Contents(old)>>"))
	for name, in := range map[string]string{
		"as it should be":              good,
		"added to":                     old + update,
		"added to behind the mark":     strings.TrimSuffix(old, "\n") + update,
		"old lines":                    strings.ReplaceAll(good, "\n", "\r"),
		"no trailer":                   good[:strings.Index(good, "trailer")],
		"no endobj":                    strings.ReplaceAll(good, "endobj", ""),
		"length wrong":                 strings.Replace(good, "/Length 5", "/Length 500", 1),
		"length elsewhere":             strings.Replace(good, "/Length 5", "/Length 9 0 R", 1) + "9 0 obj 5 endobj",
		"string split over lines":      strings.Replace(good, "(kept)", "(ke\\\np\\164)", 1),
		"string in hex":                strings.Replace(good, "(kept)", "<6B 65\n707 4>", 1),
		"in an object stream":          string(onePage("", "/Annots[9 0 R]", packed(t, 9, comment))),
		"object stream, newer outside": string(onePage("", "/Annots[5 0 R]", packed(t, 5, "<</Contents(old)>>"))) + update,
		"a broken object between":      strings.Replace(good, "2 0 obj", "7 0 obj\n<</A ]>>\nendobj\n2 0 obj", 1),
		"a word between":               strings.Replace(good, "2 0 obj", "1 2 ) } >> hello 2 0 obj", 1),
		"reference to a reference":     string(onePage("", "/Annots[6 0 R]", comment, "5 0 R")),
		"numbers that are none":        strings.Replace(good, "[0 0 9 9]", "[--5 1.2.3 .5 +9]", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := disarm(t, []byte(in))
			armless(t, out)
			if !strings.Contains(out, "<6b657074>") || strings.Contains(out, "<6f6c64>") {
				t.Errorf("want the newest comment kept, got\n%s", out)
			}
		})
	}
}

// The output's own table must be right: no reader may have to look for lost objects.
func TestTableOfOutput(t *testing.T) {
	t.Parallel()
	out := disarm(t, onePage("", "/Annots[5 0 R]", "<</Subtype/Text/Contents(\x00\xff)>>"))
	at, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(out[strings.LastIndex(out, "startxref")+len("startxref"):], "%%EOF\n")))
	if err != nil || !strings.HasPrefix(out[at:], "xref\n0 6\n") {
		t.Fatalf("want startxref to lead to the table of six, got %q (%v)", out[at:], err)
	}
	for n, line := range strings.Split(out[at:], "\n")[2:8] {
		offset, err := strconv.Atoi(line[:10])
		if err != nil || len(line) != 19 {
			t.Fatalf("want rows of 20 bytes, got %q", line)
		}
		if n > 0 && !strings.HasPrefix(out[offset:], itoa(n)+" 0 obj\n") {
			t.Errorf("want object %d at byte %d, got %q", n, offset, out[offset:offset+12])
		}
	}
}

func FuzzDisarm(f *testing.F) {
	f.Add(onePage("/OpenAction<</S/JavaScript/JS(x)>>", "/Annots[5 0 R]", "<</A<</S/GoTo/D[3 0 R]>>>>"))
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages<</Kids[<</Type/Page/A#41 1 0 R>>]>>>>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := Disarm(in)
		if err != nil {
			return
		}
		armless(t, string(out))
		twice, err := Disarm(out)
		if err != nil || !bytes.Equal(twice, out) {
			t.Errorf("want a cleaned file left as it is, got %v\n%q\nfrom\n%q", err, twice, out)
		}
	})
}
