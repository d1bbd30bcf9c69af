package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// wreck is what a dead program has left: a copy of its database, and what the gateway has received.
type wreck struct {
	app  core.App
	sent map[string]int // how often the gateway has each key
}

// look copies the data folder of a program that does not run, opens the copy, and closes it again.
func (w *world) look(t *testing.T, do func(*wreck)) {
	t.Helper()
	copied := t.TempDir()
	files, err := os.ReadDir(w.Dir)
	if err != nil {
		t.Fatalf("read the data folder: %v", err)
	}
	for _, f := range files {
		if !strings.Contains(f.Name(), ".db") || strings.HasSuffix(f.Name(), "-shm") { // what is shared by processes dies with them
			continue
		}
		raw, err := os.ReadFile(filepath.Join(w.Dir, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(copied, f.Name()), raw, 0o600)
		}
		if err != nil {
			t.Fatalf("copy the database: %v", err)
		}
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: copied})
	if err := app.Bootstrap(); err != nil {
		t.Fatalf("open the copied database: %v", err)
	}
	defer func() {
		if err := errors.Join(app.ClearBootstrap(), os.RemoveAll(copied)); err != nil {
			t.Errorf("close the copied database: %v", err)
		}
	}()
	left := &wreck{app: app, sent: map[string]int{}}
	for _, key := range w.messages(t) {
		left.sent[key]++
	}
	do(left)
}

func (w *world) inbox() string { return filepath.Join(w.Dir, "demo", "sms.jsonl") }

func (w *world) inboxSize(t *testing.T) int64 {
	t.Helper()
	info, err := os.Stat(w.inbox())
	if err != nil {
		t.Fatalf("look at what the gateway has received: %v", err)
	}
	return info.Size()
}

// messages are the keys of all messages that the gateway has taken, in order. A line without its end was never answered.
func (w *world) messages(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(w.inbox())
	if err != nil {
		t.Fatalf("read what the gateway has received: %v", err)
	}
	var keys []string
	for line := range bytes.Lines(raw[:bytes.LastIndexByte(raw, '\n')+1]) {
		var m struct{ Key string }
		if err := json.Unmarshal(line, &m); err != nil || m.Key == "" {
			t.Fatalf("the gateway holds %q: %v", line, err)
		}
		keys = append(keys, m.Key)
	}
	return keys
}

// checkWreck holds what must be true at every moment at which the program may die.
func (w *world) checkWreck(t *testing.T, left *wreck) {
	t.Helper()
	all, err := left.app.FindAllRecords(records.Cases)
	if err != nil {
		t.Fatalf("list cases: %v", err)
	}
	if n, err := audit.Verify(left.app); err != nil || n < len(all) {
		t.Errorf("the access log has %d rows that fit together: %v", n, err)
	}
	for _, r := range all {
		left.checkCase(t, records.AsCase(r))
	}
	promised := map[string]string{} // the state of each letter
	for _, l := range left.outbox(t) {
		promised[l.Key()] = l.State()
		if n := left.sent[l.Key()]; l.State() == records.LetterSent && n == 0 || l.State() == records.LetterDue && n > 0 {
			t.Errorf("the letter %s is %q with us, and the gateway has it %d times", l.Key(), l.State(), n)
		}
	}
	for key, n := range left.sent {
		if n > 1 {
			t.Errorf("the gateway has taken %s %d times", key, n)
		}
		if promised[key] == "" {
			t.Errorf("the gateway has %s, which nobody has promised", key)
		}
	}
}

// checkCase says whether all that happened to a case was written whole: the case as its last event left it, a row of the access log for each
// event, the letters of calls and ends.
func (left *wreck) checkCase(t *testing.T, c *records.Case) {
	t.Helper()
	events, err := records.EventsAfter(left.app, c.Id, 0, 10_000)
	if err != nil {
		t.Fatalf("list events: %v", err)
	}
	if len(events) == 0 || len(events) != c.Seq() {
		t.Fatalf("case %s counts %d events, there are %d", c.Id, c.Seq(), len(events))
	}
	var last care.Told
	if err := events[len(events)-1].Data(&last); err != nil || last.State != c.State() || last.Level != c.Level() {
		t.Errorf("case %s is %q of level %d, and its last event left it %q of level %d (%v)", c.Id, c.State(), c.Level(), last.State, last.Level, err)
	}
	if c.State().Open() && c.State().Held() != (c.Clinician() != "") {
		t.Errorf("case %s is %q and has the clinician %q", c.Id, c.State(), c.Clinician())
	}
	if _, timer := c.Timer(); !c.State().Open() && c.State() != cases.Cancelled && timer != records.DueNothing {
		t.Errorf("case %s is %q and has the timer %q", c.Id, c.State(), timer)
	}
	left.checkRows(t, c, events)
}

