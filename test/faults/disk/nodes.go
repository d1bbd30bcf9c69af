package disk

import (
	"context"
	"slices"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// folder is a directory. go-fuse keeps its children.
type folder struct {
	fs.Inode
	disk *Disk
}

// file is a regular file: as it is, as it is kept, and what lies between the two.
type file struct {
	fs.Inode
	disk *Disk

	mode     uint32
	changed  time.Time
	now      []byte
	safe     []byte
	unsynced []change
}

var (
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeMkdirer   = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeRmdirer   = (*folder)(nil)
	_ fs.NodeRenamer   = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)
	_ fs.NodeStatfser  = (*folder)(nil)
	_ fs.NodeSetattrer = (*folder)(nil)
	_ fs.NodeOpener    = (*file)(nil)
	_ fs.NodeReader    = (*file)(nil)
	_ fs.NodeWriter    = (*file)(nil)
	_ fs.NodeFsyncer   = (*file)(nil)
	_ fs.NodeFlusher   = (*file)(nil)
	_ fs.NodeGetattrer = (*file)(nil)
	_ fs.NodeSetattrer = (*file)(nil)
)

func below(n *fs.Inode, name string) string {
	if path := n.Path(nil); path != "" {
		return path + "/" + name
	}
	return name
}

// Create makes a file.
func (n *folder) Create(ctx context.Context, name string, _ uint32, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	f := &file{disk: n.disk, mode: mode & 0o777, changed: time.Now()}
	var made *fs.Inode
	errno := n.disk.do(Op{Create, below(&n.Inode, name)}, func() syscall.Errno {
		made = n.NewPersistentInode(ctx, f, fs.StableAttr{Mode: fuse.S_IFREG})
		n.AddChild(name, made, true)
		return 0
	})
	out.Mode = fuse.S_IFREG | f.mode
	return made, nil, fuse.FOPEN_KEEP_CACHE, errno
}

// Mkdir makes a directory.
func (n *folder) Mkdir(ctx context.Context, name string, _ uint32, _ *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	var made *fs.Inode
	errno := n.disk.do(Op{Create, below(&n.Inode, name)}, func() syscall.Errno {
		made = n.NewPersistentInode(ctx, &folder{disk: n.disk}, fs.StableAttr{Mode: fuse.S_IFDIR})
		n.AddChild(name, made, true)
		return 0
	})
	return made, errno
}

// Unlink removes a file. go-fuse takes the child away.
func (n *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return n.disk.do(Op{Remove, below(&n.Inode, name)}, func() syscall.Errno { return 0 })
}

// Rmdir removes an empty directory.
func (n *folder) Rmdir(_ context.Context, name string) syscall.Errno {
	if child := n.GetChild(name); child != nil && len(child.Children()) > 0 {
		return syscall.ENOTEMPTY
	}
	return n.disk.do(Op{Remove, below(&n.Inode, name)}, func() syscall.Errno { return 0 })
}

// Rename gives a file another name. go-fuse moves the child.
func (n *folder) Rename(_ context.Context, name string, _ fs.InodeEmbedder, _ string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	return n.disk.do(Op{Rename, below(&n.Inode, name)}, func() syscall.Errno { return 0 })
}

// Fsync of a directory keeps nothing that is not kept at once.
func (n *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }

// Setattr takes modes and times, and forgets them.
func (n *folder) Setattr(context.Context, fs.FileHandle, *fuse.SetAttrIn, *fuse.AttrOut) syscall.Errno {
	return 0
}

// Statfs says that there is room.
func (n *folder) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Frsize, out.NameLen = piece, piece, 255
	out.Blocks, out.Bfree, out.Bavail = 1<<20, 1<<19, 1<<19
	return 0
}

// Open opens a file.
func (f *file) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Flush is a close: nothing follows from it.
func (f *file) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Read reads what is there now.
func (f *file) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if off >= int64(len(f.now)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(slices.Clone(f.now[off:min(off+int64(len(dest)), int64(len(f.now)))])), 0
}

// Write writes, and keeps nothing.
func (f *file) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	errno := f.disk.do(Op{Write, f.Path(nil)}, func() syscall.Errno {
		f.change(change{off, slices.Clone(data)})
		return 0
	})
	return uint32(len(data)), errno
}

func (f *file) change(c change) {
	f.now = c.on(f.now)
	f.unsynced = append(f.unsynced, c)
	f.changed = time.Now()
}

// Fsync keeps the file as it is now.
func (f *file) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return f.disk.do(Op{Sync, f.Path(nil)}, func() syscall.Errno {
		if f.disk.lies {
			return 0
		}
		for _, c := range f.unsynced {
			f.safe = c.on(f.safe)
		}
		f.unsynced = nil
		return 0
	})
}

// Getattr tells the size.
func (f *file) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.tell(out)
	return 0
}

func (f *file) tell(out *fuse.AttrOut) {
	out.Mode = fuse.S_IFREG | f.mode
	out.Size, out.Blocks, out.Blksize = uint64(len(f.now)), uint64(len(f.now)+511)/512, piece
	out.SetTimes(nil, &f.changed, &f.changed)
}

// Setattr cuts or stretches a file, and sets its mode.
func (f *file) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	size, sized := in.GetSize()
	if sized {
		errno := f.disk.do(Op{Truncate, f.Path(nil)}, func() syscall.Errno {
			f.change(change{at: int64(size)})
			return 0
		})
		if errno != 0 {
			return errno
		}
	}
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if mode, ok := in.GetMode(); ok {
		f.mode = mode & 0o777
	}
	f.tell(out)
	return 0
}
