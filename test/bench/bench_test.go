// Package bench shows how fast Lotsen is, as ratios: each of our figures stands beside one of something else that does the same, or the least of
// the same, measured in the same run and in turn with ours, so that a slow neighbour hits both. docs/performance.md says how each is made.
//
// It measures the built binary where it can. `make bench` runs it; `make bench ROWS=rank` one part. It says nothing about right or wrong.
package bench

import (
	"os"
	"slices"
	"testing"
	"time"

	"lotsen/test/kit"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(rivalName); name != "" {
		os.Exit(serveRival(name))
	}
	kit.RunBinary(m)
}

// BenchmarkRatios measures everything once and writes the table. Run it with -benchtime 1x.
func BenchmarkRatios(b *testing.B) {
	out := &table{}
	for _, part := range []struct {
		name    string
		measure func(*testing.B, *table)
	}{
		{"commands", commands}, {"arrival", arrival}, {"triage", triageStep}, {"rank", rank}, {"start", start},
	} {
		b.Run(part.name, func(b *testing.B) { part.measure(b, out) })
		out.write(b) // after each part: a run that is cut off has shown something
	}
}

// turns lets each measure in turn, so many rounds, and gives the median of each.
func turns(rounds int, each ...func() float64) []float64 {
	found := make([][]float64, len(each))
	for range rounds {
		for i, measure := range each {
			found[i] = append(found[i], measure())
		}
	}
	medians := make([]float64, len(each))
	for i, list := range found {
		medians[i] = share(list, 0.5)
	}
	return medians
}

// share is the least value that this share of the values does not exceed: 0.5 for the median, 0.99 for p99. It sorts them.
func share[T float64 | time.Duration](values []T, of float64) T {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[min(int(of*float64(len(values))), len(values)-1)]
}
