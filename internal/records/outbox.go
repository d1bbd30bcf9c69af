package records

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Letter is a text message in the outbox: promised in the act's transaction, sent after it.
type Letter struct{ core.BaseRecordProxy }

// The states of a letter.
const (
	LetterDue     = "due"     // to be sent at its due time
	LetterSending = "sending" // handed to the provider; what came of it is not known yet
	LetterSent    = "sent"    // the provider has accepted it
	LetterRefused = "refused" // the provider will never take it
	LetterDropped = "dropped" // too late, or no longer wanted
)

// providerLimit is how much of a provider's name for a letter is kept: the id of a gateway of the region's own may be anything.
const providerLimit = 100

// Post is what a letter is made of.
type Post struct {
	Key      string // unique: one for each message that may ever be sent
	Case     string
	Seq      int
	To       string // E.164
	Text     string // a key of texts
	Language string
	Args     map[string]string
	Due      time.Time
	Until    time.Time // not sent after this; zero for no end
}

// PutLetter writes a letter to the outbox.
func PutLetter(tx core.App, p Post) error {
	r, err := blank(tx, Outbox)
	if err != nil {
		return err
	}
	args, err := json.Marshal(p.Args)
	if err != nil {
		return fmt.Errorf("encode letter: %w", err)
	}
	r.Load(map[string]any{
		"key": p.Key, "case": p.Case, caseSeq: p.Seq, "to": p.To, "text": p.Text, "language": p.Language,
		"args": json.RawMessage(args), "state": LetterDue, "due": moment(p.Due), "until": moment(p.Until),
	})
	if err := tx.Save(r); err != nil {
		return fmt.Errorf("save letter: %w", err)
	}
	return nil
}

// NextLetter finds the letter that has been due longest at now: one to be sent, or one whose sending was begun and never finished.
// A letter to be sent waits while another to the same number is being sent. Indexes: outbox_due, outbox_to.
func NextLetter(app core.App, now time.Time) (*Letter, error) {
	return first[Letter](app.RecordQuery(Outbox).AndWhere(dbx.And(
		dbx.HashExp{"state": []any{LetterDue, LetterSending}},
		dbx.NewExp("[[due]] <= {:t}", dbx.Params{"t": stamp(now)}),
		dbx.NewExp("([[state]] = {:s} OR NOT EXISTS (SELECT 1 FROM {{outbox}} [[o]] WHERE [[o.to]] = {{outbox}}.[[to]] AND [[o.state]] = {:s}))",
			dbx.Params{"s": LetterSending}))).OrderBy("due", "id"))
}

// LateLetter finds a letter that lies with us and has lost its use at now. Index: outbox_due.
func LateLetter(app core.App, now time.Time) (*Letter, error) {
	return first[Letter](app.RecordQuery(Outbox).AndWhere(dbx.And(
		dbx.HashExp{"state": LetterDue},
		dbx.NewExp("[[until]] != '' AND [[until]] <= {:t}", dbx.Params{"t": stamp(now)}))).OrderBy("until", "id"))
}

// ProviderIDs are the provider's names for the last n letters that it has taken to a number, the newest first. Index: outbox_to.
func ProviderIDs(app core.App, to string, n int) ([]string, error) {
	var ids []string
	err := app.DB().Select("provider").From(Outbox).AndWhere(dbx.And(
		dbx.HashExp{"to": to, "state": LetterSent}, dbx.NewExp("[[provider]] != ''"))).
		OrderBy("accepted DESC").Limit(int64(n)).Column(&ids)
	return ids, err
}

// LetterByID finds a letter.
func LetterByID(app core.App, id string) (*Letter, error) { return byID[Letter](app, Outbox, id) }

// LettersOf lists the letters that a case has caused, in order.
func LettersOf(app core.App, caseID string) ([]*Letter, error) {
	return list[Letter](app.RecordQuery(Outbox).AndWhere(dbx.HashExp{"case": caseID}).OrderBy(caseSeq, "id"))
}

// Key is the letter's own mark, the same at every try.
func (l *Letter) Key() string { return l.GetString("key") }

// Case is the id of the case that caused it, or "".
func (l *Letter) Case() string { return l.GetString("case") }

// Seq is the event that caused it.
func (l *Letter) Seq() int { return l.GetInt(caseSeq) }

// To is the number that it goes to.
func (l *Letter) To() string { return l.GetString("to") }

// Text is the key of its words, Language and Args what they are put together with.
func (l *Letter) Text() string { return l.GetString("text") }

// Language is the reader's.
func (l *Letter) Language() string { return l.GetString("language") }

// Args fill the gaps of the text.
func (l *Letter) Args() (map[string]string, error) {
	args := map[string]string{}
	return args, readJSON(l.GetString("args"), &args)
}

// State is due, sending, sent, refused or dropped.
func (l *Letter) State() string { return l.GetString("state") }

// Until is when it is too late; zero for never.
func (l *Letter) Until() time.Time { return l.GetDateTime("until").Time() }

// Due is when it is looked at next.
func (l *Letter) Due() time.Time { return l.GetDateTime("due").Time() }

// Attempts is how often it was handed to the provider.
func (l *Letter) Attempts() int { return l.GetInt("attempts") }

// Tried is when it was handed to the provider: the first time of those whose end is not known.
func (l *Letter) Tried() time.Time { return l.GetDateTime("tried").Time() }

// Accepted is when the provider took it; zero where it has not.
func (l *Letter) Accepted() time.Time { return l.GetDateTime("accepted").Time() }

// Hand notes that the letter is about to be handed to the provider, and that nobody is to look at it before due, should no more be heard of it.
func (l *Letter) Hand(at, due time.Time) {
	if l.State() != LetterSending {
		l.Set("tried", moment(at))
	}
	l.Load(map[string]any{"state": LetterSending, "attempts": l.Attempts() + 1, "due": moment(due)})
}

// Leave puts off when it is looked at next.
func (l *Letter) Leave(due time.Time) { l.Set("due", moment(due)) }

// Accept notes that the provider has taken it.
func (l *Letter) Accept(at time.Time, provider string) {
	l.Load(map[string]any{"state": LetterSent, "accepted": moment(at), "provider": cut(provider, providerLimit), "fault": ""})
}

// Doubt notes that the provider has taken it, and that it will hardly arrive.
func (l *Letter) Doubt(fault string) { l.Set("fault", fault) }

// Again notes that it is to be tried again at due. unknown says that the provider may have taken it.
func (l *Letter) Again(due time.Time, unknown bool, fault string) {
	state := LetterDue
	if unknown {
		state = LetterSending
	}
	l.Load(map[string]any{"state": state, "due": moment(due), "fault": fault})
}

// GiveUp notes that it will not be sent: refused by the provider, or dropped by us.
func (l *Letter) GiveUp(state, fault string) {
	l.Load(map[string]any{"state": state, "fault": fault})
}

// cut keeps the first n characters of a text.
func cut(text string, n int) string {
	r := []rune(text)
	return string(r[:min(n, len(r))])
}
