package audit_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotsen/internal/audit"
	"lotsen/test/kit"
)

// published are the heads that lie in a clinic's folder.
func published(t *testing.T, c *kit.Clinic) []audit.Head {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(c.App.DataDir(), audit.HeadsFile))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	heads, err := audit.ReadHeads(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

func TestTheHeadIsPublishedOnceADay(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	var said bytes.Buffer
	start := func() *audit.Publisher {
		return &audit.Publisher{App: c.App, Now: c.Clock.Now, Log: slog.New(slog.NewTextHandler(&said, nil))}
	}
	p := start()
	want := func(n int) {
		t.Helper()
		if _, err := p.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(published(t, c)); got != n {
			t.Fatalf("%d heads are published at %v, want %d", got, c.Clock.Now(), n)
		}
	}
	want(0) // there is no row yet
	c.Waiting(t, kit.Anna)
	c.Clock.Advance(2 * time.Minute)
	want(1)
	want(1)
	p = start() // after a crash
	want(1)
	c.Clock.Advance(15 * time.Hour) // still the same day
	want(1)
	c.Clock.Advance(2 * time.Hour)
	want(2)
	heads := published(t, c)
	if h := head(t, c); heads[1].String() != h.String() || strings.Count(said.String(), h.Hash) != 2 {
		t.Errorf("published %v and said %q, want the head %v in both", heads, said.String(), h)
	}
	if r := examine(t, c, heads...); !r.Fits() || r.Checked != 2 {
		t.Errorf("examined: %+v, want both heads to fit", r)
	}
}

func TestALineThatAPowerCutHasTornHidesNoOther(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	c.Waiting(t, kit.Anna)
	if err := os.WriteFile(filepath.Join(c.App.DataDir(), audit.HeadsFile), []byte("2026-11-25T07:00:00.000Z 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &audit.Publisher{App: c.App, Now: c.Clock.Now, Log: slog.New(slog.DiscardHandler)}
	if _, err := p.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := published(t, c); len(got) != 1 || got[0].Nr != head(t, c).Nr {
		t.Errorf("published: %v, want the head after the torn line", got)
	}
}
