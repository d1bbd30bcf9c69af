package faults

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotsen/test/faults/disk"
	"lotsen/test/kit"
)

// mends is how long the program may take to find out that it can write again.
const mends = 20 * time.Second

// TestABrokenDiskIsSaidAndLosesNothing lets people work, has the disk fail in one way after the other, and mends it, without a restart.
func TestABrokenDiskIsSaidAndLosesNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		fails func(disk.Op) bool
		errno syscall.Errno
		code  string
	}{
		"read-only":          {func(op disk.Op) bool { return true }, syscall.EROFS, ""},
		"writes fail":        {func(op disk.Op) bool { return op.Kind == disk.Write }, syscall.EIO, "disk_failed"},
		"only syncs fail":    {func(op disk.Op) bool { return op.Kind == disk.Sync && strings.HasPrefix(op.Path, "data/data.db") }, syscall.EIO, "disk_failed"},
		"full, and no tmpfs": {func(op disk.Op) bool { return op.Kind == disk.Write && !strings.HasSuffix(op.Path, "-shm") }, syscall.ENOSPC, "disk_full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := boot(t)
			m.breakAndMend(t, f.code, func() {
				m.disk.Watch(func(op disk.Op, done bool) error {
					if !done && f.fails(op) && !anotherMachine(op.Path) {
						return f.errno
					}
					return nil
				})
			}, func() { m.disk.Watch(nil) })
		})
	}
}

// breakAndMend lets people work while the disk fails and after it has been mended, and holds what they were answered against what is there, at once
// and after a kill. code is what health must say of it; "" for anything.
func (w *world) breakAndMend(t *testing.T, code string, fail, mend func()) {
	t.Helper()
	w.told.begin(1 << 40)
	w.told.breaks(true)
	ctx, stop := context.WithCancel(t.Context())
	done := w.work(ctx)
	defer func() { stop(); done() }()
	<-time.After(300 * time.Millisecond)
	fail()
	w.becomes(t, http.StatusServiceUnavailable, code)
	w.everybodyIsTold(t)
	<-time.After(500 * time.Millisecond)
	mend()
	w.becomes(t, http.StatusOK, "")
	told := w.told.breaks(true)
	<-time.After(500 * time.Millisecond)                                          // they go on, without a restart
	if later := w.told.breaks(true); later > told+len(w.patients)+len(w.nurses) { // answers may have been on their way
		t.Errorf("after the disk was mended people were told %d times that nothing can be written", later-told)
	}
	stop()
	done()
	w.told.breaks(false)
	for _, fault := range w.told.takeFaults() {
		t.Error(fault)
	}
	if told == 0 {
		t.Error("nobody was told that nothing can be written")
	}
	w.checkPromises(t, w.told.all())
	w.checkLines(t)
	w.Kill(t)
	w.look(t, func(left *wreck) { w.checkWreck(t, left) })
	w.start(t)
	w.checkPromises(t, w.told.all())
	t.Logf("told so %d times; %d cases hold promises", told, len(w.told.all()))
}

// becomes waits until health answers with that status, and says what is wrong.
func (w *world) becomes(t *testing.T, status int, code string) {
	t.Helper()
	var a kit.Answer
	for end := time.Now().Add(mends); time.Now().Before(end); <-time.After(50 * time.Millisecond) {
		var err error
		if a, err = w.Guest().Do(t.Context(), http.MethodGet, "/health", nil); err != nil {
			t.Fatalf("health: %v", err)
		}
		if a.Status != status {
			continue
		}
		var body struct{ OutOfOrder *struct{ Code, Since string } }
		if err := a.Into(&body); err != nil || (body.OutOfOrder == nil) != (status == http.StatusOK) {
			t.Errorf("health says %s (%v)", a.Body, err)
		}
		if code != "" && body.OutOfOrder.Code != code {
			t.Errorf("health says %s, want %s", a.Body, code)
		}
		return
	}
	t.Fatalf("health does not become %d within %v: %d %s\n%s", status, mends, a.Status, a.Body, w.Said())
}

// everybodyIsTold asks what people would ask while nothing can be written.
func (w *world) everybodyIsTold(t *testing.T) {
	t.Helper()
	p, n := w.patients[0], w.nurses[0]
	for _, ask := range []struct {
		who          *kit.Client
		method, path string
	}{
		{w.Guest(), http.MethodGet, "/regions"},
		{w.Guest(), http.MethodPost, "/api/collections/staff/auth-with-password"},
		{p.Client, http.MethodGet, "/me"},
		{p.Client, http.MethodPost, "/cases"},
		{p.Client, http.MethodGet, recordPath("cases", "")},
		{p.Client, http.MethodPost, recordPath("messages", "")},
		{p.Client, http.MethodPost, "/api/realtime"},
		{n.Client, http.MethodPost, "/queues/" + n.queue + "/next"},
		{n.Client, http.MethodGet, "/queues/" + n.queue + "/cases"},
	} {
		a, err := ask.who.Do(t.Context(), ask.method, ask.path, map[string]string{})
		if err != nil || !outOfOrder(a) {
			t.Errorf("%s %s was answered %d %s (%v), want out of order and the numbers to ring", ask.method, ask.path, a.Status, a.Body, err)
		}
	}
}

// TestAFullDiskIsSaidAndLosesNothing fills a small disk of the kernel's own under people at work, and frees it again.
func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("no small disk can be mounted here (it takes root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	b := kit.Unstarted(t)
	b.Dir = filepath.Join(dir, "data")
	w := &world{Binary: b}
	w.start(t)
	w.people(t)
	filler := filepath.Join(dir, "filler")
	w.breakAndMend(t, "disk_full", func() { fill(t, filler) }, func() {
		if err := os.Remove(filler); err != nil {
			t.Error(err)
		}
	})
	w.Stop(t)
}

// fill takes all room that is left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it is full
	for block := make([]byte, 1<<16); err == nil; {
		_, err = f.Write(block)
		if err != nil && len(block) > 1 {
			block, err = block[:len(block)/2], nil
		}
	}
}
