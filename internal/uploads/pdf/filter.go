package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

var errFilter = errors.New("filter not known")

// filters lists the filters of a stream in the order in which they are undone.
func (d *document) filters(s *stream) []name {
	v := s.dict["Filter"]
	if n := d.name(v); n != "" {
		return []name{n}
	}
	var all []name
	for _, v := range d.array(v) {
		all = append(all, d.name(v))
	}
	return all
}

// unpack undoes all filters of a stream, to at most limit bytes.
func (d *document) unpack(s *stream, limit int) ([]byte, error) {
	plain := s.data
	for _, f := range d.filters(s) {
		r, err := undo(f, plain)
		if err != nil {
			return nil, err
		}
		plain, err = io.ReadAll(io.LimitReader(r, int64(limit)+1))
		if len(plain) > limit {
			return nil, ErrTooComplex
		}
		// A checksum that is wrong or missing is common and harms nobody; no bytes at all is a fault.
		if err != nil && len(plain) == 0 {
			return nil, fmt.Errorf("undo %s: %w", f, err)
		}
	}
	if d.predicted(s) {
		return nil, errFilter
	}
	return plain, nil
}

// predicted says that a stream's bytes are stored as differences. No known writer does so but for images and cross-reference streams.
func (d *document) predicted(s *stream) bool {
	params := d.array(s.dict["DecodeParms"])
	if params == nil {
		params = array{s.dict["DecodeParms"]}
	}
	for _, p := range params {
		if n, ok := length(d.resolve(d.dict(p)["Predictor"])); ok && n > 1 {
			return true
		}
	}
	return false
}

func undo(f name, packed []byte) (io.Reader, error) {
	switch f {
	case "FlateDecode", "Fl":
		r, err := zlib.NewReader(bytes.NewReader(bytes.TrimLeft(packed, "\r\n")))
		if err != nil {
			return nil, fmt.Errorf("open zlib: %w", err)
		}
		return r, nil
	case "ASCIIHexDecode", "AHx":
		packed, _, _ = bytes.Cut(withoutSpace(packed), []byte(">"))
		if len(packed)%2 == 1 {
			packed = append(packed, '0')
		}
		return hex.NewDecoder(bytes.NewReader(packed)), nil
	case "ASCII85Decode", "A85":
		packed, _, _ = bytes.Cut(packed, []byte("~>"))
		return ascii85.NewDecoder(bytes.NewReader(packed)), nil
	}
	return nil, errFilter
}

func withoutSpace(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, c := range b {
		if !isSpace(c) {
			out = append(out, c)
		}
	}
	return out
}
