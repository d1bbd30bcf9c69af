package texts

import "slices"

// category is a plural category of CLDR.
type category string

const (
	zero  category = "zero"
	one   category = "one"
	two   category = "two"
	few   category = "few"
	many  category = "many"
	other category = "other"
)

func (c category) known() bool {
	return slices.Contains([]category{zero, one, two, few, many, other}, c)
}

// categories gives the categories that a language tells apart for whole numbers.
func categories(lang Lang) []category {
	if lang == Arabic {
		return []category{zero, one, two, few, many, other}
	}
	return []category{one, other}
}

// plural gives the category of n things, by CLDR's rules for cardinal whole
// numbers (unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html).
func plural(lang Lang, n int) category {
	if lang != Arabic {
		if n == 1 {
			return one
		}
		return other
	}
	switch rest := n % 100; {
	case n == 0:
		return zero
	case n == 1:
		return one
	case n == 2:
		return two
	case rest >= 3 && rest <= 10:
		return few
	case rest >= 11:
		return many
	default:
		return other
	}
}
