package hooks

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/subscriptions"

	"lotsen/internal/topics"
)

const (
	// mostTopics is how many topics of ours one request may ask for; what is
	// beyond is refused unasked. A nurse with all her paused cases stays below.
	mostTopics = 100
	// sessionClaim is the claim of our tokens that names the log-in they are of.
	sessionClaim = "sid"
)

// Who asks to listen: a person, or whoever holds a watch token. The zero Who is a guest.
type Who struct {
	Collection string // of the person's record: patients, staff or _superusers
	ID         string // of the person's record
	Session    string // the log-in that the token is of; "" if the token names none
	Watch      string // the id of the case whose place in line the token shows; then nothing else is set
}

// samePerson tells whether the two are one and the same, in whatever session.
func (w Who) samePerson(other Who) bool {
	return w.Collection == other.Collection && w.ID == other.ID
}

// names are what a client is found by when its person or session changes.
func (w Who) names() []string {
	var all []string
	if w.ID != "" {
		all = append(all, personName(w.Collection, w.ID))
	}
	if w.Session != "" {
		all = append(all, sessionName(w.Session))
	}
	return all
}

func personName(collection, id string) string { return "person/" + collection + "/" + id }
func sessionName(session string) string       { return "session/" + session }

// badge is what a token says.
type badge struct {
	who   Who
	key   string    // the person's token key; "" for a watch token
	until time.Time // zero for a guest
}

// subscribe leaves out the topics that are not the caller's, tells so on each of
// them, and lets PocketBase put the others in place and answer 204. (A refusal
// of the whole request would make PocketBase's SDK reconnect for ever.)
func (rt *Realtime) subscribe(e *core.RealtimeSubscribeRequestEvent) error {
	c, ok := e.Client.(*realtimeClient)
	if !ok {
		return e.InternalServerError("The connection is not one of ours.", nil)
	}
	c.turn.Lock()
	defer c.turn.Unlock()
	b := rt.read(e.RequestEvent)
	if was := c.caller(); was.ID != "" && !was.samePerson(b.who) {
		return e.ForbiddenError("The connection belongs to somebody else.", nil)
	}
	round := rt.rounds.Load()
	kept, foreign, err := rt.sift(e.RequestEvent, b.who, e.Subscriptions)
	if err != nil {
		return e.InternalServerError("", err)
	}
	if err := rt.look(e.Request.Context(), c, b.who, kept); err != nil {
		return e.InternalServerError("", err)
	}
	c.admit(b)
	e.Subscriptions = kept
	if err := e.Next(); err != nil {
		return err
	}
	for _, name := range foreign {
		c.line.Offer(refusal(name))
	}
	rt.standing(c)
	if rt.rounds.Load() != round {
		// A right ended while this one was being asked for, and those who look
		// through the topic did not find the client on it yet.
		rt.recheckClient(context.WithoutCancel(e.Request.Context()), c)
	}
	return nil
}

// standing tells a client what was announced to all before it listened, if that still holds.
func (rt *Realtime) standing(c *realtimeClient) {
	if rt.Standing == nil {
		return
	}
	if data := rt.Standing(); data != nil {
		for _, name := range c.line.Topics() {
			c.line.Offer(subscriptions.Message{Name: name, Data: data})
		}
	}
}

// look has it written which cases and queues are about to be listened to that
// were not before. A topic that a client has had before, and lost, is new.
func (rt *Realtime) look(ctx context.Context, c *realtimeClient, who Who, kept []string) error {
	var of []topics.Topic
	for _, name := range kept {
		if topic, ok := topics.Parse(name); ok && (topic.Kind == topics.Case || topic.Kind == topics.Queue) && !c.line.Has(name) {
			of = append(of, topic)
		}
	}
	if rt.Look == nil || len(of) == 0 {
		return nil
	}
	return rt.Look(context.WithoutCancel(ctx), who, of)
}

// read tells who the request's token is of. PocketBase has verified it if e.Auth
// is set, and takes a token that it does not know for a guest's.
func (rt *Realtime) read(e *core.RequestEvent) badge {
	token := e.Request.Header.Get("Authorization")
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = rest
	}
	if e.Auth != nil {
		claims, err := security.ParseUnverifiedJWT(token)
		exp, _ := claims["exp"].(float64)
		if err != nil || exp == 0 {
			return badge{}
		}
		session, _ := claims[sessionClaim].(string)
		return badge{
			who:   Who{Collection: e.Auth.Collection().Name, ID: e.Auth.Id, Session: session},
			key:   e.Auth.TokenKey(),
			until: time.Unix(int64(exp), 0),
		}
	}
	if token != "" && rt.Watch != nil {
		if id, until, ok := rt.Watch(token); ok && id != "" && until.After(rt.Now()) {
			return badge{who: Who{Watch: id}, until: until}
		}
	}
	return badge{}
}

// sift parts what was asked for into what who may have and the topics of ours to
// be told of. Record topics are left out without a word.
func (rt *Realtime) sift(e *core.RequestEvent, who Who, asked []string) (kept, foreign []string, err error) {
	ours := 0
	for i, name := range asked {
		if slices.Contains(asked[:i], name) {
			continue
		}
		if !strings.HasPrefix(name, topics.Prefix) {
			if recordTopic(e.App, who, name) {
				kept = append(kept, name)
			}
			continue
		}
		may := false
		if ours++; ours <= mostTopics {
			if may, err = rt.may(e.Request.Context(), who, name); err != nil {
				return nil, nil, err
			}
		}
		if may {
			kept = append(kept, name)
		} else if !strings.ContainsAny(name, "\r\n") { // it would break the stream's lines
			foreign = append(foreign, name)
		}
	}
	return kept, foreign, nil
}

// may asks whether who may listen to the topic of this name.
func (rt *Realtime) may(ctx context.Context, who Who, name string) (bool, error) {
	topic, ok := topics.Parse(name)
	switch {
	case !ok:
		return false, nil
	case who.Watch != "":
		if topic != (topics.Topic{Kind: topics.Place, ID: who.Watch}) {
			return false, nil
		}
	case who.ID == "":
		return false, nil
	}
	return rt.May(ctx, who, topic)
}
