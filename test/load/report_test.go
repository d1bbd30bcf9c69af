package load

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lotsen/test/kit"
)

// figures are what a run has shown.
type figures struct {
	connected, spent        time.Duration
	commands, heard         int64
	used                    usage
	arrivals                []time.Duration
	unheard, messages, lost int
	misplaced               int
	started, caughtUp       time.Duration
	cuts, missed            atomic.Int64 // connections that the program has ended; events fetched on coming back
}

// usage is processor time and memory of the server, and processor time of the load generator.
type usage struct {
	server, load time.Duration
	memory       int64
}

func (u usage) since(before usage) usage {
	return usage{u.server - before.server, u.load - before.load, u.memory}
}

// used reads /proc; where there is none it is zero.
func (c *clinic) used() usage {
	return usage{processor(c.PID()), processor(os.Getpid()), resident(c.PID())}
}

// processor is the processor time of a process. Linux counts it in hundredths of a second.
func processor(pid int) time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ") // the name may hold blanks
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

func resident(pid int) int64 {
	statm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// report writes what was shown to build/load.md.
func (c *clinic) report(b *testing.B) {
	b.Helper()
	path := filepath.Join(kit.Root(b), "build", "load.md")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(c.markdown()), 0o644); err != nil {
		b.Fatal(err)
	}
}

func (c *clinic) markdown() string {
	var w strings.Builder
	s := &c.shown
	seconds := s.spent.Seconds()
	fmt.Fprintf(&w, "%s, %d cores shared by server and load generator, %s/%s\n\n", time.Now().Format("2006-01-02 15:04"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(&w, "%d phones wait and listen; %.1f commands a second (wanted: %d) and %.0f events a second to them, for %v.\n",
		c.size.phones, float64(s.commands)/seconds, c.size.pace, float64(s.heard)/seconds, s.spent.Round(time.Second))
	fmt.Fprintf(&w, "Server %.2f cores, %d MB; load generator %.2f cores. All connected in %v.\n\n",
		s.used.server.Seconds()/seconds, s.used.memory>>20, s.used.load.Seconds()/seconds, s.connected.Round(100*time.Millisecond))
	w.WriteString("| command | times | p50 | p99 | p99 from when it was due |\n| --- | --- | --- | --- | --- |\n")
	c.told.mu.Lock()
	defer c.told.mu.Unlock()
	var every times
	for _, name := range slices.Sorted(maps.Keys(c.told.times)) {
		found := c.told.times[name]
		row(&w, name, found.sent, found.due)
		every.sent, every.due = append(every.sent, found.sent...), append(every.due, found.due...)
	}
	row(&w, "all", every.sent, every.due)
	row(&w, "a message, sent to heard by the other side", s.arrivals, nil)
	w.WriteString("\nEvents heard:")
	for _, kind := range slices.Sorted(maps.Keys(c.told.kinds)) {
		fmt.Fprintf(&w, " %s %d", kind, c.told.kinds[kind])
	}
	fmt.Fprintf(&w, ".\n\nMessages answered: %d; lost: %d; heard only by fetching: %d. Phones with a wrong place in the end: %d. Connections cut off because they were not read in time: %d.\n",
		s.messages, s.lost, s.unheard, s.misplaced, s.cuts.Load())
	fmt.Fprintf(&w, "\nKilled (kill -9) at work: it answered again after %v; %d phones had come back and caught up %v later.\n",
		s.started.Round(10*time.Millisecond), c.size.back, s.caughtUp.Round(10*time.Millisecond))
	return w.String()
}

func row(w *strings.Builder, name string, sent, due []time.Duration) {
	last := "-"
	if len(due) > 0 {
		last = at(due, 0.99).String()
	}
	fmt.Fprintf(w, "| %s | %d | %v | %v | %s |\n", name, len(sent), at(sent, 0.5), at(sent, 0.99), last)
}

// at is the least time that this share of them does not exceed. It sorts them.
func at(list []time.Duration, share float64) time.Duration {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[min(int(share*float64(len(list))), len(list)-1)].Round(10 * time.Microsecond)
}
