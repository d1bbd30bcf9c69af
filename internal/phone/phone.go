// Package phone reads telephone numbers as people in Sweden write them and
// gives them in the one form that is stored and sent to, E.164 (+46701740605).
//
// It says whether a number can exist and can get an SMS. Whether anybody
// answers there it does not know.
package phone

import (
	"errors"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

var (
	// ErrInvalid says that no such number can exist.
	ErrInvalid = errors.New("phone: not a telephone number")
	// ErrNotMobile says that the number cannot be relied on to get an SMS.
	ErrNotMobile = errors.New("phone: not a mobile number")
)

// maxInput is more than anybody types for a number, blanks and all.
const maxInput = 40

// Parse gives the number in E.164. One without a country code is Swedish. The
// error is [ErrInvalid].
func Parse(text string) (string, error) {
	n, err := parse(text)
	if err != nil {
		return "", err
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// Mobile gives a number that can get an SMS in E.164. The error is [ErrInvalid],
// or [ErrNotMobile] for fixed lines, 010, 020, 077 and the like.
func Mobile(text string) (string, error) {
	n, err := parse(text)
	if err != nil {
		return "", err
	}
	kind := phonenumbers.GetNumberType(n)
	if kind != phonenumbers.MOBILE && kind != phonenumbers.FIXED_LINE_OR_MOBILE { // some countries do not tell them apart
		return "", ErrNotMobile
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

func parse(text string) (*phonenumbers.PhoneNumber, error) {
	if len(text) > maxInput {
		return nil, ErrInvalid
	}
	n, err := phonenumbers.Parse(text, "SE")
	if err != nil || !phonenumbers.IsValidNumber(n) || n.GetExtension() != "" {
		return nil, ErrInvalid
	}
	return n, nil
}

// The mobile numbers that PTS has set aside for film, books and tests: 070-174
// 06 05 to 99.
const (
	fictionFirst = "+46701740605"
	fictionLast  = "+46701740699"
)

// Demo says whether a number in E.164 is one that nobody has. The demo takes no
// other, so that it never writes to a real person.
func Demo(e164 string) bool {
	return len(e164) == len(fictionFirst) && e164 >= fictionFirst && e164 <= fictionLast &&
		strings.Trim(e164[1:], "0123456789") == ""
}

// Mask shows enough of a number in E.164 for its owner to know it by, and no
// more: "+46 70 *** 45 67". Other text gives only stars.
func Mask(e164 string) string {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return "***"
	}
	national := phonenumbers.GetNationalSignificantNumber(n)
	if len(national) < 7 {
		return "***"
	}
	last := len(national)
	return "+" + strconv.Itoa(int(n.GetCountryCode())) + " " + national[:2] + " *** " + national[last-4:last-2] + " " + national[last-2:]
}
