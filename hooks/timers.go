package hooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/clock"
	"lotsen/internal/notify"
)

const (
	// lookEvery is how often the program looks for what is due when nothing wakes it.
	lookEvery = 500 * time.Millisecond
	// tellEvery is how often a job's faults are told, so that one that stays does not fill the log. The job is tried at every look all the same: one case
	// that cannot be done must not keep the others waiting, nor a held message.
	tellEvery = 5 * time.Second
	// stopWithin is how long the end of the program waits for what is under way (PocketBase gives its own requests as long).
	stopWithin = time.Second
)

// timers is all that happens by itself. What is due stands in rows, so a crash loses none of it: nothing is remembered here.
//
// There are three lanes, for a provider of SMS that hangs must not keep a case's time from being over, nor a mail server an SMS.
type timers struct {
	clock   *clock.Clock
	cases   *lane
	letters *lane
	news    *lane // what those who run the service are told

	end     context.CancelFunc
	running sync.WaitGroup
}

// newTimers lines up the jobs, in the order in which they are done.
func newTimers(desk *care.Desk, outbox *notify.Outbox, log *slog.Logger, news ...job) *timers {
	return &timers{
		clock: desk.Clock,
		end:   func() {},
		cases: newLane(log,
			job{"held", desk.RunHeld},
			job{"cases", desk.RunDue},
			job{"lines", desk.RunLines},
			job{"hours", desk.RunHours},
			job{"duty", desk.RunDuty},
			job{"birthdays", desk.RunBirthdays},
			job{"forget", desk.Forget}),
		letters: newLane(log, job{"letters", outbox.SendDue}),
		news:    newLane(log, news...),
	}
}

// restWhile has everything rest while nothing can be written: what is due stays due. What fails may be how that is found out.
func (t *timers) restWhile(o *outOfOrder) {
	for _, l := range t.lanes() {
		l.outage = o
	}
}

// also does a job after the others, in the lane of cases.
func (t *timers) also(j job) { t.cases.jobs = append(t.cases.jobs, j) }

func (t *timers) lanes() []*lane { return []*lane{t.cases, t.letters, t.news} }

// start lets time pass, until stop.
func (t *timers) start() {
	ctx, end := context.WithCancel(context.Background())
	t.end = end
	for _, l := range t.lanes() {
		t.running.Go(func() { l.run(ctx, t.clock) })
	}
}

// stop ends what is under way, and waits for it as long as the end of the program may take.
func (t *timers) stop() {
	t.end()
	stopped := make(chan struct{})
	go func() {
		t.running.Wait()
		close(stopped)
	}()
	patience := time.NewTimer(stopWithin)
	defer patience.Stop()
	select {
	case <-stopped:
	case <-patience.C:
	}
}

// nudge says that a letter has been written. It never waits.
func (t *timers) nudge() {
	select {
	case t.letters.wake <- struct{}{}:
	default:
	}
}

// RunAll does everything that is due now and all that becomes due by it: a letter that was accepted long ago may end somebody's turn. It
// takes turns with the loop, so that what the loop has begun is done, too, when RunAll returns.
func (t *timers) RunAll(ctx context.Context) error {
	for {
		some := false
		for _, l := range t.lanes() {
			did, faults := l.look(ctx)
			if err := errors.Join(faults...); err != nil {
				return err
			}
			some = some || did
		}
		if !some {
			return nil
		}
	}
}

// job does what is due now, or a part of it, and says whether there may be more.
type job struct {
	name string
	do   func(context.Context) (more bool, err error)
}

// lane does its jobs one after the other.
type lane struct {
	jobs []job
	log  *slog.Logger
	wake chan struct{} // something has been committed that may be due at once
	turn chan struct{} // held by who looks; a channel, so that a wait for it can be given up

	told   map[string]time.Time // when a job's fault was last told
	outage *outOfOrder          // nil: it never rests
}

func newLane(log *slog.Logger, jobs ...job) *lane {
	return &lane{jobs: jobs, log: log, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1), told: map[string]time.Time{}}
}

// run looks again and again until ctx ends: when the clock is moved, when it is woken, and every half second.
func (l *lane) run(ctx context.Context, c *clock.Clock) {
	for ctx.Err() == nil {
		moved := c.Moved()
		l.once(ctx)
		rest := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
		case <-moved:
		case <-l.wake:
		case <-rest.C:
		}
		rest.Stop()
	}
}

// once looks, unless nothing can be written now, and tells what could not be done.
func (l *lane) once(ctx context.Context) {
	if l.outage != nil && l.outage.is() {
		return
	}
	if _, faults := l.look(ctx); ctx.Err() == nil {
		l.failed(faults) //nolint:contextcheck // an outage outlives who noticed it
	}
}

// failed tells of what could not be done: in the log, or to everybody.
func (l *lane) failed(faults []error) {
	for _, err := range faults {
		if l.outage != nil && l.outage.notice(err) {
			return
		}
		l.tell(err)
	}
}

// tell writes a job's fault down, if it has not done so just now.
func (l *lane) tell(err error) {
	var f fault
	errors.As(err, &f)
	var real clock.Clock // the demo's may be moved
	now := real.Now()
	if last, known := l.told[f.job]; known && now.Sub(last) < tellEvery {
		return
	}
	l.told[f.job] = now
	l.log.Error("what is due could not be done", "error", err)
}

// fault is what went wrong in a job.
type fault struct {
	job string
	err error
}

func (f fault) Error() string { return f.job + ": " + f.err.Error() }
func (f fault) Unwrap() error { return f.err }

// look does every job until none has more to do, and says whether anything was done, and what went wrong. A job that fails keeps none of the others
// from being done, and is tried at the next look: its row is still due.
func (l *lane) look(ctx context.Context) (did bool, faults []error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return false, []error{ctx.Err()}
	}
	for _, j := range l.jobs {
		for ctx.Err() == nil {
			more, err := j.safely(ctx)
			if err != nil {
				faults = append(faults, fault{j.name, err})
			}
			if err != nil || !more {
				break
			}
			did = true
		}
	}
	if err := ctx.Err(); err != nil {
		faults = append(faults, err)
	}
	return did, faults
}

// safely turns a panic into an error: the rows that made it are still there after a new start, and the program would never come up again.
func (j job) safely(ctx context.Context) (more bool, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			more, err = false, fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
		}
	}()
	return j.do(ctx)
}
