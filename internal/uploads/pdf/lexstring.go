package pdf

// literal reads a string in parentheses (ISO 32000-2, 7.3.4.2).
func (l *lexer) literal() (value, error) {
	l.at++
	var b []byte
	for depth := 1; l.at < len(l.in); {
		c := l.in[l.at]
		l.at++
		switch c {
		case '\\':
			b = l.escape(b)
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text(b), nil
			}
		}
		b = append(b, c)
	}
	return nil, l.wrong("string without end")
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// escape reads what stands behind a backslash and appends what it means to b.
func (l *lexer) escape(b []byte) []byte {
	if l.at >= len(l.in) {
		return b
	}
	c := l.in[l.at]
	l.at++
	switch {
	case c >= '0' && c <= '7':
		v := int(c - '0')
		for n := 1; n < 3 && l.at < len(l.in) && l.in[l.at] >= '0' && l.in[l.at] <= '7'; n++ {
			v = v*8 + int(l.in[l.at]-'0')
			l.at++
		}
		return append(b, byte(v)) //nolint:gosec // the format drops what does not fit a byte
	case c == '\r':
		if l.at < len(l.in) && l.in[l.at] == '\n' {
			l.at++
		}
		return b
	case c == '\n':
		return b
	}
	if meant, ok := escapes[c]; ok {
		return append(b, meant)
	}
	return append(b, c)
}

// hex reads a string in angle brackets; a last digit without a partner is followed by a zero.
func (l *lexer) hex() (value, error) {
	l.at++
	var b []byte
	high, half := byte(0), false
	for ; l.at < len(l.in); l.at++ {
		c := l.in[l.at]
		digit, ok := hexDigit(c)
		switch {
		case c == '>':
			l.at++
			if half {
				b = append(b, high<<4)
			}
			return text(b), nil
		case isSpace(c):
		case !ok:
			return nil, l.wrong("no hex digit")
		case half:
			b, half = append(b, high<<4|digit), false
		default:
			high, half = digit, true
		}
	}
	return nil, l.wrong("string without end")
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
