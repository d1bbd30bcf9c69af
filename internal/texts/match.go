package texts

import (
	"slices"
	"strconv"
	"strings"
)

// maxHeader is more than any browser sends; what lies beyond it is not read.
const maxHeader = 1000

// Match gives the language that an Accept-Language header (RFC 9110, 12.5.4)
// asks for most, Swedish where it asks for none of ours. en-GB is English, but
// only sv-simple itself is simple Swedish.
func Match(acceptLanguage string) Lang {
	type wish struct {
		lang   Lang
		weight float64
	}
	var wishes []wish
	for entry := range strings.SplitSeq(acceptLanguage[:min(len(acceptLanguage), maxHeader)], ",") {
		tag, parameters, _ := strings.Cut(entry, ";")
		if lang, ok := closest(tag); ok {
			wishes = append(wishes, wish{lang, weight(parameters)})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	if len(wishes) == 0 || wishes[0].weight == 0 {
		return Swedish
	}
	return wishes[0].lang
}

// closest gives the language of a tag: itself, or the one that it is a kind of.
func closest(tag string) (Lang, bool) {
	tag = strings.ToLower(strings.TrimSpace(tag))
	primary, _, _ := strings.Cut(tag, "-")
	for _, name := range []string{tag, primary} {
		if slices.Contains(Langs(), Lang(name)) {
			return Lang(name), true
		}
	}
	return "", false
}

// weight reads q=0.8; 1 where there is none, 0 where it makes no sense.
func weight(parameters string) float64 {
	name, value, _ := strings.Cut(strings.TrimSpace(parameters), "=")
	if strings.TrimSpace(name) == "" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !strings.EqualFold(strings.TrimSpace(name), "q") || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
}
