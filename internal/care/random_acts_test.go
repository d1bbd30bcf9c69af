package care_test

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// try is something that the desk may be asked for.
type try struct {
	makes []cases.Event // what it is to make happen, one of these; none where it is to happen later, or to no case
	often bool          // it is done each time that it may be: what is asked for is new, or moves the case on
	do    func(ctx context.Context, w *crowd, t *rapid.T, id string) deed
}

// deed is what somebody has tried, as the model is asked about it.
type deed struct {
	by    access.Who
	on    string        // the case; "" for a deed that may touch several, or none
	makes []cases.Event // where it depends: which of those that the try may make happen
	gives model
	late  bool // what staff have held is said, in their name
	err   error
}

// tries are all that the desk can be asked for that may change a case, by the name of the call; in brackets what is none.
var tries = func() map[string]try {
	all := maps.Clone(patientTries)
	maps.Copy(all, staffTries)
	maps.Copy(all, programmeTries)
	return all
}()

func makes(events ...cases.Event) []cases.Event { return events }

// nothing is what happens now where something is to happen later.
const nothing cases.Event = "nothing"

// asked is how somebody asks the desk for something.
type asked = func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error

// byOwner tries something as the patient, or the guardian, of a case.
func byOwner(ask asked) func(context.Context, *crowd, *rapid.T, string) deed {
	return func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		return deed{by: w.owners[id], on: id, err: ask(ctx, w, t, w.owners[id], id)}
	}
}

// byHolder tries something mostly as the one who holds the case.
func byHolder(ask asked) func(context.Context, *crowd, *rapid.T, string) deed {
	return func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		who := w.holder(t, id)
		return deed{by: who, on: id, err: ask(ctx, w, t, who, id)}
	}
}

// byTeam tries something mostly as one of the case's queue.
func byTeam(ask asked) func(context.Context, *crowd, *rapid.T, string) deed {
	return func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		who := w.colleague(t, id)
		return deed{by: who, on: id, err: ask(ctx, w, t, who, id)}
	}
}

var patientTries = map[string]try{
	"Open": {makes: makes(cases.Opened), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, _ string) deed {
		who := w.people[w.pick(t, "who", len(w.people))]
		in := w.opening(who, []string{"", "norrvik", "soder"}[w.pick(t, "unit", 3)])
		in.ID = core.GenerateDefaultRandomId()
		in.Body = in.ID
		c, _, err := w.Desk.Open(ctx, who, in)
		if err == nil {
			w.add(c)
		}
		return deed{by: who, on: in.ID, err: err}
	}},
	"Answer": {makes: makes(cases.Asked, cases.Decided, cases.Added), do: byOwner(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		q, err := w.question(ctx, t, id)
		if err == nil {
			_, err = w.Desk.Answer(ctx, who, id, care.Reply{Question: q.ID, Value: w.anyAnswer(t, q)})
		}
		return err
	})},
	"OwnWords": {makes: makes(cases.OwnWords), often: true, do: byOwner(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, _, err := w.Desk.OwnWords(ctx, who, id, w.new())
		return err
	})},
	"FeelWorse": {makes: makes(cases.Worse, cases.Decided), do: byOwner(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		answers, err := w.redFlags(ctx, t, id)
		if err == nil {
			_, err = w.Desk.FeelWorse(ctx, who, id, answers)
		}
		return err
	})},
	"Join": {makes: makes(cases.Joined, cases.Rejoined), often: true, do: func(ctx context.Context, w *crowd, _ *rapid.T, id string) deed {
		_, err := w.Desk.Join(ctx, w.owners[id], id, care.Joining{Phone: kit.Phone})
		return deed{by: w.owners[id], on: id, gives: model{queue: w.goes[id]}, err: err}
	}},
	"Leave": {makes: makes(cases.Left), often: true, do: byOwner(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Leave(ctx, who, id)
		return err
	})},
	"Here": {makes: makes(cases.Here), often: true, do: byOwner(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Here(ctx, who, id)
		return err
	})},
	"Hold": {makes: makes(cases.HoldAsked), do: byOwner(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Hold(ctx, who, id)
		return err
	})},
	"Rate": {makes: makes(cases.Rated), often: true, do: byOwner(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Rate(ctx, who, id, 5, w.new())
		return err
	})},
	"SetDetails": {makes: makes(cases.NewNumber), do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		number := []string{"", kit.Phone, other}[w.pick(t, "number", 3)]
		_, err := w.Desk.SetDetails(ctx, w.owners[id], care.Details{Phone: &number})
		return deed{by: w.owners[id], err: err}
	}},
}

