package settings

import (
	"regexp"
	"slices"
	"strings"
)

// Providers lists whom LOTSEN_SMS may name.
var Providers = []string{"46elks", "twilio", "webhook"}

// needed says what a provider cannot do without, besides LOTSEN_SMS.
var needed = map[string][]string{
	"46elks":  {"LOTSEN_SMS_USER", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM"},
	"twilio":  {"LOTSEN_SMS_USER", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM"},
	"webhook": {"LOTSEN_SMS_URL", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM"},
}

// minSigningKey is the shortest key that the webhook's signature is worth
// something with, in characters.
const minSigningKey = 32

func readSMS(r *reader) SMS {
	s := SMS{
		Provider: r.value("LOTSEN_SMS"),
		URL:      strings.TrimRight(r.value("LOTSEN_SMS_URL"), "/"),
		User:     r.value("LOTSEN_SMS_USER"),
		Secret:   Secret(r.value("LOTSEN_SMS_SECRET")),
		From:     r.value("LOTSEN_SMS_FROM"),
	}
	if !s.Set() {
		for _, name := range []string{"LOTSEN_SMS_URL", "LOTSEN_SMS_USER", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM"} {
			if r.given(name) {
				r.fault("LOTSEN_SMS", "is not set, and "+name+" is: name the provider, "+either(Providers))
				break
			}
		}
		return SMS{}
	}
	if !slices.Contains(Providers, s.Provider) {
		r.fault("LOTSEN_SMS", "must be "+either(Providers))
		return SMS{}
	}
	for _, name := range needed[s.Provider] {
		if !r.given(name) {
			r.fault(name, "is not set, and "+s.Provider+" cannot do without")
		}
	}
	checkSMS(r, s)
	return s
}

var (
	// accountSID is the user of Twilio, alone or with an API key after a colon.
	accountSID       = regexp.MustCompile(`^AC[0-9a-f]{32}(:SK[0-9a-f]{32})?$`)
	messagingService = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	senderName       = regexp.MustCompile(`^[A-Za-z0-9]{1,11}$`)
	digitsOnly       = regexp.MustCompile(`^[0-9]+$`)
	senderNumber     = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// others are names that people trust and that are not ours to send under.
var others = []string{"1177", "bankid", "polisen"}

func checkSMS(r *reader, s SMS) {
	if s.URL != "" {
		if _, problem := webAddress(s.URL); problem != "" {
			r.fault("LOTSEN_SMS_URL", problem)
		}
	}
	if s.Provider == "twilio" && s.User != "" && !accountSID.MatchString(s.User) {
		r.fault("LOTSEN_SMS_USER", "must be Twilio's Account SID (AC and 32 digits a-f), or SID:KEY with the SID of an API key")
	}
	if s.Provider == "webhook" && s.Secret != "" && len(s.Secret) < minSigningKey {
		r.fault("LOTSEN_SMS_SECRET", "signs what we send and must be at least 32 characters; `openssl rand -base64 32` makes one")
	}
	switch {
	case s.From == "" || senderNumber.MatchString(s.From):
	case slices.Contains(others, strings.ToLower(s.From)):
		r.fault("LOTSEN_SMS_FROM", "is the name of somebody else")
	case s.Provider == "twilio" && messagingService.MatchString(s.From):
	case !senderName.MatchString(s.From) || digitsOnly.MatchString(s.From):
		r.fault("LOTSEN_SMS_FROM", "must be a number (+46…) or a name of at most 11 letters a-z and digits")
	}
}

// either lists words as "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
