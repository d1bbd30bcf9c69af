package journeys

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// placeMark stands in the picture's metadata as a place would, and must be found nowhere after it was sent.
const placeMark = "LOTSENPLACE"

// photo makes a picture as a phone does: lying on its side, with the orientation, a description and the place in its EXIF data.
func photo(t *testing.T) string {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			picture.Set(x, y, color.RGBA{R: uint8(x * 4), G: uint8(y * 5), B: 120, A: 255})
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture, nil); err != nil {
		t.Fatalf("make a picture: %v", err)
	}
	exif := append([]byte("Exif\x00\x00"), tiff()...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+2))
	out = append(append(out, exif...), plain.Bytes()[2:]...)
	path := filepath.Join(t.TempDir(), "photo.jpg")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatalf("write a picture: %v", err)
	}
	return path
}

// tiff is EXIF data: turned by 90 degrees, described by placeMark, taken at 59° 19′ 46″ N.
func tiff() []byte {
	be := binary.BigEndian
	entry := func(out []byte, tag, kind uint16, count, value uint32) []byte {
		out = be.AppendUint16(be.AppendUint16(out, tag), kind)
		return be.AppendUint32(be.AppendUint32(out, count), value)
	}
	const describedAt, gpsAt, latitudeAt = 50, 62, 92
	out := append([]byte("MM\x00\x2a"), 0, 0, 0, 8)
	out = be.AppendUint16(out, 3)
	out = entry(out, 0x010e, 2, uint32(len(placeMark)+1), describedAt) // ImageDescription
	out = entry(out, 0x0112, 3, 1, 6<<16)                              // Orientation
	out = entry(out, 0x8825, 4, 1, gpsAt)                              // the way to the place
	out = be.AppendUint32(out, 0)
	out = append(append(out, placeMark...), 0)
	out = be.AppendUint16(out, 2)
	out = entry(out, 1, 2, 2, uint32('N')<<24) // GPSLatitudeRef
	out = entry(out, 2, 5, 3, latitudeAt)      // GPSLatitude
	out = be.AppendUint32(out, 0)
	for _, part := range []uint32{59, 19, 46} {
		out = be.AppendUint32(be.AppendUint32(out, part), 1)
	}
	return out
}
