package care

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// Remark is what a patient writes to others than the clinicians of a case: to support, or a view on the care. It changes no case and stands in
// no queue.
type Remark struct {
	ID             string // of the client's making, or ""
	Text, Language string
	Body           any // as it was sent: what makes a repeat of the request the same request
}

// ErrAnswered says that something has been answered before, by somebody else or in other words.
var ErrAnswered = errors.New("it has been answered")

// remarksShown is how many remarks those who answer are shown at once. The open ones that wait longest come first, so more come as these are
// answered; and a row of the access log names all that were shown.
const remarksShown = 50

// remark keeps what a patient writes, in one transaction with its row of the access log. place fills in what it is about, and says whose record that is.
// Words of danger in it mark it for its reader, and are answered so that 112 can be shown at once.
func (d *Desk) remark(
	ctx context.Context, who access.Who, collection string, in Remark, place func(core.App, *records.Remarking) (audit.Subject, error),
) (m *records.Remark, danger []triage.DangerGroup, err error) {
	if who.Kind != access.Patient {
		return nil, nil, access.ErrDenied
	}
	danger = d.Protocols.Danger(in.Text)
	err = d.App.RunInTransaction(func(tx core.App) error {
		if m, err = d.remarkedBefore(tx, who, collection, in); m != nil || err != nil {
			return err
		}
		r := records.Remarking{
			ID: in.ID, Person: who.ID, Text: in.Text, Language: cmp.Or(in.Language, string(texts.Swedish)), Danger: len(danger) > 0,
			Fingerprint: remarkPrint(who, collection, in), At: d.Clock.Now(),
		}
		about, err := place(tx, &r)
		if err != nil {
			return err
		}
		if m, err = records.AddRemark(tx, collection, r); err != nil {
			return err
		}
		return audit.Append(tx, who, collection, about, "", r.At)
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write to %s: %w", collection, err)
	}
	return m, danger, d.durable(ctx)
}

// remarkPrint is a hash of the request that makes a remark.
func remarkPrint(who access.Who, collection string, in Remark) string {
	return Fingerprint(collection, who.ID, in.Body)
}

// remarkedBefore finds the remark that the same request has made: under the id that the client made, or, where it made none, within the hour.
// Another remark under that id is ErrTaken.
func (d *Desk) remarkedBefore(app core.App, who access.Who, collection string, in Remark) (*records.Remark, error) {
	print := remarkPrint(who, collection, in)
	find := func() (*records.Remark, error) { return records.RemarkByID(app, collection, in.ID) }
	if in.ID == "" {
		find = func() (*records.Remark, error) {
			return records.RemarkOfRequest(app, collection, print, d.Clock.Now().Add(-repeatFor))
		}
	}
	m, err := find()
	switch {
	case err != nil:
		return nil, records.IgnoreMissing(err)
	case m.Fingerprint() != print:
		return nil, ErrTaken
	}
	return m, nil
}

// answerRemark answers a remark and tells its author, in one transaction with its row of the access log. name is who has answered, as the author may know them.
// The same answer again by the same person changes nothing.
// Errors: records.ErrNotFound, what may says, ErrAnswered.
func (d *Desk) answerRemark(
	ctx context.Context, who access.Who, collection, id, name, text string, may func(core.App, *records.Remark) error,
) (m *records.Remark, err error) {
	err = d.App.RunInTransaction(func(tx core.App) error {
		if m, err = remarkFor(tx, collection, id, may); err != nil {
			return err
		}
		if m.State() == records.RemarkAnswered {
			if was, by, _ := m.Answered(); was != text || by != who.ID {
				return ErrAnswered
			}
			return nil
		}
		now := d.Clock.Now()
		m.Answer(who.ID, name, text, now)
		if err := tx.SaveWithContext(ctx, m); err != nil {
			return fmt.Errorf("save answer: %w", err)
		}
		if err := d.tellAuthor(tx, collection, m); err != nil {
			return err
		}
		about, err := aboutRemarks(tx, []*records.Remark{m})
		if err != nil {
			return err
		}
		return audit.Append(tx, who, collection+" answered", about, "", now)
	})
	if err != nil {
		return nil, fmt.Errorf("answer in %s: %w", collection, err)
	}
	return m, d.durable(ctx)
}

// remarkFor finds a remark, if may lets it be answered.
func remarkFor(app core.App, collection, id string, may func(core.App, *records.Remark) error) (*records.Remark, error) {
	m, err := records.RemarkByID(app, collection, id)
	if err != nil {
		return nil, err
	}
	return m, may(app, m)
}

// tellAuthor promises a text message that there is an answer, if there is a number: the author's own, or the one given with their newest case.
func (d *Desk) tellAuthor(tx core.App, collection string, m *records.Remark) error {
	author, err := records.PatientByID(tx, m.Person())
	if err != nil {
		return fmt.Errorf("find author: %w", err)
	}
	phone := author.Phone()
	if phone == "" {
		if phone, err = records.LastPhoneOf(tx, author.Id); err != nil {
			return fmt.Errorf("find number of author: %w", err)
		}
	}
	if phone == "" {
		return nil
	}
	return records.PutLetter(tx, records.Post{
		Key: collection + "-" + m.Id, To: phone, Text: texts.SmsAnswered, Language: cmp.Or(author.Language(), m.Language()), Due: m.AnsweredAt(),
	})
}

// lookAtRemarks writes that those who answer have been shown remarks, before they are. The row names each, for they have no case that would.
func (d *Desk) lookAtRemarks(ctx context.Context, who access.Who, collection string, seen []*records.Remark) error {
	about, err := aboutRemarks(d.App, seen)
	if err != nil {
		return err
	}
	ids := make([]string, len(seen))
	for i, m := range seen {
		ids[i] = m.Id
	}
	err = d.App.RunInTransaction(func(tx core.App) error {
		return audit.Append(tx, who, "list of "+collection, about, strings.Join(ids, " "), d.Clock.Now())
	})
	if err != nil {
		return fmt.Errorf("write the look: %w", err)
	}
	return d.durable(ctx)
}

// aboutRemarks is whose record remarks are, and of which cases: the patient of the case, or who has written where there is none.
func aboutRemarks(app core.App, seen []*records.Remark) (audit.Subject, error) {
	var about audit.Subject
	for i, m := range seen {
		patient := m.Person()
		if id := m.Case(); id != "" {
			c, err := records.CaseByID(app, id)
			if err != nil {
				return about, fmt.Errorf("find the case of a view: %w", err)
			}
			patient = c.Patient()
			if !slices.Contains(about.Cases, id) {
				about.Cases = append(about.Cases, id)
			}
		}
		if i == 0 {
			about.Patient = patient
		} else if patient != about.Patient {
			about.Patient = ""
		}
	}
	if len(about.Cases) == 1 {
		about.Case, about.Cases = about.Cases[0], nil
	}
	return about, nil
}
