package hooks

import (
	"context"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
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
			return false, ignoreMissing(err)
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
			return false, ignoreMissing(err)
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

func ignoreMissing(err error) error {
	if errors.Is(err, records.ErrNotFound) {
		return nil
	}
	return err
}
