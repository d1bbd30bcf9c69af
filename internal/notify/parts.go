package notify

import "strings"

// The alphabet of GSM 03.38 (3GPP TS 23.038, 6.2.1): what an SMS can hold with
// 160 characters to a part. Those of the extension table take two places.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// Places in a text that fits one part, and in each part of a longer one, whose
// header takes the rest.
const (
	gsmAlone, gsmJoined   = 160, 153
	ucs2Alone, ucs2Joined = 70, 67
)

// Parts tells how many SMS a phone company makes of text, and so bills: one
// character outside GSM 03.38 turns the whole text to UCS-2, with 70 places in
// place of 160. A character that takes two places is never cut in two. An empty
// text is one part.
func Parts(text string) int {
	if widths, ok := gsmWidths(text); ok {
		return pack(widths, gsmAlone, gsmJoined)
	}
	return pack(ucs2Widths(text), ucs2Alone, ucs2Joined)
}

// gsmWidths gives the places that each character takes in GSM 03.38; false if
// one has none there.
func gsmWidths(text string) ([]int, bool) {
	var widths []int
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			widths = append(widths, 1)
		case strings.ContainsRune(gsmExtended, r):
			widths = append(widths, 2)
		default:
			return nil, false
		}
	}
	return widths, true
}

// ucs2Widths gives the places that each character takes in UTF-16.
func ucs2Widths(text string) []int {
	var widths []int
	for _, r := range text {
		if r > 0xFFFF {
			widths = append(widths, 2)
			continue
		}
		widths = append(widths, 1)
	}
	return widths
}

func pack(widths []int, alone, joined int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	if total <= alone {
		return 1
	}
	parts, used := 1, 0
	for _, w := range widths {
		if used+w > joined {
			parts, used = parts+1, 0
		}
		used += w
	}
	return parts
}
