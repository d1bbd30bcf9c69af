package crowd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Hear is told each event of a stream, in order. The data is only lent.
type Hear func(topic string, data []byte)

// Stream is an open connection that tells what happens.
type Stream struct {
	at, id string
	end    context.CancelFunc
	ended  chan struct{}
}

// lines opens connections that stay open: one each, and no limit.
var lines = &http.Client{Transport: &http.Transport{DisableCompression: true, ReadBufferSize: 2 << 10, WriteBufferSize: 1 << 10}}

// short sends the requests of thousands over a few connections.
var short = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64}}

// Listen opens a connection to PocketBase's realtime at that address, as whom the token says, and listens to the topics.
func Listen(ctx context.Context, at, token string, topics []string, hear Hear) (*Stream, error) {
	first := make(chan string, 1)
	s, err := Read(ctx, at+"/api/realtime", func(topic string, data []byte) {
		if topic != "PB_CONNECT" {
			hear(topic, data)
			return
		}
		var hello struct{ ClientID string }
		_ = json.Unmarshal(data, &hello) // then the id is "", and the subscription fails
		first <- hello.ClientID
	})
	if err != nil {
		return nil, err
	}
	s.at = at
	select {
	case s.id = <-first:
	case <-s.ended:
		return nil, fmt.Errorf("the connection ended before it began")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.Subscribe(ctx, token, topics); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Subscribe puts the topics in place of those that the connection listens to.
func (s *Stream) Subscribe(ctx context.Context, token string, topics []string) error {
	body, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": topics})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at+"/api/realtime", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := short.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if said, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("a subscription was answered %d %s (%w)", answer.StatusCode, said, err)
	}
	return nil
}

// Read opens a stream of server-sent events.
func Read(ctx context.Context, url string, hear Hear) (*Stream, error) {
	inner, end := context.WithCancel(ctx)
	request, err := http.NewRequestWithContext(inner, http.MethodGet, url, nil)
	if err != nil {
		end()
		return nil, err
	}
	answer, err := lines.Do(request) //nolint:bodyclose // closed when the stream has ended
	if err != nil {
		end()
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		end()
		return nil, fmt.Errorf("a stream was answered %d", answer.StatusCode)
	}
	s := &Stream{end: end, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		defer func() { _ = answer.Body.Close() }()
		follow(answer.Body, hear)
	}()
	return s, nil
}

// follow reads events until there are no more.
func follow(body io.Reader, hear Hear) {
	in := bufio.NewScanner(body)
	in.Buffer(make([]byte, 0, 1<<10), 1<<20)
	var topic string
	for in.Scan() {
		line := in.Bytes()
		if name, ok := bytes.CutPrefix(line, []byte("event:")); ok {
			topic = string(name)
		} else if data, ok := bytes.CutPrefix(line, []byte("data:")); ok {
			hear(topic, data)
		}
	}
}

// Ended is closed when the stream has ended, whoever ended it.
func (s *Stream) Ended() <-chan struct{} { return s.ended }

// Close ends it.
func (s *Stream) Close() {
	s.end()
	<-s.ended
}

// All does n things at once, some at a time, and gives the first fault.
func All(n, atOnce int, do func(i int) error) error {
	var mu sync.Mutex
	var first error
	next := 0
	var all sync.WaitGroup
	for range min(atOnce, n) {
		all.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := i >= n || first != nil
				mu.Unlock()
				if stop {
					return
				}
				if err := do(i); err != nil {
					mu.Lock()
					if first == nil {
						first = fmt.Errorf("number %d: %w", i, err)
					}
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	return first
}
