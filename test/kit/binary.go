package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Binary is the program itself, running as it runs for others: a process of its own, over its own port, in a folder of its own.
type Binary struct {
	Dir string // the data folder; it outlives the process

	flags []string
	said  output
	cmd   *exec.Cmd
	ended chan struct{} // closed once it has

	mu  sync.Mutex
	url string
}

// startsWithin is how long a start may take on a busy machine.
const startsWithin = 60 * time.Second

// RunBinary runs the tests of a package that drives the built binary: func TestMain(m *testing.M) { kit.RunBinary(m) }.
// Unless LOTSEN_BIN names one, it is built first.
func RunBinary(m *testing.M) {
	_, err := program()
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "build the binary:", err)
	} else {
		code = m.Run()
	}
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// built is the folder of the binary that this run has built, if it has.
var built string

// program is the path of the binary under test.
var program = sync.OnceValues(func() (string, error) {
	if named := os.Getenv("LOTSEN_BIN"); named != "" {
		_, err := os.Stat(named) // go test sees that it is looked at, and runs again once it has been built anew
		return named, err
	}
	var err error
	if built, err = os.MkdirTemp("", "lotsen-binary-*"); err != nil {
		return "", err
	}
	path := filepath.Join(built, "lotsen")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=test -X main.commit=0123456789ab", "-o", path, "lotsen")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, said)
	}
	return path, nil
})

// Command is the binary with these arguments, not started, in an empty folder and an environment in which nothing is configured.
func Command(ctx context.Context, t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatalf("build the binary: %v", err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	cmd.Dir = t.TempDir()
	return cmd
}

// Demo starts the demo in a folder of its own, on a free port. It is stopped when the test ends.
func Demo(t testing.TB) *Binary {
	t.Helper()
	b := Unstarted(t)
	b.Start(t)
	return b
}

// Unstarted is a demo that has no folder yet, and has never run.
func Unstarted(t testing.TB) *Binary {
	t.Helper()
	return &Binary{Dir: filepath.Join(t.TempDir(), "data"), flags: []string{"--demo"}}
}

// Start starts it in its folder, for the first time or again, and waits until it answers.
func (b *Binary) Start(t testing.TB) {
	t.Helper()
	at := b.launch(t)
	select {
	case url := <-at:
		b.mu.Lock()
		b.url = url
		b.mu.Unlock()
	case <-b.ended:
		how := b.cmd.ProcessState
		b.cmd = nil
		t.Fatalf("the binary ended at its start: %v\n%s", how, b.Said())
	case <-time.After(startsWithin):
		t.Fatalf("the binary has told no address within %v:\n%s", startsWithin, b.Said())
	}
	if err := b.answers(); err != nil {
		t.Fatalf("the binary does not answer: %v\n%s", err, b.Said())
	}
}

// launch starts the process, and gives the address that it will tell.
func (b *Binary) launch(t testing.TB) <-chan string {
	t.Helper()
	args := append([]string{"serve", "--http", "127.0.0.1:0", "--dir", b.Dir}, b.flags...)
	cmd := Command(context.Background(), t, args...)
	cmd.Stdout, cmd.Stderr = &b.said, &b.said
	at := b.said.watch()
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the binary: %v", err)
	}
	ended := make(chan struct{})
	b.cmd, b.ended = cmd, ended
	go func() {
		_ = cmd.Wait() // how it ended is in its ProcessState
		close(ended)
	}()
	t.Cleanup(func() { b.end(t, cmd) })
	return at
}

// KillStarting starts it, and kills it so long after, whether it answers by then or not.
func (b *Binary) KillStarting(t testing.TB, after time.Duration) {
	t.Helper()
	b.launch(t)
	<-time.After(after)
	b.Kill(t)
}

// answers waits for an answer of health, whatever it says. The port is open by now: the first request waits until somebody answers.
func (b *Binary) answers() error {
	ctx, stop := context.WithTimeout(context.Background(), startsWithin)
	defer stop()
	_, err := b.Guest().Do(ctx, http.MethodGet, "/health", nil)
	return err
}

// URL is where it answers now. Another start is another port.
func (b *Binary) URL() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.url
}

// PID is the number of the process that runs.
func (b *Binary) PID() int { return b.cmd.Process.Pid }

// Said is everything that it has written to the terminal, over all its starts.
func (b *Binary) Said() string { return b.said.String() }

// Kill ends the process at once, as kill -9 and a power cut do, and waits until it is gone.
func (b *Binary) Kill(t testing.TB) {
	t.Helper()
	if b.cmd == nil {
		t.Fatal("the binary does not run")
	}
	if err := b.cmd.Process.Kill(); err != nil {
		t.Fatalf("kill %d: %v", b.cmd.Process.Pid, err)
	}
	<-b.ended
	b.cmd = nil
}

// Shoot is Kill without the wait, for whoever the process itself waits for: [Binary.Gone] comes after it. It may be called at any moment, by anyone.
func (b *Binary) Shoot() {
	if b.cmd != nil {
		_ = b.cmd.Process.Kill() // it may have been shot before
	}
}

// Gone waits for the end of a process that was shot.
func (b *Binary) Gone(t testing.TB) {
	t.Helper()
	select {
	case <-b.ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the binary was shot, and lives")
	}
	b.cmd = nil
}

// Memory is how much of the machine's memory the process holds, in bytes. Linux tells it.
func (b *Binary) Memory(t testing.TB) int64 {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", b.cmd.Process.Pid))
	if err != nil {
		t.Fatalf("ask for the memory of the process: %v", err)
	}
	var all, resident int64
	if _, err := fmt.Sscan(string(raw), &all, &resident); err != nil {
		t.Fatalf("read the memory of the process: %v", err)
	}
	return resident * int64(os.Getpagesize())
}

// Sockets is how many connections and ports the process has open. Linux tells it.
func (b *Binary) Sockets(t testing.TB) (n int) {
	t.Helper()
	folder := fmt.Sprintf("/proc/%d/fd", b.cmd.Process.Pid)
	open, err := os.ReadDir(folder)
	if err != nil {
		t.Fatalf("ask what the process has open: %v", err)
	}
	for _, f := range open {
		if to, err := os.Readlink(filepath.Join(folder, f.Name())); err == nil && strings.HasPrefix(to, "socket:") {
			n++
		}
	}
	return n
}

// Stop asks the process to end, as Ctrl+C does, and waits until it has.
func (b *Binary) Stop(t testing.TB) {
	t.Helper()
	if b.cmd != nil {
		b.end(t, b.cmd)
	}
}

func (b *Binary) end(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if b.cmd != cmd {
		return // ended before, or another start's
	}
	b.cmd = nil
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stop the binary: %v", err)
	}
	select {
	case <-b.ended:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
		<-b.ended
		t.Error("the binary did not stop within 20 s of SIGTERM")
	}
}

// address is where the start screen says that the interface is.
var address = regexp.MustCompile(`(http://[0-9.:]+)/api/lotsen/v1`)

// output keeps what a process writes, and tells the first address in what is written from watch on.
type output struct {
	mu   sync.Mutex
	all  bytes.Buffer
	from int
	told chan string
}

var _ io.Writer = (*output)(nil)

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all.Write(p)
	if o.told != nil {
		if found := address.FindSubmatch(o.all.Bytes()[o.from:]); found != nil {
			o.told <- string(found[1])
			o.told = nil
		}
	}
	return len(p), nil
}

func (o *output) watch() <-chan string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.from, o.told = o.all.Len(), make(chan string, 1)
	return o.told
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}
