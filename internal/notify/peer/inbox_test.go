package peer

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

func atStart() time.Time { return start }

func open(tb testing.TB, folder string) *inbox {
	tb.Helper()
	in, err := openInbox(folder, atStart)
	if err != nil {
		tb.Fatalf("openInbox: %v", err)
	}
	tb.Cleanup(func() { _ = in.close() })
	return in
}

func put(tb testing.TB, in *inbox, key string) Message {
	tb.Helper()
	m, err := in.put(Message{Key: key, To: "+46701740605", From: "Lotsen", Text: "Din tur, åäö\n"})
	if err != nil {
		tb.Fatalf("put %s: %v", key, err)
	}
	return m
}

func TestInboxIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := open(t, folder)
	a, b := put(t, first, "a"), put(t, first, "b")
	if err := first.close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	second := open(t, folder)
	if got := second.all(); !slices.Equal(got, []Message{a, b}) {
		t.Errorf("after the restart: %+v, want %+v and %+v", got, a, b)
	}
	if again := put(t, second, "a"); again != a {
		t.Errorf("the key of before gives %+v, want the first receipt %+v", again, a)
	}
	if n := len(second.all()); n != 2 {
		t.Errorf("%d messages after a repeated key, want 2", n)
	}
}

// Wherever a kill cuts the last line, the lines before it stay, the torn one is
// gone, and the next message stands on a line of its own.
func TestInboxDropsATornLine(t *testing.T) {
	t.Parallel()
	first := `{"id":"1","key":"a","to":"+46701740605","from":"Lotsen","text":"x","at":"2026-11-25T08:00:00Z"}` + "\n"
	second := strings.Replace(first, `"a"`, `"b"`, 1)
	for cut := range len(second) {
		folder := t.TempDir()
		keep(t, folder, first+second[:cut])
		put(t, open(t, folder), "c")
		if got := keys(open(t, folder).all()); got != "a c" {
			t.Fatalf("cut after %d of %d bytes: %q is kept, want \"a c\"", cut, len(second), got)
		}
	}
}

// keep makes folder's file what an earlier process has left.
func keep(tb testing.TB, folder, content string) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(folder, inboxFile), []byte(content), 0o600); err != nil {
		tb.Fatalf("writing: %v", err)
	}
}

func TestInboxTellsOfDamage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	keep(t, folder, "{}\nnonsense +46701740605\n{}\n")
	_, err := openInbox(folder, atStart)
	if err == nil || !strings.Contains(err.Error(), "line 2") || strings.Contains(err.Error(), "+46") {
		t.Errorf("error is %v, want one that names line 2 and nobody's number", err)
	}
}

func TestInboxThatCannotWriteAcceptsNothing(t *testing.T) {
	t.Parallel()
	in := open(t, t.TempDir())
	put(t, in, "a")
	if err := in.file.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	for range 2 {
		if m, err := in.put(Message{Key: "b", To: "+46701740605", Text: "x"}); err == nil {
			t.Errorf("accepted %+v, which is on no disk", m)
		}
	}
	if n := len(in.all()); n != 1 {
		t.Errorf("%d messages, want the one that was written", n)
	}
}

func keys(messages []Message) string {
	var all []string
	for _, m := range messages {
		all = append(all, m.Key)
	}
	return strings.Join(all, " ")
}

// receiver is the variable that turns this test binary into a process that
// receives messages into the folder it names, until it is killed.
const receiver = "LOTSEN_TEST_INBOX"

func TestMain(m *testing.M) {
	if folder := os.Getenv(receiver); folder != "" {
		receiveForEver(folder)
	}
	os.Exit(m.Run())
}

// receiveForEver says a key on stdout once its message has been accepted.
func receiveForEver(folder string) {
	in, err := openInbox(folder, atStart)
	for n := len(in.all()); err == nil; n++ {
		key := fmt.Sprintf("k%d", n)
		if _, err = in.put(Message{Key: key, To: "+46701740605", Text: strings.Repeat("x", n%160)}); err == nil {
			_, err = os.Stdout.WriteString(key + "\n")
		}
	}
	os.Exit(1)
}

// What was answered for is there after a kill -9, again and again.
func TestInboxSurvivesKill(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	answered := 0
	for round := range 4 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), receiver+"="+folder)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatalf("pipe: %v", err)
		}
		if err := child.Start(); err != nil {
			t.Fatalf("starting the receiver: %v", err)
		}
		lines := bufio.NewScanner(out)
		for range 5 + 3*round {
			if !lines.Scan() {
				t.Fatalf("the receiver stopped by itself: %v", lines.Err())
			}
			answered++
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatalf("kill: %v", err)
		}
		for lines.Scan() { // answered before the kill reached it
			answered++
		}
		_ = child.Wait() // killed is what it was
		kept := open(t, folder).all()
		if len(kept) < answered || len(kept) > answered+1 {
			t.Fatalf("round %d: %d messages were answered for, %d are kept", round, answered, len(kept))
		}
		answered = len(kept) // one may have been kept and not answered; its key is known
	}
}

// A file is bytes from outside: it opens or is refused, and what opens goes on.
func FuzzInbox(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte(`{"id":"1","key":"a","to":"+46701740605","from":"","text":"x","at":"2026-11-25T08:00:00Z"}` + "\n" + `{"id":`))
	f.Add([]byte("\n\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		folder := t.TempDir()
		keep(t, folder, string(data))
		in, err := openInbox(folder, atStart)
		if err != nil {
			return
		}
		defer func() { _ = in.close() }()
		if _, err := in.put(Message{Key: "a new key of the fuzz", To: "+46701740605", Text: "x"}); err != nil {
			t.Fatalf("put: %v", err)
		}
		if got, want := len(open(t, folder).all()), len(in.all()); got != want {
			t.Fatalf("%d messages after reopening, %d before", got, want)
		}
	})
}
