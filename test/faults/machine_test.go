package faults

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"lotsen/test/faults/disk"
	"lotsen/test/kit"
)

// machine is a world whose data lie on a disk of ours.
type machine struct {
	*world
	disk   *disk.Disk
	chance *rand.Rand
}

// boot starts a world on a disk of ours. Where there is no FUSE (it takes Linux, /dev/fuse and root) it skips the test, and says so: the kills of
// TestWhatWasAnsweredOutlivesAKill are tried everywhere.
func boot(t *testing.T) *machine {
	t.Helper()
	seed := uint64(draw(1 << 62))
	t.Logf("chance has the seed %d", seed)
	m := &machine{chance: rand.New(rand.NewPCG(seed, 0))}
	m.disk = mounted(t)
	b := kit.Unstarted(t)
	b.Dir = filepath.Join(m.disk.Dir, "data")
	m.world = &world{Binary: b}
	m.start(t)
	m.people(t)
	return m
}

func mounted(t *testing.T) *disk.Disk {
	t.Helper()
	d, err := disk.Mount(t.TempDir())
	if err != nil {
		t.Skipf("no FUSE here, so no disk that fails: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return d
}

// losePower cuts the power under a running program. What it has not synced is gone, or not, as chance has it.
func (m *machine) losePower(t *testing.T) {
	t.Helper()
	m.disk.Off()
	m.Kill(t)
	m.replace(t)
}

// replace puts what the cut has left on a new disk, as a machine finds it that comes up again.
func (m *machine) replace(t *testing.T) {
	t.Helper()
	left := t.TempDir()
	if err := m.disk.Cut(left, m.chance, anotherMachine); err != nil {
		t.Fatalf("write down what is left: %v", err)
	}
	m.disk = mounted(t)
	if err := m.disk.Load(left); err != nil {
		t.Fatalf("put what is left on a new disk: %v", err)
	}
	m.Dir = filepath.Join(m.disk.Dir, "data")
}

// anotherMachine says what does not lose its power with us: the simulated SMS gateway and BankID, which live in our process only in the demo.
func anotherMachine(path string) bool { return strings.HasPrefix(path, "data/demo") }

// ofDatabase says whether an operation is on the write-ahead log: each commit is a few writes to it, and a sync.
func ofDatabase(op disk.Op) bool { return op.Path == "data/data.db-wal" }

// outOfOrder says whether an answer is the one of a service that cannot write.
func outOfOrder(a kit.Answer) bool {
	var body struct {
		Data struct {
			Reason struct {
				Code   string
				Phones []string
			}
		}
	}
	return a.Status == 503 && json.Unmarshal(a.Body, &body) == nil && body.Data.Reason.Code == "out_of_order" &&
		strings.Join(body.Data.Reason.Phones, " ") == "1177 112" && a.Header.Get("Retry-After") != ""
}