func (left *wreck) checkRows(t *testing.T, c *records.Case, events []*records.Event) {
	t.Helper()
	looks, err := records.LooksAt(left.app, c, 10_000)
	if err != nil {
		t.Fatalf("list the access log: %v", err)
	}
	letters, err := records.LettersOf(left.app, c.Id)
	if err != nil {
		t.Fatalf("list letters: %v", err)
	}
	did, noted := map[string]int{}, map[string]int{}
	for i, e := range events {
		did[string(e.Kind())]++
		if e.Seq() != i+1 {
			t.Errorf("case %s: event %d follows on %d", c.Id, e.Seq(), i)
		}
		tells := e.Kind() == cases.Taken || e.Kind() == cases.Ended
		if tells && !slices.ContainsFunc(letters, func(l *records.Letter) bool { return l.Seq() == e.Seq() }) {
			t.Errorf("case %s: event %d is %q, and no letter tells of it", c.Id, e.Seq(), e.Kind())
		}
	}
	for _, row := range looks {
		noted[row.Look().What]++
	}
	for kind, n := range did {
		if noted[kind] != n {
			t.Errorf("case %s: %q happened %d times, and stands %d times in the access log", c.Id, kind, n, noted[kind])
		}
	}
	messages, err := records.MessagesOf(left.app, c.Id)
	if err != nil || len(messages) != c.Messages() { // nobody writes notes here
		t.Errorf("case %s counts %d messages, there are %d (%v)", c.Id, c.Messages(), len(messages), err)
	}
}

// outbox lists all letters.
func (left *wreck) outbox(t *testing.T) []*records.Letter {
	t.Helper()
	rows, err := left.app.FindAllRecords(records.Outbox)
	if err != nil {
		t.Fatalf("list letters: %v", err)
	}
	var list []*records.Letter
	for _, r := range rows {
		l := &records.Letter{}
		l.SetProxyRecord(r)
		list = append(list, l)
	}
	return list
}

// letters counts the letters by state.
func (left *wreck) letters(t *testing.T) map[string]int {
	t.Helper()
	count := map[string]int{}
	for _, l := range left.outbox(t) {
		count[l.State()]++
	}
	return count
}

// settled says whether no letter is on its way.
func (left *wreck) settled(t *testing.T) bool {
	t.Helper()
	count := left.letters(t)
	return count[records.LetterDue]+count[records.LetterSending] == 0
}

// untrue is what makes a letter that has not gone out yet untrue: a call is given up, or who is back in line is called again.
func untrue(l *records.Letter) []cases.Event {
	if l.Text() == texts.SmsBackInLine {
		return []cases.Event{cases.Taken, cases.Left}
	}
	return []cases.Event{cases.Released, cases.Transferred, cases.Ended}
}

// checkSent says whether every letter has gone out once, but for those that were no longer true before they went.
func (left *wreck) checkSent(t *testing.T) {
	t.Helper()
	for _, l := range left.outbox(t) {
		n := left.sent[l.Key()]
		switch l.State() {
		case records.LetterSent:
			if n != 1 {
				t.Errorf("the letter %s is sent, and the gateway has it %d times", l.Key(), n)
			}
		case records.LetterDropped:
			over, err := records.HappenedSince(left.app, l.Case(), l.Seq(), "", untrue(l)...)
			if n != 0 || !over || err != nil {
				t.Errorf("the letter %s (%s) was dropped; the gateway has it %d times, it was no longer true: %v (%v)", l.Key(), l.Text(), n, over, err)
			}
		default:
			t.Errorf("the letter %s is %q: %s", l.Key(), l.State(), l.GetString("fault"))
		}
	}
}
