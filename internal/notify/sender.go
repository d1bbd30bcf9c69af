// Package notify tells people, outside the app, that something waits for them:
// a row in the outbox is written with the case it speaks of, and a sender
// carries it to a provider once the transaction has been committed.
//
// A sender never decides whether to send. It makes one attempt and says
// honestly how it ended; when the end is not known it says that, and can look
// for the message at the provider. How the two together make an SMS neither
// lost nor doubled is told in docs/decisions/0004-sms-once.md.
//
// Nothing here puts a phone number, a text or a secret into an error or a log.
package notify

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Sender carries SMS to one provider. It is safe for concurrent use.
// Every error that it returns is a *[Failure].
type Sender interface {
	// Send makes one attempt, never more, and takes at most the timeout of
	// [SMSConfig]. A nil error means that the provider has accepted the SMS.
	Send(ctx context.Context, sms SMS) (Receipt, error)

	// Find asks whether the provider accepted sms at or after since, the time
	// at which its first attempt began. It answers false where the provider
	// knows a repeated key: there the way to find out is to send again. An
	// error means that the provider could not tell: ask again later.
	Find(ctx context.Context, sms SMS, since time.Time) (Receipt, bool, error)

	// Settle is how long after an attempt began its outcome must be left alone
	// before a "not found" of Find is to be believed: the provider may still be
	// at work on a request that we have given up. It is 0 where the provider
	// knows a repeated key.
	Settle() time.Duration
}

// SMS is one message to one phone.
type SMS struct {
	Key  string // the outbox row's key: the same at every attempt, of no other SMS
	To   string // the phone number in E.164
	From string // the name or number shown as sender; empty: that of the settings
	Text string

	// ValidFor is how long the text is of use; a provider that can is told to
	// drop it after that. 0 leaves it to the provider.
	ValidFor time.Duration

	// Others are provider ids already known to belong to other SMS. Find passes
	// them over, so that two equal texts to one phone are not taken for one.
	Others []string
}

// String names the SMS without saying to whom it goes or what it says.
func (s SMS) String() string { return "sms " + s.Key }

// GoString keeps number and text out of %#v.
func (s SMS) GoString() string { return s.String() }

// LogValue is what slog writes of an SMS: its key.
func (s SMS) LogValue() slog.Value { return slog.StringValue(s.Key) }

// Receipt is what a provider gave for an accepted SMS.
type Receipt struct {
	ProviderID string    // the provider's name for it; a webhook may give none
	At         time.Time // when the provider accepted it, by its clock; zero if it did not say

	// Undelivered is set when the provider already knows that the SMS will not
	// arrive. It was accepted all the same, and is not sent again.
	Undelivered bool
}

// Outcome is how an attempt ended.
type Outcome int

// The four ends of an attempt.
const (
	// Accepted: the provider has taken charge of the SMS. Never send it again.
	Accepted Outcome = iota + 1
	// Refused for good: this number or text will not do. Do not try again.
	Refused
	// NotNow: surely not accepted, and nothing is wrong with the SMS itself. Try later.
	NotNow
	// Unknown: it may have been accepted. Ask Find, after Settle, before sending again.
	Unknown
)

// String gives the outcome in words.
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Refused:
		return "refused"
	case NotNow:
		return "not now"
	case Unknown:
		return "unknown"
	}
	return fmt.Sprintf("outcome %d", int(o))
}

// Failure tells how an attempt ended that was not accepted, or that Find got no answer.
type Failure struct {
	Outcome    Outcome
	Provider   string        // "46elks", "twilio" or "webhook"
	Status     int           // the HTTP status; 0 if none came
	Code       int           // the provider's own number for the fault; 0 if it gave none
	Reason     string        // one of a few fixed phrases; never anything that a provider wrote
	RetryAfter time.Duration // what the provider asked for; 0: the caller's own backoff

	cause error // the context's error, if that ended the attempt
}

// Error tells provider, outcome, reason and status, and nothing about a person.
func (f *Failure) Error() string {
	text := fmt.Sprintf("sms by %s: %s: %s", f.Provider, f.Outcome, f.Reason)
	if f.Status != 0 {
		text += fmt.Sprintf(" (status %d)", f.Status)
	}
	if f.Code != 0 {
		text += fmt.Sprintf(" (code %d)", f.Code)
	}
	return text
}

// Unwrap gives the context's error if the caller's context ended the attempt.
func (f *Failure) Unwrap() error { return f.cause }

// sent is one message as a provider lists it.
type sent struct {
	id, to, from string
	text         *string // nil where the provider does not keep it
	at           time.Time
	undelivered  bool
}

// clockSlack is how far a provider's clock and ours may differ before Find
// overlooks a message. More would find older messages with the same text.
const clockSlack = 2 * time.Minute

// matches tells whether a listed message can be the one that an attempt begun
// at since has sent. A list gives no reference of ours, so number, sender, text
// (where it is kept) and time must do. What was sent so long before or is known
// to be another's is not it.
func (s SMS) matches(m sent, since time.Time) bool {
	return m.to == s.To &&
		(m.from == "" || s.From == "" || m.from == s.From) &&
		(m.text == nil || *m.text == s.Text) &&
		!m.at.Before(since.Add(-clockSlack)) &&
		!slices.Contains(s.Others, m.id)
}
