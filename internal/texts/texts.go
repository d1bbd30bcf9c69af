// Package texts holds what the program says to people: texts of errors, SMS,
// what a case tells of itself, names of levels and states, in every language.
//
// A text lives in <language>.yaml under a key by its place ("sms.your_turn").
// Each key is a constant in keys.gen.go, so that a slip does not compile; after
// adding one to sv.yaml run go generate ./internal/texts. Swedish is complete;
// what another language lacks comes in Swedish. Texts of a complaint are not
// here: they stand in its protocol, next to the question that they belong to.
package texts

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:generate go test -run TestKeysAreCurrent -update .

// Lang is a language of the interface, under the name that api.md gives it.
type Lang string

// The languages. Simple is Swedish in short sentences and everyday words.
const (
	Swedish Lang = "sv"
	English Lang = "en"
	Simple  Lang = "sv-simple"
	Arabic  Lang = "ar"
)

// Langs lists the languages, the complete one first.
func Langs() []Lang { return []Lang{Swedish, English, Simple, Arabic} }

// Of gives the language that a stored code names, Swedish for none or another.
func Of(code string) Lang {
	for _, lang := range Langs() {
		if string(lang) == code {
			return lang
		}
	}
	return Swedish
}

// Say gives the text of a key in the language, or in Swedish where the language
// lacks it. Pairs fill its {parameters}: name, value, name, value. The parameter
// n, an int, also chooses the plural form. A key that is nowhere comes back as
// it is.
func (l Lang) Say(key string, pairs ...any) string {
	for _, lang := range []Lang{l, Swedish} {
		if t, ok := all()[lang][key]; ok {
			return t.fill(lang, pairs)
		}
	}
	return key
}

// Has says whether the language itself has a text for the key.
func (l Lang) Has(key string) bool {
	_, ok := all()[l][key]
	return ok
}

// text is one text: a form for each plural category that it tells apart, and
// always "other".
type text map[category]string

func (t text) fill(lang Lang, pairs []any) string {
	form := t[other]
	var replace []string
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		replace = append(replace, "{"+name+"}", fmt.Sprint(pairs[i+1]))
		if n, ok := pairs[i+1].(int); ok && name == "n" {
			if chosen, ok := t[plural(lang, n)]; ok {
				form = chosen
			}
		}
	}
	return strings.NewReplacer(replace...).Replace(form)
}

//go:embed *.yaml
var files embed.FS

// all gives the texts of every language. They are part of the program: one that
// cannot be read is a fault of the build, and its tests find it.
var all = sync.OnceValue(func() map[Lang]map[string]text {
	out := map[Lang]map[string]text{}
	for _, lang := range Langs() {
		source, err := files.ReadFile(string(lang) + ".yaml")
		if err == nil {
			out[lang], err = parse(source)
		}
		if err != nil {
			panic(fmt.Sprintf("texts: %s: %v", lang, err))
		}
	}
	return out
})

// parse reads one language: each key holds a text, or its plural forms.
func parse(source []byte) (map[string]text, error) {
	var raw map[string]any
	if err := yaml.Unmarshal(source, &raw); err != nil {
		return nil, err
	}
	out := make(map[string]text, len(raw))
	for key, value := range raw {
		t, err := forms(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[key] = t
	}
	return out, nil
}

func forms(value any) (text, error) {
	switch v := value.(type) {
	case string:
		return text{other: v}, nil
	case map[string]any:
		t := text{}
		for name, form := range v {
			s, ok := form.(string)
			if !ok || !category(name).known() {
				return nil, fmt.Errorf("%q is not a plural form", name)
			}
			t[category(name)] = s
		}
		if t[other] == "" {
			return nil, fmt.Errorf("the form %q is missing", other)
		}
		return t, nil
	default:
		return nil, fmt.Errorf("holds a %T, expected a text", value)
	}
}
