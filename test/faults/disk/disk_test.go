package disk_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lotsen/test/faults/disk"
)

// mounted gives a disk, or skips the test and says why this machine has none.
func mounted(t *testing.T) *disk.Disk {
	t.Helper()
	d, err := disk.Mount(t.TempDir())
	if err != nil {
		t.Skipf("no FUSE here: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Unmount(); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return d
}

// TestOnlyWhatWasSyncedSurvivesACut writes, syncs, writes again, and cuts the power many times over: what was synced is always there, what was
// not sometimes.
func TestOnlyWhatWasSyncedSurvivesACut(t *testing.T) {
	t.Parallel()
	old, young := bytes.Repeat([]byte("a"), 10_000), bytes.Repeat([]byte("b"), 10_000)
	lost, torn, kept := 0, 0, 0
	for seed := range uint64(30) {
		d := mounted(t)
		f, err := os.Create(filepath.Join(d.Dir, "data"))
		if err != nil {
			t.Fatal(err)
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err = f.Write(old)
		must(err)
		must(f.Sync())
		_, err = f.WriteAt(young, 0)
		must(err)
		left := t.TempDir()
		must(d.Cut(left, rand.New(rand.NewPCG(seed, 0)), func(string) bool { return false }))
		if _, err := f.WriteAt(young, 0); !errors.Is(err, syscall.EIO) {
			t.Errorf("a write after the cut says %v, want EIO", err)
		}
		_ = f.Close()
		got, err := os.ReadFile(filepath.Join(left, "data"))
		must(err)
		switch {
		case bytes.Equal(got, old):
			lost++
		case bytes.Equal(got, young):
			kept++
		case len(got) == len(old) && bytes.Count(got, []byte("a"))+bytes.Count(got, []byte("b")) == len(got):
			torn++
		default:
			t.Errorf("after the cut there are %d bytes, want pieces of what was written", len(got))
		}
	}
	if lost == 0 || torn == 0 || kept == 0 {
		t.Errorf("of 30 cuts %d lost, %d tore and %d kept what was not synced: want some of each", lost, torn, kept)
	}
}

// TestADiskThatFailsIsOneToTheProgram holds the faults that a test can order.
func TestADiskThatFailsIsOneToTheProgram(t *testing.T) {
	t.Parallel()
	d := mounted(t)
	path := filepath.Join(d.Dir, "data")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	var seen []disk.Op
	d.Watch(func(op disk.Op, done bool) error {
		if op.Kind == disk.Write {
			return syscall.ENOSPC
		}
		if done {
			seen = append(seen, op)
		}
		return nil
	})
	if err := os.WriteFile(path, []byte("after"), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a write on a full disk says %v", err)
	}
	d.Watch(func(disk.Op, bool) error { return disk.ErrPower })
	for range 2 {
		if err := os.WriteFile(path, []byte("after"), 0o600); !errors.Is(err, syscall.EIO) {
			t.Errorf("a write without power says %v, want EIO", err)
		}
	}
	d.Watch(nil)
	d.On()
	if len(seen) == 0 || seen[0] != (disk.Op{Kind: disk.Truncate, Path: "data"}) {
		t.Errorf("seen was %v, want the truncation that came before the write", seen)
	}
	if err := os.Rename(path, filepath.Join(d.Dir, "other")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "other"), []byte("whole"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(d.Dir, "other")); string(got) != "whole" {
		t.Errorf("read %q (%v), want what was written", got, err)
	}
}
