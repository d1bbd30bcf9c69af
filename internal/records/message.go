package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
)

// Message is one thing said in a case, or a note that only staff read.
type Message struct{ core.BaseRecordProxy }

// The kinds of messages.
const (
	FromPatient = "patient"
	FromStaff   = "staff"
	Note        = "note"
	FromSystem  = "system"
)

// AsMessage reads a record as a message.
func AsMessage(r *core.Record) *Message {
	m := &Message{}
	m.SetProxyRecord(r)
	return m
}

// NewMessage makes a message that is not saved yet.
func NewMessage(app core.App, caseID, body string) (*Message, error) {
	r, err := blank(app, Messages)
	if err != nil {
		return nil, err
	}
	r.Load(map[string]any{"case": caseID, "body": body})
	return AsMessage(r), nil
}

// Case is the id of the case that the message belongs to.
func (m *Message) Case() string { return m.GetString("case") }

// Kind is patient, staff, note or system.
func (m *Message) Kind() string { return m.GetString("kind") }

// Body is what is said.
func (m *Message) Body() string { return m.GetString("body") }

// Author is the id of who said it; AuthorName how readers know them.
func (m *Message) Author() string { return m.GetString("author") }

// AuthorName is the author's name when it was written.
func (m *Message) AuthorName() string { return m.GetString("authorName") }

// Seq is the event of the case that the message is.
func (m *Message) Seq() int { return m.GetInt(caseSeq) }

// Nr is the how-manieth message of the case it is; 0 for a note.
func (m *Message) Nr() int { return m.GetInt("nr") }

// Created is when it was said.
func (m *Message) Created() time.Time { return m.GetDateTime(caseCreated).Time() }

// Files are the names of its files.
func (m *Message) Files() []string { return m.GetStringSlice("files") }

// Mentions are the ids of staff whom a note names.
func (m *Message) Mentions() []string { return m.GetStringSlice("mentions") }

// Mention sets them.
func (m *Message) Mention(staff []string) { m.Set("mentions", staff) }

// Fingerprint is a hash of what the author sent.
func (m *Message) Fingerprint() string { return m.GetString("fingerprint") }

// Sign fills in what the server knows better than any client: who wrote it, when, and where in the case it stands.
func (m *Message) Sign(kind string, by access.Who, seq, nr int, at time.Time, fingerprint string) {
	m.Load(map[string]any{
		"kind": kind, "author": by.ID, "authorName": by.Name,
		caseSeq: seq, "nr": nr, caseCreated: moment(at), "fingerprint": fingerprint,
	})
}

// MessageByID finds a message.
func MessageByID(app core.App, id string) (*Message, error) { return byID[Message](app, Messages, id) }

// MessageAt finds the message that is the case's event seq.
func MessageAt(app core.App, caseID string, seq int) (*Message, error) {
	return first[Message](app.RecordQuery(Messages).AndWhere(dbx.HashExp{"case": caseID, caseSeq: seq}))
}

// MessagesOf lists a case's messages in order.
func MessagesOf(app core.App, caseID string) ([]*Message, error) {
	return list[Message](app.RecordQuery(Messages).AndWhere(dbx.HashExp{"case": caseID}).OrderBy(caseSeq))
}

// UnreadByStaff counts the patient's messages that staff have not read, as the case stood when c was read. Index: messages_unread.
func UnreadByStaff(app core.App, c *Case) (int, error) {
	return unread(app, c, c.ReadByStaff(), FromPatient)
}

// UnreadByPatient counts likewise what the patient has not read.
func UnreadByPatient(app core.App, c *Case) (int, error) {
	return unread(app, c, c.ReadByPatient(), FromStaff, FromSystem)
}

func unread(app core.App, c *Case, upTo int, kinds ...any) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Messages).AndWhere(dbx.And(
		dbx.HashExp{"case": c.Id, "kind": kinds},
		dbx.NewExp("[[nr]] > {:n} AND [[seq]] <= {:s}", dbx.Params{"n": upTo, "s": c.Seq()}))).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count unread messages: %w", err)
	}
	return n, nil
}
