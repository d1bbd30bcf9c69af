package care

import (
	"context"
	"errors"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/records"
)

// Joining is what a patient says on joining. Phone is in E.164, or "" for the number that is known already.
type Joining struct {
	Phone       string
	Interpreter bool
}

// Join puts a case in the queue that its region's table says. Who has left and regrets it in time gets the old place back, or a new one where there was none.
// Errors: *NotEligible where no queue takes the case: what is set up wrong must not leave a patient without numbers to ring; and where the queue is
// closed, paused or full. The case then stays as it was.
func (d *Desk) Join(ctx context.Context, who access.Who, id string, in Joining) (*records.Case, error) {
	event := cases.Joined
	if c, err := records.CaseByID(d.App, id); err == nil && c.State() == cases.Cancelled {
		event = cases.Rejoined
	}
	enter := (*Act).join
	if event == cases.Rejoined {
		enter = (*Act).rejoin
	}
	fill := func(a *Act) error {
		if err := enter(a, in); err != nil {
			return err
		}
		d.foretell(a)
		return nil
	}
	return d.act(ctx, request{who: who, event: event, find: theCase(id), body: []any{"join", in}, fill: fill})
}

// foretell notes how long the patient is told that it will take: to be held against the truth.
func (d *Desk) foretell(a *Act) {
	var told records.Foretold
	if d.Foretell != nil {
		if f, ok := d.Foretell(a.tx, a.Case); ok {
			told = f
			told.At = a.Now
		}
	}
	a.Case.Foretell(told)
}

func (a *Act) join(in Joining) error {
	if err := a.enterLine(); err != nil {
		return err
	}
	a.reachBy(in)
	a.Case.NoDue()
	return nil
}

// enterLine puts the case last of its level in the queue that the region's table sends it to.
func (a *Act) enterLine() error {
	to, err := a.route()
	if errors.Is(err, records.ErrNotFound) {
		return &NotEligible{Code: regionClosed}
	}
	if err != nil {
		return err
	}
	if err := a.mayJoin(to.Queue); err != nil {
		return err
	}
	since, err := a.lastInLine(to.Queue.Id)
	if err != nil {
		return err
	}
	a.Case.Enter(to.Queue.Unit(), to.Queue.Id, since)
	a.told.Route = to.Told()
	return nil
}

// rejoin gives the old place back to who regrets having left. Who left with a decision and no place gets one now; who left before the decision
// has nothing to join with.
func (a *Act) rejoin(in Joining) error {
	t, err := a.Times()
	if err != nil {
		return err
	}
	if !a.Case.Decided() || a.Now.Sub(a.Case.LeftAt()) > time.Duration(t.Regret) {
		return &cases.Refused{Event: cases.Rejoined, State: cases.Cancelled}
	}
	if err := openAlready(a.tx, a.By, a.Case.Patient(), a.Case.Complaint()); err != nil {
		return err
	}
	if a.Case.Queue() == "" {
		if err := a.enterLine(); err != nil {
			return err
		}
	}
	a.reachBy(in)
	a.Case.NoDue()
	a.Case.Unend()
	return nil
}

// reachBy notes how the patient is reached.
func (a *Act) reachBy(in Joining) {
	if in.Phone != "" {
		a.Case.SetPhone(in.Phone)
	}
	a.Case.AskToRing(a.Case.Phone() == "")
	a.Case.WantInterpreter(in.Interpreter)
}

// lastInLine is the time at which the patient begins to wait: now, but always after the last in line at that level, should two come in the same
// millisecond or the clock have stepped back.
func (a *Act) lastInLine(queue string) (time.Time, error) {
	last, err := records.LastSince(a.tx, queue, a.Case.Level())
	if err != nil {
		return time.Time{}, err
	}
	if last.Before(a.Now) {
		return a.Now, nil
	}
	return last.Add(clock.Precision), nil
}

// Leave takes a case out of the queue, or gives it up before it has joined. It is cancelled; for ten minutes the place is kept.
func (d *Desk) Leave(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Left, find: theCase(id), body: "",
		fill: func(a *Act) error {
			a.Case.Leave(a.Now)
			a.Case.EndAt(a.Now)
			a.Case.ForgetMentions()
			return a.endGuardianAfterRegret()
		},
	})
}

// endGuardianAfterRegret lets an unverified guardian regret, and ends that right when the time to do so is over.
func (a *Act) endGuardianAfterRegret() error {
	if a.Case.Guardian() == "" {
		return nil
	}
	t, err := a.Times()
	if err != nil {
		return err
	}
	a.Case.SetTimer(a.Now.Add(time.Duration(t.Regret)), records.DueRegret)
	return nil
}

// Here notes that the patient has come. The time for not coming is over.
func (d *Desk) Here(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Here, find: theCase(id), body: "",
		fill: func(a *Act) error {
			a.come()
			return a.owe(true)
		},
	})
}

// come notes that the patient is here.
func (a *Act) come() {
	a.Case.ComeHere()
	a.Case.AskToRing(false)
	a.Case.NoDue()
}

// Hold gives the patient ten minutes more, once a call.
// Errors: *cases.Refused for a second time.
func (d *Desk) Hold(ctx context.Context, who access.Who, id string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.HoldAsked, find: theCase(id), body: "",
		fill: func(a *Act) error {
			if a.Case.HeldOnce() {
				return &cases.Refused{Event: cases.HoldAsked, State: a.Case.State()}
			}
			t, err := a.Times()
			if err != nil {
				return err
			}
			a.Case.UseHold(true)
			if due := a.Case.Due(); !due.IsZero() {
				a.Case.SetDue(due.Add(time.Duration(t.Hold)), records.DueNoShow)
			}
			return nil
		},
	})
}

// Rate notes what the patient thinks of it, once, after the end.
// Errors: *cases.Refused where there is a rating already.
func (d *Desk) Rate(ctx context.Context, who access.Who, id string, stars int, text string) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Rated, find: theCase(id), body: []any{stars, text},
		fill: func(a *Act) error {
			if had, _ := a.Case.Rating(); had != 0 {
				return &cases.Refused{Event: cases.Rated, State: a.Case.State()}
			}
			a.Case.Rate(stars, text)
			return nil
		},
	})
}
