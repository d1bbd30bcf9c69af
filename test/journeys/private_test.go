package journeys

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lotsen/test/kit"
)

// noted is a line of what a journey has noted of itself.
type noted struct {
	Kind string // number: a personal number; words: health, in somebody's own words
	Text string
}

// search goes through everything that a run has written: no personal number is anywhere, and what people wrote of their health is nowhere
// but in the database, where it belongs. Names of files count as written.
func search(t *testing.T, b *kit.Binary, notes string) {
	t.Helper()
	hidden := read(t, notes)
	if len(hidden) == 0 {
		t.Error("the journey has noted no personal number: there is nothing to search for")
	}
	said := b.Said()
	if !strings.Contains(said, "/api/lotsen/v1") {
		t.Error("what the binary has said is not there to be searched")
	}
	look(t, "the terminal", []byte(said), hidden, false)
	files := 0
	err := filepath.WalkDir(b.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(b.Dir, path)
		look(t, "the name of "+name, []byte(name), hidden, false)
		if entry.IsDir() {
			return nil
		}
		files++
		raw, err := os.ReadFile(path)
		look(t, name, raw, hidden, strings.HasPrefix(filepath.Base(path), "data.db"))
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("searched %d files of the data folder: %v; want all of them", files, err)
	}
}

func read(t *testing.T, notes string) []noted {
	t.Helper()
	file, err := os.Open(notes)
	if err != nil {
		t.Fatalf("open notes: %v", err)
	}
	defer func() { _ = file.Close() }()
	var all []noted
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var n noted
		if err := json.Unmarshal(lines.Bytes(), &n); err != nil {
			t.Fatalf("read notes: %v", err)
		}
		all = append(all, n)
	}
	return all
}

// look reports what is in a text and must not be. home says that people's own words may be in it: it is the database.
func look(t *testing.T, where string, text []byte, hidden []noted, home bool) {
	t.Helper()
	if bytes.Contains(text, []byte(placeMark)) || bytes.Contains(text, []byte("Exif\x00")) {
		t.Errorf("%s holds the place where a picture was taken", where)
	}
	for _, h := range hidden {
		if h.Kind == "words" && home {
			continue
		}
		for _, form := range forms(h) {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("%s holds %q", where, form)
			}
		}
	}
}

// forms are the ways to write what is noted: a personal number with and without its century, with and without a hyphen or a plus.
func forms(n noted) []string {
	if n.Kind != "number" {
		return []string{n.Text}
	}
	long, short := n.Text, n.Text[2:]
	return []string{short, short[:6] + "-" + short[6:], short[:6] + "+" + short[6:], long[:8] + "-" + long[8:]}
}
