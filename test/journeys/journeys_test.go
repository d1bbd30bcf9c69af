// Package journeys drives the built binary as the apps of others do: with PocketBase's JavaScript SDK, from another origin, over the network.
// Each journey is a file of Node's own tests; go test starts the service for it, runs it, and tells how each of its tests has ended.
//
// What a journey leaves behind is searched afterwards for what must be nowhere.
package journeys

import (
	"os"
	"path/filepath"
	"testing"

	"lotsen/test/contract"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.RunBinary(m) }

// journey runs a file's tests against a demo of their own, and searches what the run has left.
func journey(t *testing.T, file string, env ...string) {
	t.Helper()
	b := kit.Demo(t)
	notes := filepath.Join(t.TempDir(), "notes.jsonl")
	if err := os.WriteFile(notes, nil, 0o600); err != nil {
		t.Fatalf("make notes: %v", err)
	}
	node(t, contract.Behind(t, b.URL()), file, append(env, "NOTES="+notes)...)
	b.Stop(t)
	search(t, b, notes)
}

func TestJourneyOfAPatient(t *testing.T) {
	t.Parallel()
	journey(t, "patient.mjs", "PHOTO="+photo(t))
}

func TestJourneyOfAChild(t *testing.T) {
	t.Parallel()
	journey(t, "child.mjs")
}

func TestJourneyOfTheQueue(t *testing.T) {
	t.Parallel()
	journey(t, "queue.mjs")
}

func TestTheSameAgainIsHarmless(t *testing.T) {
	t.Parallel()
	journey(t, "retries.mjs")
}

func TestWhatIsToldAsItHappens(t *testing.T) {
	t.Parallel()
	journey(t, "realtime.mjs")
}
