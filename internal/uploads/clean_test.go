package uploads

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

const smallPDF = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj\n" +
	"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n" +
	"trailer<</Root 1 0 R/Info<</Author(SecretPlace)>>>>\n%%EOF"

func TestPDFIsDisarmed(t *testing.T) {
	t.Parallel()
	f, err := Clean(t.Context(), strings.NewReader(smallPDF))
	if err != nil {
		t.Fatalf("Clean: %v", err)
	}
	if f.MIME != "application/pdf" || !bytes.HasPrefix(f.Bytes, []byte("%PDF-1.7\n")) {
		t.Errorf("want a PDF, got %s", f.MIME)
	}
	for _, arm := range []string{"JavaScript", "/JS", "OpenAction", "Author"} {
		if bytes.Contains(f.Bytes, []byte(arm)) {
			t.Errorf("want no %s in the output", arm)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	jpg, drawing := asJPEG(t, cornered(64, 64)), asPNG(t, cornered(64, 64))
	scan := "\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00"
	for name, c := range map[string]struct {
		in   string
		want Code
	}{
		"nothing":               {"", Empty},
		"too large":             {string(jpg) + strings.Repeat(" ", MaxBytes), TooLarge},
		"SVG":                   {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, UnsupportedType},
		"SVG as XML":            {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, UnsupportedType},
		"HTML":                  {"<!DOCTYPE html><script>alert(1)</script>", UnsupportedType},
		"HTML before a PDF":     {"<html><script>alert(1)</script>" + smallPDF, UnsupportedType},
		"text":                  {"Jag har ont i halsen", UnsupportedType},
		"ZIP":                   {"PK\x03\x04\x14\x00\x00\x00\x00\x00", UnsupportedType},
		"program":               {"MZ\x90\x00\x03\x00\x00\x00", UnsupportedType},
		"BMP":                   {"BM\x3A\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00", UnsupportedType},
		"AVIF":                  {"\x00\x00\x00\x1CftypavifAAAAavifmif1", UnsupportedType},
		"HEIC":                  {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", HEICUnsupported},
		"HEIF":                  {"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", HEICUnsupported},
		"PNG bomb":              {string(hugePNG()), TooManyPixels},
		"GIF bomb":              {"GIF89a\xFF\xFF\xFF\xFF\x00\x00\x00", TooManyPixels},
		"WebP bomb":             {"RIFF\x16\x00\x00\x00WEBPVP8X\x0A\x00\x00\x00\x00\x00\x00\x00\xFF\x3F\x00\xFF\x3F\x00", TooManyPixels},
		"JPEG of many scans":    {string(jpg[:bytes.Index(jpg, []byte{0xFF, 0xDA})]) + strings.Repeat(scan, 101) + "\xFF\xD9", Damaged},
		"JPEG cut short":        {string(jpg[:len(jpg)/2]), Damaged},
		"JPEG, its first bytes": {string(jpg[:4]), Damaged},
		"PNG cut short":         {string(drawing[:len(drawing)-20]), Damaged},
		"WebP cut short":        {string(asWebP(64, 64, nil)[:50]), Damaged},
		"GIF cut short":         {"GIF89a\x01\x00\x01\x00\x00\x00\x00,", Damaged},
		"PDF cut short":         {smallPDF[:60], Damaged},
		"PDF in name only":      {"%PDF-1.7 <script>alert(1)</script>", Damaged},
		"PDF, locked":           {strings.Replace(smallPDF, "/Root", "/Encrypt<</Filter/Standard>>/Root", 1), PDFEncrypted},
		"PDF, bottomless":       {"%PDF-1.7\n1 0 obj" + strings.Repeat("<</A ", 100), PDFTooComplex},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := Clean(t.Context(), strings.NewReader(c.in))
			var refused *Refused
			if !errors.As(err, &refused) || refused.Code != c.want {
				t.Fatalf("want %s, got %v and %s", c.want, err, f.MIME)
			}
			if f.Bytes != nil || f.Name != "" {
				t.Error("want nothing of a refused file")
			}
			if refused.Key() != "error.file_"+string(c.want) {
				t.Errorf("want a key that ends in the code, got %s", refused.Key())
			}
		})
	}
}

// hugePNG is the header of a PNG of 50 000 by 50 000 pixels.
func hugePNG() []byte {
	header := "IHDR\x00\x00\xC3\x50\x00\x00\xC3\x50\x08\x02\x00\x00\x00"
	return binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0D"+header), crc32.ChecksumIEEE([]byte(header)))
}

func TestNameIsOurs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for in, ending := range map[string]string{
		string(asJPEG(t, cornered(9, 9))): "jpg", string(asPNG(t, cornered(9, 9))): "png", smallPDF: "pdf",
	} {
		for range 20 {
			f, err := Clean(t.Context(), strings.NewReader(in))
			if err != nil {
				t.Fatal(err)
			}
			if !regexp.MustCompile(`^[a-z0-9]{24}\.` + ending + `$`).MatchString(f.Name) {
				t.Fatalf("want 24 characters and .%s, got %s", ending, f.Name)
			}
			if seen[f.Name] {
				t.Fatalf("want a new name each time, got %s again", f.Name)
			}
			seen[f.Name] = true
		}
	}
}

func TestLargestPictureIsTaken(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := fast.Encode(&b, image.NewGray(image.Rect(0, 0, 10_000, 5_000))); err != nil {
		t.Fatal(err)
	}
	_, img := clean(t, b.Bytes())
	if img.Bounds() != image.Rect(0, 0, 2000, 1000) {
		t.Errorf("want 2000 by 1000, got %v", img.Bounds())
	}
}

func TestErrorsThatAreNotTheFiles(t *testing.T) {
	t.Parallel()
	var refused *Refused
	broken := errors.New("the line broke")
	if _, err := Clean(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.As(err, &refused) {
		t.Errorf("want the reader's error, got %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, in := range []string{smallPDF, string(asPNG(t, cornered(9, 9)))} {
		if _, err := Clean(gone, strings.NewReader(in)); !errors.Is(err, context.Canceled) || errors.As(err, &refused) {
			t.Errorf("want the caller's going noticed, got %v", err)
		}
	}
}

func TestPanicIsARefusal(t *testing.T) {
	t.Parallel()
	err := func() (err error) {
		defer refusePanic(&err)
		panic("decoder")
	}()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Code != Damaged {
		t.Errorf("want damaged, got %v", err)
	}
}

func FuzzClean(f *testing.F) {
	f.Add([]byte(smallPDF))
	f.Add(dressed(asJPEG(f, cornered(16, 8)), exifBlock(6), displayP3()))
	f.Add(dressedPNG(f, asPNG(f, cornered(16, 8)), exifBlock(3), displayP3()))
	f.Add(asWebP(16, 8, exifBlock(8)))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Fuzz(func(t *testing.T, in []byte) {
		file, err := Clean(t.Context(), bytes.NewReader(in))
		var refused *Refused
		if err != nil {
			if !errors.As(err, &refused) || errors.Is(err, errPanic) {
				t.Fatalf("want a refusal without a panic, got %v", err)
			}
			return
		}
		if len(file.Bytes) > MaxBytes {
			t.Errorf("want at most %d bytes, got %d", MaxBytes, len(file.Bytes))
		}
		if file.MIME != pdfType {
			bare(t, file)
		}
		if again, err := Clean(t.Context(), bytes.NewReader(file.Bytes)); err != nil || file.MIME == pdfType && !bytes.Equal(again.Bytes, file.Bytes) {
			t.Errorf("want a cleaned file to be clean, got %v", err)
		}
	})
}
