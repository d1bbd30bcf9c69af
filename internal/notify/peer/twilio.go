package peer

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Twilio speaks the part of Twilio's API that creates a message and lists those
// created. Every message stays queued, so it has no date on which it was sent.
type Twilio struct {
	*script
	account, token string
	maxPage        int
}

// NewTwilio gives a Twilio with one account. Its clock is now; no page of its
// list holds more than maxPage messages (Twilio has 1000).
func NewTwilio(account, token string, maxPage int, now func() time.Time) *Twilio {
	return &Twilio{script: newScript(newInbox(now)), account: account, token: token, maxPage: maxPage}
}

func (t *Twilio) path() string { return "/2010-04-01/Accounts/" + t.account + "/Messages.json" }

// ServeHTTP answers POST and GET of the account's Messages.json.
func (t *Twilio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, token, _ := r.BasicAuth()
	switch {
	case r.URL.Path == Elsewhere:
		t.astray(w, r)
	case user != t.account || token != t.token:
		twilioFault(w, http.StatusUnauthorized, 20003, "Authenticate")
	case r.URL.Path != t.path():
		twilioFault(w, http.StatusNotFound, 20404, "The requested resource was not found")
	case r.Method == http.MethodPost:
		t.create(w, r)
	case r.Method == http.MethodGet:
		t.list(w, r)
	default:
		twilioFault(w, http.StatusMethodNotAllowed, 20004, "Method not allowed")
	}
}

func (t *Twilio) create(w http.ResponseWriter, r *http.Request) {
	m := Message{To: r.PostFormValue("To"), From: r.PostFormValue("From"), Text: r.PostFormValue("Body")}
	if m.From == "" && r.PostFormValue("MessagingServiceSid") != "" {
		m.From = "+46701740699" // the service's pool has one number
	}
	say := dialect{
		accepted: func(w http.ResponseWriter, m Message) { writeJSON(w, http.StatusCreated, t.show(m)) },
		refused: func(w http.ResponseWriter) {
			twilioFault(w, http.StatusBadRequest, 21211, fmt.Sprintf("The 'To' number %s is not a valid phone number.", m.To))
		},
		trouble: func(w http.ResponseWriter, status int) {
			codes := map[int]int{http.StatusUnauthorized: 20003, http.StatusTooManyRequests: 20429}
			twilioFault(w, status, codes[status], "Sending to "+m.To+": "+http.StatusText(status))
		},
	}
	switch {
	case !e164.MatchString(m.To):
		say.refused(w)
	case m.From == "":
		twilioFault(w, http.StatusBadRequest, 21603, "A 'From' phone number is required.")
	case m.Text == "":
		twilioFault(w, http.StatusBadRequest, 21602, "Message body is required.")
	default:
		t.receive(w, r, m, say)
	}
}

// show gives m as Twilio does.
func (t *Twilio) show(m Message) map[string]any {
	return map[string]any{
		"sid": "SM" + m.ID, "account_sid": t.account, "direction": "outbound-api", "status": "queued",
		"from": m.From, "to": m.To, "body": m.Text, "num_segments": "1", "error_code": nil,
		"date_created": m.At.Format(time.RFC1123Z), "date_sent": nil,
	}
}

// list answers with messages to "To", the newest first. A filter on the date of
// sending leaves out what has not been sent, here all.
func (t *Twilio) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	size, from := t.maxPage, 0
	if n, err := strconv.Atoi(query.Get("PageSize")); err == nil && n < size {
		size = n
	}
	if n, err := strconv.Atoi(query.Get("PageToken")); err == nil {
		from = n
	}
	dated := slices.ContainsFunc(strings.Split(r.URL.RawQuery, "&"), func(pair string) bool {
		return strings.HasPrefix(pair, "DateSent")
	})
	all := t.inbox.all()
	slices.Reverse(all)
	found := []map[string]any{}
	for _, m := range all {
		if to := query.Get("To"); !dated && (to == "" || m.To == to) {
			found = append(found, t.show(m))
		}
	}
	page := found[min(from, len(found)):min(from+size, len(found))]
	answer := map[string]any{"messages": page, "page_size": size, "next_page_uri": nil}
	if from+size < len(found) {
		following := url.Values{"To": {query.Get("To")}, "PageSize": {strconv.Itoa(size)}, "PageToken": {strconv.Itoa(from + size)}}
		answer["next_page_uri"] = t.path() + "?" + following.Encode()
	}
	writeJSON(w, http.StatusOK, answer)
}

// twilioFault answers in the shape of Twilio's errors.
func twilioFault(w http.ResponseWriter, status, code int, message string) {
	writeJSON(w, status, map[string]any{
		"code": code, "message": message, "status": status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}
