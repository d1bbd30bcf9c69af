package uploads

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func clean(tb testing.TB, in []byte) (File, image.Image) {
	tb.Helper()
	f, err := Clean(tb.Context(), bytes.NewReader(in))
	if err != nil {
		tb.Fatalf("Clean: %v", err)
	}
	img, format, err := image.Decode(bytes.NewReader(f.Bytes))
	if err != nil || "image/"+format != f.MIME {
		tb.Fatalf("want a picture of type %s, got %s (%v)", f.MIME, format, err)
	}
	return f, img
}

// near says that a colour is another but for what JPEG does to it.
func near(a, b color.Color) bool {
	r, g, bl, _ := a.RGBA()
	r2, g2, bl2, _ := b.RGBA()
	far := func(x, y uint32) bool { return max(x, y)-min(x, y) > 40<<8 }
	return !far(r, r2) && !far(g, g2) && !far(bl, bl2)
}

// bare holds that a picture consists of what its decoder needs, and holds none of the secrets.
func bare(tb testing.TB, f File) {
	tb.Helper()
	for _, s := range secrets {
		if bytes.Contains(f.Bytes, []byte(s)) {
			tb.Errorf("want no %q in the cleaned file", s)
		}
	}
	switch b := f.Bytes; f.MIME {
	case "image/jpeg":
		for at := 2; b[at+1] != 0xDA; at += 2 + int(binary.BigEndian.Uint16(b[at+2:])) {
			if m := b[at+1]; m >= 0xE0 {
				tb.Errorf("want no application segment or comment, got marker %X", m)
			}
		}
		if !bytes.HasSuffix(b, []byte{0xFF, 0xD9}) {
			tb.Error("want nothing behind the end of the picture")
		}
	case "image/png":
		for at := 8; at < len(b); at += 12 + int(binary.BigEndian.Uint32(b[at:])) {
			if kind := string(b[at+4 : at+8]); !strings.Contains("IHDR PLTE tRNS IDAT IEND", kind) {
				tb.Errorf("want no chunk but those of pixels, got %s", kind)
			}
		}
	}
}

func TestTurnedUpright(t *testing.T) {
	t.Parallel()
	const w, h = 80, 40
	corners := map[string]image.Point{"top left": {2, 2}, "top right": {-3, 2}, "bottom left": {2, -3}, "bottom right": {-3, -3}}
	for _, c := range []struct {
		orientation      int
		begins, ends     string // where the first stored row begins and ends once the picture is upright
		sidesChangePlace bool
	}{
		{1, "top left", "top right", false},
		{2, "top right", "top left", false},
		{3, "bottom right", "bottom left", false},
		{4, "bottom left", "bottom right", false},
		{5, "top left", "bottom left", true},
		{6, "top right", "bottom right", true},
		{7, "bottom right", "top right", true},
		{8, "bottom left", "top left", true},
		{0, "top left", "top right", false}, // nonsense
		{9, "top left", "top right", false},
	} {
		for kind, in := range map[string][]byte{
			"JPEG": dressed(asJPEG(t, cornered(w, h)), exifBlock(c.orientation), nil),
			"PNG":  dressedPNG(t, asPNG(t, cornered(w, h)), exifBlock(c.orientation), nil),
		} {
			t.Run(fmt.Sprintf("%s %d", kind, c.orientation), func(t *testing.T) {
				t.Parallel()
				f, img := clean(t, in)
				bare(t, f)
				want := image.Rect(0, 0, w, h)
				if c.sidesChangePlace {
					want = image.Rect(0, 0, h, w)
				}
				if img.Bounds() != want {
					t.Fatalf("want %v, got %v", want, img.Bounds())
				}
				at := func(corner string) color.Color {
					p := corners[corner]
					return img.At((p.X+want.Dx())%want.Dx(), (p.Y+want.Dy())%want.Dy())
				}
				if !near(at(c.begins), red) || !near(at(c.ends), green) {
					t.Errorf("want red %s and green %s, got %v and %v", c.begins, c.ends, at(c.begins), at(c.ends))
				}
			})
		}
	}
}

func TestWebPTurnedUpright(t *testing.T) {
	t.Parallel()
	f, img := clean(t, asWebP(64, 3, exifBlock(6)))
	bare(t, f)
	if img.Bounds() != image.Rect(0, 0, 3, 64) {
		t.Fatalf("want 3 by 64, got %v", img.Bounds())
	}
	r, _, b, _ := img.At(2, 32).RGBA()
	if r < b {
		t.Errorf("want the first row on the right, red; got %v", img.At(2, 32))
	}
}

func TestShrunk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{4000, 1000, 2000, 500}, {1000, 4001, 500, 2000}, {2000, 20, 2000, 20}, {2001, 200, 2000, 200}, {9000, 1, 2000, 1}, {1, 9000, 1, 2000},
	} {
		f, img := clean(t, asPNG(t, image.NewGray(image.Rect(0, 0, c.w, c.h))))
		if got := img.Bounds(); got.Dx() != c.wantW || got.Dy() != c.wantH {
			t.Errorf("%d by %d: want %d by %d, got %v", c.w, c.h, c.wantW, c.wantH, got)
		}
		bare(t, f)
	}
}

