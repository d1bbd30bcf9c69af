package disk

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// piece is what a disk writes whole.
const piece = 4096

// Cut cuts the power: nothing reaches the disk any more, every operation fails, and what is left is written into an empty real folder. elsewhere
// says of which paths everything is left: they stand for another machine.
//
// Of what was not synced a disk keeps nothing, or what came first, or any pieces; chance says which. Without chance it keeps nothing.
func (d *Disk) Cut(into string, chance *rand.Rand, elsewhere func(path string) bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	return d.root.leave("", into, chance, elsewhere)
}

func (n *folder) leave(path, into string, chance *rand.Rand, elsewhere func(string) bool) error {
	if err := os.MkdirAll(into, 0o700); err != nil {
		return err
	}
	for name, child := range n.Children() {
		at := filepath.Join(path, name)
		var err error
		switch c := child.Operations().(type) {
		case *folder:
			err = c.leave(at, filepath.Join(into, name), chance, elsewhere)
		case *file:
			left := c.now
			if !elsewhere(at) {
				left = c.left(chance)
			}
			err = os.WriteFile(filepath.Join(into, name), left, os.FileMode(c.mode))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// left is what a file holds after the cut.
func (f *file) left(chance *rand.Rand) []byte {
	out := slices.Clone(f.safe)
	if chance == nil {
		return out
	}
	switch chance.IntN(3) {
	case 1: // what came first
		for _, c := range f.unsynced[:chance.IntN(len(f.unsynced)+1)] {
			out = c.on(out)
		}
	case 2: // any pieces
		for _, c := range f.unsynced {
			for _, p := range c.pieces() {
				if chance.IntN(2) == 0 {
					out = p.on(out)
				}
			}
		}
	}
	return out
}

// change is a write at an offset, or with nil bytes a new size.
type change struct {
	at    int64
	bytes []byte
}

func (c change) on(content []byte) []byte {
	if c.bytes == nil {
		if c.at <= int64(len(content)) {
			return content[:c.at]
		}
		return append(content, make([]byte, c.at-int64(len(content)))...)
	}
	if end := c.at + int64(len(c.bytes)); end > int64(len(content)) {
		content = append(content, make([]byte, end-int64(len(content)))...)
	}
	copy(content[c.at:], c.bytes)
	return content
}

// pieces are the parts of a change that reach the disk, or do not, each for itself.
func (c change) pieces() []change {
	if c.bytes == nil {
		return []change{c}
	}
	var list []change
	for at, rest := c.at, c.bytes; len(rest) > 0; {
		n := min(piece-int(at%piece), len(rest))
		list = append(list, change{at, rest[:n]})
		at, rest = at+int64(n), rest[n:]
	}
	return list
}
