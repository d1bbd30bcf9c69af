package personnummer

import "regexp"

// candidate is a run that may be a number. Ten bare digits count only as a word
// of their own: ids, hashes and amounts are full of them.
var candidate = regexp.MustCompile(`(?:^|[^0-9])((?:18|19|20)\d{6}[-+]?\d{4}|\d{6}[-+]\d{4})(?:[^0-9]|$)|(?:^|[^0-9A-Za-z.])(\d{10})(?:[^0-9A-Za-z]|$)`)

// Find gives what stands in a text and is a well-formed number in any of its
// usual forms, whatever the year it is read in. It is for making sure that logs,
// messages and database files hold none; it may take a chance run of digits for
// a number, and does not look inside encoded text.
func Find(text string) []string {
	var found []string
	for start := 0; start < len(text); {
		at := candidate.FindStringSubmatchIndex(text[start:])
		if at == nil {
			return found
		}
		from, to := at[2], at[3]
		if from < 0 {
			from, to = at[4], at[5]
		}
		if run := text[start+from : start+to]; wellFormed(run) {
			found = append(found, run)
		}
		start += to // the character after one number may be the one before the next
	}
	return found
}

func wellFormed(run string) bool {
	digits, _, ok := split(run)
	if !ok {
		return false
	}
	if len(digits) == 12 {
		return sound(Number{digits})
	}
	return sound(Number{"19" + digits}) || sound(Number{"20" + digits}) // they differ in leap years
}

func sound(n Number) bool { return n.dated() && n.checks() }
