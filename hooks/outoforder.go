package hooks

import (
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/routine"

	"lotsen/internal/api"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

const (
	// tryEvery is how often it is tried whether the database can be written again.
	tryEvery = 2 * time.Second
	// checkEvery is the same for a damaged one: every page of it is read.
	checkEvery = time.Minute
)

// outOfOrder is the state in which nothing can be written down: the disk is full, read-only or broken, or the database is damaged. Then the
// service says so in every answer, rather than take in what it would lose, or show what nobody acts upon any more. The first write that fails
// begins it, and a write that works ends it (docs/decisions/0010-out-of-order.md).
type outOfOrder struct {
	app  core.App
	now  func() time.Time   // real time
	tell func(event []byte) // tells all who are connected; never waits
	logs []*slog.Logger     // the program's, and one that needs no database

	outage atomic.Pointer[api.Outage] // nil: all is well
	closed chan struct{}              // the program ends
}

// newOutOfOrder makes the state. alarm, if there is one, is written to beside the log.
func newOutOfOrder(app core.App, now func() time.Time, tell func([]byte), alarm io.Writer) *outOfOrder {
	o := &outOfOrder{app: app, now: now, tell: tell, logs: []*slog.Logger{app.Logger()}, closed: make(chan struct{})}
	if alarm != nil {
		o.logs = append(o.logs, slog.New(slog.NewTextHandler(alarm, nil)))
	}
	return o
}

// bind watches what is written, and stands before every answer: before it is asked who the caller is, which takes the database.
func (o *outOfOrder) bind() {
	records.OnFault(o.app, o.begin)
	o.app.OnServe().Bind(on("OutOfOrder", func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "lotsenOutOfOrder", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority - 1, Func: o.answer,
		})
		return e.Next()
	}))
}

// is tells whether the service is out of order.
func (o *outOfOrder) is() bool { return o.outage.Load() != nil }

// standing is what everybody is told as long as it lasts; nil while all is well.
func (o *outOfOrder) standing() []byte {
	if !o.is() {
		return nil
	}
	return api.OutOfOrderEvent()
}

// begin says that the service is out of order, once, and tries from now on whether it still is. It may be called within a transaction.
func (o *outOfOrder) begin(why records.Fault) {
	if !o.outage.CompareAndSwap(nil, &api.Outage{Code: why, Since: o.now()}) {
		return
	}
	for _, log := range o.logs {
		log.Error("out of order: nothing can be written, and everybody is told to ring", "why", why)
	}
	o.tell(api.OutOfOrderEvent())
	routine.FireAndForget(func() { o.try(why) })
}

// notice tells whether an error says that nothing can be written, and begins the state if so.
func (o *outOfOrder) notice(err error) bool {
	why := records.FaultOf(err)
	if why.Lasting() {
		o.begin(why)
	}
	return why.Lasting()
}

// try writes again and again, until it works or the program ends.
func (o *outOfOrder) try(why records.Fault) {
	every := tryEvery
	if why == records.Damaged {
		every = checkEvery
	}
	next := time.NewTicker(every)
	defer next.Stop()
	for {
		select {
		case <-o.closed:
			return
		case <-next.C:
		}
		if err := records.Trial(o.app, why); err == nil {
			o.over()
			return
		}
	}
}

// over says that the service works again.
func (o *outOfOrder) over() {
	was := o.outage.Swap(nil)
	for _, log := range o.logs {
		log.Warn("in order again: what is due is done now", "why", was.Code, "after", o.now().Sub(was.Since).Round(time.Second))
	}
	o.tell(api.InOrderEvent())
}

// close ends the trying.
func (o *outOfOrder) close() { close(o.closed) }

// spared are the routes that answer as ever: for whoever watches over the service, and what does not change.
var spared = []string{api.Base, api.Base + "/health", api.Base + "/openapi.json"}

// isSpared tells whether a path answers as ever. Pages are files of the program.
func isSpared(path string) bool {
	if !strings.HasPrefix(path, "/api/") {
		return true
	}
	for _, p := range spared {
		if path == p {
			return true
		}
	}
	return false
}

// answer says "out of order" in the place of every answer, and of a failure that came of it: PocketBase would answer 400, or take the caller for
// nobody. What was committed has been answered by then.
func (o *outOfOrder) answer(e *core.RequestEvent) error {
	if isSpared(e.Request.URL.Path) {
		return e.Next()
	}
	if o.is() {
		return o.refuse(e, nil)
	}
	err := e.Next()
	if err == nil {
		return nil
	}
	switch noticed := o.notice(err); {
	case e.Written():
		return err
	case noticed || o.is():
		return o.refuse(e, err)
	case records.FaultOf(err) != records.NoFault:
		o.logs[0].Error("a request could not be written down", "why", records.FaultOf(err), "error", err)
		return o.refuse(e, err)
	}
	return err
}

func (o *outOfOrder) refuse(e *core.RequestEvent, cause error) error {
	e.Response.Header().Del("Content-Type") // of a stream that does not begin
	return api.OutOfOrder(e.Response.Header(), texts.Match(e.Request.Header.Get("Accept-Language")), cause)
}
