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

// before is what a runner puts before the guide's own code. The JavaScript runs as a page of another origin would: every answer must let it read.
var before = map[string]string{
	"bash": "set -euo pipefail\n",
	"node": `const plain = globalThis.fetch;
globalThis.fetch = async (address, options = {}) => {
  const answer = await plain(address, { ...options, headers: { ...options.headers, Origin: 'https://app.example' } });
  const allowed = answer.headers.get('Access-Control-Allow-Origin');
  if (allowed !== '*' && allowed !== 'https://app.example') throw new Error(address + ' lets no other origin read');
  return answer;
};
`,
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

// run writes the code to a file in test/, where PocketBase's SDK is found, and runs it.
func run(t *testing.T, base, file, command, code string) {
	t.Helper()
	code = before[command] + code
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
