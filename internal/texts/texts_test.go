package texts

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write keys.gen.go anew")

const generated = "keys.gen.go"

func TestKeysAreCurrent(t *testing.T) {
	t.Parallel()
	want := generate(t)
	if *update {
		if err := os.WriteFile(generated, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(generated)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s does not hold the keys of sv.yaml (%v): run go generate ./internal/texts", generated, err)
	}
}

// generate makes the constants of the Swedish keys.
func generate(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("// Code generated from sv.yaml by go generate; DO NOT EDIT.\n\npackage texts\n\n// The keys of the texts.\nconst (\n")
	for _, key := range slices.Sorted(maps.Keys(all()[Swedish])) {
		fmt.Fprintf(&b, "%s = %q\n", constant(key), key)
	}
	b.WriteString(")\n")
	source, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// constant gives the Go name of a key: sms.your_turn is SmsYourTurn.
func constant(key string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(key, func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

func TestEveryKeyIsSwedishFirst(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+(_[a-z]+)*\.[a-z0-9]+(_[a-z0-9]+)*$`)
	for key := range all()[Swedish] {
		if !form.MatchString(key) {
			t.Errorf("%s: a key is place.what, in lower case", key)
		}
	}
	for _, lang := range Langs() {
		for key := range all()[lang] {
			if !Swedish.Has(key) {
				t.Errorf("%s: %s has a key that Swedish lacks", key, lang)
			}
		}
	}
}

// What falls back to Swedish is told, not hidden: go test -v shows it.
func TestWhatFallsBack(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		var lacks []string
		for _, key := range slices.Sorted(maps.Keys(all()[Swedish])) {
			if !lang.Has(key) {
				lacks = append(lacks, key)
			}
		}
		t.Logf("%s has %d of %d texts; in Swedish: %s", lang, len(all()[lang]), len(all()[Swedish]), strings.Join(lacks, " "))
		if lang == English && len(lacks) > 0 {
			t.Errorf("English lacks %q, expected it to be complete", lacks)
		}
	}
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func TestParametersAgree(t *testing.T) {
	t.Parallel()
	wellFormed := regexp.MustCompile(`^\{[a-z]+\}$`)
	parameters := func(form string) []string {
		found := parameter.FindAllString(form, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, lang := range Langs() {
		for key, forms := range all()[lang] {
			want := parameters(all()[Swedish][key][other])
			for name, form := range forms {
				got := parameters(form)
				if len(forms) > 1 && !slices.Contains(got, "{n}") {
					got = append(got, "{n}") // "one person", "two people" say the number in words
					slices.Sort(got)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s %s (%s) has the parameters %q, Swedish %q", lang, key, name, got, want)
				}
				for _, p := range got {
					if !wellFormed.MatchString(p) {
						t.Errorf("%s %s: %s is no parameter", lang, key, p)
					}
				}
			}
		}
	}
}

func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		for key, forms := range all()[lang] {
			if len(forms) == 1 {
				continue
			}
			for _, c := range categories(lang) {
				if forms[c] == "" {
					t.Errorf("%s %s lacks the form %q", lang, key, c)
				}
			}
			if len(forms) != len(categories(lang)) {
				t.Errorf("%s %s has forms that the language does not tell apart", lang, key)
			}
		}
	}
}

func TestTextsAreWhole(t *testing.T) {
	t.Parallel()
	for _, lang := range Langs() {
		for key, forms := range all()[lang] {
			for _, form := range forms {
				if form == "" || strings.TrimSpace(form) != form || strings.Contains(form, "  ") || strings.ContainsAny(form, "\n\t<>—") {
					t.Errorf("%s %s: %q is empty, or has stray blanks, tags or dashes", lang, key, form)
				}
			}
		}
	}
}

// Whoever is turned away or left alone with a fault is told whom to ring.
func TestNumbersToRing(t *testing.T) {
	t.Parallel()
	keys := []string{CaseShut, CaseShutUntil, CaseShutUrgent, QueueNotInTime, ErrorInternal, ErrorNotConfigured, ErrorUnavailable, CaseMissedOut, AlertWorseSeen, AlertWorseAlone}
	for key := range all()[Swedish] {
		if strings.HasPrefix(key, "eligible.") {
			keys = append(keys, key)
		}
	}
	for _, lang := range Langs() {
		for _, key := range keys {
			if text := lang.Say(key); !strings.Contains(text, "112") || !strings.Contains(text, "1177") {
				t.Errorf("%s %s: %q names not both 112 and 1177", lang, key, text)
			}
		}
		for _, key := range []string{QueueNotInTimeImmediate, AlertNobody, AlertNobodyComes, AlertDangerWords} {
			if text := lang.Say(key); !strings.Contains(text, "112") {
				t.Errorf("%s %s: %q does not say to ring 112", lang, key, text)
			}
		}
	}
}

// gsm7 is what an SMS of 160 characters may hold (GSM 03.38, without the
// characters that count twice).
const gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

func TestAnSMSIsOnePart(t *testing.T) {
	t.Parallel()
	long := "https://" + strings.Repeat("a", 49) + ".se"
	for _, lang := range Langs() {
		longest := ""
		for day := 20; day < 27; day++ { // a week of two digits everywhere
			if when := lang.When(time.Date(2026, 12, day, 18, 30, 0, 0, time.UTC)); len(when) > len(longest) {
				longest = when
			}
		}
		for _, key := range smsKeys() {
			if lang == Arabic {
				text := lang.Say(key, "url", "https://vard.example.se/", "when", longest)
				if n := len(utf16.Encode([]rune(text))); n > 70 {
					t.Errorf("%s %s is %d UTF-16 units, expected at most 70: %q", lang, key, n, text)
				}
				continue
			}
			text := lang.Say(key, "url", long, "when", longest)
			if n := len([]rune(text)); n > 160 {
				t.Errorf("%s %s is %d characters, expected at most 160: %q", lang, key, n, text)
			}
			if stray := strings.Trim(text, gsm7); stray != "" {
				t.Errorf("%s %s has characters outside GSM-7: %q", lang, key, stray)
			}
		}
	}
}

func smsKeys() (keys []string) {
	for key := range all()[Swedish] {
		if strings.HasPrefix(key, "sms.") {
			keys = append(keys, key)
		}
	}
	return keys
}

// An SMS is read on a locked screen, by whoever holds the phone.
func TestAnSMSTellsNothing(t *testing.T) {
	t.Parallel()
	telling := regexp.MustCompile(`(?i)vård|hälsa|sjuk|läkare|patient|klinik|mottagning|symtom|besvär|råd|bedöm|brådska|barn|1177|112|` +
		`care|health|\bill\b|sick|nurse|doctor|clinic|symptom|advice|assess|urgent|child|medic|` +
		`صح|طبيب|طبي|ممرض|مريض|مرض|عياد|أعراض|رعاية|نصائح|طفل`)
	link := regexp.MustCompile(`https?:|www\.|\.se\b|/`)
	for _, lang := range Langs() {
		for _, key := range smsKeys() {
			text := lang.Say(key)
			if word := telling.FindString(text); word != "" {
				t.Errorf("%s %s: %q tells of health (%q)", lang, key, text, word)
			}
			want := []string{"{url}"}
			if key == SmsShutUntil {
				want = []string{"{when}", "{url}"} // when a door opens is on every door
			}
			if got := parameter.FindAllString(text, -1); !slices.Equal(got, want) {
				t.Errorf("%s %s has the parameters %q, expected %q alone: a name or a number does not belong in an SMS", lang, key, got, want)
			}
			if link.MatchString(text) {
				t.Errorf("%s %s holds a link besides {url}: %q", lang, key, text)
			}
		}
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		got, want string
	}{
		{Swedish.Say(CaseTookOver, "name", "Eva"), "Eva har tagit över."},
		{English.Say(CaseTookOver, "name", "Eva"), "Eva has taken over."},
		{English.Say(CaseTookOver, "name", "{name}{url}"), "{name}{url} has taken over."},
		{Simple.Say(CaseTookOver, "name", "Eva"), "Eva har tagit över."}, // falls back
		{Lang("xx").Say(LevelToday), "Idag"},
		{Swedish.Say(QueueAhead, "n", 1), "1 person är före dig."},
		{Swedish.Say(QueueAhead, "n", 2), "2 personer är före dig."},
		{English.Say(QueueAhead, "n", 0), "0 people are before you."},
		{Arabic.Say(QueueAhead, "n", 2), "شخصان قبلك."},
		{Arabic.Say(QueueAhead, "n", 5), "5 أشخاص قبلك."},
		{Arabic.Say(QueuePaused), Swedish.Say(QueuePaused)},
		{English.Say(QueueBetween, "low", 5, "high", 20), "between 5 and 20 minutes"},
		{Swedish.Say("nothing.here"), "nothing.here"},
		{Swedish.Say(CaseTookOver, "name"), "{name} har tagit över."},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("said %q, expected %q", test.got, test.want)
		}
	}
	if Of("ar") != Arabic || Of("sv-simple") != Simple || Of("") != Swedish || Of("de") != Swedish {
		t.Error("Of should give the language of a code, else Swedish")
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]category{0: zero, 1: one, 2: two, 3: few, 10: few, 11: many, 99: many, 100: other, 102: other, 103: few, 111: many, 1000: other} {
		if got := plural(Arabic, n); got != want {
			t.Errorf("Arabic %d is %q, expected %q", n, got, want)
		}
	}
	for n, want := range map[int]category{0: other, 1: one, 2: other, 11: other, 21: other, 101: other} {
		for _, lang := range []Lang{Swedish, English, Simple} {
			if got := plural(lang, n); got != want {
				t.Errorf("%s %d is %q, expected %q", lang, n, got, want)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for what, source := range map[string]string{
		"a number":             "a.b: 1",
		"nothing":              "a.b:",
		"a list":               "a.b: [x]",
		"an unknown form":      "a.b: {several: x, other: y}",
		"no other":             "a.b: {one: x}",
		"a form of no text":    "a.b: {other: 1}",
		"the same key twice":   "a.b: x\na.b: y",
		"no mapping":           "- x",
		"text that is no YAML": "a: 'x",
	} {
		if got, err := parse([]byte(source)); err == nil {
			t.Errorf("%s was accepted as %v", what, got)
		}
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Lang{
		"":                                    Swedish,
		"sv":                                  Swedish,
		"sv-SE,sv;q=0.9,en;q=0.8":             Swedish,
		"en-GB,en;q=0.9":                      English,
		"de,en;q=0.5":                         English,
		"en;q=0.5, ar-SY;q=0.7":               Arabic,
		"SV-Simple":                           Simple,
		"sv-simple, en":                       Simple,
		"en;q=0,ar;q=0.1":                     Arabic,
		"en;q=0":                              Swedish,
		"*":                                   Swedish,
		"de":                                  Swedish,
		"en;q=2, ar;q=0.1":                    Arabic, // no weight that makes sense
		"en ; q = 0.3 , ar;q=0.2":             English,
		"en;q=NaN,ar;q=0.1":                   Arabic,
		"ar,en":                               Arabic,
		strings.Repeat("de,", 500) + "en":     Swedish, // beyond what is read
		";;;,,,===":                           Swedish,
		"english":                             Swedish,
		"ar;q=0.9;x=1, en;q=0.8":              English,
		"\x00\xff,en":                         English,
		"sv;q=0.1, en;q=0.1, sv-simple;q=0.1": Swedish,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, expected %s", header, got, want)
		}
	}
}

func TestMatchAlwaysGivesALanguage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.OneOf(rapid.String(), rapid.StringMatching(`((sv|en|ar|de|\*)(-[A-Za-z]{2,6})?(;q=[01](\.[0-9]{1,3})?)?,? ?){0,6}`)).Draw(t, "header")
		if got := Match(header); !slices.Contains(Langs(), got) {
			t.Fatalf("Match(%q) = %q, which is no language of ours", header, got)
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("sv-SE,sv;q=0.9,en;q=0.8")
	f.Add("*;q=0.1,,;q=")
	f.Fuzz(func(t *testing.T, header string) {
		if got := Match(header); !slices.Contains(Langs(), got) {
			t.Errorf("Match(%q) = %q, which is no language of ours", header, got)
		}
	})
}

func TestWhen(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 28, 8, 5, 0, 0, time.UTC)
	for lang, want := range map[Lang]string{
		Swedish: "måndag 28/12 kl. 08:05", English: "Monday 28/12 at 08:05", Simple: "måndag 28/12 klockan 08:05", Arabic: "الاثنين 28/12 08:05",
	} {
		if got := lang.When(at); got != want {
			t.Errorf("%s says %q, expected %q", lang, got, want)
		}
	}
}
