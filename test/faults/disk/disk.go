// Package disk is a disk for tests: a file system in memory, mounted for real by FUSE, under a program that knows nothing of it.
//
// It sees every write, every fsync and every change of a name, in the order in which the program makes them. So a test can stop the program at
// any of them, let one fail as a full, read-only or broken disk does, and cut the power: then only what was synced is left, and of the rest
// whatever pieces happened to be on their way.
//
// What it models, and what not: an fsync of a file keeps the file's content, its size and its name. A write that was not synced may be kept or lost
// in pieces of 4 KiB, in any order. Names (creation, rename, removal) are kept at once, as a journalling file system does; the content of a
// renamed file is not, unless it was synced. A disk that acknowledges an fsync and loses it is [Disk.Lie].
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Kind is what is done to the disk.
type Kind string

// The kinds of operations.
const (
	Write    Kind = "write"
	Sync     Kind = "sync"
	Truncate Kind = "truncate"
	Create   Kind = "create"
	Remove   Kind = "remove"
	Rename   Kind = "rename"
)

// Op is one operation on one file, named by its path from the root of the disk.
type Op struct {
	Kind Kind
	Path string
}

// Disk is a mounted disk.
type Disk struct {
	// Dir is where it is mounted.
	Dir string

	server *fuse.Server
	root   *folder

	mu    sync.Mutex
	watch func(op Op, done bool) error
	off   bool // the power is cut
	lies  bool
}

// Mount mounts an empty disk on a folder that is there. An error says that this machine does not allow it.
func Mount(dir string) (*Disk, error) {
	d := &Disk{Dir: dir}
	d.root = &folder{disk: d}
	forever := time.Hour // nobody changes anything behind the kernel's back
	server, err := fs.Mount(dir, d.root, &fs.Options{
		EntryTimeout: &forever, AttrTimeout: &forever,
		MountOptions: fuse.MountOptions{FsName: "lotsen-test", Name: "lotsen", DirectMountStrict: true, DisableXAttrs: true, MaxWrite: 1 << 20},
	})
	if err != nil {
		return nil, fmt.Errorf("mount a disk for tests: %w", err)
	}
	d.server = server
	return d, nil
}

// Unmount takes the disk away. Nobody may have a file open on it.
func (d *Disk) Unmount() error { return d.server.Unmount() }

// ErrPower is a watcher's order to cut the power there and then: whatever is asked of the disk afterwards fails, until [Disk.On].
var ErrPower = errors.New("the power is cut")

// Watch has watch asked before each operation, which fails if it gives an errno, and told of it when it has been done and the program does not
// know yet. [ErrPower] cuts the power at that point. watch is called for one operation at a time, and must not use the disk. Nil ends it.
func (d *Disk) Watch(watch func(op Op, done bool) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch = watch
}

// Off cuts the power, and On brings it back on a disk that has lost nothing: then only the program was gone.
func (d *Disk) Off() { d.power(false) }

// On brings the power back.
func (d *Disk) On() { d.power(true) }

func (d *Disk) power(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = !on
}

// Lie makes the disk acknowledge each fsync from now on without keeping anything.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// do does one operation, unless it fails.
func (d *Disk) do(op Op, act func() syscall.Errno) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if errno := d.ask(op, false); errno != 0 {
		return errno
	}
	if errno := act(); errno != 0 {
		return errno
	}
	_ = d.ask(op, true) // it is done
	return 0
}

// ask asks who watches. The caller holds mu.
func (d *Disk) ask(op Op, done bool) syscall.Errno {
	if d.off {
		return syscall.EIO
	}
	if d.watch == nil {
		return 0
	}
	err := d.watch(op, done)
	if errors.Is(err, ErrPower) {
		d.off = true
		return syscall.EIO
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return 0
}

// Load puts the files of a real folder on the disk, synced, through the mount.
func (d *Disk) Load(from string) error {
	return filepath.Walk(from, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(d.Dir, strings.TrimPrefix(path, from))
		if info.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, info.Mode().Perm())
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it is synced
		if _, err := f.Write(raw); err != nil {
			return err
		}
		return f.Sync()
	})
}
