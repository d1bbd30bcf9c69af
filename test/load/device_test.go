package load

import (
	"context"
	"sync/atomic"
	"time"

	"lotsen/test/crowd"
)

// pauses are those of PocketBase's SDK between two tries to come back; then it tries every two seconds.
var pauses = []time.Duration{200, 300, 500, 1000, 1200, 1500, 2000} // milliseconds

// device holds a connection open as an app does: whenever it ends, it comes back and asks for what it has missed.
type device struct {
	clinic *clinic
	dial   func(context.Context) (*crowd.Stream, error) // connects and catches up

	left  atomic.Bool  // for good
	round atomic.Int64 // how often the program had been started when it last connected
	line  atomic.Pointer[crowd.Stream]
}

// connect connects once, and stays connected from then on.
func (d *device) connect(ctx context.Context) error {
	if err := d.try(ctx); err != nil {
		return err
	}
	go d.stay(ctx)
	return nil
}

func (d *device) try(ctx context.Context) error {
	round := d.clinic.rounds.Load()
	s, err := d.dial(ctx)
	if err != nil {
		return err
	}
	d.line.Store(s)
	d.round.Store(round)
	return nil
}

// stay comes back as often as the connection ends, until it is not wanted any more.
func (d *device) stay(ctx context.Context) {
	for ctx.Err() == nil {
		<-d.line.Load().Ended()
		if d.left.Load() {
			return
		}
		if !d.clinic.down.Load() {
			d.clinic.shown.cuts.Add(1)
		}
		for try := 0; ctx.Err() == nil && !d.left.Load(); try++ {
			<-time.After(pauses[min(try, len(pauses)-1)] * time.Millisecond)
			if d.try(ctx) == nil {
				break
			}
		}
	}
}

// leave ends it for good.
func (d *device) leave() {
	d.left.Store(true)
	if s := d.line.Load(); s != nil {
		s.Close()
	}
}
