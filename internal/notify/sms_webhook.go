package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// webhook sends by a region's own gateway: anything that answers this request.
//
//	POST {LOTSEN_SMS_URL}
//	Content-Type: application/json
//	Idempotency-Key: {key}
//	Webhook-Id: {key}
//	Webhook-Timestamp: {seconds since 1970}
//	Webhook-Signature: v1,{base64 of HMAC-SHA256}
//
//	{"key": "…", "to": "+46…", "from": "Lotsen", "text": "…", "validFor": 600}
//
// The last three headers are those of Standard Webhooks
// (https://www.standardwebhooks.com), for which there are libraries in most
// languages. What is signed is "{key}.{timestamp}.{body}", the body byte by
// byte. The key of the signature is LOTSEN_SMS_SECRET: after "whsec_" it is
// base64, else it is taken as it stands. A gateway should refuse a timestamp
// more than five minutes away. "from" may be empty, "validFor" (seconds, after
// which the text is of no use) may be missing.
//
// The gateway answers
//   - 2xx when the SMS is safely kept, if it likes with {"id": "…", "at": "RFC 3339"}.
//     The same key again, however often, however late and even in other words, is
//     answered so again, with the first id and time, and sent to the phone once;
//   - 400 or 422 when this number or text will never do (413 when it is too long);
//   - 409 when the first request with the key is still at work, 429 when there are
//     too many, with Retry-After if it likes; any other 4xx when the fault is ours;
//   - 5xx when it does not know. The request comes again.
//
// Because the key makes a repeated request harmless, Find asks nothing: after an
// unknown outcome the SMS is simply sent again.
type webhook struct {
	exchange
	address string
	key     []byte
	from    string
}

func newWebhook(c SMSConfig) Sender {
	key, _ := signingKey(c.Secret)
	return &webhook{exchange: newExchange(c), address: c.URL, key: key, from: c.From}
}

// minSigningKey is the shortest key that NewSMS accepts, in bytes; Standard
// Webhooks asks for 24 at least.
const minSigningKey = 24

func checkSigningKey(text string) error {
	key, err := signingKey(text)
	if err != nil {
		return errors.New("secret is not base64 after whsec_")
	}
	if text != "" && len(key) < minSigningKey {
		return errors.New("secret is shorter than 24 bytes")
	}
	return nil
}

func signingKey(text string) ([]byte, error) {
	if encoded, found := strings.CutPrefix(text, "whsec_"); found {
		return base64.StdEncoding.DecodeString(encoded)
	}
	return []byte(text), nil
}

// sign gives the value of Webhook-Signature.
func sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Settle is 0: the key makes it safe to send again at once.
func (w *webhook) Settle() time.Duration { return 0 }

// Find answers false, without asking: see [webhook].
func (w *webhook) Find(context.Context, SMS, time.Time) (Receipt, bool, error) {
	return Receipt{}, false, nil
}

// Send posts the message, signed.
func (w *webhook) Send(ctx context.Context, sms SMS) (Receipt, error) {
	req, err := w.request(ctx, sms)
	if err != nil {
		return Receipt{}, w.failure(NotNow, 0, "address not understood")
	}
	a, err := w.do(req)
	if err != nil {
		return Receipt{}, err
	}
	if !a.ok() {
		refused := a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity ||
			a.status == http.StatusRequestEntityTooLarge
		return Receipt{}, w.judge(a, 0, refused)
	}
	var kept struct {
		ID string    `json:"id"`
		At time.Time `json:"at"`
	}
	if json.Unmarshal(a.body, &kept) != nil {
		return Receipt{}, nil // a receipt is welcome, not required
	}
	return Receipt{ProviderID: kept.ID, At: kept.At.UTC()}, nil
}

func (w *webhook) request(ctx context.Context, sms SMS) (*http.Request, error) {
	body, err := json.Marshal(struct {
		Key      string `json:"key"`
		To       string `json:"to"`
		From     string `json:"from"`
		Text     string `json:"text"`
		ValidFor int    `json:"validFor,omitempty"`
	}{sms.Key, sms.To, or(sms.From, w.from), sms.Text, int(sms.ValidFor / time.Second)})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	timestamp := strconv.FormatInt(w.clock.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", sms.Key)
	req.Header.Set("Webhook-Id", sms.Key)
	req.Header.Set("Webhook-Timestamp", timestamp)
	req.Header.Set("Webhook-Signature", sign(w.key, sms.Key, timestamp, body))
	return req, nil
}
