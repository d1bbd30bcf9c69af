package hooks

import (
	"bytes"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/fanout"
	"lotsen/internal/records"
	"lotsen/internal/topics"
)

// refused is the data of the one event on a topic that its client may not have.
var refused = []byte(`{"type":"refused"}`)

func refusal(topic string) subscriptions.Message {
	return subscriptions.Message{Name: topic, Data: refused}
}

// ping keeps proxies from cutting a quiet connection, and finds phones that are gone.
func ping() subscriptions.Message {
	return subscriptions.Message{Name: "ping", Data: []byte("{}")}
}

// realtimeClient takes the place of PocketBase's client. PocketBase's sends
// without a buffer, in no order, and is looked through at every save of every
// record; this one has a line of the fan-out and hides itself from that search.
// What PocketBase's client does well, the id, the store and a superuser's record
// topics, is left to it.
type realtimeClient struct {
	*subscriptions.DefaultClient
	rt   *Realtime
	line *fanout.Line

	turn    sync.Mutex  // held through one subscribe request: who asked and what was given belong together
	records atomic.Bool // whether there are record topics: superusers only

	mu   sync.Mutex
	over bool
	who  Who
	key  string      // what the person's tokens are signed with; another key ends them
	ends *time.Timer // when the token does
	beat *time.Timer // the next ping; nil before the first topic
}

var _ subscriptions.Client = (*realtimeClient)(nil)

func newRealtimeClient(rt *Realtime) *realtimeClient {
	c := &realtimeClient{DefaultClient: subscriptions.NewDefaultClient(), rt: rt}
	c.line = rt.Fanout.Open(c.Id())
	return c
}

// Channel gives what PocketBase's handler writes to the connection.
func (c *realtimeClient) Channel() chan subscriptions.Message { return c.line.Out() }

// Send is how PocketBase's record events come, those of superusers. It never waits.
func (c *realtimeClient) Send(m subscriptions.Message) { c.line.Send(m) }

// Subscriptions with prefixes is PocketBase's question at every saved record;
// whoever has no record topics answers it at no cost. Without prefixes it gives all.
func (c *realtimeClient) Subscriptions(prefixes ...string) map[string]subscriptions.SubscriptionOptions {
	if len(prefixes) > 0 {
		if !c.records.Load() {
			return nil
		}
		return c.DefaultClient.Subscriptions(prefixes...)
	}
	all := c.DefaultClient.Subscriptions()
	for _, topic := range c.line.Topics() {
		all[topic] = subscriptions.SubscriptionOptions{}
	}
	return all
}

// HasSubscription tells whether the client listens to this very name.
func (c *realtimeClient) HasSubscription(name string) bool {
	return c.line.Has(name) || c.DefaultClient.HasSubscription(name)
}

// Subscribe puts the names in place of all that there were. The names have
// passed [Realtime.subscribe].
func (c *realtimeClient) Subscribe(names ...string) {
	var ours, theirs []string
	for _, name := range names {
		if strings.HasPrefix(name, topics.Prefix) {
			ours = append(ours, name)
		} else {
			theirs = append(theirs, name)
		}
	}
	c.DefaultClient.Unsubscribe()
	c.DefaultClient.Subscribe(theirs...)
	c.records.Store(len(theirs) > 0)
	c.line.Listen(c.caller().Collection == records.StaffMembers, ours...)
	if len(ours) > 0 {
		c.startPings()
	}
}

// Unsubscribe ends the named subscriptions. Without names it does nothing:
// PocketBase calls it so before each Subscribe, and what is sent between the two
// would be lost on the topics that stay.
func (c *realtimeClient) Unsubscribe(names ...string) {
	for _, name := range names {
		c.line.Drop(name)
		c.DefaultClient.Unsubscribe(name)
	}
}

// Discard ends the client. PocketBase calls it when the connection is gone, and
// for [Realtime.end].
func (c *realtimeClient) Discard() {
	c.line.Close()
	c.DefaultClient.Discard()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	for _, timer := range []*time.Timer{c.ends, c.beat} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.rt.people.Remove(c)
}

// caller gives who the client belongs to; the zero Who before it has said so.
func (c *realtimeClient) caller() Who {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.who
}

// admit notes who the client belongs to, and until when.
func (c *realtimeClient) admit(b badge) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	c.who, c.key = b.who, b.key
	c.rt.people.Set(c, b.who.names()...)
	if c.ends != nil {
		c.ends.Stop()
		c.ends = nil
	}
	if b.until.IsZero() {
		return
	}
	var mine *time.Timer
	mine = time.AfterFunc(b.until.Sub(c.rt.Now()), func() {
		c.mu.Lock()
		current := c.ends == mine // else another token came as this one ended
		c.mu.Unlock()
		if current {
			c.rt.end(c)
		}
	})
	c.ends = mine
}

// startPings sends the first ping at once: until the first topic nothing has been
// sent, and the idle time-out may be near.
func (c *realtimeClient) startPings() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.beat != nil {
		return
	}
	c.line.Send(ping())
	c.beat = time.AfterFunc(c.rt.pace.ping, c.nextPing)
}

func (c *realtimeClient) nextPing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	if len(c.line.Topics()) > 0 {
		c.line.Send(ping())
	}
	c.beat.Reset(c.rt.pace.ping)
}

// outlived tells whether m was laid into the buffer before its topic ended: a
// right that is gone shows nothing more, however far behind the reader is.
func (c *realtimeClient) outlived(m *subscriptions.Message) bool {
	return strings.HasPrefix(m.Name, topics.Prefix) && !c.line.Has(m.Name) && !bytes.Equal(m.Data, refused)
}
