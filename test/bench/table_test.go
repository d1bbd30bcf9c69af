package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"lotsen/test/kit"
)

// line is one row of the table: what was measured, ours, the other's, and how many of theirs ours is.
type line struct{ what, ours, against, theirs, ratio string }

// table is what a run has found.
type table struct{ lines []line }

// add adds a row of numbers. The ratio is ours over theirs.
func (t *table) add(what string, ours float64, against string, theirs float64, show func(float64) string) {
	t.lines = append(t.lines, line{what, show(ours), against, show(theirs), times(ours / theirs)})
}

// markdown is the table as the documentation shows it.
func (t *table) markdown() string {
	var b strings.Builder
	b.WriteString("| what | ours | against | theirs | ours / theirs |\n| --- | --- | --- | --- | --- |\n")
	for _, l := range t.lines {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", l.what, l.ours, l.against, l.theirs, l.ratio)
	}
	return b.String()
}

// write writes the table to build/bench.md.
func (t *table) write(b *testing.B) {
	b.Helper()
	if len(t.lines) == 0 {
		return
	}
	load, _ := os.ReadFile("/proc/loadavg") // not everywhere, and no matter
	text := fmt.Sprintf("%s, %d cores, %s/%s; load %.14s\n\n%s", time.Now().Format("2006-01-02 15:04"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, load, t.markdown())
	path := filepath.Join(kit.Root(b), "build", "bench.md")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

// times writes a ratio with two digits that count.
func times(r float64) string {
	switch {
	case r >= 100:
		return fmt.Sprintf("%.0f ×", r)
	case r >= 10:
		return fmt.Sprintf("%.1f ×", r)
	case r >= 0.1:
		return fmt.Sprintf("%.2f ×", r)
	}
	return fmt.Sprintf("%.3f ×", r)
}

func perSecond(n float64) string { return fmt.Sprintf("%.0f/s", n) }

func kilobytes(n float64) string { return fmt.Sprintf("%.1f KB", n/1024) }

// took writes a time in nanoseconds.
func took(ns float64) string {
	d := time.Duration(ns)
	switch {
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", ns/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", ns/1e6)
	}
	return fmt.Sprintf("%.2f s", ns/1e9)
}

func TestTheTableShowsWhatWasMeasured(t *testing.T) {
	t.Parallel()
	var out table
	out.add("a step", 3_000_000, "a hop", 1_500_000, took)
	out.add("writes", 50, "more writes", 1000, perSecond)
	want := "| a step | 3.00 ms | a hop | 1.50 ms | 2.00 × |\n| writes | 50/s | more writes | 1000/s | 0.050 × |\n"
	if got := out.markdown(); !strings.HasSuffix(got, want) {
		t.Errorf("the table is\n%s\nwant it to end in\n%s", got, want)
	}
}

func TestShareOfValues(t *testing.T) {
	t.Parallel()
	var list []float64
	for i := range 100 {
		list = append(list, float64((i*37)%100+1)) // 1 to 100, mixed
	}
	if got := share(list, 0.5); got != 51 {
		t.Errorf("the median of 1 to 100 is %v, want 51", got)
	}
	if got := share(list, 0.99); got != 100 {
		t.Errorf("p99 of 1 to 100 is %v, want 100", got)
	}
	one := 0.0
	got := turns(3, func() float64 { one++; return one * one }, func() float64 { return one })
	if got[0] != 4 || got[1] != 2 {
		t.Errorf("the medians of 1, 4, 9 and 1, 2, 3 are %v", got)
	}
}
