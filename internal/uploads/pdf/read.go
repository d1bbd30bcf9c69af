package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// reader finds the objects of a file by reading it from front to back. It does not follow the cross-reference table: that is where two
// readers come to see two documents in one file. An object that stands later replaces one of the same number, as in a file that was added to.
type reader struct {
	lexer

	doc       *document
	position  map[int]int // where in the file the object of a number was found
	packs     []pack      // object streams, opened when the whole file is known not to be locked
	encrypted bool
	noEnd     bool // no further "endstream" stands in the file
}

// pack is an object stream and the place where it stands.
type pack struct {
	stream *stream
	at     int
}

func read(in []byte) (*document, error) {
	budget := maxValues
	r := &reader{
		lexer:    lexer{in: in, budget: &budget},
		doc:      &document{objects: map[int]value{}},
		position: map[int]int{},
	}
	if err := r.all(); err != nil {
		return nil, err
	}
	if r.encrypted {
		return nil, ErrEncrypted
	}
	r.settleLengths()
	unpacked := maxObjStm
	for _, p := range r.packs {
		if err := r.open(p, &unpacked); errors.Is(err, ErrTooComplex) {
			return nil, err
		} else if err != nil {
			return nil, fmt.Errorf("%w: object stream at byte %d: %w", ErrDamaged, p.at, err)
		}
	}
	r.findRoot()
	return r.doc, nil
}

// all reads the file. What is neither object nor trailer is passed over word by word.
func (r *reader) all() error {
	for {
		r.skip()
		if r.at >= len(r.in) {
			return nil
		}
		start := r.at
		var err error
		switch w := r.word(); w {
		case "trailer":
			err = r.trailer()
		case "":
			r.at++
		default:
			if n, ok := objectNumber(w); ok && r.isObject() {
				err = r.object(n, start)
			}
		}
		if errors.Is(err, ErrTooComplex) {
			return fmt.Errorf("at byte %d: %w", r.at, err)
		}
		r.at = max(r.at, start+1) // a fault costs the object it stands in, no more
	}
}

// isObject reads "0 obj" behind an object's number; if other words stand there it reads nothing.
func (r *reader) isObject() bool {
	at := r.at
	r.skip()
	if _, ok := objectNumber(r.word()); ok {
		r.skip()
		if bytes.HasPrefix(r.in[r.at:], []byte("obj")) {
			r.at += len("obj")
			return true
		}
	}
	r.at = at
	return false
}

func (r *reader) trailer() error {
	v, err := r.value(0)
	if err != nil {
		return err
	}
	d, _ := v.(dict)
	r.noteTrailer(d)
	return nil
}

// noteTrailer keeps what counts of a trailer, or of a cross-reference stream's dictionary.
func (r *reader) noteTrailer(d dict) {
	if _, locked := d["Encrypt"]; locked {
		r.encrypted = true
	}
	if root, ok := d["Root"]; ok {
		r.doc.root = root
	}
}

func (r *reader) object(n, start int) error {
	v, err := r.value(0)
	if err != nil {
		return err
	}
	if d, ok := v.(dict); ok && r.peekWord() == "stream" {
		r.skip()
		r.at += len("stream")
		s, err := r.stream(d)
		if err != nil {
			return err
		}
		switch d["Type"] {
		case name("XRef"):
			r.noteTrailer(d)
			return nil
		case name("ObjStm"):
			r.packs = append(r.packs, pack{s, start})
			return nil
		}
		v = s
	}
	return r.put(n, start, v)
}

// put keeps an object unless a later one of its number is known.
func (r *reader) put(n, at int, v value) error {
	if was, known := r.position[n]; known && was > at {
		return nil
	}
	if len(r.position) >= maxObjects {
		return ErrTooComplex
	}
	r.position[n] = at
	r.doc.objects[n] = v
	return nil
}

