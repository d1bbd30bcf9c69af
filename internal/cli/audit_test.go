package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotsen/internal/audit"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// run runs `lotsen audit …` on a folder.
func run(folder string, args ...string) (code int, out string) {
	var b bytes.Buffer
	command := newAuditCommand(func() string { return folder })
	command.SetOut(&b)
	command.SetErr(&b)
	command.SilenceUsage = true
	command.SetArgs(args)
	if err := command.Execute(); err != nil {
		code, _ = ExitCode(err)
		b.WriteString(err.Error())
	}
	return code, b.String()
}

// wants fails the test unless a command ends so, and says that.
func wants(t *testing.T, folder string, code int, says string, args ...string) {
	t.Helper()
	if got, out := run(folder, args...); got != code || !strings.Contains(out, says) {
		t.Errorf("audit %v ends with %d and says %q, want %d and %q", args, got, out, code, says)
	}
}

func TestTheAccessLogIsCheckedBesideAServiceThatRuns(t *testing.T) {
	t.Parallel()
	c := kit.New(t) // its database is open, as that of a service is
	folder := c.App.DataDir()
	wants(t, folder, exitUnknown, "no row yet", "head")
	_, theCase := c.Active(t, kit.Anna)
	wants(t, folder, 0, "The access log fits", "verify")
	code, head := run(folder, "head")
	if _, err := audit.ParseHead(head); code != 0 || err != nil {
		t.Fatalf("audit head ends with %d and says %q, want a head", code, head)
	}
	wants(t, folder, 0, "1 published heads", "verify", "--head", strings.TrimSpace(head))
	line := "2026-11-25T09:00:00.000Z " + strings.Replace(head, ":", " ", 1)
	if err := os.WriteFile(filepath.Join(folder, audit.HeadsFile), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, folder, 0, "2 published heads", "verify", "--head", strings.TrimSpace(head))

	if _, err := c.App.NonconcurrentDB().NewQuery("DELETE FROM audit WHERE nr = (SELECT max(nr) FROM audit)").Execute(); err != nil {
		t.Fatal(err)
	}
	wants(t, folder, exitBroken, "the last of them was published", "verify")
	wants(t, folder, exitBroken, theCase.Id, "verify")
	code, out := run(folder, "verify", "--json")
	var r audit.Report
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&r); err != nil || code != exitBroken || len(r.Broken) != 2 {
		t.Errorf("audit verify --json ends with %d and says %s (%v), want two broken rows", code, out, err)
	}
}

func TestWhatCannotBeCheckedIsNoGoodNews(t *testing.T) {
	t.Parallel()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	wants(t, nowhere, exitUnknown, "--dir", "verify")
	wants(t, nowhere, exitUnknown, "--dir", "head")
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a folder was made where there was none")
	}
	folder := kit.New(t).App.DataDir()
	wants(t, folder, exitUnknown, "NR:HASH", "verify", "--head", "12")
	junk := t.TempDir()
	if err := os.WriteFile(filepath.Join(junk, "data.db"), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, junk, exitUnknown, "", "verify")
}