// A picture of one colour stays that colour, whatever the sides; so no row and no column is weighed wrongly.
func TestShrinkKeepsColour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 90).Draw(t, "h")
		side := rapid.IntRange(1, 60).Draw(t, "side")
		a := rapid.Byte().Draw(t, "a")
		c := color.RGBA{a / 2, a, 0, a}
		src := image.NewRGBA(image.Rect(5, 7, 5+w, 7+h))
		for i := 0; i < len(src.Pix); i += 4 {
			copy(src.Pix[i:], []uint8{c.R, c.G, c.B, c.A})
		}
		got := shrink(src, side)
		if max(got.Rect.Dx(), got.Rect.Dy()) != min(side, max(w, h)) {
			t.Fatalf("want the longest side %d, got %v", min(side, max(w, h)), got.Rect)
		}
		for y := range got.Rect.Dy() {
			for x := range got.Rect.Dx() {
				if got.RGBAAt(x, y) != c {
					t.Fatalf("want %v at %d,%d of %v, got %v", c, x, y, got.Rect, got.RGBAAt(x, y))
				}
			}
		}
	})
}

func TestShrinkIsTheMean(t *testing.T) {
	t.Parallel()
	src := image.NewGray(image.Rect(0, 0, 6, 3))
	copy(src.Pix, []uint8{0, 30, 60, 90, 120, 150, 0, 30, 60, 90, 120, 150, 0, 30, 60, 90, 120, 150})
	got := shrink(src, 4) // each new pixel is one and a half old ones wide
	for x, want := range []uint8{10, 50, 100, 140} {
		if got.Rect.Dy() != 2 || got.RGBAAt(x, 0).R != want || got.RGBAAt(x, 1).R != want {
			t.Errorf("want %d in column %d, got %v", want, x, got.RGBAAt(x, 0))
		}
	}
}

// Red of sRGB has other numbers on a phone's screen; with the profile gone the numbers must be those of sRGB.
func TestColoursOfPhones(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	img.SetRGBA(0, 0, color.RGBA{234, 51, 35, 255})
	img.SetRGBA(1, 0, color.RGBA{128, 128, 128, 255})
	f, got := clean(t, dressedPNG(t, asPNG(t, img), nil, displayP3()))
	bare(t, f)
	if r, g, b, _ := got.At(0, 0).RGBA(); r>>8 < 253 || g>>8 > 8 || b>>8 > 8 {
		t.Errorf("want pure red, got %v", got.At(0, 0))
	}
	if r, g, b, _ := got.At(1, 0).RGBA(); max(r, g, b)-min(r, g, b) > 1<<8 || r>>8 < 127 || r>>8 > 129 {
		t.Errorf("want grey left as it is, got %v", got.At(1, 0))
	}
	photo, _ := clean(t, dressed(asJPEG(t, cornered(40, 40)), nil, displayP3()))
	bare(t, photo)
	if _, plain := clean(t, asPNG(t, img)); !near(plain.At(0, 0), img.At(0, 0)) {
		t.Errorf("want colours without a profile left as they are, got %v", plain.At(0, 0))
	}
}

func TestKindsKept(t *testing.T) {
	t.Parallel()
	clear := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	noise := image.NewNRGBA(image.Rect(0, 0, 1500, 1000))
	for i, seed := 0, uint32(1); i < len(noise.Pix); i++ {
		seed = seed*1664525 + 1013904223
		noise.Pix[i] = uint8(seed >> 24)
	}
	var moving bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{red, blue})
	second := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{blue, red})
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{frame, second}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   []byte
		mime string
	}{
		"JPEG":                       {asJPEG(t, cornered(9, 9)), "image/jpeg"},
		"JPEG in grey":               {asJPEG(t, image.NewGray(image.Rect(0, 0, 9, 9))), "image/jpeg"},
		"PNG":                        {asPNG(t, cornered(9, 9)), "image/png"},
		"PNG that one sees through":  {asPNG(t, clear), "image/png"},
		"PNG of 16 bits":             {asPNG(t, image.NewRGBA64(image.Rect(0, 0, 9, 9))), "image/png"},
		"PNG of a photo, half clear": {asPNG(t, noise), "image/jpeg"},
		"WebP":                       {asWebP(9, 9, exifBlock(1)), "image/jpeg"},
		"GIF":                        {moving.Bytes(), "image/png"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := clean(t, c.in)
			bare(t, f)
			if f.MIME != c.mime {
				t.Errorf("want %s, got %s", c.mime, f.MIME)
			}
		})
	}
	if _, img := clean(t, moving.Bytes()); !near(img.At(1, 1), red) {
		t.Errorf("want the first picture of a moving one, red; got %v", img.At(1, 1))
	}
	f, _ := clean(t, asPNG(t, clear))
	if img, err := png.Decode(bytes.NewReader(f.Bytes)); err != nil || img.(interface{ Opaque() bool }).Opaque() {
		t.Errorf("want what was clear to stay clear (%v)", err)
	}
}

// Whatever picture with whatever metadata goes in: what comes out is pixels and nothing else.
func TestNoMetadataSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		img := cornered(rapid.IntRange(1, 60).Draw(rt, "w"), rapid.IntRange(1, 60).Draw(rt, "h"))
		exif := exifBlock(rapid.IntRange(0, 9).Draw(rt, "orientation"))
		exif = exif[:rapid.IntRange(0, len(exif)).Draw(rt, "cut")]
		var icc []byte
		if rapid.Bool().Draw(rt, "profile") {
			icc = displayP3()
		}
		in := dressed(asJPEG(t, img), exif, icc)
		if rapid.Bool().Draw(rt, "PNG") {
			in = dressedPNG(t, asPNG(t, img), exif, icc)
		}
		f, out := clean(t, in)
		bare(t, f)
		if got, want := out.Bounds(), img.Bounds(); got.Dx()*got.Dy() != want.Dx()*want.Dy() {
			rt.Errorf("want as many pixels as in %v, got %v", want, got)
		}
	})
}
