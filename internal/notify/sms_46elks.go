package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// elks sends by 46elks, a Swedish provider (https://46elks.se/docs/send-sms).
//
// 46elks takes no idempotency key and no reference. Find therefore reads the
// account's history (https://46elks.se/docs/sms-history) for the number, sender
// and time. Texts are not kept there (dontlog), so they cannot be compared: two
// SMS to one number whose outcomes are both unknown can be told apart only by
// [SMS.Others] and by being attempted one after the other.
type elks struct {
	exchange
	address string
	user    string
	secret  string
	from    string
}

func newElks(c SMSConfig) Sender {
	return &elks{
		exchange: newExchange(c), address: join(c.URL, "/a1/sms"),
		user: c.User, secret: c.Secret, from: c.From,
	}
}

// elksTime is how 46elks writes a time: UTC without saying so.
const elksTime = "2006-01-02T15:04:05"

// elksMessage is one SMS as 46elks shows it.
type elksMessage struct {
	ID        string  `json:"id"`
	Direction string  `json:"direction"`
	From      string  `json:"from"`
	To        string  `json:"to"`
	Message   *string `json:"message"`
	Status    string  `json:"status"`
	Created   string  `json:"created"`
}

func (e *elks) login(req *http.Request) { req.SetBasicAuth(e.user, e.secret) }

// Settle is three times the timeout of a request: long enough for 46elks to
// finish one that we stopped waiting for.
func (e *elks) Settle() time.Duration { return 3 * e.client.Timeout }

// Send posts the form. 46elks gives no codes for its refusals; as the rest of
// the form was checked when the program started, a 400 is about the number.
func (e *elks) Send(ctx context.Context, sms SMS) (Receipt, error) {
	form := url.Values{
		"from": {or(sms.From, e.from)}, "to": {sms.To}, "message": {sms.Text},
		"dontlog": {"message"},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.address, strings.NewReader(form.Encode()))
	if err != nil {
		return Receipt{}, e.failure(NotNow, 0, "address not understood")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	e.login(req)
	a, err := e.do(req)
	if err != nil {
		return Receipt{}, err
	}
	var m elksMessage
	if a.ok() && json.Unmarshal(a.body, &m) == nil && m.ID != "" {
		at, _ := parseElksTime(m.Created)
		return Receipt{ProviderID: m.ID, At: at, Undelivered: m.Status == "failed"}, nil
	}
	return Receipt{}, e.judge(a, 0, a.status == http.StatusBadRequest)
}

// Find reads the history of the number, the newest first.
func (e *elks) Find(ctx context.Context, sms SMS, since time.Time) (Receipt, bool, error) {
	sms.From = or(sms.From, e.from)
	return e.search(ctx, e.history(sms.To, ""), e.login, sms, since, func(body []byte) ([]sent, string, error) {
		page, next, err := readElksHistory(body)
		if next != "" {
			next = e.history(sms.To, next)
		}
		return page, next, err
	})
}

// history is the address of the SMS to a number; start, if given, leaves out
// what is not older. ("end" would leave out what is older; the search stops by
// itself, and does not depend on it.)
func (e *elks) history(to, start string) string {
	query := url.Values{"to": {to}, "limit": {"100"}}
	if start != "" {
		query.Set("start", start)
	}
	return e.address + "?" + query.Encode()
}

// readElksHistory reads one page of outgoing SMS, and where the next begins.
func readElksHistory(body []byte) ([]sent, string, error) {
	var list struct {
		Data *[]elksMessage `json:"data"`
		Next string         `json:"next"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, "", fmt.Errorf("reading the history: %w", err)
	}
	if list.Data == nil {
		return nil, "", fmt.Errorf("reading the history: no data in it")
	}
	var page []sent
	for _, m := range *list.Data {
		at, err := parseElksTime(m.Created)
		if err != nil {
			return nil, "", fmt.Errorf("reading the history: %w", err)
		}
		one := sent{id: m.ID, to: m.To, from: m.From, text: m.Message, at: at, undelivered: m.Status == "failed"}
		if !strings.HasPrefix(m.Direction, "outgoing") {
			one.to = "" // what a patient sent us counts for the page's end, and is never a match
		}
		page = append(page, one)
	}
	return page, list.Next, nil
}

func parseElksTime(text string) (time.Time, error) {
	return time.Parse(elksTime, strings.TrimSuffix(text, "Z"))
}
