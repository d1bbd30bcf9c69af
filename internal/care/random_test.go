package care_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// TestRandomActsLeaveNoImpossibleCase lets random people try random things, and holds the desk against the model after each: what the model says must
// not be is refused, what it says must be is done, and each thing that is done has one event, one row of the access log and one text message at most.
func TestRandomActsLeaveNoImpossibleCase(t *testing.T) {
	t.Parallel()
	dir, crowd := seated(t)
	rapid.Check(t, func(rt *rapid.T) {
		w, leave := crowd.again(t, rt, dir)
		defer leave()
		for range 20 + w.pick(rt, "acts", 60) {
			id := w.ids[w.pick(rt, "case", len(w.ids))]
			w.do(rt, w.any(rt, id), id)
		}
		if _, err := audit.Verify(w.App); err != nil {
			rt.Fatalf("access log: %v", err)
		}
	})
}

// any is mostly something that somebody may do to the case as it is.
func (w *crowd) any(t *rapid.T, id string) string {
	names := slices.Sorted(maps.Keys(tries))
	switch n := w.pick(t, "kind", 20); {
	case n == 0: // whatever it is
	case n < 3:
		return "(time passes)"
	case n < 6:
		names = slices.DeleteFunc(names, func(name string) bool { return len(tries[name].makes) > 0 })
	case w.models[id].state == cases.Answering && n < 16:
		return "Answer"
	default:
		names = slices.DeleteFunc(names, func(name string) bool {
			return !w.possible(name, id) || n > 10 && !tries[name].often || n > 7 && name == "Leave"
		})
	}
	if len(names) == 0 {
		return "Open"
	}
	return names[w.pick(t, "act", len(names))]
}

// possible says whether a try may make something happen to the case, by whomever.
func (w *crowd) possible(name, id string) bool {
	return slices.ContainsFunc(tries[name].makes, func(event cases.Event) bool {
		if event == cases.Opened {
			return w.openCases() < 3
		}
		return slices.ContainsFunc(append([]access.Who{w.owners[id]}, w.staff...), func(who access.Who) bool {
			_, ok := w.models[id].allows(happening{event: event, by: who, owns: w.owns(id, who)})
			return ok
		})
	})
}

func (w *crowd) openCases() (n int) {
	for _, m := range w.models {
		if m.state.Open() {
			n++
		}
	}
	return n
}

// do lets one thing be tried, and holds the desk against the model.
func (w *crowd) do(t *rapid.T, name, id string) {
	d := tries[name].do(context.Background(), w, t, id)
	if d.makes == nil {
		d.makes = tries[name].makes
	}
	happened, log := 0, map[string]int{}
	for _, id := range w.ids {
		happened += w.follow(t, name, id, d, log)
	}
	w.checkLog(t, name, log)
	switch {
	case d.err != nil && happened > 0:
		t.Fatalf("%s has happened, and answered %v", name, d.err)
	case d.on == "" && !refusal(d.err):
		t.Fatalf("%s: %v", name, d.err)
	case d.on != "" && happened == 0 && !w.mayStay(d, tries[name].often):
		t.Fatalf("%s of %+v by %s: nothing has happened: %v", name, w.models[d.on], d.by.Name, d.err)
	}
	w.checkAll(t)
}

// follow applies to the model what has happened to a case, and counts what the deed itself has made happen.
func (w *crowd) follow(t *rapid.T, name, id string, d deed, log map[string]int) (own int) {
	events, err := records.EventsAfter(w.App, id, w.seqs[id], 1000)
	if err != nil {
		t.Fatalf("events: %v", err)
	}
	m, told := w.models[id], map[string]bool{}
	for _, e := range events {
		if w.seqs[id]++; e.Seq() != w.seqs[id] {
			t.Fatalf("event %d follows on %d", e.Seq(), w.seqs[id]-1)
		}
		h, mine := w.happening(t, name, id, m, e, d)
		was := m
		if m, err = m.apply(h); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if mine {
			own++
		}
		switch inDanger := was.level > 0 && was.level <= cases.Urgent; {
		case h.event == cases.TakenOver && !w.free[id]:
			t.Fatalf("%s takes over a case that was not free", name)
		case h.by.Kind == access.System && was.state.Open() && !m.state.Open() && inDanger:
			t.Fatalf("%s: %s ends by itself a case of level %d", name, h.event, was.level)
		}
		kind, by, _ := e.By()
		log[strings.Join([]string{id, string(e.Kind()), string(kind), by, e.At().String()}, " ")]++
		told[fmt.Sprintf("%s-%d", id, e.Seq())] = true
	}
	if name != "prepare" && (own > 1 || own == 1 && d.on != "" && d.on != id) {
		t.Fatalf("%s on %q made %d things happen to %s", name, d.on, own, id)
	}
	w.checkLetters(t, name, id, told)
	w.checkCase(t, name, id, m)
	w.models[id] = m
	return own
}

