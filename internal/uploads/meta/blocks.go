package meta

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// maxProfile bounds what is unpacked of a colour profile. Those that cameras and screens use are below 4 KiB.
const maxProfile = 64 << 10

// EXIF returns the TIFF block of a JPEG, PNG or WebP, or nil.
func EXIF(b []byte) []byte {
	var exif []byte
	walk(b, func(kind string, data []byte) bool {
		if kind == "exif" {
			exif = bytes.TrimPrefix(data, []byte("Exif\x00\x00"))
		}
		return exif == nil
	})
	return exif
}

// Profile returns the ICC profile of a JPEG, PNG or WebP, or nil. Of a JPEG only a profile in one piece: those in several are
// tables for printing presses.
func Profile(b []byte) []byte {
	var icc []byte
	walk(b, func(kind string, data []byte) bool {
		if kind == "icc" {
			icc = data
		}
		return icc == nil
	})
	return icc
}

// walk calls yield for each EXIF block and each profile of a picture in any of the three containers.
func walk(b []byte, yield func(kind string, data []byte) bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xFF\xD8")):
		walkJPEG(b, yield)
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		walkPNG(b[8:], yield)
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		walkWebP(b[12:], yield)
	}
}

func walkJPEG(b []byte, yield func(string, []byte) bool) {
	_ = segments(b, func(s segment) bool { // what stands before a fault is still good
		switch {
		case s.marker == markerAPP1 && bytes.HasPrefix(s.payload, []byte("Exif\x00\x00")):
			return yield("exif", s.payload)
		case s.marker == markerAPP2 && bytes.HasPrefix(s.payload, []byte("ICC_PROFILE\x00\x01\x01")):
			return yield("icc", s.payload[14:])
		}
		return s.marker != markerSOS
	})
}

// walkPNG reads chunks of length, type, data, checksum (ISO/IEC 15948, 5.3).
func walkPNG(b []byte, yield func(string, []byte) bool) {
	for len(b) >= 12 {
		size := int64(binary.BigEndian.Uint32(b))
		if size > int64(len(b)-12) {
			return
		}
		data, more := b[8:8+size], true
		switch string(b[4:8]) {
		case "eXIf":
			more = yield("exif", data)
		case "iCCP":
			more = yield("icc", unpackProfile(data))
		}
		if !more {
			return
		}
		b = b[12+size:]
	}
}

// unpackProfile takes a PNG's iCCP chunk: a name, a zero, the method (0), the profile in zlib.
func unpackProfile(data []byte) []byte {
	_, packed, ok := bytes.Cut(data, []byte{0})
	if !ok || len(packed) < 1 || packed[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed[1:]))
	if err != nil {
		return nil
	}
	icc, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil || len(icc) > maxProfile {
		return nil
	}
	return icc
}

// walkWebP reads RIFF chunks: type, little-endian length, data padded to an even length.
func walkWebP(b []byte, yield func(string, []byte) bool) {
	for len(b) >= 8 {
		size := int64(binary.LittleEndian.Uint32(b[4:]))
		if size > int64(len(b)-8) {
			return
		}
		data, more := b[8:8+size], true
		switch string(b[:4]) {
		case "EXIF":
			more = yield("exif", data)
		case "ICCP":
			more = yield("icc", data)
		}
		if !more {
			return
		}
		b = b[min(8+size+size%2, int64(len(b))):]
	}
}
