package peer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Gateway is a region's own SMS gateway as far as Lotsen sees it: it takes the
// signed webhook, checks it, and keeps each message once. With a folder it is
// the demo's gateway: what it has answered for is there after a kill -9.
type Gateway struct {
	*script
	secret string
	now    func() time.Time
}

// maxSkew is how old a signature may be, or how far ahead.
const maxSkew = 5 * time.Minute

// maxBody is more than the longest SMS in JSON.
const maxBody = 64 << 10

// NewGateway gives a gateway that shares secret with the sender and keeps what
// it receives in memory.
func NewGateway(secret string, now func() time.Time) *Gateway {
	return &Gateway{script: newScript(newInbox(now)), secret: secret, now: now}
}

// OpenGateway gives a gateway that keeps what it receives in sms.jsonl in
// folder, which must be there, and knows what an earlier one kept. One process
// at a time may have a folder's gateway open.
func OpenGateway(folder, secret string, now func() time.Time) (*Gateway, error) {
	in, err := openInbox(folder, now)
	if err != nil {
		return nil, err
	}
	return &Gateway{script: newScript(in), secret: secret, now: now}, nil
}

// Close closes the file. The gateway answers 500 after it.
func (g *Gateway) Close() error { return g.inbox.close() }

// ServeHTTP takes a message at any path.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == Elsewhere {
		g.astray(w, r)
		return
	}
	if r.Method != http.MethodPost {
		fault(w, http.StatusMethodNotAllowed, "method", "only POST")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		fault(w, http.StatusRequestEntityTooLarge, "body", "too large, or broken off")
		return
	}
	if !g.signed(r.Header, body) {
		fault(w, http.StatusUnauthorized, "signature", "signature or timestamp is wrong")
		return
	}
	var m struct{ Key, To, From, Text string }
	if err := json.Unmarshal(body, &m); err != nil || m.Key == "" || m.Key != r.Header.Get("Idempotency-Key") {
		fault(w, http.StatusBadRequest, "body", "key, to, from and text are wanted; key is that of the header")
		return
	}
	g.take(w, r, Message{Key: m.Key, To: m.To, From: m.From, Text: m.Text})
}

func (g *Gateway) take(w http.ResponseWriter, r *http.Request, m Message) {
	say := dialect{
		accepted: func(w http.ResponseWriter, m Message) {
			writeJSON(w, http.StatusAccepted, map[string]any{"id": m.ID, "at": m.At})
		},
		refused: func(w http.ResponseWriter) {
			fault(w, http.StatusUnprocessableEntity, "to", m.To+" is not a phone number in E.164")
		},
		trouble: func(w http.ResponseWriter, status int) {
			fault(w, status, "trouble", "sending to "+m.To+": "+http.StatusText(status))
		},
	}
	if !e164.MatchString(m.To) || m.Text == "" {
		say.refused(w)
		return
	}
	g.receive(w, r, m, say)
}

// signed checks the three headers of Standard Webhooks. A signature header may
// hold several, with a blank between, while a secret is being replaced.
func (g *Gateway) signed(h http.Header, body []byte) bool {
	seconds, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || g.now().Sub(time.Unix(seconds, 0)).Abs() > maxSkew {
		return false
	}
	key := []byte(g.secret)
	if encoded, found := strings.CutPrefix(g.secret, "whsec_"); found {
		if key, err = base64.StdEncoding.DecodeString(encoded); err != nil {
			return false
		}
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.Get("Webhook-Id") + "." + h.Get("Webhook-Timestamp") + "."))
	mac.Write(body)
	for _, signature := range strings.Fields(h.Get("Webhook-Signature")) {
		text, found := strings.CutPrefix(signature, "v1,")
		if !found {
			continue
		}
		if sum, err := base64.StdEncoding.DecodeString(text); err == nil && hmac.Equal(sum, mac.Sum(nil)) {
			return true
		}
	}
	return false
}

// fault answers with a code that programs read and a sentence that people do.
func fault(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, map[string]string{"code": code, "message": message})
}
