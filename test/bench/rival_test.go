package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cli"
	_ "lotsen/pb_migrations" // the collections
)

// A rival is a server that ours is held against. It runs in a process of its own, as ours does: this very test binary, told by its environment
// what to be.
const (
	rivalName   = "LOTSEN_BENCH_RIVAL"
	rivalFolder = "LOTSEN_BENCH_FOLDER"
)

// rival starts one, and gives its address and process.
func rival(b *testing.B, name, folder string) (at string, pid int) {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), self)
	cmd.Env = append(os.Environ(), rivalName+"="+name, rivalFolder+"="+folder)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil { // open for as long as this process lives
		b.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	})
	at, err = bufio.NewReader(said).ReadString('\n')
	if err != nil {
		b.Fatalf("the rival %s told no address: %v", name, err)
	}
	return strings.TrimSpace(at), cmd.Process.Pid
}

// serveRival is the other process. It runs until it is killed, or the one that started it is gone.
func serveRival(name string) int {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	handler, err := map[string]func() (http.Handler, error){"sse": bare, "pocketbase": plain}[name]()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Printf("http://%s\n", listener.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(listener, handler))
	return 1
}

// plain is PocketBase with our collections, rules and pragmas, and nothing else of ours: its record topics tell each message.
func plain() (http.Handler, error) {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: os.Getenv(rivalFolder), DBConnect: cli.Connect})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	router, err := apis.NewRouter(app)
	if err != nil {
		return nil, err
	}
	return router.BuildMux()
}

// bare is the least that tells an event to who listens: net/http, a map, a bounded buffer a client. It stores nothing and asks nobody who
// they are.
func bare() (http.Handler, error) {
	var mu sync.Mutex
	listening := map[string][]chan []byte{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		topic, events := r.URL.Query().Get("topic"), make(chan []byte, 64)
		mu.Lock()
		listening[topic] = append(listening[topic], events)
		mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		line := http.NewResponseController(w)
		_ = line.Flush()
		for {
			select {
			case <-r.Context().Done(): // nobody comes back: what listens stays listed
				return
			case data := <-events:
				_ = line.SetWriteDeadline(time.Now().Add(10 * time.Second))
				_, _ = fmt.Fprintf(w, "event:%s\ndata:%s\n\n", topic, data)
				_ = line.Flush()
			}
		}
	})
	mux.HandleFunc("POST /api/say", func(_ http.ResponseWriter, r *http.Request) {
		data := []byte(r.URL.Query().Get("body"))
		mu.Lock()
		to := listening[r.URL.Query().Get("topic")]
		mu.Unlock()
		for _, events := range to {
			select {
			case events <- data:
			default:
			}
		}
	})
	return mux, nil
}

// memory is how many bytes of the machine's memory a process holds.
func memory(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatalf("the memory of a process is read from /proc: %v", err)
	}
	for text := range strings.Lines(string(status)) {
		if held, ok := strings.CutPrefix(text, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(held), " kB"), 64)
			if err != nil {
				b.Fatal(err)
			}
			return n * 1024
		}
	}
	b.Fatal("/proc does not tell the memory")
	return 0
}
