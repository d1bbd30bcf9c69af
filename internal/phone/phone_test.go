package phone_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/phone"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0701740605":         "+46701740605",
		"070-174 06 05":      "+46701740605",
		"+46 (0)70 174 0605": "+46701740605",
		"0046701740605":      "+46701740605",
		"+46701740699":       "+46701740699",
		"08-465 004 00":      "+46846500400",
		"+358 40 1234567":    "+358401234567",
	} {
		if got, err := phone.Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %q, %v; expected %q", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "112", "07017406", "07017406051234", "+999123456789", "0701740605 ext 5", strings.Repeat("0", 60), "\x00", "0701740605;rm"} {
		if got, err := phone.Parse(text); !errors.Is(err, phone.ErrInvalid) || got != "" {
			t.Errorf("Parse(%q) = %q, %v; expected ErrInvalid", text, got, err)
		}
	}
}

func TestMobile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		"070-174 06 05":   nil,
		"0721234567":      nil,
		"0731234567":      nil,
		"0761234567":      nil,
		"0791234567":      nil,
		"+1 650 253 0000": nil, // mobile or not: the United States do not tell
		"08-465 004 00":   phone.ErrNotMobile,
		"0980-319 200":    phone.ErrNotMobile,
		"010-123 45 67":   phone.ErrNotMobile,
		"020-123 456":     phone.ErrNotMobile,
		"hello":           phone.ErrInvalid,
	} {
		got, err := phone.Mobile(text)
		if !errors.Is(err, want) || (err == nil) != (got != "") {
			t.Errorf("Mobile(%q) = %q, %v; expected %v", text, got, err, want)
		}
	}
}

func TestDemoTakesFictionOnly(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"+46701740605": true, "+46701740650": true, "+46701740699": true,
		"+46701740604": false, "+46701740700": false, "0701740605": false, "": false,
		"+467017406050": false, "+4670174065": false, "+46701740a05": false, "+46701740 06": false, "+4670174065:": false,
	} {
		if got := phone.Demo(number); got != want {
			t.Errorf("Demo(%q) = %v, expected %v", number, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"+46701234567": "+46 70 *** 45 67",
		"+46846500400": "+46 84 *** 04 00",
		"+12":          "***",
		"":             "***",
		"secret":       "***",
	} {
		if got := phone.Mask(number); got != want {
			t.Errorf("Mask(%q) = %q, expected %q", number, got, want)
		}
	}
}

func TestWhatWasParsedParsesToItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(\+46|0|0046)[ -]?7[02369][ -]?[0-9]{3}[ -]?[0-9]{2} ?[0-9]{2}`).Draw(t, "text")
		once, err := phone.Mobile(text)
		if err != nil {
			t.Fatalf("Mobile(%q): %v; expected every Swedish mobile number to pass", text, err)
		}
		if twice, err := phone.Mobile(once); err != nil || twice != once {
			t.Fatalf("Mobile(%q) = %q, %v; expected itself", once, twice, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"0701740605", "+46 (0)70 174 0605", "tel:+46701740605;ext=5", "+", "٠٧٠١٧٤٠٦٠٥"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		phone.Mask(text)
		got, err := phone.Parse(text)
		if err == nil && (got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" || len(got) > 16) {
			t.Errorf("Parse(%q) = %q, which is not E.164", text, got)
		}
	})
}