// stream reads the bytes of a stream up to its "endstream". A stated length is taken only if the word stands where it says.
func (r *reader) stream(d dict) (*stream, error) {
	if r.at < len(r.in) && r.in[r.at] == '\r' {
		r.at++
	}
	if r.at < len(r.in) && r.in[r.at] == '\n' {
		r.at++
	}
	s := &stream{dict: d, start: r.at}
	if n, ok := length(d["Length"]); ok && r.endsAt(s.start+n) {
		s.data = r.in[s.start : s.start+n]
		r.at = s.start + n
		return s, nil
	}
	if r.noEnd {
		return nil, r.wrong("stream without end")
	}
	n := bytes.Index(r.in[r.at:], []byte("endstream"))
	if n < 0 {
		r.noEnd = true
		return nil, r.wrong("stream without end")
	}
	s.data = trimLineEnd(r.in[s.start : s.start+n])
	r.at = s.start + n
	return s, nil
}

func length(v value) (int, bool) {
	w, _ := v.(number)
	n, err := strconv.Atoi(string(w))
	return n, err == nil && n >= 0
}

// endsAt says that a stream ends at the byte: "endstream" stands there, a line's end before it perhaps.
func (r *reader) endsAt(at int) bool {
	if at < 0 || at > len(r.in) {
		return false
	}
	rest := r.in[at:min(len(r.in), at+16)]
	return bytes.HasPrefix(bytes.TrimLeft(rest, "\r\n \t"), []byte("endstream"))
}

func trimLineEnd(b []byte) []byte {
	switch {
	case bytes.HasSuffix(b, []byte("\r\n")):
		return b[:len(b)-2]
	case bytes.HasSuffix(b, []byte("\n")), bytes.HasSuffix(b, []byte("\r")):
		return b[:len(b)-1]
	}
	return b
}

// settleLengths corrects by a byte or two the streams whose length stood in another object, now that it is known.
func (r *reader) settleLengths() {
	for _, v := range r.doc.objects {
		if s, ok := v.(*stream); ok {
			r.settle(s)
		}
	}
	for _, p := range r.packs {
		r.settle(p.stream)
	}
}

func (r *reader) settle(s *stream) {
	if _, indirect := s.dict["Length"].(ref); !indirect {
		return
	}
	if n, ok := length(r.doc.resolve(s.dict["Length"])); ok && n >= len(s.data) && n <= len(s.data)+2 && r.endsAt(s.start+n) {
		s.data = r.in[s.start : s.start+n]
	}
}

// open reads the objects of an object stream (ISO 32000-2, 7.5.7).
func (r *reader) open(p pack, unpacked *int) error {
	plain, err := r.doc.unpack(p.stream, *unpacked)
	if err != nil {
		return err
	}
	*unpacked -= len(plain)
	first, ok := length(r.doc.resolve(p.stream.dict["First"]))
	if !ok || first > len(plain) {
		return errSyntax
	}
	index := lexer{in: plain[:first], budget: r.budget}
	for left := 2 * len(plain); ; { // objects that overlap would make a few bytes cost as much as many
		index.skip()
		n, ok := objectNumber(index.word())
		index.skip()
		offset, ok2 := objectNumber(index.word())
		if !ok || !ok2 || offset > len(plain)-first {
			return nil
		}
		inner := lexer{in: plain, at: first + offset, budget: r.budget}
		v, err := inner.value(0)
		left -= inner.at - first - offset
		if errors.Is(err, ErrTooComplex) || left < 0 {
			return ErrTooComplex
		}
		if err != nil {
			continue // a fault costs the object it stands in, no more
		}
		if err := r.put(n, p.at, v); err != nil {
			return err
		}
	}
}

// findRoot looks for a catalog if no trailer names one: the one that stands last.
func (r *reader) findRoot() {
	if r.doc.dict(r.doc.root) != nil {
		return
	}
	last := -1
	for n, v := range r.doc.objects {
		if d, ok := v.(dict); ok && d["Type"] == name("Catalog") && r.position[n] > last {
			last, r.doc.root = r.position[n], ref(n)
		}
	}
}
