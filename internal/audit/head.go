package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// Head is the last row of the access log at some time: whoever knows it can tell later whether the rows up to it are still the same.
type Head struct {
	Nr   int       `json:"nr"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"` // of the row, or when it was published
}

// String is NR:HASH, as ParseHead reads it.
func (h Head) String() string { return strconv.Itoa(h.Nr) + ":" + h.Hash }

// ParseHead reads NR:HASH.
func ParseHead(text string) (Head, error) {
	nr, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.Atoi(nr)
	if err != nil || n < 1 || !isHash(hash) {
		return Head{}, errors.New("a head is NR:HASH: a whole number from 1, and 64 characters of 0-9 and a-f")
	}
	return Head{Nr: n, Hash: hash}, nil
}

func isHash(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// LastHead is the head now, or records.ErrNotFound while the log is empty.
func LastHead(app core.App) (Head, error) {
	row, err := records.LastLook(app)
	if err != nil {
		return Head{}, err
	}
	l := row.Look()
	return Head{Nr: l.Nr, Hash: l.Hash, At: l.At}, nil
}

// HeadsFile is where heads are published, in the data folder: a line each, with time, number and hash. It is worth as much as its copies elsewhere.
const HeadsFile = "audit-heads.log"

// ReadHeads reads what was published. A line that is none, such as one that a power cut has torn, is passed over.
func ReadHeads(r io.Reader) ([]Head, error) {
	var heads []Head
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		parts := strings.Fields(lines.Text())
		if len(parts) != 3 {
			continue
		}
		at, err := time.Parse(time.RFC3339, parts[0])
		h, bad := ParseHead(parts[1] + ":" + parts[2])
		if err != nil || bad != nil {
			continue
		}
		h.At = at
		heads = append(heads, h)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read published heads: %w", err)
	}
	return heads, nil
}

// Publisher publishes the head once a day (UTC): a line of the program's log, which belongs onto another machine, and one of HeadsFile. When it was
// last done is found in that file, so a crash neither skips a day nor tells it twice.
type Publisher struct {
	App core.App
	Now func() time.Time
	Log *slog.Logger

	next time.Time // nothing is looked up before that
}

// whileEmpty is how long to wait for the first row of a log.
const whileEmpty = time.Minute

// Publish does it if it is time. more is always false.
func (p *Publisher) Publish(context.Context) (more bool, err error) {
	now := p.Now().UTC()
	if now.Before(p.next) {
		return false, nil
	}
	path := filepath.Join(p.App.DataDir(), HeadsFile)
	last, err := lastPublished(path)
	if err != nil {
		return false, err
	}
	if !last.At.Before(dayOf(now)) {
		p.next = dayOf(last.At).AddDate(0, 0, 1)
		return false, nil
	}
	head, err := LastHead(p.App)
	if errors.Is(err, records.ErrNotFound) {
		p.next = now.Add(whileEmpty)
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find the head of the access log: %w", err)
	}
	if err := appendLine(path, fmt.Sprintf("%s %d %s", records.RFC3339(now), head.Nr, head.Hash)); err != nil {
		return false, fmt.Errorf("publish the head of the access log: %w", err)
	}
	p.Log.Info("access log: the head of its chain", "nr", head.Nr, "hash", head.Hash)
	p.next = dayOf(now).AddDate(0, 0, 1)
	return false, nil
}

func dayOf(at time.Time) time.Time {
	y, m, d := at.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// lastPublished is the last head of a file; none where nothing was published yet.
func lastPublished(path string) (Head, error) {
	file, err := os.Open(path) //nolint:gosec // in the data folder
	if errors.Is(err, os.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("open published heads: %w", err)
	}
	defer func() { _ = file.Close() }()
	heads, err := ReadHeads(file)
	if err != nil || len(heads) == 0 {
		return Head{}, err
	}
	return heads[len(heads)-1], nil
}

// appendLine adds a line to a file, after one that was torn, too, and waits until it is on the disk.
func appendLine(path, line string) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // in the data folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if end > 0 {
		tail := make([]byte, 1)
		if _, err := file.ReadAt(tail, end-1); err != nil {
			return err
		}
		if tail[0] != '\n' {
			line = "\n" + line
		}
	}
	if _, err := file.WriteString(line + "\n"); err != nil {
		return err
	}
	return file.Sync()
}
