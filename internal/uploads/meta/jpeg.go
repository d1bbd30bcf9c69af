// Package meta reads the containers of pictures: where JPEG, PNG and WebP keep their EXIF block and their colour profile, and how to
// take a JPEG apart without decoding it. It tells which way up a picture is and which red its red is; it decodes no pixel
// and judges nothing. Input is hostile: each function takes any bytes and answers within one pass over them.
package meta

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// ErrJPEG says that the bytes are no chain of JPEG segments.
var ErrJPEG = errors.New("not a chain of JPEG segments")

// JPEG's marker bytes, ITU-T T.81 table B.1.
const (
	markerSOI  = 0xD8
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP0 = 0xE0
	markerAPP1 = 0xE1
	markerAPP2 = 0xE2
	markerAPPE = 0xEE
	markerAPPF = 0xEF
	markerCOM  = 0xFE
	markerTEM  = 0x01
	markerRST0 = 0xD0
	markerRST7 = 0xD7
)

// segment is one marker with what follows it: its payload for a header, the entropy-coded data too for a scan.
type segment struct {
	marker  byte
	payload []byte // without the two length bytes
	raw     []byte // all of it, marker and scan data included
}

// segments calls yield for each segment of b up to the end-of-image marker, and stops when yield says false. Scan data that ends with b and not
// with the marker is no fault here.
func segments(b []byte, yield func(segment) bool) error {
	if len(b) < 4 || b[0] != 0xFF || b[1] != markerSOI {
		return ErrJPEG
	}
	for at := 2; at < len(b); {
		start := at
		if b[at] != 0xFF {
			return ErrJPEG
		}
		for at < len(b) && b[at] == 0xFF { // any number of fill bytes may stand before a marker
			at++
		}
		if at == len(b) {
			return ErrJPEG
		}
		marker := b[at]
		at++
		if marker == markerEOI {
			return nil
		}
		if marker == markerTEM || marker >= markerRST0 && marker <= markerRST7 {
			continue
		}
		if at+2 > len(b) {
			return ErrJPEG
		}
		size := int(binary.BigEndian.Uint16(b[at:]))
		if size < 2 || at+size > len(b) {
			return ErrJPEG
		}
		payload := b[at+2 : at+size]
		at += size
		if marker == markerSOS {
			at += scanLength(b[at:])
		}
		if !yield(segment{marker, payload, b[start:at]}) || marker == markerSOS && at == len(b) {
			return nil
		}
	}
	return ErrJPEG
}

// scanLength says how many bytes of entropy-coded data stand before the next marker.
func scanLength(b []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], 0xFF)
		if i < 0 || at+i+1 >= len(b) {
			return len(b)
		}
		at += i
		if next := b[at+1]; next != 0 && next != 0xFF && (next < markerRST0 || next > markerRST7) {
			return at
		}
		at++
	}
}

// Scans counts the scans of a JPEG up to the first fault. A picture has one, a progressive one a dozen. Each costs a decoder a pass over
// all pixels, whatever its length, so a small file with a hundred thousand is an attack.
func Scans(b []byte) int {
	n := 0
	_ = segments(b, func(s segment) bool { // a fault ends the count; the decoder will say what is wrong
		if s.marker == markerSOS {
			n++
		}
		return true
	})
	return n
}

// BareJPEG returns b without EXIF, XMP, IPTC, colour profile, comments, or anything behind the end of the image. The two application segments
// that a decoder needs stay: JFIF, and Adobe's, which says how the colours are coded.
func BareJPEG(b []byte) ([]byte, error) {
	out := make([]byte, 0, len(b))
	out = append(out, 0xFF, markerSOI)
	err := segments(b, func(s segment) bool {
		switch {
		case s.marker == markerAPP0 && bytes.HasPrefix(s.payload, []byte("JFIF\x00")) && len(s.payload) >= 14:
			// The thumbnail that JFIF allows is left behind: twelve bytes of header, then a size of zero by zero.
			out = append(out, 0xFF, markerAPP0, 0, 16)
			out = append(out, s.payload[:12]...)
			out = append(out, 0, 0)
		case s.marker == markerAPPE && bytes.HasPrefix(s.payload, []byte("Adobe")) && len(s.payload) >= 12:
			out = append(out, 0xFF, markerAPPE, 0, 14)
			out = append(out, s.payload[:12]...)
		case s.marker >= markerAPP0 && s.marker <= markerAPPF, s.marker == markerCOM:
		default:
			out = append(out, s.raw...)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	return append(out, 0xFF, markerEOI), nil
}
