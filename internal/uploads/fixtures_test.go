package uploads

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

var (
	red   = color.RGBA{255, 0, 0, 255}
	green = color.RGBA{0, 255, 0, 255}
	blue  = color.RGBA{0, 0, 255, 255}
	white = color.RGBA{255, 255, 255, 255}
)

// secrets are what the fixtures hide in metadata. None of them may be in a cleaned file.
var secrets = []string{"SecretPlace", "SecretDevice", "SecretComment", "SecretXMP", "<script"}

// cornered is a white picture with a red square where the first row begins and a green one where it ends.
func cornered(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := white
			switch {
			case y < h/4 && x < w/4:
				c = red
			case y < h/4 && x >= w-w/4:
				c = green
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// tiff is an EXIF block with a device, an orientation and a place.
func tiff(order binary.AppendByteOrder, mark string, orientation int) []byte {
	const entries, after = 3, 8 + 2 + 3*12 + 4
	b := append([]byte(mark), 0, 0, 0, 0)
	if mark[0] == 'I' {
		b[4] = 8
	} else {
		b[7] = 8
	}
	entry := func(tag, kind uint16, count uint32, short uint16, long uint32) {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), count)
		if kind == 3 {
			b = order.AppendUint16(order.AppendUint16(b, short), 0)
			return
		}
		b = order.AppendUint32(b, long)
	}
	b = order.AppendUint16(b, entries)
	entry(0x010F, 2, 13, 0, after)
	entry(0x0112, 3, 1, uint16(orientation), 0)
	entry(0x8825, 4, 1, 0, after+13)
	b = order.AppendUint32(b, 0)
	return append(b, "SecretDevice\x00SecretPlace"...)
}

func exifBlock(orientation int) []byte {
	if orientation%2 == 0 {
		return tiff(binary.LittleEndian, "II*\x00", orientation)
	}
	return tiff(binary.BigEndian, "MM\x00*", orientation)
}

// dressed puts segments behind the first two bytes of a JPEG: EXIF, XMP, IPTC, a comment, a profile; and HTML behind its end.
func dressed(plain, exif, icc []byte) []byte {
	b := bytes.Clone(plain[:2])
	segment := func(marker byte, payload string) {
		b = append(b, 0xFF, marker)
		b = binary.BigEndian.AppendUint16(b, uint16(len(payload)+2))
		b = append(b, payload...)
	}
	segment(0xFE, "SecretComment <script>alert(1)</script>")
	if exif != nil {
		segment(0xE1, "Exif\x00\x00"+string(exif))
	}
	segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>SecretXMP</x>")
	segment(0xED, "Photoshop 3.0\x008BIM SecretPlace")
	if icc != nil {
		segment(0xE2, "ICC_PROFILE\x00\x01\x01"+string(icc))
	}
	b = append(b, plain[2:]...)
	return append(b, "<html><script>alert(1)</script>SecretComment"...)
}

// dressedPNG puts chunks behind the header of a PNG.
func dressedPNG(tb testing.TB, plain, exif, icc []byte) []byte {
	tb.Helper()
	const header = 8 + 12 + 13
	b := bytes.Clone(plain[:header])
	chunk := func(kind, data string) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		b = append(b, kind+data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data)))
	}
	if icc != nil {
		chunk("iCCP", "SecretDevice\x00\x00"+string(deflated(tb, icc)))
	}
	chunk("tEXt", "Comment\x00SecretComment <script>")
	chunk("zTXt", "Comment\x00\x00"+string(deflated(tb, []byte("SecretComment"))))
	chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00SecretXMP")
	if exif != nil {
		chunk("eXIf", string(exif))
	}
	b = append(b, plain[header:]...)
	return append(b, "<script>SecretComment"...)
}

func deflated(tb testing.TB, plain []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// displayP3 is a colour profile with the primaries of a phone's screen.
func displayP3() []byte {
	b := make([]byte, 128)
	copy(b[16:], "RGB XYZ ")
	b = binary.BigEndian.AppendUint32(b, 3)
	for i, tag := range []string{"rXYZ", "gXYZ", "bXYZ"} {
		b = append(b, tag...)
		b = binary.BigEndian.AppendUint32(b, uint32(128+4+3*12+20*i))
		b = binary.BigEndian.AppendUint32(b, 20)
	}
	for _, xyz := range [3][3]float64{{0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}} {
		b = append(b, "XYZ \x00\x00\x00\x00"...)
		for _, v := range xyz {
			b = binary.BigEndian.AppendUint32(b, uint32(int32(v*65536)))
		}
	}
	return append(b, "SecretDevice"...)
}

// bits writes the lowest bit first, as lossless WebP wants it.
type bits struct {
	b []byte
	n int
}

func (w *bits) put(v, n int) {
	for i := range n {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// asWebP is a picture whose first row is red and whose others are blue, with its EXIF block and XMP.
func asWebP(w, h int, exif []byte) []byte {
	var pixels bits
	pixels.put(0x2F, 8)
	pixels.put(w-1, 14)
	pixels.put(h-1, 14)
	pixels.put(0, 1+3+1+1+1) // no alpha, version 0; no transform, no cache, one group of codes
	one := func(symbol int) { pixels.put(1|0<<1|1<<2, 3); pixels.put(symbol, 8) }
	two := func() { pixels.put(1|1<<1|1<<2, 3); pixels.put(0, 8); pixels.put(255, 8) }
	one(0)   // green
	two()    // red
	two()    // blue
	one(255) // alpha
	one(0)   // distance
	for y := range h {
		for range w {
			if y == 0 {
				pixels.put(1|0<<1, 2)
			} else {
				pixels.put(0|1<<1, 2)
			}
		}
	}
	body := []byte("WEBP")
	chunk := func(kind string, data []byte) {
		body = append(body, kind...)
		body = binary.LittleEndian.AppendUint32(body, uint32(len(data)))
		body = append(body, data...)
		if len(data)%2 == 1 {
			body = append(body, 0)
		}
	}
	chunk("VP8X", []byte{0x0C, 0, 0, 0, byte(w - 1), 0, 0, byte(h - 1), 0, 0})
	chunk("VP8L", pixels.b)
	chunk("EXIF", exif)
	chunk("XMP ", []byte("SecretXMP"))
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}
