// Package peer holds servers that speak the protocols of the SMS providers that
// Lotsen can send by: 46elks, Twilio, and the webhook of a region's own gateway.
//
// They are the other side in the senders' contract suite, and [Gateway] is the
// SMS gateway of the demo. Each is written from the provider's documentation,
// not from our sender, and imports nothing of notify: what both sides get wrong
// alike no test would find. They send nothing to anybody, and no production
// code imports them.
package peer

import (
	"net/http"
	"sync"
)

// Fault is something that goes wrong with one request to send.
type Fault int

// The faults that a peer can be told to have.
const (
	Refuse       Fault = iota + 1 // the number is no good
	Unauthorized                  // the password is wrong, or the account is empty
	Busy                          // too many requests; come back after [RetryAfter] seconds
	FailBefore                    // 500, and the message is not accepted
	FailAfter                     // accepted, and then 500
	HangAfter                     // accepted, and then no answer at all
	CutBefore                     // the connection is cut, the message not accepted
	CutAfter                      // accepted, and then the connection is cut
	Garble                        // accepted, but the answer is a page of HTML
	Halve                         // accepted, but the answer breaks off in its middle
	Redirect                      // not accepted: the service has moved to [Elsewhere]
)

const (
	// RetryAfter is what [Busy] asks for, in seconds.
	RetryAfter = "7"
	// Elsewhere is where [Redirect] points: the same server, so that a client that
	// follows is seen doing it.
	Elsewhere = "/elsewhere"
)

// script is what a peer has been told to do wrong, and what it has seen.
type script struct {
	inbox *inbox

	mu       sync.Mutex
	faults   []Fault
	requests int
	strayed  int
	hung     chan struct{}
}

func newScript(in *inbox) *script {
	return &script{inbox: in, hung: make(chan struct{}, 1)}
}

// Next gives the coming requests to send one fault each, in this order; those
// after them go well.
func (s *script) Next(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// Messages gives all that has been accepted, the oldest first.
func (s *script) Messages() []Message { return s.inbox.all() }

// Requests counts the requests to send, whatever became of them.
func (s *script) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Strayed counts the requests that followed a [Redirect].
func (s *script) Strayed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.strayed
}

// Hung gives a value each time a request has been accepted and is left without
// an answer.
func (s *script) Hung() <-chan struct{} { return s.hung }

func (s *script) pop() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if len(s.faults) == 0 {
		return 0
	}
	first := s.faults[0]
	s.faults = s.faults[1:]
	return first
}

// dialect is what differs between the protocols once a message has been read.
type dialect struct {
	accepted func(http.ResponseWriter, Message)
	refused  func(http.ResponseWriter)
	trouble  func(w http.ResponseWriter, status int)
}

// receive accepts m, or does to it what the script says.
func (s *script) receive(w http.ResponseWriter, r *http.Request, m Message, say dialect) {
	fault := s.pop()
	if s.unaccepted(w, say, fault) {
		return
	}
	kept, err := s.inbox.put(m)
	switch {
	case err != nil:
		say.trouble(w, http.StatusInternalServerError)
	case fault == FailAfter:
		say.trouble(w, http.StatusInternalServerError)
	case fault == HangAfter:
		s.hang(r)
	case fault == CutAfter:
		cut(w, "")
	case fault == Garble:
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><title>Welcome to our hotel's network</title></html>"))
	case fault == Halve:
		cut(w, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{\"id\": \"")
	default:
		say.accepted(w, kept)
	}
}

// unaccepted answers a request whose fault keeps the message from being accepted.
func (s *script) unaccepted(w http.ResponseWriter, say dialect, fault Fault) bool {
	switch fault {
	case Refuse:
		say.refused(w)
	case Unauthorized:
		say.trouble(w, http.StatusUnauthorized)
	case Busy:
		w.Header().Set("Retry-After", RetryAfter)
		say.trouble(w, http.StatusTooManyRequests)
	case FailBefore:
		say.trouble(w, http.StatusInternalServerError)
	case CutBefore:
		cut(w, "")
	case Redirect:
		w.Header().Set("Location", Elsewhere)
		w.WriteHeader(http.StatusTemporaryRedirect)
	case FailAfter, HangAfter, CutAfter, Garble, Halve:
		return false
	default:
		return false
	}
	return true
}

// astray notes a request that followed a redirect.
func (s *script) astray(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strayed++
	w.WriteHeader(http.StatusOK)
}

// hang says nothing until the client gives up.
func (s *script) hang(r *http.Request) {
	select {
	case s.hung <- struct{}{}:
	default: // nobody looks
	}
	<-r.Context().Done()
}

// cut writes raw bytes, if any, and drops the connection.
func cut(w http.ResponseWriter, raw string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection to give; this resets the stream
	}
	_, _ = conn.Write([]byte(raw))
	_ = conn.Close()
}
