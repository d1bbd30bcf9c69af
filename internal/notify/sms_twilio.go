package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// twilio sends by Twilio (https://www.twilio.com/docs/messaging/api/message-resource).
//
// Twilio documents no idempotency key for new messages and no reference of the
// caller's. Find therefore lists the messages to the number and compares sender,
// text and time. Its times are whole seconds.
type twilio struct {
	exchange
	address string
	user    string
	secret  string
	from    string
}

func newTwilio(c SMSConfig) Sender {
	account, key, found := strings.Cut(c.User, ":")
	if !found {
		key = account
	}
	return &twilio{
		exchange: newExchange(c),
		address:  join(c.URL, "/2010-04-01/Accounts/"+url.PathEscape(account)+"/Messages.json"),
		user:     key, secret: c.Secret, from: c.From,
	}
}

// twilioRefusals are the codes that speak of the number or the text of this one
// message (https://www.twilio.com/docs/api/errors). All others, known or to
// come, are about the account, the sender or the moment.
var twilioRefusals = map[int]bool{
	21211: true, // To is not a phone number
	21214: true, // To cannot be reached
	21602: true, // no text
	21604: true, // no To
	21610: true, // the person has answered STOP
	21614: true, // To is not a mobile
	21617: true, // the text is too long
	21635: true, // To is a landline
}

// maxValidity is the longest that Twilio may be told to try.
const maxValidity = 4 * time.Hour

// twilioMessage is one message as Twilio shows it.
type twilioMessage struct {
	Sid         string  `json:"sid"`
	Direction   string  `json:"direction"`
	From        *string `json:"from"`
	To          string  `json:"to"`
	Body        *string `json:"body"`
	Status      string  `json:"status"`
	DateCreated string  `json:"date_created"`
}

func (t *twilio) login(req *http.Request) { req.SetBasicAuth(t.user, t.secret) }

// Settle is three times the timeout of a request, as for 46elks.
func (t *twilio) Settle() time.Duration { return 3 * t.client.Timeout }

// Send posts the form.
func (t *twilio) Send(ctx context.Context, sms SMS) (Receipt, error) {
	form := url.Values{"To": {sms.To}, "Body": {sms.Text}}
	if from := or(sms.From, t.from); messagingService.MatchString(from) {
		form.Set("MessagingServiceSid", from)
	} else {
		form.Set("From", from)
	}
	if sms.ValidFor > 0 {
		seconds := int(min(sms.ValidFor, maxValidity) / time.Second)
		form.Set("ValidityPeriod", strconv.Itoa(max(seconds, 1)))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.address, strings.NewReader(form.Encode()))
	if err != nil {
		return Receipt{}, t.failure(NotNow, 0, "address not understood")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	t.login(req)
	a, err := t.do(req)
	if err != nil {
		return Receipt{}, err
	}
	var m twilioMessage
	if a.ok() && json.Unmarshal(a.body, &m) == nil && m.Sid != "" {
		at, _ := parseTwilioTime(m.DateCreated)
		return Receipt{ProviderID: m.Sid, At: at, Undelivered: twilioUndelivered(m.Status)}, nil
	}
	var fault struct {
		Code int `json:"code"`
	}
	_ = json.Unmarshal(a.body, &fault) // no code is 0, which refuses nothing
	return Receipt{}, t.judge(a, fault.Code, twilioRefusals[fault.Code])
}

// Find lists the messages to the number. It does not use Twilio's filter
// DateSent: a message that is still queued has no such date, and would be
// overlooked just when the question matters.
func (t *twilio) Find(ctx context.Context, sms SMS, since time.Time) (Receipt, bool, error) {
	sms.From = or(sms.From, t.from)
	if messagingService.MatchString(sms.From) {
		sms.From = "" // the service picks a number of its own
	}
	query := url.Values{"To": {sms.To}, "PageSize": {"100"}}
	return t.search(ctx, t.address+"?"+query.Encode(), t.login, sms, since, func(body []byte) ([]sent, string, error) {
		page, next, err := readTwilioList(body)
		if err != nil || next == "" {
			return page, "", err
		}
		next, err = t.following(next)
		return page, next, err
	})
}

// following is the address of the next page. Twilio names it by path; another
// host would be given our password.
func (t *twilio) following(path string) (string, error) {
	here, err := url.Parse(t.address)
	if err != nil {
		return "", errors.New("own address not understood")
	}
	next, err := here.Parse(path)
	if err != nil || next.Scheme != here.Scheme || next.Host != here.Host {
		return "", errors.New("next page is elsewhere")
	}
	return next.String(), nil
}

// readTwilioList reads one page of messages, and the path of the next.
func readTwilioList(body []byte) ([]sent, string, error) {
	var list struct {
		Messages *[]twilioMessage `json:"messages"`
		Next     string           `json:"next_page_uri"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, "", fmt.Errorf("reading the list: %w", err)
	}
	if list.Messages == nil {
		return nil, "", errors.New("reading the list: no messages in it")
	}
	var page []sent
	for _, m := range *list.Messages {
		at, err := parseTwilioTime(m.DateCreated)
		if err != nil {
			return nil, "", fmt.Errorf("reading the list: %w", err)
		}
		one := sent{id: m.Sid, to: m.To, text: m.Body, at: at, undelivered: twilioUndelivered(m.Status)}
		if m.From != nil {
			one.from = *m.From
		}
		if !strings.HasPrefix(m.Direction, "outbound") {
			one.to = "" // counts for the page's end, and is never a match
		}
		page = append(page, one)
	}
	return page, list.Next, nil
}

func twilioUndelivered(status string) bool {
	return status == "failed" || status == "undelivered" || status == "canceled"
}

// parseTwilioTime reads RFC 2822: "Wed, 25 Nov 2026 08:00:00 +0000".
func parseTwilioTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC1123Z, text)
	return at.UTC(), err
}
