package notify

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The example of the Standard Webhooks specification.
func TestSignAsTheStandardDoes(t *testing.T) {
	t.Parallel()
	key, err := signingKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatalf("signingKey: %v", err)
	}
	got := sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature is %s, want %s", got, want)
	}
}

func TestTwilioStaysOnItsHost(t *testing.T) {
	t.Parallel()
	c := &twilio{address: "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"}
	if got, err := c.following("/2010-04-01/Accounts/AC1/Messages.json?Page=1"); err != nil || got != c.address+"?Page=1" {
		t.Errorf("the next page is at %q, %v", got, err)
	}
	for _, elsewhere := range []string{"https://evil.example/x", "//evil.example/x", "http://api.twilio.com/x", "https://api.twilio.com:444/x", "\x7f"} {
		if got, err := c.following(elsewhere); err == nil {
			t.Errorf("next page %q leads to %q, where our password would go along", elsewhere, got)
		}
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, text string
		want       int
	}{
		{"empty", "", 1},
		{"Swedish", "Det är din tur. Åäö ÅÄÖ é §", 1},
		{"160 of GSM", strings.Repeat("å", 160), 1},
		{"161 of GSM", strings.Repeat("å", 161), 2},
		{"306 of GSM", strings.Repeat("a", 306), 2},
		{"307 of GSM", strings.Repeat("a", 307), 3},
		{"a euro takes two places", strings.Repeat("€", 80), 1},
		{"and one more does not fit", strings.Repeat("€", 81), 2},
		{"an escape is not cut", "a" + strings.Repeat("€", 153), 3},
		{"one dash turns it to UCS-2", strings.Repeat("a", 70) + "–", 2},
		{"70 of UCS-2", strings.Repeat("ع", 70), 1},
		{"71 of UCS-2", strings.Repeat("ع", 71), 2},
		{"134 of UCS-2", strings.Repeat("ع", 134), 2},
		{"135 of UCS-2", strings.Repeat("ع", 135), 3},
		{"emoji take two", strings.Repeat("🙂", 35), 1},
		{"and are not cut", "ع" + strings.Repeat("🙂", 66), 2},
		{"nor here", strings.Repeat("🙂", 67), 3},
	}
	for _, c := range cases {
		if got := Parts(c.text); got != c.want {
			t.Errorf("%s: %d parts, want %d", c.name, got, c.want)
		}
	}
}

func TestPartsOfLongerTextsAreNotFewer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if whole := Parts(a + b); whole < Parts(a) || whole < Parts(b) {
			t.Fatalf("%d parts together, %d and %d alone", whole, Parts(a), Parts(b))
		}
	})
}

// What a provider lists is bytes from outside: reading them gives messages with
// a time or an error, and never a panic.
func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"data": [{"id": "s1", "direction": "outgoing", "from": "Lotsen", "to": "+46701740605", "created": "2026-11-25T08:00:00.250000"}], "next": "2026-11-25T08:00:00.250000"}`))
	f.Add([]byte(`{"messages": [{"sid": "SM1", "direction": "outbound-api", "to": "+46701740605", "body": "a", "date_created": "Wed, 25 Nov 2026 08:00:00 +0000"}], "next_page_uri": null}`))
	f.Add([]byte(`{"data": null, "messages": [{}]}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, read := range map[string]func([]byte) ([]sent, string, error){"46elks": readElksHistory, "twilio": readTwilioList} {
			page, next, err := read(body)
			if err != nil && (page != nil || next != "") {
				t.Errorf("%s: both %v and an error", name, page)
			}
		}
	})
}

// An inbound message of the same text is no proof that ours was sent.
func TestWhatThePatientSentIsNotOurs(t *testing.T) {
	t.Parallel()
	elksPage, _, err := readElksHistory([]byte(`{"data": [{"id": "s1", "direction": "incoming", "to": "+46701740605", "message": "a", "created": "2026-11-25T08:00:00"}]}`))
	if err != nil {
		t.Fatalf("readElksHistory: %v", err)
	}
	twilioPage, _, err := readTwilioList([]byte(`{"messages": [{"sid": "SM1", "direction": "inbound", "to": "+46701740605", "body": "a", "date_created": "Wed, 25 Nov 2026 08:00:00 +0000"}]}`))
	if err != nil {
		t.Fatalf("readTwilioList: %v", err)
	}
	ours := SMS{To: "+46701740605", Text: "a"}
	for _, m := range append(elksPage, twilioPage...) {
		if ours.matches(m, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)) {
			t.Errorf("%s is taken for ours", m.id)
		}
	}
}
