package peer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Elks speaks the part of 46elks' API that sends an SMS and lists those sent.
type Elks struct {
	*script
	user, password string
	maxPage        int
}

// elksTime is UTC with microseconds and no zone.
const elksTime = "2006-01-02T15:04:05.000000"

var e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)

// NewElks gives a 46elks with one account. Its clock is now; no page of its
// history holds more than maxPage messages (46elks has 100).
func NewElks(user, password string, maxPage int, now func() time.Time) *Elks {
	return &Elks{script: newScript(newInbox(now)), user: user, password: password, maxPage: maxPage}
}

// ServeHTTP answers POST and GET /a1/sms.
func (e *Elks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	switch {
	case r.URL.Path == Elsewhere:
		e.astray(w, r)
	case user != e.user || password != e.password:
		http.Error(w, "API access requires Basic HTTP authentication", http.StatusUnauthorized)
	case r.URL.Path != "/a1/sms":
		http.NotFound(w, r)
	case r.Method == http.MethodPost:
		e.send(w, r)
	case r.Method == http.MethodGet:
		e.list(w, r)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (e *Elks) send(w http.ResponseWriter, r *http.Request) {
	m := Message{
		To: r.PostFormValue("to"), From: r.PostFormValue("from"), Text: r.PostFormValue("message"),
		unlogged: r.PostFormValue("dontlog") == "message",
	}
	say := dialect{
		accepted: func(w http.ResponseWriter, m Message) { writeJSON(w, http.StatusOK, showElks(m)) },
		refused: func(w http.ResponseWriter) {
			http.Error(w, fmt.Sprintf("Invalid to number %q", m.To), http.StatusBadRequest)
		},
		trouble: func(w http.ResponseWriter, status int) {
			http.Error(w, fmt.Sprintf("Could not send to %s: %s", m.To, http.StatusText(status)), status)
		},
	}
	if !e164.MatchString(m.To) || m.From == "" || m.Text == "" {
		say.refused(w)
		return
	}
	e.receive(w, r, m, say)
}

// showElks gives m as 46elks does: without its text if that is not kept.
func showElks(m Message) map[string]any {
	shown := map[string]any{
		"id": "s" + m.ID, "direction": "outgoing", "from": m.From, "to": m.To,
		"created": m.At.Format(elksTime), "status": "created", "cost": 3500, "parts": 1,
	}
	if !m.unlogged {
		shown["message"] = m.Text
	}
	return shown
}

// list answers with messages to "to" older than "start" and newer than "end",
// the newest first, and in "next" the start of the following page.
func (e *Elks) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	limit := e.maxPage
	if n, err := strconv.Atoi(query.Get("limit")); err == nil && n < limit {
		limit = n
	}
	all := e.inbox.all()
	slices.Reverse(all)
	answer := map[string]any{}
	page, oldest := []map[string]any{}, ""
	for _, m := range all {
		created := m.At.Format(elksTime)
		to, start, end := query.Get("to"), query.Get("start"), query.Get("end")
		if (to != "" && m.To != to) || (start != "" && created >= start) || (end != "" && created <= end) {
			continue
		}
		if len(page) == limit {
			answer["next"] = oldest
			break
		}
		page, oldest = append(page, showElks(m)), created
	}
	answer["data"] = page
	writeJSON(w, http.StatusOK, answer)
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone; there is nobody to tell
}
