package journeys

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// longest is how long one journey may take on a busy machine.
const longest = 4 * time.Minute

// report is a line of reporter.mjs.
type report struct {
	Kind, Name, Error string
	Nesting           int
}

// node runs the tests of one file under Node, as an app of others would run, against the service at base. Each of its tests becomes one of
// Go's. env is more of its environment.
func node(t *testing.T, base, file string, env ...string) {
	t.Helper()
	if _, err := os.Stat("../node_modules/pocketbase"); err != nil {
		t.Fatal("PocketBase's SDK is not installed: run `make node` (or `npm ci` in test/)")
	}
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	cmd := exec.CommandContext(ctx, "node", "--test", "--test-reporter=./reporter.mjs", file)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "BASE=" + base, "TZ=Asia/Tokyo"}, env...)
	var wrong strings.Builder
	cmd.Stderr = &wrong
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("run node: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("run node: %v", err)
	}
	ran := retell(t, out)
	if err := cmd.Wait(); err != nil && !t.Failed() {
		t.Errorf("node ended with %v: %s", err, wrong.String())
	}
	if ran == 0 {
		t.Errorf("%s has no tests: %s", filepath.Base(file), wrong.String())
	}
}

// retell makes tests of Go's of what node reports, and gives how many there were.
func retell(t *testing.T, out io.Reader) int {
	t.Helper()
	var names []string // of the tests under way, the outermost first
	ran := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r report
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Logf("node: %s", lines.Text())
			continue
		}
		names = append(names[:min(r.Nesting, len(names))], r.Name)
		if r.Kind == "start" {
			continue
		}
		ran++
		t.Run(strings.Join(names, ": "), func(t *testing.T) {
			switch r.Kind {
			case "skip":
				t.Error("it was skipped: nothing is")
			case "fail":
				t.Error(r.Error)
			}
		})
	}
	if err := lines.Err(); err != nil && !errors.Is(err, os.ErrClosed) {
		t.Errorf("read what node reports: %v", err)
	}
	return ran
}
