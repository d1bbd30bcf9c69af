package journeys

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/test/kit"
)

// short is how long the token of these tests runs; slack is what a busy machine may add.
const short, slack = 5 * time.Second, 5 * time.Second

func TestAConnectionEndsWithItsToken(t *testing.T) {
	t.Parallel()
	b := kit.Demo(t)
	anna := b.Patient(t, "198511012380", "Anna Andersson")
	var opened struct{ Case struct{ ID string } }
	anna.Want(t, http.StatusOK, http.MethodPost, "/cases", map[string]string{"region": "demo", "complaint": "fever"}, &opened)
	topic := "lotsen/cases/" + opened.Case.ID

	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL()+"/api/realtime", nil)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	stream, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer func() { _ = stream.Body.Close() }()
	lines := bufio.NewReader(stream.Body)
	began := time.Now()
	brief := *anna
	brief.Token = shortToken(t, b.Dir, anna)
	brief.Want(t, http.StatusNoContent, http.MethodPost, "/api/realtime",
		map[string]any{"clientId": client(t, lines), "subscriptions": []string{topic}}, nil)
	rest, err := io.ReadAll(lines)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("read the connection to its end: %v", err)
	}
	if lasted := time.Since(began); lasted < short-2*time.Second || lasted > short+slack {
		t.Errorf("the connection lasted %v, want as long as its token: %v", lasted, short)
	}
	if strings.Contains(string(rest), "refused") {
		t.Errorf("the topic was refused while the token was good: %s", rest)
	}
	brief.Want(t, http.StatusUnauthorized, http.MethodGet, "/me", nil, nil)
	anna.Want(t, http.StatusOK, http.MethodGet, "/me", nil, nil)
}

// shortToken is the token of who has logged in, but for how long it runs: signed as the program signs, with the keys in its database.
func shortToken(t *testing.T, folder string, who *kit.Client) string {
	t.Helper()
	db, err := core.DefaultDBConnect(filepath.Join(folder, "data.db"))
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	defer func() { _ = db.Close() }()
	var options, key string
	if err := db.NewQuery("SELECT options FROM _collections WHERE name = 'patients'").Row(&options); err != nil {
		t.Fatalf("read the collection's secret: %v", err)
	}
	if err := db.NewQuery("SELECT tokenKey FROM patients WHERE id = {:id}").Bind(map[string]any{"id": who.ID}).Row(&key); err != nil {
		t.Fatalf("read the patient's key: %v", err)
	}
	var secrets struct{ AuthToken struct{ Secret string } }
	if err := json.Unmarshal([]byte(options), &secrets); err != nil || secrets.AuthToken.Secret == "" {
		t.Fatalf("read the collection's secret: %v", err)
	}
	claims, err := security.ParseUnverifiedJWT(who.Token)
	if err != nil {
		t.Fatalf("read a token: %v", err)
	}
	delete(claims, "exp")
	token, err := security.NewJWT(claims, key+secrets.AuthToken.Secret, short)
	if err != nil {
		t.Fatalf("sign a token: %v", err)
	}
	return token
}

// client reads the id of a connection.
func client(t *testing.T, lines *bufio.Reader) string {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the connection told no id: %v", err)
		}
		if data, found := strings.CutPrefix(line, "data:"); found {
			var connected struct{ ClientID string }
			if err := json.Unmarshal([]byte(data), &connected); err != nil {
				t.Fatalf("read the id of a connection: %v", err)
			}
			return connected.ClientID
		}
	}
}
