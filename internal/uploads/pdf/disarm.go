// Package pdf takes the arms from a PDF. It does not edit the file that came: it reads what objects it finds, walks from the catalog to all that the
// pages need, and writes those into a new file, in the plainest form that the format has. So a reader later sees what this package understood and
// nothing else: no older revision, no hidden object, no name spelled in hex, no second meaning. On the walk, what acts is left out: scripts, actions,
// forms that send, media, attachments, and metadata. A link inside the document is all that still does something.
//
// It renders nothing, and checks neither fonts nor what stands on a page. What it cannot read it refuses; encryption too.
package pdf

import (
	"bytes"
	"errors"
)

var (
	// ErrEncrypted is a file that is locked, even with an empty password.
	ErrEncrypted = errors.New("pdf: encrypted")
	// ErrDamaged is a file without a catalog and one page that can be read.
	ErrDamaged = errors.New("pdf: damaged")
	// ErrTooComplex is a file beyond the bounds below.
	ErrTooComplex = errors.New("pdf: too complex")
)

// The bounds: far above what scanners, offices and laboratories make in 10 MB, and low enough for a small machine and a browser's tab.
const (
	maxObjects  = 200_000   // indirect objects in the file
	maxValues   = 2_000_000 // values in all objects together
	maxDepth    = 64        // arrays and dictionaries inside each other
	maxUnpacked = 512 << 20 // bytes of all streams together once unpacked
	maxObjStm   = 64 << 20  // bytes of all object streams together once unpacked
)

// Disarm returns a PDF that shows what in shows and does nothing. The error is ErrEncrypted, ErrDamaged or ErrTooComplex, wrapped with the place.
func Disarm(in []byte) ([]byte, error) {
	doc, err := read(in)
	if err != nil {
		return nil, err
	}
	c := newCleaner(doc)
	root, err := c.catalog()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(len(in) + len(in)/4)
	if err := c.write(&out, root); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
