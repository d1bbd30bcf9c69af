package pdf

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// write writes the catalog and all that the walk meets from it: plain objects, a plain table, no dates, no names of programs, no id.
func (c *cleaner) write(out *bytes.Buffer, root dict) error {
	out.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	offsets := []int{out.Len()}
	writeObject(out, 1, root)
	for i := 0; i < len(c.queue); i++ { // cleaning one object may add others
		offsets = append(offsets, out.Len())
		if err := c.writeNext(out, i); err != nil {
			return err
		}
		c.queue[i] = nil
	}
	table := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return nil
}

func (c *cleaner) writeNext(out *bytes.Buffer, i int) error {
	s, ok := c.queue[i].(*stream)
	if !ok {
		writeObject(out, i+2, c.clean(c.queue[i]))
		return nil
	}
	d := c.streamDict(s.dict)
	data, err := c.streamBytes(s, d)
	if err != nil {
		return fmt.Errorf("stream at byte %d: %w", s.start, err)
	}
	if speaksPDF(data) {
		return fmt.Errorf("stream at byte %d: %w: holds what looks like objects", s.start, ErrDamaged)
	}
	d["Length"] = number(strconv.Itoa(len(data)))
	fmt.Fprintf(out, "%d 0 obj\n", i+2)
	writeValue(out, d)
	out.WriteString("\nstream\n")
	out.Write(data)
	out.WriteString("\nendstream\nendobj\n")
	return nil
}

func writeObject(out *bytes.Buffer, n int, v value) {
	fmt.Fprintf(out, "%d 0 obj\n", n)
	writeValue(out, v)
	out.WriteString("\nendobj\n")
}

func writeValue(out *bytes.Buffer, v value) {
	switch v := v.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case number:
		out.WriteString(string(v))
	case text:
		// In hex nothing that somebody wrote looks like a part of the file.
		out.WriteByte('<')
		out.WriteString(hex.EncodeToString([]byte(v)))
		out.WriteByte('>')
	case name:
		writeName(out, v)
	case ref:
		fmt.Fprintf(out, "%d 0 R", int(v))
	case array:
		out.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				out.WriteByte(' ')
			}
			writeValue(out, e)
		}
		out.WriteByte(']')
	case dict:
		out.WriteString("<<")
		for _, key := range slices.Sorted(maps.Keys(v)) {
			writeName(out, key)
			out.WriteByte(' ')
			writeValue(out, v[key])
		}
		out.WriteString(">>")
	}
}

// writeName writes letters, digits and harmless marks as they are and all other bytes in hex, so a name has one spelling.
func writeName(out *bytes.Buffer, n name) {
	out.WriteByte('/')
	for i := range len(n) {
		switch c := n[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '+', c == '.', c == ',', c == '*', c == '\'':
			out.WriteByte(c)
		default:
			fmt.Fprintf(out, "#%02X", c)
		}
	}
}
