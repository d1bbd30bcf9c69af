package uploads

// Code says why a file was refused. The codes are a closed list; clients act on them.
type Code string

// The codes. Each has a text for people under Refused.Key.
const (
	Empty           Code = "empty"            // no bytes at all: a cut connection, or a phone that had not fetched the picture yet
	TooLarge        Code = "too_large"        // more than MaxBytes
	UnsupportedType Code = "unsupported_type" // neither a picture that we read nor a PDF, whatever the client calls it
	HEICUnsupported Code = "heic_unsupported" // Apple's format; the text says how to send a JPEG
	TooManyPixels   Code = "too_many_pixels"  // more than MaxPixels once unpacked
	Damaged         Code = "damaged"          // cut short, or not what its first bytes say
	PDFEncrypted    Code = "pdf_encrypted"    // locked: what cannot be read cannot be made safe
	PDFTooComplex   Code = "pdf_too_complex"  // unpacks to more than a reader's browser should be asked to take
)

// Refused is the error of Clean for a file that is not kept. It holds nothing of the file and nothing of its name.
type Refused struct {
	Code  Code
	cause error
}

func (r *Refused) Error() string {
	if r.cause != nil {
		return "file refused: " + string(r.Code) + ": " + r.cause.Error()
	}
	return "file refused: " + string(r.Code)
}

// Unwrap gives what the decoder said.
func (r *Refused) Unwrap() error { return r.cause }

// Key is the key of the text for people.
func (r *Refused) Key() string { return "error.file_" + string(r.Code) }

func refuse(code Code, cause error) error { return &Refused{Code: code, cause: cause} }
