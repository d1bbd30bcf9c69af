package hooks

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// mayListen says who may listen to a topic now: the table of rights, asked of the people and the case as they are in the database.
func mayListen(app core.App) func(context.Context, Who, topics.Topic) (bool, error) {
	return func(_ context.Context, listener Who, topic topics.Topic) (bool, error) {
		if over, err := records.SessionEnded(app, listener.Session); err != nil || over {
			return false, err
		}
		who, err := present(app, listener)
		if err != nil {
			return false, records.IgnoreMissing(err)
		}
		switch topic.Kind {
		case topics.Queue:
			return access.Queue(who, topic.ID) == nil, nil
		case topics.Staff:
			return who.Kind == access.Staff && who.ID == topic.ID, nil
		case topics.Case, topics.Place:
		}
		c, err := records.CaseByID(app, topic.ID)
		if err != nil {
			return false, records.IgnoreMissing(err)
		}
		if listener.Watch != "" { // as GET …/queue: such a token ends with the right of the guardian whom it was given to
			return topic.Kind == topics.Place && topic.ID == listener.Watch && (c.Guardian() == "" || c.GuardianReads()), nil
		}
		if topic.Kind == topics.Place && who.Kind != access.Patient {
			return false, nil
		}
		return access.Check(who, access.See, c.Facts()) == nil, nil
	}
}

// mostInRow is how many cases a row of the access log names. A line that is longer is looked at from its beginning.
const mostInRow = 1000

// listened writes that staff are about to be told what happens in cases, and in queues those who wait there now, in one row for all of them.
// Patients' own are nobody's look.
func listened(desk *care.Desk) func(context.Context, Who, []topics.Topic) error {
	return func(ctx context.Context, listener Who, of []topics.Topic) error {
		if listener.Collection != records.StaffMembers {
			return nil
		}
		who, err := present(desk.App, listener)
		if err != nil {
			return fmt.Errorf("find who listens: %w", err)
		}
		what, seen := liveQueue, []*records.Case(nil)
		for _, topic := range of {
			found, err := toldOf(desk.App, topic)
			if err != nil {
				return fmt.Errorf("find what is listened to: %w", err)
			}
			if topic.Kind == topics.Case {
				what = liveCase
			}
			seen = append(seen, found...)
		}
		return desk.Looked(ctx, who, what, seen[:min(len(seen), mostInRow)], "")
	}
}

// What the access log calls it to be told of all that happens in a case, and of who waits in a queue.
const (
	liveCase  = "live"
	liveQueue = "live queue"
)

// toldOf are the cases that a topic tells of now.
func toldOf(app core.App, topic topics.Topic) ([]*records.Case, error) {
	if topic.Kind == topics.Queue {
		return records.WaitingIn(app, topic.ID, nil, mostInRow)
	}
	c, err := records.CaseByID(app, topic.ID)
	return []*records.Case{c}, err
}

// present is the person of a listener as they are now: role and queues may have changed since the token was given.
func present(app core.App, listener Who) (access.Who, error) {
	switch listener.Collection {
	case records.Patients:
		p, err := records.PatientByID(app, listener.ID)
		if err != nil {
			return access.Who{}, err
		}
		return api.WhoIs(app, p.ProxyRecord())
	case records.StaffMembers:
		s, err := records.StaffByID(app, listener.ID)
		if err != nil {
			return access.Who{}, err
		}
		return api.WhoIs(app, s.ProxyRecord())
	}
	return access.Who{}, nil
}
