package pdf

// A value of PDF (ISO 32000-2, 7.3) is nil, bool, number, text, name, array, dict, ref, or, as an indirect object only, *stream.
type (
	value  any
	number string // as it will be written: digits, at most one sign and one point
	text   string // the bytes of a string, unescaped
	name   string // without the slash, unescaped: /J#61vaScript and /JavaScript are one
	array  []value
	dict   map[name]value
	ref    int // of object number n; generations are not kept, since the last object of a number is the one that holds
)

// stream is a dictionary with bytes.
type stream struct {
	dict  dict
	data  []byte // as they stand in the file, still packed
	start int    // where data begins in the file
}

// document is what was found in a file.
type document struct {
	objects map[int]value
	root    value // the trailer's /Root
}

// resolve follows references to a value. A reference to nothing, or in a circle, is null.
func (d *document) resolve(v value) value {
	for range 32 {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		v = d.objects[int(r)]
	}
	return nil
}

func (d *document) name(v value) name {
	n, _ := d.resolve(v).(name)
	return n
}

// dict gives a dictionary, a stream's too, or nil.
func (d *document) dict(v value) dict {
	switch v := d.resolve(v).(type) {
	case dict:
		return v
	case *stream:
		return v.dict
	}
	return nil
}

func (d *document) array(v value) array {
	a, _ := d.resolve(v).(array)
	return a
}
