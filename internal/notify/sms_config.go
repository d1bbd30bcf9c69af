package notify

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"lotsen/internal/clock"
)

// SMSConfig says which provider carries the SMS, and how to reach it (LOTSEN_SMS…).
type SMSConfig struct {
	Provider string // "46elks", "twilio" or "webhook"
	URL      string // its address; empty: the provider's public one. The webhook has none, so needs it
	User     string // 46elks: API username. Twilio: Account SID, or "SID:KEY" with an API key. Webhook: unused
	Secret   string // 46elks: API password. Twilio: auth token or key secret. Webhook: the key that signs
	From     string // shown as sender where the SMS names none: see [CheckFrom]; Twilio also a messaging service, MG…

	Timeout time.Duration // for one attempt; 0 means 10 s
	Clock   *clock.Clock
}

// String names the provider and nothing else: the rest is secret, or next to it.
func (c SMSConfig) String() string { return "sms by " + c.Provider }

// GoString keeps the secret out of %#v.
func (c SMSConfig) GoString() string { return c.String() }

// LogValue keeps the secret out of the log.
func (c SMSConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

const (
	defaultTimeout = 10 * time.Second
	elksURL        = "https://api.46elks.com"
	twilioURL      = "https://api.twilio.com"
)

// NewSMS gives the sender that c describes. The error names everything that is
// missing or malformed at once, and holds no secret.
func NewSMS(c SMSConfig) (Sender, error) {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	var build func(SMSConfig) Sender
	var faults []error
	switch c.Provider {
	case "46elks":
		build = newElks
		c.URL = or(c.URL, elksURL)
		faults = append(faults, needs(c.User, "user"), needs(c.From, "from"), checkFrom(c.From))
	case "twilio":
		build = newTwilio
		c.URL = or(c.URL, twilioURL)
		faults = append(faults, needs(c.User, "user"), needs(c.From, "from"))
		if !messagingService.MatchString(c.From) {
			faults = append(faults, checkFrom(c.From))
		}
	case "webhook":
		build = newWebhook
		faults = append(faults, checkFrom(c.From), checkSigningKey(c.Secret))
	default:
		return nil, fmt.Errorf("sms: no provider %q; there are 46elks, twilio and webhook", c.Provider)
	}
	if c.Clock == nil {
		faults = append(faults, errors.New("clock is missing"))
	}
	faults = append(faults, needs(c.Secret, "secret"), checkURL(c.URL))
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("sms by %s: %w", c.Provider, err)
	}
	return build(c), nil
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

func needs(value, name string) error {
	if value == "" {
		return fmt.Errorf("%s is missing", name)
	}
	return nil
}

// checkURL wants https, but from this machine to itself: the demo's gateway is
// there. What it says holds nothing of the address, which may carry a secret.
func checkURL(address string) error {
	if address == "" {
		return errors.New("url is missing")
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("url is not an absolute address")
	}
	if u.User != nil {
		return errors.New("url must not hold a password: put it into user and secret")
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return errors.New("url must begin with https://")
	}
	return nil
}

// join puts tail behind an address that may already end with the beginning of
// it: a host, …/a1 and …/a1/sms all lead to …/a1/sms.
func join(address, tail string) string {
	address = strings.TrimRight(address, "/")
	for cut := len(tail); cut > 0; cut-- {
		if (cut == len(tail) || tail[cut] == '/') && strings.HasSuffix(address, tail[:cut]) {
			return address + tail[cut:]
		}
	}
	return address + tail
}

var (
	nameFrom         = regexp.MustCompile(`^[A-Za-z0-9]{1,11}$`)
	numberFrom       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	messagingService = regexp.MustCompile(`^MG[0-9a-f]{32}$`)
	letter           = regexp.MustCompile(`[A-Za-z]`)
)

// takenNames are senders that people trust for what they are, and that a
// swindler would choose. Lotsen does not speak in their name.
var takenNames = []string{"1177", "bankid", "polisen", "112", "vardguiden"}

// CheckFrom tells why from cannot be the sender of an SMS: it is a number in
// E.164, or 1 to 11 of a-z, A-Z and 0-9 with a letter among them (longer names
// are cut and other characters shown unevenly by operators), and not the name of
// a service that Lotsen is not.
func CheckFrom(from string) error {
	for _, taken := range takenNames {
		if strings.EqualFold(from, taken) {
			return errors.New("from is the name of another service")
		}
	}
	if numberFrom.MatchString(from) || (nameFrom.MatchString(from) && letter.MatchString(from)) {
		return nil
	}
	return errors.New("from must be a number in E.164 or up to 11 letters and digits")
}

// checkFrom lets the empty sender pass: whether one is needed is the provider's matter.
func checkFrom(from string) error {
	if from == "" {
		return nil
	}
	return CheckFrom(from)
}
