// Package cli drives the commands of the built binary, beside a service that runs.
package cli

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.RunBinary(m) }

// says runs the binary, and fails the test unless it ends so and says that.
func says(t *testing.T, code int, want string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	command := kit.Command(t.Context(), t, args...)
	command.Stdout, command.Stderr = &out, &out
	_ = command.Run() // how it ended is in its ProcessState
	if got := command.ProcessState.ExitCode(); got != code || !strings.Contains(out.String(), want) {
		t.Errorf("lotsen %s ended with %d and said %q, want %d and %q", strings.Join(args, " "), got, out.String(), code, want)
	}
	return strings.TrimSpace(out.String())
}

func TestTheAccessLogIsVerifiedWhileTheServiceRuns(t *testing.T) {
	t.Parallel()
	demo := kit.Demo(t)
	anna := demo.Patient(t, kit.Anna, "Anna Andersson")
	anna.Want(t, http.StatusOK, http.MethodPost, "/cases", map[string]any{"region": "demo", "complaint": "sore_throat"}, nil)
	says(t, 0, "The access log fits", "audit", "verify", "--dir", demo.Dir)
	head := says(t, 0, ":", "audit", "head", "--dir", demo.Dir)
	demo.Advance(t, 0)
	says(t, 0, head, "audit", "verify", "--dir", demo.Dir, "--head", head)
	says(t, 1, "missing", "audit", "verify", "--dir", demo.Dir, "--head", "9999:"+strings.Repeat("0", 64))
	demo.Stop(t)
	says(t, 0, "The access log fits", "audit", "verify", "--dir", demo.Dir, "--head", head)

	nowhere := filepath.Join(t.TempDir(), "nowhere")
	says(t, 2, "--dir", "audit", "verify", "--dir", nowhere)
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a folder was made where there was none")
	}
}
