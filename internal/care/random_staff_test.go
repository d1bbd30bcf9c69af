package care_test

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// staffTries are what staff may ask for.
var staffTries = map[string]try{
	"TakeNext": {makes: makes(cases.Taken), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		d := deed{by: w.colleague(t, id)}
		queue := []string{w.Norrvik.Id, w.Soder.Id}[w.pick(t, "queue", 2)]
		if d.by.Belongs(queue) {
			d.on = w.first(queue)
		}
		_, d.err = w.Desk.TakeNext(ctx, d.by, queue, "")
		return d
	}},
	"Claim": {makes: makes(cases.Taken, cases.TakenOver), often: true, do: byTeam(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Claim(ctx, who, id, w.new())
		return err
	})},
	"Release": {makes: makes(cases.Released), often: true, do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Release(ctx, who, id, w.new())
		return err
	})},
	"Transfer": {makes: makes(cases.Transferred, cases.Handed), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		d := deed{by: w.holder(t, id), on: id, makes: makes(cases.Transferred)}
		if d.gives.queue = []string{"", w.Norrvik.Id, w.Soder.Id}[w.pick(t, "queue", 3)]; d.gives.queue == "" {
			d.gives.clinician, d.makes = w.colleague(t, id).ID, makes(cases.Handed)
		}
		d.err = w.Desk.Transfer(ctx, d.by, id, care.Handover{Queue: d.gives.queue, Clinician: d.gives.clinician, Note: w.new()})
		return d
	}},
	"SetLevel": {makes: makes(cases.Levelled), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		d := deed{by: w.colleague(t, id), on: id, gives: model{level: cases.Level(1 + w.pick(t, "level", 5))}}
		_, d.err = w.Desk.SetLevel(ctx, d.by, id, d.gives.level, w.new())
		return d
	}},
	"NoShow": {makes: makes(cases.Missed, cases.MissedOut), often: true, do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.NoShow(ctx, who, id)
		return err
	})},
	"Pause": {makes: makes(cases.PausedFor), often: true, do: byHolder(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Pause(ctx, who, id, w.Clock.Now().Add(time.Duration(1+w.pick(t, "minutes", 90))*time.Minute))
		return err
	})},
	"Resume": {makes: makes(cases.Resumed), often: true, do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Resume(ctx, who, id)
		return err
	})},
	"RangUp": {makes: makes(cases.RangUp, cases.Here, cases.Resumed), do: byHolder(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.RangUp(ctx, who, id, w.pick(t, "answered", 2) > 0)
		return err
	})},
	"Say": {makes: makes(cases.Said, cases.Replied, cases.Noted), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		d, kind := deed{on: id}, ""
		switch w.pick(t, "kind", 3) {
		case 0:
			d.by, d.makes = w.owners[id], makes(cases.Said)
		case 1:
			d.by, d.makes = w.holder(t, id), makes(cases.Replied)
		default:
			d.by, d.makes, kind = w.colleague(t, id), makes(cases.Noted), records.Note
		}
		d.err = w.say(ctx, d.by, id, kind, w.colleague(t, id).ID)
		return d
	}},
	"MarkRead": {makes: makes(cases.Read), do: byHolder(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.MarkRead(ctx, who, id, w.pick(t, "up to", 6))
		return err
	})},
	"MarkWordsRead": {makes: makes(cases.WordsRead), do: byTeam(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.MarkWordsRead(ctx, who, id)
		return err
	})},
	"Verify": {makes: makes(cases.Guarded), often: true, do: byHolder(func(ctx context.Context, w *crowd, t *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Verify(ctx, who, id, w.pick(t, "verified", 3) > 0, w.new())
		return err
	})},
	"Close": {makes: makes(cases.Ended), often: true, do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Close(ctx, who, id, records.Ending{Outcome: "advice", Advice: w.new()})
		return err
	})},
	"HoldClose": {makes: makes(cases.Ended), often: true, do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		d, in := deed{by: w.holder(t, id), on: id}, care.HeldEnd{ID: core.GenerateDefaultRandomId(), Ending: records.Ending{Outcome: "advice", Advice: w.new()}}
		if w.pick(t, "hold", 4) > 0 {
			in.For, d.makes = 5*time.Second, makes(nothing)
		}
		_, d.err = w.Desk.HoldClose(ctx, d.by, id, in)
		return d
	}},
	"TakeBackClose": {do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		return w.Desk.TakeBackClose(ctx, who, id)
	})},
	"HoldMessage": {do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.HoldMessage(ctx, who, id, care.HeldMessage{ID: core.GenerateDefaultRandomId(), Body: w.new(), For: 5 * time.Second})
		return err
	})},
	"TakeBack": {do: byHolder(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		all, err := w.Desk.HeldOf(ctx, who, id)
		if err != nil || len(all) == 0 {
			return err
		}
		return w.Desk.TakeBack(ctx, who, id, all[0].Id)
	})},
	"Amend": {makes: makes(cases.Amended), often: true, do: byTeam(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Amend(ctx, who, id, care.Correction{Advice: w.new(), Reason: "fel råd"})
		return err
	})},
	"Reopen": {makes: makes(cases.Reopened), often: true, do: byTeam(func(ctx context.Context, w *crowd, _ *rapid.T, who access.Who, id string) error {
		_, err := w.Desk.Reopen(ctx, who, id, w.new())
		return err
	})},
	"Duty": {do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		who := w.holder(t, id)
		return deed{by: who, err: w.Desk.Duty(ctx, who, who.Queues[0], w.pick(t, "on", 2) > 0)}
	}},
	"Switch": {do: func(ctx context.Context, w *crowd, t *rapid.T, id string) deed {
		who, in := w.Lead, care.Switches{Until: w.Clock.Now().Add(6 * time.Hour)}
		if w.pick(t, "other", 4) == 0 {
			who = w.colleague(t, id)
		}
		if paused, none := w.pick(t, "paused", 2) > 0, new(int); w.pick(t, "what", 2) > 0 {
			in.Paused = &paused
		} else {
			in.Cap = &care.Cap{N: []*int{nil, none}[w.pick(t, "limit", 2)]}
		}
		return deed{by: who, err: w.Desk.Switch(ctx, who, who.Queues[0], in)}
	}},
}
