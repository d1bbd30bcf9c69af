package peer

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Message is an SMS that a peer has accepted.
type Message struct {
	ID   string    `json:"id"`
	Key  string    `json:"key,omitempty"` // the sender's, where the protocol has one
	To   string    `json:"to"`
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"` // when it was accepted, by the peer's clock

	unlogged bool // its text is not shown in a list
}

// inboxFile is the file in which a [Gateway] keeps what it has received.
const inboxFile = "sms.jsonl"

// inbox holds accepted messages, in memory and, if it has a file, there first:
// a line a message, on the disk before put returns. A message with a known key
// is not held twice.
type inbox struct {
	now func() time.Time

	mu       sync.Mutex
	file     *os.File // nil: memory alone
	broken   error    // a write failed; only a new start knows what is in the file
	messages []Message
	byKey    map[string]int
}

func newInbox(now func() time.Time) *inbox {
	return &inbox{now: now, byKey: map[string]int{}}
}

// openInbox reads what an earlier process kept in folder. What a kill has left
// of a last line is cut off: it was never answered. Any other line that cannot
// be read is an error.
func openInbox(folder string, now func() time.Time) (*inbox, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of the SMS received: %w", err)
	}
	defer func() { _ = root.Close() }()
	data, err := root.ReadFile(inboxFile)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading the SMS received: %w", err)
	}
	in := newInbox(now)
	whole := bytes.LastIndexByte(data, '\n') + 1
	for n, line := range slices.Collect(bytes.Lines(data[:whole])) {
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, fmt.Errorf("reading the SMS received: line %d of %s is damaged", n+1, inboxFile)
		}
		in.add(m)
	}
	if in.file, err = openAt(root, int64(whole)); err != nil {
		return nil, fmt.Errorf("opening the SMS received: %w", err)
	}
	return in, nil
}

// openAt opens the file to be written on from size, and makes its name last.
func openAt(root *os.Root, size int64) (*os.File, error) {
	file, err := root.OpenFile(inboxFile, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = file.Seek(size, io.SeekStart)
	if err := errors.Join(err, file.Truncate(size), file.Sync(), syncFolder(root)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func syncFolder(root *os.Root) error {
	folder, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// put accepts m, and gives it an id and a time. A known key gives the message
// that was accepted first, whatever m says now: the key is what makes it the
// same, and the first is with the patient.
func (in *inbox) put(m Message) (Message, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if i, known := in.byKey[m.Key]; known && m.Key != "" {
		return in.messages[i], nil
	}
	m.ID, m.At = newID(), in.next()
	if err := in.write(m); err != nil {
		return Message{}, err
	}
	in.add(m)
	return m, nil
}

// next gives the time, a microsecond on if it has not moved: 46elks turns the
// pages of its history by time, so no two messages may have the same.
func (in *inbox) next() time.Time {
	at := in.now().UTC()
	if len(in.messages) == 0 {
		return at
	}
	last := in.messages[len(in.messages)-1].At
	if ahead := last.Sub(at); ahead >= 0 && ahead < time.Millisecond {
		return last.Add(time.Microsecond)
	}
	return at
}

// write puts m on the disk.
func (in *inbox) write(m Message) error {
	if in.file == nil {
		return nil
	}
	if in.broken != nil {
		return in.broken
	}
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("keeping an SMS: %w", err)
	}
	_, err = in.file.Write(append(line, '\n'))
	if err = errors.Join(err, in.file.Sync()); err != nil {
		in.broken = fmt.Errorf("keeping an SMS: %w", err)
	}
	return in.broken
}

func (in *inbox) add(m Message) {
	if m.Key != "" {
		in.byKey[m.Key] = len(in.messages)
	}
	in.messages = append(in.messages, m)
}

// all gives every message, the oldest first.
func (in *inbox) all() []Message {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.messages)
}

func (in *inbox) close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.file == nil || errors.Is(in.broken, os.ErrClosed) {
		return nil
	}
	in.broken = os.ErrClosed
	return in.file.Close()
}

// newID gives 32 hexadecimal digits, the length that 46elks and Twilio have.
func newID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}
