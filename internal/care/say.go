package care

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// Say puts a message into a case: the patient's word, the clinician's, or a note that only staff read. A client makes the id of what it
// creates, so the same message again is the same message: it is known before the state is asked, and answered as again.
//
// m holds what the author sent; fingerprint is a hash of that. save saves m in the transaction that it is given, once everything that a client
// must not choose is filled in.
//
// Errors: ErrTaken; access.ErrHidden, access.ErrDenied; *cases.Refused; *Invalid for a mention of who cannot be mentioned.
func (d *Desk) Say(ctx context.Context, who access.Who, m *records.Message, fingerprint string, save func(tx core.App) error) (again *records.Message, err error) {
	event := cases.Replied
	switch {
	case who.Kind == access.Patient:
		event = cases.Said
	case m.Kind() == records.Note:
		event = cases.Noted
	}
	err = d.App.RunInTransaction(func(tx core.App) error {
		if again, err = saidBefore(tx, who, m, fingerprint); again != nil || err != nil {
			return err
		}
		if again, err = d.heldUnder(ctx, tx, who, m, fingerprint); again != nil || err != nil {
			return err
		}
		_, err = d.actIn(ctx, tx, request{
			who: who, event: event, find: theCase(m.Case()),
			check: func(a *Act) error { return a.checkMentions(m) },
			fill:  func(a *Act) error { return a.say(m, fingerprint, save) },
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("say: %w", err)
	}
	return again, d.durable(ctx)
}

// saidBefore finds the message that the same request has made. Another one under that id, or somebody else's, is ErrTaken. Who no longer sees the
// case gets nothing of it.
func saidBefore(tx core.App, who access.Who, m *records.Message, fingerprint string) (*records.Message, error) {
	old, err := records.MessageByID(tx, m.Id)
	switch {
	case errors.Is(err, records.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case old.Author() != who.ID || old.Case() != m.Case() || old.Fingerprint() != fingerprint:
		return nil, ErrTaken
	}
	c, err := records.CaseByID(tx, old.Case())
	if err != nil {
		return nil, err
	}
	return old, access.Check(who, access.See, c.Facts())
}

func (a *Act) say(m *records.Message, fingerprint string, save func(tx core.App) error) error {
	kind, nr := kindOf(a.event), 0
	switch {
	case kind != records.Note:
		m.Mention(nil)
		nr = a.Case.AddMessage(kind)
	case a.Case.State().Open():
		a.Case.Mention(m.Mentions())
	}
	switch kind {
	case records.FromPatient:
		a.answered()
		if err := a.owe(a.Case.Clinician() != ""); err != nil {
			return err
		}
	case records.FromStaff:
		a.Case.Settle()
	}
	m.Sign(kind, a.By, a.Case.Seq()+1, nr, a.Now, fingerprint)
	if err := save(a.tx); err != nil {
		return err
	}
	a.told.Message = m.Id
	return nil
}

// kindOf is the kind of message that an event writes.
func kindOf(event cases.Event) string {
	if event == cases.Said {
		return records.FromPatient
	}
	if event == cases.Replied {
		return records.FromStaff
	}
	return records.Note
}

// answered ends the time for not coming, or the pause: the patient has written.
func (a *Act) answered() {
	if a.Case.State() == cases.Called || a.Case.State() == cases.Paused {
		a.come()
	}
}

// mentionLimit is how many people may read a case because notes name them.
const mentionLimit = 40

// checkMentions says whether a note may name whom it names: they then read the case while it is open. They must belong to the case's unit; a look
// across its border needs a reason of their own.
func (a *Act) checkMentions(m *records.Message) error {
	if a.event != cases.Noted {
		return nil
	}
	named := m.Mentions()
	if len(a.Case.Mentioned())+len(named) > mentionLimit {
		return &Invalid{Field: "mentions", Code: "validation_too_many"}
	}
	for _, id := range named {
		s, err := records.StaffByID(a.tx, id)
		if err != nil {
			return unknown("mentions", err)
		}
		near, err := inUnit(a.tx, s.Queues(), a.Case.Unit())
		if err != nil {
			return err
		}
		if !near {
			return &Invalid{Field: "mentions", Code: "validation_unknown"}
		}
	}
	return nil
}

// inUnit says whether one of the queues is the unit's.
func inUnit(tx core.App, queues []string, unit string) (bool, error) {
	if len(queues) == 0 || unit == "" {
		return false, nil
	}
	rows, err := records.QueueList(tx, queues...)
	return slices.ContainsFunc(rows, func(q *records.Queue) bool { return q.Unit() == unit }), err
}
