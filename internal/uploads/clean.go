// Package uploads makes safe what a patient or a nurse sends before it is kept. A file goes in as bytes from a stranger and comes out as a new
// file that this program wrote itself: a picture as pixels encoded anew, upright, at most MaxSide long, without place, device or comment; a PDF as the
// objects that its pages need, without anything that acts. What cannot be read whole is refused, with a code and a text that says what to do.
//
// The room believes neither the name nor the type that the client states. It looks for no viruses, reads no text in pictures, and says nothing
// about who may send a file, or how many: that is the hook's and the rules' business. Thumbs are PocketBase's, made from
// the kept file, so what is gone here is gone there. docs/decisions/0005-uploads.md says why it is built this way.
package uploads

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/sync/semaphore"

	"lotsen/internal/uploads/pdf"
)

const (
	// MaxBytes is the most that one file may weigh (api.md), as sent and as kept.
	MaxBytes = 10 << 20
	// MaxPixels is the most that a picture may unpack to: what the best phone cameras make, and no more.
	MaxPixels = 50_000_000
	// MaxSide is the longest side of a kept picture in pixels (users.md 2.10).
	MaxSide = 2000
)

// atWork bounds the memory of all files that are being cleaned at one time: it is counted in pixels, since a flood of photos runs out of memory long
// before it runs out of cores. One picture of MaxPixels, at most 12 bytes each while a progressive JPEG is unpacked, fits beside some small ones.
var atWork = semaphore.NewWeighted(MaxPixels + 20_000_000)

// pdfWeight is what a PDF counts in atWork: its objects may take a few hundred MB.
const pdfWeight = 30_000_000

// File is a cleaned file, ready to be kept.
type File struct {
	Name  string // 24 random characters and the extension that fits; nothing of the name that it came under
	MIME  string // image/jpeg, image/png or application/pdf
	Bytes []byte // at most MaxBytes
}

// Clean reads a file of a stranger and returns what may be kept of it. It takes JPEG, PNG, WebP, GIF (its first picture) and PDF. A file that
// is not kept gives *Refused; other errors are the reader's, or ctx's while it waits for its turn.
func Clean(ctx context.Context, r io.Reader) (File, error) {
	in, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return File{}, fmt.Errorf("read upload: %w", err)
	}
	switch {
	case len(in) == 0:
		return File{}, refuse(Empty, nil)
	case len(in) > MaxBytes:
		return File{}, refuse(TooLarge, nil)
	}
	mime, out, err := cleanAs(ctx, kindOf(in), in)
	if err != nil {
		return File{}, err
	}
	if len(out) > MaxBytes {
		return File{}, refuse(TooLarge, nil)
	}
	return File{Name: strings.ToLower(rand.Text()[:24]) + extensions[mime], MIME: mime, Bytes: out}, nil
}

const (
	jpegType = "image/jpeg"
	pngType  = "image/png"
	pdfType  = "application/pdf"
)

var extensions = map[string]string{jpegType: ".jpg", pngType: ".png", pdfType: ".pdf"}

// kindOf says what the bytes are, by their content alone: a type that Clean takes, "image/heic" for the family of HEIC, or "".
func kindOf(in []byte) string {
	for m := mimetype.Detect(in); m != nil; m = m.Parent() { // an animated PNG is a PNG as well
		for _, kind := range []string{jpegType, pngType, "image/gif", "image/webp", pdfType} {
			if m.Is(kind) && (kind != pdfType || beginsAsPDF(in)) {
				return kind
			}
		}
		for _, heic := range []string{"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"} {
			if m.Is(heic) {
				return "image/heic"
			}
		}
	}
	return ""
}

// beginsAsPDF says that a PDF's header stands first. Readers look for it in the first KiB; a file that begins as something else is something else.
func beginsAsPDF(in []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(in, []byte("\xEF\xBB\xBF")), " \t\r\n"), []byte("%PDF-"))
}

func cleanAs(ctx context.Context, kind string, in []byte) (mime string, out []byte, err error) {
	switch kind {
	case "":
		return "", nil, refuse(UnsupportedType, nil)
	case "image/heic":
		return "", nil, refuse(HEICUnsupported, nil)
	case pdfType:
		out, err = cleanPDF(ctx, in)
		return pdfType, out, err
	default:
		return cleanPicture(ctx, kind, in)
	}
}

func cleanPDF(ctx context.Context, in []byte) (out []byte, err error) {
	if err := atWork.Acquire(ctx, pdfWeight); err != nil {
		return nil, fmt.Errorf("wait to clean a PDF: %w", err)
	}
	defer atWork.Release(pdfWeight)
	defer refusePanic(&err)
	out, err = pdf.Disarm(in)
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return nil, refuse(PDFEncrypted, err)
	case errors.Is(err, pdf.ErrTooComplex):
		return nil, refuse(PDFTooComplex, err)
	case err != nil:
		return nil, refuse(Damaged, err)
	}
	return out, nil
}

// refusePanic turns a panic of a decoder into a refusal: a hostile file must not look like a fault of ours, nor end a hook half-way.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = refuse(Damaged, errPanic)
	}
}

var errPanic = errors.New("the decoder panicked")
