package bankid

import (
	"context"
	"errors"
	"time"
)

// authPatiently begins an order at BankID, and once more where it says that it is under maintenance.
func (o *Orders[T]) authPatiently(ctx context.Context, r AuthRequest) (Begun, error) {
	begun, err := o.set.Client.Auth(ctx, r)
	if errors.Is(err, Maintenance) {
		return o.set.Client.Auth(ctx, r)
	}
	return begun, err
}

// follow collects an order until it ends, here or there.
func (o *Orders[T]) follow(ctx context.Context, ord *order[T]) {
	tick := time.NewTicker(o.set.Every)
	defer tick.Stop()
	for ctx.Err() == nil && ord.pending() {
		select {
		case <-ctx.Done():
		case <-tick.C:
			o.step(ctx, ord)
		}
	}
	o.tellCancelled(ctx, ord)
}

func (ord *order[T]) pending() bool {
	ord.mu.Lock()
	defer ord.mu.Unlock()
	return ord.status == Pending
}

func (o *Orders[T]) step(ctx context.Context, ord *order[T]) {
	ref, ok := ord.due(o.set.Now())
	if !ok {
		return
	}
	if ref == "" {
		o.renew(ctx, ord)
		return
	}
	got, err := o.set.Client.Collect(ctx, ref)
	if err != nil {
		o.stumble(ord, err)
		return
	}
	if got.Status == Complete && got.Risk != "low" {
		o.set.Log.Info("bankid: a log-in's risk is not low", "order", ref, "risk", got.Risk)
	}
	if ord.hear(got, o.set.Now()) {
		o.renew(ctx, ord)
	}
}

// renew begins a new order in the place of one that nobody opened in time:
// the person is still looking for the telephone. The next tick tries again where BankID is busy.
func (o *Orders[T]) renew(ctx context.Context, ord *order[T]) {
	begun, err := o.set.Client.Auth(ctx, ord.request)
	if err != nil {
		o.stumble(ord, err)
		return
	}
	ord.begin(begun, o.set.Now())
}

// stumble decides what an error of a call means: wait for the next tick, or the end.
func (o *Orders[T]) stumble(ord *order[T], err error) {
	ord.mu.Lock()
	defer ord.mu.Unlock()
	if ord.status != Pending || errors.Is(err, context.Canceled) {
		return
	}
	now := o.set.Now()
	if !ord.silent {
		o.set.Log.Warn("bankid: a call for a log-in failed", "order", ord.ref, "error", err)
	}
	switch {
	case errors.Is(err, TooManyRequests):
		ord.rest = now.Add(restAfter429)
	case Passing(err):
		ord.silent = true
	case errors.Is(err, InvalidParameters) && ord.ref != "":
		ord.open = false // used up: its end went by unheard
		ord.fail(HintLost, now)
	default:
		ord.fail(HintUnreachable, now)
	}
}

// tellCancelled ends at BankID what has ended only here, so that nobody
// completes an order that no browser awaits. It is a courtesy: its errors are not our concern.
func (o *Orders[T]) tellCancelled(ctx context.Context, ord *order[T]) {
	ord.mu.Lock()
	ref, open := ord.ref, ord.open
	o.set.Log.Info("bankid: a log-in ended", "order", ref, "mode", ord.mode, "status", ord.status, "hint", ord.hint)
	ord.mu.Unlock()
	if !open || ref == "" {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer stop()
	if err := o.set.Client.Cancel(ctx, ref); err != nil {
		o.set.Log.Debug("bankid: an order could not be cancelled", "order", ref, "error", err)
	}
}

// linger keeps an ended order for as long as its client may ask for it.
func (o *Orders[T]) linger(ord *order[T]) {
	for o.ctx.Err() == nil {
		ord.mu.Lock()
		now := o.set.Now()
		over, wait := ord.over(now), ord.gone.Sub(now)
		ord.mu.Unlock()
		if over {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-o.ctx.Done():
			timer.Stop()
		}
	}
}
