package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"lotsen/internal/uploads/meta"
)

// streamBytes returns the bytes of a stream as they will be written, and sets the filters in its new dictionary. Pictures lose their metadata, bytes
// that no filter hides are packed, and what unpacks to too much is refused.
func (c *cleaner) streamBytes(s *stream, out dict) ([]byte, error) {
	filters := c.doc.filters(s)
	last, flates := name(""), 0
	for _, f := range filters {
		switch f {
		case "Crypt":
			return nil, ErrEncrypted
		case "FlateDecode", "Fl":
			flates++
		}
		last = f
	}
	switch {
	case flates > 1:
		return nil, fmt.Errorf("%w: packed twice", ErrTooComplex)
	case len(filters) == 0:
		return deflate(s.data, out)
	case last == "DCTDecode" || last == "DCT":
		return c.picture(s, out, "DCTDecode", meta.BareJPEG)
	case last == "JPXDecode":
		return c.picture(s, out, "JPXDecode", bareJPEG2000)
	}
	if flates == 1 {
		if err := c.weigh(s, filters); err != nil {
			return nil, err
		}
	}
	if speaksPDF(s.data) {
		plain, err := c.doc.unpack(s, maxObjStm)
		if err != nil {
			return nil, fmt.Errorf("%w: packed bytes that look like objects", ErrDamaged)
		}
		return deflate(plain, out)
	}
	return s.data, nil
}

// speaksPDF says that bytes hold what a reader in search of lost objects could fall for. In packed bytes it stands by design only.
func speaksPDF(b []byte) bool {
	for _, word := range []string{"endobj", "endstream", "trailer"} {
		if bytes.Contains(b, []byte(word)) {
			return true
		}
	}
	for at := 0; ; at += len("obj") {
		i := bytes.Index(b[at:], []byte("obj"))
		if i < 0 {
			return false
		}
		at += i
		before := bytes.TrimRight(b[max(0, at-32):at], " \t\r\n\f\x00")
		if n := len(before); n > 0 && before[n-1] >= '0' && before[n-1] <= '9' {
			return true
		}
	}
}

// deflate packs bytes once.
func deflate(plain []byte, out dict) ([]byte, error) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	out["Filter"] = name("FlateDecode")
	delete(out, "DecodeParms")
	return b.Bytes(), nil
}

// weigh unpacks a stream to nowhere and takes its size from what the file may unpack to. A fault in it is the reader's to show.
func (c *cleaner) weigh(s *stream, filters []name) error {
	var r io.Reader = bytes.NewReader(s.data)
	plain := s.data
	for _, f := range filters {
		next, err := undo(f, plain)
		if err != nil {
			return nil //nolint:nilerr // what we cannot unpack we do not weigh
		}
		if f == "FlateDecode" || f == "Fl" {
			r = next
			break
		}
		if plain, err = io.ReadAll(next); err != nil {
			return nil //nolint:nilerr // as above
		}
	}
	n, _ := io.Copy(io.Discard, io.LimitReader(r, int64(c.unpacked)+1))
	if c.unpacked -= int(n); c.unpacked < 0 {
		return fmt.Errorf("%w: unpacks to too much", ErrTooComplex)
	}
	return nil
}

// picture takes the metadata from a picture, and whatever filters lie above its own.
func (c *cleaner) picture(s *stream, out dict, own name, bare func([]byte) ([]byte, error)) ([]byte, error) {
	var above array
	for _, f := range c.doc.filters(s) {
		above = append(above, f)
	}
	n := len(above)
	above = above[:n-1]
	packed, err := c.doc.unpack(&stream{dict: dict{"Filter": above}, data: s.data}, maxObjStm)
	if errors.Is(err, ErrTooComplex) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: picture: %w", ErrDamaged, err)
	}
	b, err := bare(bytes.TrimLeft(packed, "\r\n"))
	if err != nil {
		return nil, fmt.Errorf("%w: picture: %w", ErrDamaged, err)
	}
	out["Filter"] = own
	if params, ok := out["DecodeParms"].(array); ok {
		delete(out, "DecodeParms")
		if len(params) == n && params[n-1] != nil {
			out["DecodeParms"] = params[n-1]
		}
	}
	return b, nil
}

// bareJPEG2000 keeps the boxes that a decoder needs and drops those for notes (ISO/IEC 15444-1, annex I). A bare codestream has no boxes.
func bareJPEG2000(b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte{0xFF, 0x4F, 0xFF, 0x51}) {
		return b, nil
	}
	var out []byte
	for len(b) >= 8 {
		size := int64(binary.BigEndian.Uint32(b))
		switch {
		case size == 0:
			size = int64(len(b))
		case size == 1 && len(b) >= 16:
			size = int64(min(binary.BigEndian.Uint64(b[8:]), 1<<40))
		}
		if size < 8 || size > int64(len(b)) {
			break
		}
		switch string(b[4:8]) {
		case "jP  ", "ftyp", "jp2h", "jp2c":
			out = append(out, b[:size]...)
		}
		b = b[size:]
	}
	if len(out) == 0 {
		return nil, errors.New("no box of JPEG 2000")
	}
	return out, nil
}
