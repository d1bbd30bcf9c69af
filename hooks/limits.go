package hooks

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"golang.org/x/time/rate"

	"lotsen/internal/texts"
)

// limit is how much of one kind somebody may do: as much at once, and then in steps over the time.
type limit struct {
	most int
	per  time.Duration
}

// The limits. Those of api.md are by person; an address may be shared by a whole clinic or by all phones of an operator, so what is asked
// before log-in is bounded only against machines. Reads of people who have logged in are not counted.
var (
	writesOfOne   = limit{60, time.Minute}
	signsOfOne    = limit{300, time.Minute} // typing and read marks: a client sends them, not a hand
	vitalFrom     = limit{600, time.Minute} // by address: what is never refused to a person, and no person does so often
	messagesOfOne = limit{10, 10 * time.Second}
	writesFrom    = limit{120, time.Minute}
	readsFrom     = limit{3000, time.Minute}
	passwordsOf   = limit{10, time.Minute} // by address and name: guessing one person's password
)

// kept is how many people and addresses are remembered at least, twice that at most. Forgetting one only gives it a fresh start.
const kept = 20_000

// limits counts what people do, in memory. It counts in real time: a demo's moved clock gives nobody more.
type limits struct {
	now  func() time.Time
	free bool // whether this machine itself is free of limits: the demo

	mu     sync.Mutex
	recent map[string]*rate.Limiter // in use
	before map[string]*rate.Limiter // in use before that: dropped when the other is full
}

// bindLimits bounds what one person, and before log-in one address, may do in a time. free lifts it for this machine: the demo.
// It comes after bindSessions: who the caller is must be known. now is real time.
func bindLimits(app core.App, now func() time.Time, free bool) {
	l := &limits{now: now, free: free, recent: map[string]*rate.Limiter{}}
	app.OnServe().Bind(on("Limits", func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "lotsenLimits", Priority: apis.DefaultRateLimitMiddlewarePriority + 1, Func: l.check,
		})
		return e.Next()
	}))
	app.OnRecordAuthWithPasswordRequest().Bind(on("LimitPasswords", l.checkPassword))
}

// check counts a request, or answers 429. Superusers are not counted, nor are pages.
func (l *limits) check(e *core.RequestEvent) error {
	if !strings.HasPrefix(e.Request.URL.Path, "/api/") || l.isFree(e) || e.HasSuperuserAuth() {
		return e.Next()
	}
	kind := kindOf(e.App, e.Request)
	address := neighbourhood(e.RealIP()).String()
	switch {
	case e.Auth == nil && kind == aRead:
		return l.count(e, "read "+address, readsFrom)
	case e.Auth == nil:
		return l.count(e, "from "+address, writesFrom)
	}
	switch kind {
	case aRead:
		return e.Next()
	case aSign:
		return l.count(e, "signs "+e.Auth.Id, signsOfOne)
	case vital:
		l.take("does "+e.Auth.Id, writesOfOne)
		return l.count(e, "vital "+address, vitalFrom)
	case aMessage:
		if wait := l.take("says "+e.Auth.Id, messagesOfOne); wait > 0 {
			return tooMany(e, wait)
		}
	case aWrite:
	}
	return l.count(e, "does "+e.Auth.Id, writesOfOne)
}

// checkPassword bounds the guesses at one person's password from one address.
func (l *limits) checkPassword(e *core.RecordAuthWithPasswordRequestEvent) error {
	if l.isFree(e.RequestEvent) {
		return e.Next()
	}
	name := "password " + e.Collection.Name + " " + neighbourhood(e.RealIP()).String() + " " + strings.ToLower(e.Identity)
	if wait := l.take(name, passwordsOf); wait > 0 {
		return tooMany(e.RequestEvent, wait)
	}
	return e.Next()
}

// isFree says whether a request comes from this machine, in the demo. One that a proxy has brought does not.
func (l *limits) isFree(e *core.RequestEvent) bool {
	if !l.free || e.Request.Header.Get("X-Forwarded-For") != "" {
		return false
	}
	addr, err := netip.ParseAddr(e.RealIP())
	return err == nil && addr.Unmap().IsLoopback()
}

func (l *limits) count(e *core.RequestEvent, name string, most limit) error {
	if wait := l.take(name, most); wait > 0 {
		return tooMany(e, wait)
	}
	return e.Next()
}

// take counts one, and gives how long to wait if that is too many: then it was not counted.
func (l *limits) take(name string, most limit) time.Duration {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.bucket(name, most)
	if bucket.AllowN(now, 1) {
		return 0
	}
	next := bucket.ReserveN(now, 1)
	defer next.CancelAt(now)
	return max(next.DelayFrom(now), time.Millisecond)
}

// bucket finds what is known of a name, mu held.
func (l *limits) bucket(name string, most limit) *rate.Limiter {
	if b, ok := l.recent[name]; ok {
		return b
	}
	if len(l.recent) >= kept {
		l.before, l.recent = l.recent, map[string]*rate.Limiter{}
	}
	b, ok := l.before[name]
	if !ok {
		b = rate.NewLimiter(rate.Limit(float64(most.most)/most.per.Seconds()), most.most)
	}
	l.recent[name] = b
	return b
}

func tooMany(e *core.RequestEvent, wait time.Duration) error {
	e.Response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return e.TooManyRequestsError(texts.Match(e.Request.Header.Get("Accept-Language")).Say(texts.ErrorTooMany), nil)
}
