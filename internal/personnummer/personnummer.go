// Package personnummer reads Swedish personal numbers and coordination numbers.
//
// It says whether a number is well-formed, when its holder was born as far as
// the number tells, and how old that makes them. It does not say whether
// anybody has the number, whether its holder lives, or what sex they are: the
// digits do not tell (see reference/identity-law.md, chapter 3). Reserve numbers
// of the regions are another kind of identifier and not read here.
//
// Rules: folkbokföringslag (1991:481) §18 and lag (2022:1697) on coordination
// numbers, with the month 00 and day 60 of Skatteverket's own test data.
package personnummer

import (
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Number is one well-formed number. It is comparable and holds the twelve
// digits. Formatted with fmt or logged it shows nothing but that it is one:
// who needs the digits asks for them by name. The zero Number is none.
type Number struct {
	digits string // YYYYMMDDNNNC
}

// Fault says what is wrong with a text that should have been a number. It never
// quotes the text.
type Fault string

// The faults of [Parse], the first that applies.
const (
	BadForm  Fault = "form"        // not 10 or 12 digits with at most a - or + before the last four
	BadDate  Fault = "date"        // no such day, or one that nobody with a number was born on
	Future   Fault = "future"      // a day yet to come
	BadCheck Fault = "check_digit" // the last digit does not fit the others
)

// Error says in English what is wrong.
func (f Fault) Error() string {
	return "personal number: wrong " + strings.ReplaceAll(string(f), "_", " ")
}

// oldest is the first year of birth that is accepted. Numbers came in 1947, and
// nobody then alive was born before it.
const oldest = 1840

// Parse reads ten or twelve digits as people write them: with - or + or nothing
// before the last four, any sort of dash, blanks anywhere.
//
// The century of ten digits follows from now, on the Swedish calendar: after -
// or nothing, the holder turns less than 100 this year; after +, 100 or more.
// An error is always a [Fault].
func Parse(text string, now time.Time) (Number, error) {
	today := DateOf(now)
	digits, sign, ok := split(text)
	if !ok {
		return Number{}, BadForm
	}
	if len(digits) == 10 {
		digits = century(digits, sign, today.Year) + digits
	}
	n := Number{digits}
	if !n.dated() {
		return Number{}, BadDate
	}
	if first, _ := n.span(); today.Before(first) {
		return Number{}, Future
	}
	if !n.checks() {
		return Number{}, BadCheck
	}
	return n, nil
}

// split gives the ten or twelve digits of a text and the sign among them.
func split(text string) (digits string, sign rune, ok bool) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r): // blanks, and the invisible marks that copying brings
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９': // full-width, as some keyboards write them
			b.WriteRune('0' + r - '０')
		case sign == 0 && isSign(r) && (b.Len() == 6 || b.Len() == 8):
			sign = '-'
			if r == '+' || r == '＋' {
				sign = '+'
			}
			digits = b.String()
		default:
			return "", 0, false
		}
	}
	all := b.String()
	ok = (len(all) == 10 || len(all) == 12) && (sign == 0 || len(digits) == len(all)-4)
	return all, sign, ok
}

func isSign(r rune) bool {
	return r == '+' || r == '＋' || r == '−' || unicode.Is(unicode.Pd, r)
}

// century gives the two digits that ten lack. Which hundred years are meant is
// counted in years, not days: the + comes with the year in which one turns 100.
func century(ten string, sign rune, thisYear int) string {
	short, _ := strconv.Atoi(ten[:2]) // two digits
	year := thisYear - (thisYear-short)%100
	if sign == '+' {
		year -= 100
	}
	return strconv.Itoa(year / 100)
}

// dated says whether the number's date is one that is given out.
func (n Number) dated() bool {
	year, month, day := n.date()
	if year < oldest || n.digits[8:11] == "000" {
		return false
	}
	if !n.Coordination() {
		return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
	}
	return month <= 12 && day <= 31 // 00 is "not known"; days 29 to 31 occur in short months
}

// checks holds the check digit against the nine before it (Luhn, modulus 10).
// The century is not part of the sum.
func (n Number) checks() bool {
	sum := 0
	for i, c := range n.digits[2:] {
		d := int(c - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// date gives the year, month and day as the digits say, a coordination number's
// day without its 60.
func (n Number) date() (year, month, day int) {
	year, _ = strconv.Atoi(n.digits[:4])
	month, _ = strconv.Atoi(n.digits[4:6])
	day, _ = strconv.Atoi(n.digits[6:8])
	if n.Coordination() {
		day -= 60
	}
	return year, month, day
}

// IsZero says whether there is no number.
func (n Number) IsZero() bool { return n.digits == "" }

// Coordination says whether it is a coordination number (samordningsnummer):
// its day has 60 added.
func (n Number) Coordination() bool { return n.digits != "" && n.digits[6] >= '6' }

// Digits gives the twelve digits YYYYMMDDNNNC: the one form to store (sealed),
// to look up and to compare.
func (n Number) Digits() string { return n.digits }

// Long gives the number as staff read it, YYYYMMDD-NNNC.
func (n Number) Long() string {
	if n.IsZero() {
		return ""
	}
	return n.digits[:8] + "-" + n.digits[8:]
}

// Short gives the number as it is printed on cards, YYMMDD-NNNC, with a + from
// the year in which the holder turns 100.
func (n Number) Short(now time.Time) string {
	if n.IsZero() {
		return ""
	}
	sign := "-"
	if year, _, _ := n.date(); DateOf(now).Year-year >= 100 {
		sign = "+"
	}
	return n.digits[2:8] + sign + n.digits[8:]
}

// Mask gives the date of birth alone, YYYYMMDD-****.
func (n Number) Mask() string {
	if n.IsZero() {
		return ""
	}
	return n.digits[:8] + "-****"
}

const hidden = "[personal number]"

// String hides the digits, so that no %v prints them.
func (n Number) String() string { return hidden }

// GoString hides the digits, so that no %#v prints them.
func (n Number) GoString() string { return hidden }

// LogValue hides the digits, so that no log line holds them.
func (n Number) LogValue() slog.Value { return slog.StringValue(hidden) }
