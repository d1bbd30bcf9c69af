package hooks

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// said is one event as a browser would get it.
type said struct{ name, data string }

// stream is an open connection.
type stream struct {
	h    *house
	id   string
	said chan said // closed when the connection ends
}

// open connects and reads until the connection has a name.
func (h *house) open() *stream {
	h.t.Helper()
	a := h.get()
	if a.status != http.StatusOK {
		h.t.Fatalf("connecting answers %d, want 200", a.status)
	}
	s := &stream{h: h, said: make(chan said, 1000)}
	go s.read(a.body)
	var hello struct{ ClientID string }
	if err := json.Unmarshal([]byte(s.next("PB_CONNECT").data), &hello); err != nil {
		h.t.Fatalf("reading the first event: %v", err)
	}
	s.id = hello.ClientID
	return s
}

// answer is what connecting was answered; its body is closed with the test.
type answer struct {
	status, protocol int
	header           http.Header
	body             io.Reader
}

func (h *house) get() answer {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodGet, h.srv.URL+"/api/realtime", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := h.srv.Client().Do(req)
	if err != nil {
		h.t.Fatalf("connecting: %v", err)
	}
	h.t.Cleanup(func() { _ = resp.Body.Close() })
	return answer{status: resp.StatusCode, protocol: resp.ProtoMajor, header: resp.Header, body: resp.Body}
}

func (s *stream) read(body io.Reader) {
	defer close(s.said)
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	var e said
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		switch key {
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			s.said <- e
			e = said{}
		}
	}
}

// ask posts the topics and gives the status.
func (s *stream) ask(token string, names ...string) int {
	s.h.t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": names})
	if err != nil {
		s.h.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.h.t.Context(), http.MethodPost, s.h.srv.URL+"/api/realtime", bytes.NewReader(body))
	if err != nil {
		s.h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	resp, err := s.h.srv.Client().Do(req)
	if err != nil {
		s.h.t.Fatalf("subscribing: %v", err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

// listen posts the topics and wants 204.
func (s *stream) listen(token string, names ...string) {
	s.h.t.Helper()
	if status := s.ask(token, names...); status != http.StatusNoContent {
		s.h.t.Fatalf("subscribing answers %d, want 204", status)
	}
}

// next waits for an event and wants it to have the name. Pings are passed over
// unless one is wanted.
func (s *stream) next(name string) said {
	s.h.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case e, ok := <-s.said:
			if !ok {
				s.h.t.Fatalf("the connection ended, want an event %q", name)
			}
			if e.name == "ping" && name != "ping" {
				continue
			}
			if e.name != name {
				s.h.t.Fatalf("got event %q with %s, want %q", e.name, e.data, name)
			}
			return e
		case <-timeout:
			s.h.t.Fatalf("nothing came, want an event %q", name)
		}
	}
}

// gets waits for an event of this name and data.
func (s *stream) gets(name, data string) {
	s.h.t.Helper()
	if e := s.next(name); e.data != data {
		s.h.t.Fatalf("event %q has data %s, want %s", name, e.data, data)
	}
}

// end waits for the connection to end, with nothing but pings before that.
func (s *stream) end() {
	s.h.t.Helper()
	timeout := time.After(soon)
	for {
		select {
		case e, ok := <-s.said:
			if !ok {
				return
			}
			if e.name != "ping" {
				s.h.t.Fatalf("got event %q with %s, want the connection to end", e.name, e.data)
			}
		case <-timeout:
			s.h.t.Fatal("the connection goes on, want it to end")
		}
	}
}
