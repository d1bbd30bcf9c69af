package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Base is where the commands of the interface are.
const Base = "/api/lotsen/v1"

// Password is that of everybody in the demo.
const Password = "lotsen-demo"

// Client is one caller of a running binary: a small client in JSON. Its methods may be called at once.
type Client struct {
	At    func() string // the address of the service, which may move
	Token string        // "" for a guest
	ID    string        // of the caller's record; "" for a guest
	Lang  string        // Accept-Language; "" for none
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK says whether it is a 2xx.
func (a Answer) OK() bool { return a.Status/100 == 2 }

// Into reads the body, which must be JSON.
func (a Answer) Into(out any) error {
	if err := json.Unmarshal(a.Body, out); err != nil {
		return fmt.Errorf("answer %d %.200s: %w", a.Status, a.Body, err)
	}
	return nil
}

// line is one connection pool for all clients of a test run.
var line = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// Do sends a request. A path that does not begin with /api/ is a command's. The error says that no whole answer came.
func (c *Client) Do(ctx context.Context, method, path string, body any) (Answer, error) {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return Answer{}, err
		}
		sent = bytes.NewReader(raw)
	}
	if !strings.HasPrefix(path, "/api/") {
		path = Base + path
	}
	request, err := http.NewRequestWithContext(ctx, method, c.At()+path, sent)
	if err != nil {
		return Answer{}, err
	}
	for name, value := range map[string]string{"Authorization": c.Token, "Accept-Language": c.Lang} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := line.Do(request)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	return Answer{Status: response.StatusCode, Header: response.Header, Body: raw}, err
}

// Want sends a request that must be answered with that status, and reads the answer into out unless that is nil.
func (c *Client) Want(t testing.TB, status int, method, path string, body, out any) Answer {
	t.Helper()
	answer, err := c.Do(t.Context(), method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if answer.Status != status {
		t.Fatalf("%s %s was answered %d %s, want %d", method, path, answer.Status, answer.Body, status)
	}
	if out != nil {
		if err := answer.Into(out); err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return answer
}

// Guest is somebody who has not logged in.
func (b *Binary) Guest() *Client { return &Client{At: b.URL} }

// login is PocketBase's answer to a log-in.
type login struct {
	Status, Token string
	Record        struct{ ID string }
}

// Staff logs a member of staff in, such as nurse@demo.test.
func (b *Binary) Staff(t testing.TB, email string) *Client {
	t.Helper()
	var in login
	b.Guest().Want(t, http.StatusOK, http.MethodPost, "/api/collections/staff/auth-with-password",
		map[string]string{"identity": email, "password": Password}, &in)
	return &Client{At: b.URL, Token: in.Token, ID: in.Record.ID}
}

// Patient logs a patient in with BankID, whose app the demo plays.
func (b *Binary) Patient(t testing.TB, number, name string) *Client {
	t.Helper()
	guest := b.Guest()
	var begun struct{ ID string }
	guest.Want(t, http.StatusOK, http.MethodPost, "/identity/bankid", map[string]string{}, &begun)
	guest.Want(t, http.StatusOK, http.MethodPost, "/demo/bankid/"+begun.ID+"/approve", map[string]string{"personalNumber": number, "name": name}, nil)
	again := time.NewTicker(20 * time.Millisecond) // a browser asks once a second
	defer again.Stop()
	for {
		var in login
		guest.Want(t, http.StatusOK, http.MethodGet, "/identity/bankid/"+begun.ID, nil, &in)
		switch in.Status {
		case "complete":
			return &Client{At: b.URL, Token: in.Token, ID: in.Record.ID}
		case "failed":
			t.Fatal("the log-in of a patient failed")
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended before a patient had logged in")
		case <-again.C:
		}
	}
}

// Advance moves the demo's clock on, and has done what is due then.
func (b *Binary) Advance(t testing.TB, by time.Duration) {
	t.Helper()
	b.Guest().Want(t, http.StatusOK, http.MethodPost, "/demo/clock", map[string]string{"advance": by.String()}, nil)
}
