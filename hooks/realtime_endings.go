package hooks

import (
	"context"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// bindEndings sees to it that a topic ends when the right to it does. All that a
// right depends on is in the rows of the person, the case, the queue and the
// session, so whatever changes one of them, an act, the dashboard or a cascade,
// has its topics looked through after the commit.
func (rt *Realtime) bindEndings(app core.App) {
	person := hook.Handler[*core.RecordEvent]{Id: "lotsenRealtimePerson", Func: rt.personChanged}
	gone := hook.Handler[*core.RecordEvent]{Id: "lotsenRealtimePersonGone", Func: rt.personGone}
	people := []string{records.Patients, records.StaffMembers, core.CollectionNameSuperusers}
	app.OnRecordAfterUpdateSuccess(people...).Bind(&person)
	app.OnRecordAfterDeleteSuccess(people...).Bind(&gone)

	subject := hook.Handler[*core.RecordEvent]{Id: "lotsenRealtimeSubject", Func: rt.subjectChanged}
	app.OnRecordAfterUpdateSuccess(records.Cases, records.Queues).Bind(&subject)
	app.OnRecordAfterDeleteSuccess(records.Cases, records.Queues).Bind(&subject)

	app.OnRecordAfterCreateSuccess(records.Sessions).Bind(&hook.Handler[*core.RecordEvent]{
		Id: "lotsenRealtimeSession", Func: rt.sessionEnded,
	})
}

// subjectChanged looks through the topics of a case or a queue.
func (rt *Realtime) subjectChanged(e *core.RecordEvent) error {
	of := []topics.Topic{{Kind: topics.Queue, ID: e.Record.Id}}
	if e.Record.Collection().Name == records.Cases {
		of = []topics.Topic{{Kind: topics.Case, ID: e.Record.Id}, {Kind: topics.Place, ID: e.Record.Id}}
	}
	rt.recheck(context.WithoutCancel(e.Context), of...)
	return e.Next()
}

// personChanged looks through the topics of a person, or ends their connections
// if the change has made their tokens worthless.
func (rt *Realtime) personChanged(e *core.RecordEvent) error {
	rt.rounds.Add(1)
	for _, c := range rt.people.Clients(personName(e.Record.Collection().Name, e.Record.Id)) {
		if c.signedWith(e.Record.TokenKey()) {
			rt.recheckClient(context.WithoutCancel(e.Context), c)
		} else {
			rt.end(c)
		}
	}
	return e.Next()
}

// personGone ends the connections of a person whose record is deleted.
func (rt *Realtime) personGone(e *core.RecordEvent) error {
	rt.endAll(personName(e.Record.Collection().Name, e.Record.Id))
	return e.Next()
}

// sessionEnded ends the connections of a log-in: a row of sessions says that it is over.
func (rt *Realtime) sessionEnded(e *core.RecordEvent) error {
	rt.endAll(sessionName(records.SessionOf(e.Record)))
	return e.Next()
}

func (rt *Realtime) endAll(name string) {
	rt.rounds.Add(1)
	for _, c := range rt.people.Clients(name) {
		rt.end(c)
	}
}

// recheck asks of all who listen to the topics whether they still may, and ends
// the topic for those who may not. It is called after the commit of whatever may
// have ended a right.
func (rt *Realtime) recheck(ctx context.Context, of ...topics.Topic) {
	rt.rounds.Add(1)
	for _, topic := range of {
		name := topic.String()
		lost := func(l *fanout.Line) bool {
			client, err := rt.broker.ClientById(l.ID())
			if err != nil {
				return true // gone meanwhile
			}
			c, ok := client.(*realtimeClient)
			return !ok || rt.lost(ctx, c, name)
		}
		for _, line := range rt.Fanout.Revoke(name, lost) {
			line.Send(refusal(name))
		}
	}
}

// recheckClient asks the same of all topics of one client.
func (rt *Realtime) recheckClient(ctx context.Context, c *realtimeClient) {
	for _, name := range c.line.Topics() {
		if rt.lost(ctx, c, name) && c.line.Drop(name) {
			c.line.Send(refusal(name))
		}
	}
}

// lost tells whether the client may no longer listen. If that cannot be found
// out its connection is ended: it comes back and is asked anew.
func (rt *Realtime) lost(ctx context.Context, c *realtimeClient, name string) bool {
	may, err := rt.may(ctx, c.caller(), name)
	if err != nil {
		rt.log.Error("realtime: a right could not be checked again; the connection is ended", "error", err)
		rt.end(c)
		return true
	}
	return !may
}

// signedWith tells whether the client's token was signed with this key.
func (c *realtimeClient) signedWith(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.key == key
}
