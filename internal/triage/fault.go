package triage

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with a file, where it stands, and how to mend it.
type Fault struct {
	File string
	Line int // from 1; 0 where the whole file is meant
	What string
	Mend string
}

// Error tells it in one line: file, line, what is wrong, how to mend it.
func (f Fault) Error() string {
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	if f.Mend == "" {
		return place + ": " + f.What
	}
	return place + ": " + f.What + ". Mend: " + f.Mend
}

// Faults is everything that is wrong with a protocol. Parse returns it, never empty.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// faults collects what is wrong, so that an author sees everything at once.
type faults struct{ list Faults }

func (c *faults) add(file string, line int, mend, what string, args ...any) {
	c.list = append(c.list, Fault{File: file, Line: line, What: fmt.Sprintf(what, args...), Mend: mend})
}

func (c *faults) err() error {
	if len(c.list) == 0 {
		return nil
	}
	return c.list
}
