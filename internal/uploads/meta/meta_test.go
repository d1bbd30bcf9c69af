package meta

import (
	"bytes"
	"strings"
	"testing"
)

const (
	exif   = "\xFF\xE1\x00\x0CExif\x00\x00II*\x00"
	icc    = "\xFF\xE2\x00\x14ICC_PROFILE\x00\x01\x01abcd"
	pixels = "\xFF\xDA\x00\x02a\xFF\x00b\xFF\xD0c"
)

func TestBareJPEG(t *testing.T) {
	t.Parallel()
	const table = "\xFF\xDB\x00\x04ab"
	jfif := "\xFF\xE0\x00\x13JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01xyz"
	for name, c := range map[string]struct{ in, want string }{
		"nothing to take":  {"\xFF\xD8" + table + pixels + "\xFF\xD9", "\xFF\xD8" + table + pixels + "\xFF\xD9"},
		"all notes":        {"\xFF\xD8" + exif + icc + "\xFF\xFE\x00\x04hi" + table + pixels + exif + pixels + "\xFF\xD9tail", "\xFF\xD8" + table + pixels + pixels + "\xFF\xD9"},
		"a thumbnail":      {"\xFF\xD8" + jfif + pixels + "\xFF\xD9", "\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + pixels + "\xFF\xD9"},
		"colours of Adobe": {"\xFF\xD8\xFF\xEE\x00\x10Adobe\x00\x64\x00\x00\x00\x00\x01zz" + pixels, "\xFF\xD8\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x01" + pixels + "\xFF\xD9"},
		"end missing":      {"\xFF\xD8" + pixels, "\xFF\xD8" + pixels + "\xFF\xD9"},
		"filled up":        {"\xFF\xD8\xFF\xFF\xFF\xDB\x00\x02" + pixels + "\xFF\xD9", "\xFF\xD8\xFF\xFF\xFF\xDB\x00\x02" + pixels + "\xFF\xD9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := BareJPEG([]byte(c.in))
			if err != nil || string(got) != c.want {
				t.Errorf("want %q, got %q (%v)", c.want, got, err)
			}
		})
	}
	for _, in := range []string{"", "\xFF\xD8", "\xFF\xD8\xFF\xE1\xFF\xFFshort", "\xFF\xD8\xFF\xE1\x00\x00", "\xFF\xD8hello", "\xFF\xD8\xFF\xFF"} {
		if got, err := BareJPEG([]byte(in)); err == nil {
			t.Errorf("want %q refused, got %q", in, got)
		}
	}
}

func TestScans(t *testing.T) {
	t.Parallel()
	if n := Scans([]byte("\xFF\xD8" + exif + strings.Repeat(pixels, 7) + "\xFF\xD9" + pixels)); n != 7 {
		t.Errorf("want 7 scans, got %d", n)
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	jpeg := "\xFF\xD8\xFF\xE1\x00\x06XMPx" + exif + icc + pixels
	webp := "RIFF\x00\x00\x00\x00WEBPXMP \x01\x00\x00\x00x\x00EXIF\x04\x00\x00\x00II*\x00ICCP\x04\x00\x00\x00abcd"
	for name, in := range map[string]string{"JPEG": jpeg, "WebP": webp} {
		if got := EXIF([]byte(in)); string(got) != "II*\x00" {
			t.Errorf("%s: want the EXIF block, got %q", name, got)
		}
		if got := Profile([]byte(in)); string(got) != "abcd" {
			t.Errorf("%s: want the profile, got %q", name, got)
		}
	}
	if got := EXIF([]byte("\xFF\xD8" + pixels + exif)); got != nil {
		t.Errorf("want nothing from behind the pixels, got %q", got)
	}
}

func TestOrientationOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Orientation{
		"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00": 6,
		"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x08\x00\x00": 8,
		"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x09\x00\x00": Upright, // no such orientation
		"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x04\x00\x00\x00\x01\x00\x08\x00\x00": Upright, // no such type
		"MM\x00*\x00\x00\x00\x08\xFF\xFF\x01\x12\x00":                                     Upright,
		"MM\x00*\xFF\xFF\xFF\xFF": Upright,
		"hello, world":            Upright,
		"":                        Upright,
	} {
		if got := OrientationOf([]byte(in)); got != want {
			t.Errorf("%q: want %d, got %d", in, want, got)
		}
	}
}

func FuzzMeta(f *testing.F) {
	f.Add([]byte("\xFF\xD8" + exif + icc + pixels + "\xFF\xD9"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x04iCCPa\x00\x00\x78aaaa"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPEXIF\x04\x00\x00\x00II*\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		OrientationOf(EXIF(in))
		OrientationOf(in)
		Primaries(Profile(in))
		Primaries(in)
		Scans(in)
		bare, err := BareJPEG(in)
		if err != nil {
			return
		}
		if again, err := BareJPEG(bare); err != nil || !bytes.Equal(again, bare) {
			t.Errorf("want a bare JPEG left as it is, got %v\n%q\nfrom\n%q", err, again, bare)
		}
		if EXIF(bare) != nil || Profile(bare) != nil {
			t.Error("want no EXIF and no profile in a bare JPEG")
		}
	})
}
