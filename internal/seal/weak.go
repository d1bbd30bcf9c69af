package seal

import "errors"

// weakness refuses keys that no random source has made: padding, patterns,
// counting, and passwords. Of random keys it refuses fewer than one in 10¹³,
// so a false alarm does not happen; a guessable key that looks random passes.
func weakness(secret []byte) error {
	for period := 1; period <= len(secret)/2; period++ {
		if repeats(secret, period) {
			return errors.New("is weak: the same bytes come again and again")
		}
	}
	if counts(secret) {
		return errors.New("is weak: its bytes count up or down")
	}
	if distinct(secret) < len(secret)/2 {
		return errors.New("is weak: too few different bytes")
	}
	if printable(secret) {
		return errors.New("is weak: it is text, and must be random bytes")
	}
	return nil
}

func repeats(b []byte, period int) bool {
	for i := period; i < len(b); i++ {
		if b[i] != b[i-period] {
			return false
		}
	}
	return true
}

func counts(b []byte) bool {
	step := b[1] - b[0]
	for i := 2; i < len(b); i++ {
		if b[i]-b[i-1] != step {
			return false
		}
	}
	return true
}

func distinct(b []byte) int {
	seen := map[byte]bool{}
	for _, c := range b {
		seen[c] = true
	}
	return len(seen)
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
