package hooks

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// Realtime joins PocketBase's realtime connection to the topics of ours: who may
// listen is asked once, when a client subscribes, and again when a right may
// have ended; events come from Fanout and go to a client type of ours. The
// exported fields are set before [bindRealtime] and not changed afterwards.
type Realtime struct {
	// Fanout brings events to those who listen.
	Fanout *fanout.Fanout
	// May says whether who may listen to the topic now. It is not asked for
	// guests, nor whether a watch token fits the topic. An error says that it
	// could not be found out: a new subscription fails, a present one is ended.
	May func(ctx context.Context, who Who, topic topics.Topic) (bool, error)
	// Look writes that who is about to be told of these cases and queues. It is
	// asked once for each connection and topic, before the topic is given; an
	// error refuses the subscription. Nil writes nothing.
	Look func(ctx context.Context, who Who, of []topics.Topic) error
	// Watch reads a token that shows the place in line of one case, until then.
	Watch func(token string) (caseID string, until time.Time, ok bool)
	// Now is the real time. Tokens run out by it, whatever the demo's clock shows.
	Now func() time.Time
	// Standing gives what everybody is told as long as it holds, as JSON; nil for nothing. It may be nil itself.
	Standing func() []byte
	// PerAddress is how many connections one address may have open; 0 means 200.
	PerAddress int
	// FreeLoopback lifts that limit for this machine. It is for the demo.
	FreeLoopback bool

	broker *subscriptions.Broker
	log    *slog.Logger
	pace   pace
	doors  doors
	people topics.Index[*realtimeClient] // clients by person and by session
	rounds atomic.Int64                  // how often a right may have ended
}

// pace holds the times of a connection.
type pace struct {
	idle  time.Duration // ends a connection to which nothing is sent
	ping  time.Duration // between two pings to those who listen; shorter than idle
	write time.Duration // for one message to reach the reader's machine
}

// perAddress is generous: a clinic's staff may share one address.
const perAddress = 200

// bindRealtime puts rt in the place of PocketBase's own way with clients.
func bindRealtime(app core.App, rt *Realtime) {
	rt.broker, rt.log = app.SubscriptionsBroker(), app.Logger()
	if rt.pace == (pace{}) {
		rt.pace = pace{idle: 30 * time.Second, ping: 25 * time.Second, write: 10 * time.Second}
	}
	if rt.PerAddress == 0 {
		rt.PerAddress = perAddress
	}
	app.OnRealtimeConnectRequest().Bind(&hook.Handler[*core.RealtimeConnectRequestEvent]{
		Id: "lotsenRealtimeConnect", Func: rt.connect,
	})
	app.OnRealtimeSubscribeRequest().Bind(&hook.Handler[*core.RealtimeSubscribeRequestEvent]{
		Id: "lotsenRealtimeSubscribe", Func: rt.subscribe,
	})
	app.OnRealtimeMessageSend().Bind(&hook.Handler[*core.RealtimeMessageEvent]{
		Id: "lotsenRealtimeWrite", Func: rt.write,
	})
	rt.bindEndings(app)
	bindSilence(app)
}

// connect gives the connection a client of ours. Whoever does not subscribe gets
// no ping, and so falls to PocketBase's idle time-out.
//
// The client lacks the address that PocketBase's has: with it, a phone that
// changes from wifi to mobile between its two requests would be refused. The
// client's id is a secret of 40 characters, known to its connection alone.
func (rt *Realtime) connect(e *core.RealtimeConnectRequestEvent) error {
	from := neighbourhood(e.RealIP())
	if !rt.FreeLoopback || !from.Addr().IsLoopback() {
		if !rt.doors.enter(from, rt.PerAddress) {
			e.Response.Header().Set("Content-Type", "application/json")
			e.Response.Header().Set("Retry-After", "30")
			return e.TooManyRequestsError("Too many open connections from this address.", nil)
		}
		defer rt.doors.leave(from)
	}
	e.Client = newRealtimeClient(rt)
	e.IdleTimeout = rt.pace.idle
	return e.Next()
}

// write gives each message a deadline of its own: PocketBase sets none, and a
// phone that is gone would hold its connection until TCP gives up. The deadline
// is lifted afterwards, for HTTP/2 ends a stream whose deadline passes at rest.
func (rt *Realtime) write(e *core.RealtimeMessageEvent) error {
	if c, ok := e.Client.(*realtimeClient); ok && c.outlived(e.Message) {
		return nil
	}
	rc := http.NewResponseController(e.Response)
	if err := setWriteDeadline(rc, rt.Now().Add(rt.pace.write)); err != nil {
		return err
	}
	return errors.Join(e.Next(), setWriteDeadline(rc, time.Time{}))
}

// setWriteDeadline takes a response without deadlines (a test's recorder) as it is.
func setWriteDeadline(rc *http.ResponseController, at time.Time) error {
	if err := rc.SetWriteDeadline(at); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// HasLine tells whether a member of staff listens to anything of ours now.
func (rt *Realtime) HasLine(staff string) bool {
	for _, c := range rt.people.Clients(personName(records.StaffMembers, staff)) {
		if len(c.line.Topics()) > 0 {
			return true
		}
	}
	return false
}

// end closes a client's connection.
func (rt *Realtime) end(c *realtimeClient) { rt.broker.Unregister(c.Id()) }
