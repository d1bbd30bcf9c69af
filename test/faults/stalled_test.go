package faults

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	stalled  = 30  // readers that do not read
	events   = 340 // of 16 KB each: more than the kernel keeps for a connection
	inTime   = 2 * time.Second
	spare    = 8        // connections that those who work keep open
	mostMore = 64 << 20 // bytes that the program may hold more afterwards; all that the stalled would be told is about as much
)

// TestAReaderThatStallsIsCutOffAlone connects readers that never read, and one that does: that one is told everything in time, the others lose
// their connection, and the program does not keep for them what they do not take.
func TestAReaderThatStallsIsCutOffAlone(t *testing.T) {
	t.Parallel()
	w := open(t)
	p, n := w.patients[0], w.nurses[0]
	w.arrive(t, p)
	w.next(t)
	p.here(t.Context())
	few := w.Sockets(t)
	for range stalled {
		w.listen(t, &p.person, p.theCase, 8<<10)
	}
	reader := w.listen(t, &p.person, p.theCase, 1<<20)
	told := make(chan time.Time, events)
	go reader.count(events, told)
	before := w.Memory(t)

	sent := make([]time.Time, events)
	for i := range events {
		sent[i] = time.Now()
		n.Want(t, http.StatusOK, http.MethodPost, recordPath("messages", ""),
			map[string]string{"id": newID(), "case": p.theCase, "body": strings.Repeat("🤒", 4000)}, nil)
	}
	worst := time.Duration(0)
	for i := range events {
		select {
		case at := <-told:
			worst = max(worst, at.Sub(sent[i]))
		case <-time.After(20 * time.Second):
			t.Fatalf("the reader that reads was told %d of %d messages", i, events)
		}
	}
	if worst > inTime {
		t.Errorf("beside readers that stall a message came after %v, want %v at most", worst, inTime)
	}
	more := w.Memory(t) - before
	if more > mostMore {
		t.Errorf("with %d readers that stall the program holds %d MB more", stalled, more>>20)
	}
	open := 0
	for limit := time.Now().Add(15 * time.Second); time.Now().Before(limit); <-time.After(100 * time.Millisecond) {
		if open = w.Sockets(t) - few; open <= spare {
			break
		}
	}
	if open > spare {
		t.Errorf("%d of %d readers that never read are still connected", open, stalled)
	}
	t.Logf("the slowest of %d messages came after %v; %d MB more", events, worst, more>>20)
}

// reader is one connection of realtime, made by hand: a client of Go's would read ahead.
type reader struct{ lines *bufio.Reader }

// listen connects, with so large a buffer for what comes, and subscribes to a case.
func (w *world) listen(t *testing.T, who *person, theCase string, buffer int) *reader {
	t.Helper()
	at, err := url.Parse(w.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", at.Host)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET /api/realtime HTTP/1.1\r\nHost: %s\r\n\r\n", at.Host); err != nil {
		t.Fatalf("connect: %v", err)
	}
	if err := conn.(*net.TCPConn).SetReadBuffer(buffer); err != nil {
		t.Fatal(err)
	}
	r := &reader{lines: bufio.NewReaderSize(conn, 4096)}
	var hello struct{ ClientID string }
	if err := json.Unmarshal(r.next(t), &hello); err != nil || hello.ClientID == "" {
		t.Fatalf("the connection does not say its id: %v", err)
	}
	who.Want(t, http.StatusNoContent, http.MethodPost, "/api/realtime",
		map[string]any{"clientId": hello.ClientID, "subscriptions": []string{"lotsen/cases/" + theCase}}, nil)
	return r
}

// next is the data of the next event.
func (r *reader) next(t *testing.T) []byte {
	t.Helper()
	for {
		line, err := r.lines.ReadBytes('\n')
		if err != nil {
			t.Fatalf("read the stream: %v", err)
		}
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			return data
		}
	}
}

// count says when each of so many messages came.
func (r *reader) count(n int, told chan<- time.Time) {
	for n > 0 {
		line, err := r.lines.ReadSlice('\n')
		if bytes.HasPrefix(line, []byte("data:")) && bytes.Contains(line, []byte(`"message":{`)) {
			told <- time.Now()
			n--
		}
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a long line
			_, err = r.lines.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}