// programmeTries are what happens by itself, and what makes it happen.
var programmeTries = map[string]try{
	"LoseStaff": {do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		who, keeps := w.colleague(t, id), [][]string{nil, {w.Norrvik.Id}, {w.Soder.Id}}[w.pick(t, "keeps", 3)]
		return deed{by: who, err: w.App.RunInTransaction(func(tx core.App) error { return w.Desk.LoseStaff(ctx, tx, who.ID, keeps) })}
	}},
	"CallDelivered": {do: func(ctx context.Context, w *crowd, _ *rapid.T, id string) deed {
		return deed{err: w.called(id, func(tx core.App, seq int) error { return w.Desk.CallDelivered(ctx, tx, id, seq, w.Clock.Now()) })}
	}},
	"CallFailed": {do: func(ctx context.Context, w *crowd, _ *rapid.T, id string) deed {
		return deed{err: w.called(id, func(tx core.App, seq int) error { return w.Desk.CallFailed(ctx, tx, id, seq) })}
	}},
	"RunDue":       {do: runAll((*care.Desk).RunDue)},
	"RunHeld":      {do: runAll((*care.Desk).RunHeld)},
	"RunHours":     {do: runAll((*care.Desk).RunHours)},
	"RunLines":     {do: runAll((*care.Desk).RunLines)},
	"RunDuty":      {do: runAll((*care.Desk).RunDuty)},
	"RunBirthdays": {do: runAll((*care.Desk).RunBirthdays)},
	"(a line comes or goes)": {do: func(_ context.Context, w *crowd, t *rapid.T, id string) deed {
		who := w.holder(t, id)
		w.live[who.ID] = !w.live[who.ID]
		return deed{by: who}
	}},
	"(time passes)": {do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		w.Clock.Advance([]time.Duration{
			6 * time.Second, 2 * time.Minute, 11 * time.Minute, 21 * time.Minute, time.Hour, 7 * time.Hour, 4 * 24 * time.Hour, 20 * 24 * time.Hour,
		}[w.pick(t, "time", 8)])
		return runAll(runs...)(ctx, w, t, id)
	}},
}

// run is one thing that the program does by itself; it says whether there may be more.
type run = func(*care.Desk, context.Context) (bool, error)

// runs are those that may touch cases, in the order of the program's own loop.
var runs = []run{
	(*care.Desk).RunHeld, (*care.Desk).RunDue, (*care.Desk).RunLines, (*care.Desk).RunHours, (*care.Desk).RunDuty, (*care.Desk).RunBirthdays,
}

// runAll is what the program does by itself, until there is nothing more to do.
func runAll(runs ...run) func(context.Context, *crowd, *rapid.T, string) deed {
	return func(ctx context.Context, w *crowd, _ *rapid.T, _ string) deed {
		for _, do := range runs {
			for more := true; more; {
				var err error
				if more, err = do(w.Desk, ctx); err != nil {
					return deed{err: err}
				}
			}
		}
		return deed{late: true}
	}
}

// called finds the last text message that called the patient of a case, and lets something become of it.
func (w *crowd) called(id string, do func(tx core.App, seq int) error) error {
	letters, err := records.LettersOf(w.App, id)
	if err != nil {
		return err
	}
	for _, l := range slices.Backward(letters) {
		if l.Text() == texts.SmsYourTurn {
			return w.App.RunInTransaction(func(tx core.App) error { return do(tx, l.Seq()) })
		}
	}
	return nil
}
