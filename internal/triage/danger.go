package triage

import (
	"slices"
	"strings"
	"unicode"
)

// Danger is a list of words that show 112 at once when somebody writes them. It marks; it never sets a level.
type Danger struct {
	groups []DangerGroup
}

// DangerGroup is one kind of danger: its words, and what to show.
type DangerGroup struct {
	Code  string              `yaml:"code"`
	Show  Text                `yaml:"show"`
	Words map[string][]string `yaml:"words"` // by language

	folded []string
}

// ParseDanger reads the list of words of danger. Faults come back as Faults.
func ParseDanger(name string, content []byte) (*Danger, error) {
	var src struct {
		Shared word          `yaml:"shared"`
		Groups []DangerGroup `yaml:"groups"`
	}
	if err := decode(name, content, &src); err != nil {
		return nil, err
	}
	var b builder
	for i := range src.Groups {
		g := &src.Groups[i]
		b.text(name, 0, "group "+g.Code+": show", g.Show)
		for _, lang := range sortedKeys(g.Words) {
			for _, w := range g.Words[lang] {
				if f := fold(w); len(f) > 2 {
					g.folded = append(g.folded, f)
				} else {
					b.add(name, 0, "use a longer word", "group %s: %q would be found everywhere", g.Code, w)
				}
			}
		}
		if len(g.Words["sv"]) == 0 || len(g.Words["en"]) == 0 {
			b.add(name, 0, "write words in sv and en", "group %s lacks words in a language", g.Code)
		}
	}
	return &Danger{src.Groups}, b.err()
}

// Find gives the groups whose words stand in text, in the order of the file. A word of the list is found from the start of a word in the
// text, whatever its case, accents, punctuation and ending. A negated word ("no chest pain") is found as well.
func (d *Danger) Find(text string) []DangerGroup {
	folded := fold(text)
	return slices.DeleteFunc(slices.Clone(d.groups), func(g DangerGroup) bool {
		return !slices.ContainsFunc(g.folded, func(w string) bool { return strings.Contains(folded, w) })
	})
}

// Groups lists all groups, for clients that search while somebody types.
func (d *Danger) Groups() []DangerGroup { return slices.Clone(d.groups) }

var accents = strings.NewReplacer("å", "a", "ä", "a", "à", "a", "á", "a", "ö", "o", "ø", "o", "æ", "a", "é", "e", "è", "e", "ü", "u", "'", "", "’", "")

// fold gives the words of a text in small letters without accents, each with one space before it.
func fold(text string) string {
	words := strings.FieldsFunc(accents.Replace(strings.ToLower(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ")
}
