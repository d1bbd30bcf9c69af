package journeys

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lotsen/test/contract"
	"lotsen/test/kit"
)

// TestTheGuideRunsAsItIsWritten runs what docs/app-developers.md tells an app developer to type: the commands in one shell, the JavaScript as
// one module, against a demo of their own, as the page says it.
func TestTheGuideRunsAsItIsWritten(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(kit.Root(t), "docs", "app-developers.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct{ fence, file, runs string }{
		{"bash run", "guide.sh", "bash"},
		{"js run", "guide.mjs", "node"},
	} {
		t.Run(part.runs, func(t *testing.T) {
			t.Parallel()
			b := kit.Demo(t)
			code := strings.Join(fenced(string(page), part.fence), "\n")
			if code == "" {
				t.Fatalf("the page has nothing marked %q", part.fence)
			}
			run(t, contract.Behind(t, b.URL()), part.file, part.runs, code)
			b.Stop(t)
		})
	}
}

// fenced gives the blocks of a page that begin with a fence of this kind, in order.
func fenced(page, kind string) []string {
	var blocks []string
	for rest := page; ; {
		_, after, found := strings.Cut(rest, "\n```"+kind+"\n")
		if !found {
			return blocks
		}
		block, then, _ := strings.Cut(after, "\n```")
		blocks, rest = append(blocks, block), then
	}
}

// run writes the code to a file in test/, where PocketBase's SDK is found, and runs it from another origin than the service's.
func run(t *testing.T, base, file, command, code string) {
	t.Helper()
	if command == "bash" {
		code = "set -euo pipefail\n" + code
	}
	path, err := os.CreateTemp("..", "*."+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path.Name()) })
	if _, err := path.WriteString(code + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := path.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), longest)
	defer stop()
	cmd := exec.CommandContext(ctx, command, filepath.Base(path.Name()))
	cmd.Dir = ".."
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "BASE=" + base}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s of the guide: %v\n%s", command, err, out)
	}
}
