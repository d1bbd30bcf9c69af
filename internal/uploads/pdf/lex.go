package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// lexer reads values from in. Each value counts against budget, which all lexers of a file share.
type lexer struct {
	in     []byte
	at     int
	budget *int
}

var errSyntax = errors.New("syntax")

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func isRegular(c byte) bool { return !isSpace(c) && !isDelimiter(c) }

// skip passes white space and comments. The mark of a file's end is no comment to the end of the line: programs add objects right behind it.
func (l *lexer) skip() {
	for l.at < len(l.in) {
		switch c := l.in[l.at]; {
		case isSpace(c):
			l.at++
		case bytes.HasPrefix(l.in[l.at:], []byte("%%EOF")):
			l.at += len("%%EOF")
		case c == '%':
			for l.at < len(l.in) && l.in[l.at] != '\n' && l.in[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// word reads regular characters: a number or a keyword. It is "" before a delimiter and at the end.
func (l *lexer) word() string {
	start := l.at
	for l.at < len(l.in) && isRegular(l.in[l.at]) {
		l.at++
	}
	return string(l.in[start:l.at])
}

// peekWord skips white space and reads a word without passing it.
func (l *lexer) peekWord() string {
	l.skip()
	at := l.at
	w := l.word()
	l.at = at
	return w
}

// value reads one value that is no stream. depth is how deep it stands.
func (l *lexer) value(depth int) (value, error) {
	if *l.budget--; *l.budget < 0 || depth > maxDepth {
		return nil, ErrTooComplex
	}
	l.skip()
	if l.at >= len(l.in) {
		return nil, l.wrong("value missing")
	}
	switch c := l.in[l.at]; {
	case c == '/':
		l.at++
		return l.name(), nil
	case c == '(':
		return l.literal()
	case c == '[':
		l.at++
		return l.array(depth)
	case c == '<' && l.at+1 < len(l.in) && l.in[l.at+1] == '<':
		l.at += 2
		return l.dict(depth)
	case c == '<':
		return l.hex()
	case isRegular(c):
		return l.numberOrKeyword()
	}
	return nil, l.wrong("stray delimiter")
}

func (l *lexer) wrong(what string) error {
	return fmt.Errorf("%w at byte %d: %s", errSyntax, l.at, what)
}

// name reads a name behind its slash. A # without two hex digits stands for itself, as readers take it.
func (l *lexer) name() name {
	raw := l.word()
	if !strings.Contains(raw, "#") {
		return name(raw)
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if v, err := strconv.ParseUint(raw[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(raw[i])
	}
	return name(b.String())
}

func (l *lexer) array(depth int) (value, error) {
	a := array{}
	for {
		l.skip()
		if l.at < len(l.in) && l.in[l.at] == ']' {
			l.at++
			return a, nil
		}
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
	}
}

// dict reads a dictionary behind its <<. Of a key that stands twice the last value holds; null is the same as absent.
func (l *lexer) dict(depth int) (value, error) {
	d := dict{}
	for {
		l.skip()
		if l.at+1 < len(l.in) && l.in[l.at] == '>' && l.in[l.at+1] == '>' {
			l.at += 2
			return d, nil
		}
		if l.at >= len(l.in) || l.in[l.at] != '/' {
			return nil, l.wrong("key missing")
		}
		l.at++
		key := l.name()
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if v == nil {
			delete(d, key)
			continue
		}
		d[key] = v
	}
}

func (l *lexer) numberOrKeyword() (value, error) {
	start := l.at
	w := l.word()
	switch w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if strings.Trim(w, "0123456789+-.") != "" {
		l.at = start // an endobj too early belongs to the caller
		return nil, l.wrong("unknown keyword")
	}
	if n, ok := objectNumber(w); ok {
		at := l.at
		l.skip()
		if _, ok := objectNumber(l.word()); ok {
			l.skip()
			if l.word() == "R" {
				return ref(n), nil
			}
		}
		l.at = at
	}
	return plainNumber(w), nil
}

// objectNumber reads the digits of an object or generation number.
func objectNumber(w string) (int, bool) {
	if len(w) == 0 || len(w) > 10 || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(w)
	return n, err == nil
}

// plainNumber keeps a well-formed number as it is; any other is 0.
func plainNumber(w string) number {
	digits := strings.TrimLeft(w, "+-")
	if len(w)-len(digits) <= 1 && strings.Count(digits, ".") <= 1 && !strings.ContainsAny(digits, "+-") && digits != "" && digits != "." {
		return number(w)
	}
	return "0"
}