// happening is an event as the model is told of it. mine says whether it is what the deed was to make happen: beside it the program may draw
// conclusions, and what staff have held is said.
func (w *crowd) happening(t *rapid.T, name, id string, m model, e *records.Event, d deed) (h happening, mine bool) {
	kind, by, _ := e.By()
	h = happening{event: e.Kind(), by: access.Who{Kind: kind, ID: by}}
	h.owns = w.owns(id, h.by)
	if i := slices.IndexFunc(w.staff, func(s access.Who) bool { return s.ID == by }); i >= 0 {
		h.by = w.staff[i]
	}
	asked := by == d.by.ID && slices.Contains(d.makes, h.event)
	held := [3]string{by, id, map[cases.Event]string{cases.Replied: records.HeldMessage, cases.Ended: records.HeldClose}[h.event]}
	switch {
	case w.held[held] > 0 && (h.event == cases.Replied || d.late): // it is said before what is written later
		w.held[held]--
		return h, false
	case kind == access.System:
		return h, false
	case !asked:
		t.Fatalf("%s makes %s happen, by %s: nobody asked for it", name, h.event, by)
	}
	h.model = d.gives
	if h.event != cases.Levelled {
		var told care.Told
		if err := e.Data(&told); err != nil {
			t.Fatalf("read event: %v", err)
		}
		h.level = told.Level // what the protocol makes of answers is not the model's
	}
	if h.event == cases.Joined || h.event == cases.Rejoined {
		h.since = w.joins(h.queue, m.level, e.At())
	}
	return h, true
}

// mayStay says whether a deed may have come to nothing: the model says so, or a condition that is not the model's, or it was done before.
func (w *crowd) mayStay(d deed, often bool) bool {
	may := slices.ContainsFunc(d.makes, func(event cases.Event) bool {
		_, ok := w.models[d.on].allows(happening{event: event, by: d.by, owns: w.owns(d.on, d.by)})
		return ok
	})
	switch {
	case !may:
		return refusal(d.err)
	case d.err == nil:
		return !often
	}
	return condition(d.err) && w.fits(d)
}

// fits says whether a refusal for more than the state may be: a queue keeps out nobody in danger, and whose case is free may be relieved of it.
func (w *crowd) fits(d deed) bool {
	var refused *cases.Refused
	m := w.models[d.on]
	switch {
	case errors.As(d.err, new(*care.NotEligible)):
		return m.level == 0 || m.level > cases.Urgent
	case errors.As(d.err, &refused) && refused.Event == cases.Taken:
		return !w.free[d.on] || m.clinician == d.by.ID
	}
	return true
}

// refusal says whether an answer is one that may meet who does random things. Anything else is a fault.
func refusal(err error) bool {
	return err == nil || condition(err) || errors.As(err, new(*cases.Refused)) || errors.Is(err, access.ErrDenied) || errors.Is(err, access.ErrHidden)
}

// picky are what a case may refuse for more than its state and who asks: the question, how often, how late, that it is not free, that nobody guards it.
var picky = []cases.Event{cases.Asked, cases.HoldAsked, cases.Rejoined, cases.Taken, cases.Rated, cases.Guarded}

// condition says whether a refusal is for what the model does not know.
func condition(err error) bool {
	var refused *cases.Refused
	return errors.As(err, new(*care.NotEligible)) || errors.As(err, new(*care.Invalid)) || errors.As(err, new(*care.AlreadyOpen)) ||
		errors.As(err, new(care.InvalidAnswers)) || errors.As(err, new(*triage.AnswerError)) || errors.As(err, new(*care.CloseHeld)) ||
		errors.Is(err, care.ErrTaken) ||
		errors.Is(err, care.ErrSaid) || errors.Is(err, records.ErrNotFound) ||
		errors.As(err, &refused) && slices.Contains(picky, refused.Event)
}

// noActs are what the desk is asked for that changes no case.
var noActs = strings.Fields(`
	Admit Known NumberOf Question Step StepNow MainStep Forget ForgetLines Looked DoorOf MayHold MayReadHeld HeldOf MayTakeBack May CallStands
	Unknown TryRoute SwitchEnds Refusal RedFlags Answered
	BreakGlass EndGlass Through Changed Saw MakeReview Judge SignReview
	AskSupport SupportAsked MayAnswerSupport AnswerSupport SayView Misplaced ViewsSaid MayAnswerView AnswerView`)

// TestEveryActIsTriedAtRandom fails where the desk is given something to do that nobody tries above.
func TestEveryActIsTriedAtRandom(t *testing.T) {
	t.Parallel()
	desk := reflect.TypeFor[*care.Desk]()
	for i := range desk.NumMethod() {
		name := desk.Method(i).Name
		if _, tried := tries[name]; tried == slices.Contains(noActs, name) {
			t.Errorf("care.Desk.%s: say in tries how it is tried at random, or in noActs that it changes no case", name)
		}
	}
	for _, name := range append(slices.Sorted(maps.Keys(tries)), noActs...) {
		if _, there := desk.MethodByName(name); !there && !strings.HasPrefix(name, "(") {
			t.Errorf("care.Desk has no %s", name)
		}
	}
}

// TestTheModelKnowsEveryEvent holds the model against the events that there are.
func TestTheModelKnowsEveryEvent(t *testing.T) {
	t.Parallel()
	for _, e := range cases.Events() {
		if !strings.Contains(lives, " "+string(e)+":") {
			t.Errorf("the model does not know %s", e)
		}
	}
}

// TestTheModelFitsOnAPage: what is longer is not seen through at once.
func TestTheModelFitsOnAPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("model_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(page), "\n"); n > 100 {
		t.Errorf("the model has %d lines, want 100 at most", n)
	}
}
