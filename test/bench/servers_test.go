package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/test/crowd"
	"lotsen/test/kit"
)

// servers starts the three. PocketBase has a copy of our database: the same people, cases, rules and indexes.
func servers(b *testing.B) (ours, pocketbase, sse *server) {
	b.Helper()
	binary, phones := crowd.Waiting(b, many)
	binary.Stop(b)
	folder := copyOf(b, binary.Dir)
	binary.Start(b)
	return lotsen(b, binary, phones), recordTopics(b, folder, phones), plainSSE(b)
}

// copyOf copies the database of a program that does not run.
func copyOf(b *testing.B, dir string) string {
	b.Helper()
	folder := b.TempDir()
	crowd.Open(b, dir, func(app core.App) {
		if _, err := app.DB().NewQuery("VACUUM INTO {:to}").Bind(dbx.Params{"to": filepath.Join(folder, "data.db")}).Execute(); err != nil {
			b.Fatalf("copy the database: %v", err)
		}
	})
	return folder
}

// lotsen is ours. Its phones listen to their case and their place; the first is in talk with a nurse.
func lotsen(b *testing.B, binary *kit.Binary, phones []crowd.Phone) *server {
	b.Helper()
	nurse, first := binary.Staff(b, "nurse@demo.test"), phones[0]
	nurse.Want(b, http.StatusOK, http.MethodPost, "/cases/"+first.Case+"/claim", map[string]string{"reason": "bench"}, nil)
	patient := &kit.Client{At: binary.URL, Token: first.Token}
	patient.Want(b, http.StatusNoContent, http.MethodPost, "/cases/"+first.Case+"/here", map[string]any{}, nil)
	return &server{
		name: "Lotsen", pid: binary.PID(),
		listen: listen(binary.URL(), phones, crowd.Phone.Topics),
		say: func(ctx context.Context, text string) error {
			a, err := crowd.Say(ctx, nurse, first.Case, crowd.NewID(), text)
			return answered200(a, err)
		},
		sign: func(ctx context.Context, _ string) error {
			a, err := nurse.Do(ctx, http.MethodPost, "/cases/"+first.Case+"/typing", map[string]bool{"on": true})
			return answered200(a, err)
		},
	}
}

// recordTopics is PocketBase as it comes. Its phones listen to messages/*, and its rules say which are theirs: so it is meant to be used.
func recordTopics(b *testing.B, folder string, phones []crowd.Phone) *server {
	b.Helper()
	at, pid := rival(b, "pocketbase", folder)
	nurse := &kit.Client{At: func() string { return at }}
	var in struct{ Token string }
	nurse.Want(b, http.StatusOK, http.MethodPost, "/api/collections/staff/auth-with-password",
		map[string]string{"identity": "nurse@demo.test", "password": kit.Password}, &in)
	nurse.Token = in.Token
	var seq atomic.Int64
	return &server{
		name: "PocketBase's record topics", pid: pid,
		listen: listen(at, phones, func(crowd.Phone) []string { return []string{"messages/*"} }),
		say: func(ctx context.Context, text string) error {
			a, err := nurse.Do(ctx, http.MethodPost, "/api/collections/messages/records", map[string]any{
				"id": crowd.NewID(), "case": phones[0].Case, "body": text, "kind": "staff", "author": "nurse", "authorName": "Nina Norrman", "seq": 100 + seq.Add(1),
			})
			return answered200(a, err)
		},
	}
}

// plainSSE is the bare server. What it sends is as long as an event of ours.
func plainSSE(b *testing.B) *server {
	b.Helper()
	at, pid := rival(b, "sse", "")
	say := &kit.Client{At: func() string { return at }}
	filler := fmt.Sprintf("%0350d", 0)
	return &server{
		name: "bare net/http SSE", pid: pid,
		listen: func(ctx context.Context, i int, hear crowd.Hear) error {
			_, err := crowd.Read(ctx, fmt.Sprintf("%s/events?topic=phone%d", at, i), hear)
			return err
		},
		say: func(ctx context.Context, text string) error {
			a, err := say.Do(ctx, http.MethodPost, "/api/say?topic=phone0&body="+url.QueryEscape(text+filler), nil)
			return answered200(a, err)
		},
	}
}

// listen connects phones to PocketBase's realtime.
func listen(at string, phones []crowd.Phone, topics func(crowd.Phone) []string) func(context.Context, int, crowd.Hear) error {
	return func(ctx context.Context, i int, hear crowd.Hear) error {
		_, err := crowd.Listen(ctx, at, phones[i].Token, topics(phones[i]), hear)
		return err
	}
}

func answered200(a kit.Answer, err error) error {
	if err == nil && !a.OK() {
		err = fmt.Errorf("answered %d %s", a.Status, a.Body)
	}
	return err
}
