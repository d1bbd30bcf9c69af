package care_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// world is a clinic in which random people do random things to a few cases.
type world struct {
	c     *kit.Clinic
	ids   []string
	who   map[string]access.Who // patient of each case
	seqs  map[string]int
	staff []access.Who
}

// expected are the refusals that may meet who does random things. Anything else is a fault.
func expected(err error) bool {
	var refused *cases.Refused
	var invalid *care.Invalid
	var open *care.AlreadyOpen
	return err == nil || errors.As(err, &refused) || errors.As(err, &invalid) || errors.As(err, &open) ||
		errors.Is(err, access.ErrDenied) || errors.Is(err, access.ErrHidden) || errors.Is(err, records.ErrNotFound)
}

// acts are all that may happen to a case by a command.
var acts = map[string]func(context.Context, *world, *rapid.T, string) error{
	"join": func(ctx context.Context, w *world, _ *rapid.T, id string) error {
		_, err := w.c.Desk.Join(ctx, w.who[id], id, care.Joining{Phone: kit.Phone})
		return err
	},
	"leave": func(ctx context.Context, w *world, _ *rapid.T, id string) error {
		_, err := w.c.Desk.Leave(ctx, w.who[id], id)
		return err
	},
	"here": func(ctx context.Context, w *world, _ *rapid.T, id string) error {
		_, err := w.c.Desk.Here(ctx, w.who[id], id)
		return err
	},
	"hold": func(ctx context.Context, w *world, _ *rapid.T, id string) error {
		_, err := w.c.Desk.Hold(ctx, w.who[id], id)
		return err
	},
	"words": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, _, err := w.c.Desk.OwnWords(ctx, w.who[id], id, rapid.StringN(1, 40, 100).Draw(t, "words"))
		return err
	},
	"worse": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		return w.worse(ctx, t, id)
	},
	"phone": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		number := rapid.SampledFrom([]string{"", kit.Phone, "+46701740606"}).Draw(t, "number")
		_, err := w.c.Desk.SetDetails(ctx, w.who[id], care.Details{Phone: &number})
		return err
	},
	"next": func(ctx context.Context, w *world, t *rapid.T, _ string) error {
		q := rapid.SampledFrom([]string{w.c.Norrvik.Id, w.c.Soder.Id}).Draw(t, "queue")
		_, err := w.c.Desk.TakeNext(ctx, w.member(t), q, "")
		return err
	},
	"claim": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.Claim(ctx, w.member(t), id, "why")
		return err
	},
	"release": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.Release(ctx, w.holder(t, id), id, "why")
		return err
	},
	"transfer": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		to := rapid.SampledFrom([]care.Handover{
			{Queue: w.c.Norrvik.Id, Note: "n"}, {Queue: w.c.Soder.Id, Note: "n"}, {Clinician: w.c.Doctor.ID, Note: "n"},
		}).Draw(t, "to")
		return w.c.Desk.Transfer(ctx, w.holder(t, id), id, to)
	},
	"level": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.SetLevel(ctx, w.member(t), id, cases.Level(rapid.IntRange(1, 5).Draw(t, "level")), "why")
		return err
	},
	"noshow": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.NoShow(ctx, w.holder(t, id), id)
		return err
	},
	"pause": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		until := w.c.Clock.Now().Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
		_, err := w.c.Desk.Pause(ctx, w.holder(t, id), id, until)
		return err
	},
	"resume": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.Resume(ctx, w.holder(t, id), id)
		return err
	},
	"phonecall": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.RangUp(ctx, w.holder(t, id), id, rapid.Bool().Draw(t, "answered"))
		return err
	},
	"close": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.Close(ctx, w.holder(t, id), id, records.Ending{Outcome: "advice", Advice: "Vila."})
		return err
	},
	"say": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		who := w.holder(t, id)
		if rapid.Bool().Draw(t, "patient") {
			who = w.who[id]
		}
		return w.say(ctx, who, id, "")
	},
	"note": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		return w.say(ctx, w.member(t), id, records.Note, w.member(t).ID)
	},
	"read": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.MarkRead(ctx, w.holder(t, id), id, rapid.IntRange(0, 5).Draw(t, "up to"))
		return err
	},
	"read words": func(ctx context.Context, w *world, t *rapid.T, id string) error {
		_, err := w.c.Desk.MarkWordsRead(ctx, w.member(t), id)
		return err
	},
	"lose staff": func(ctx context.Context, w *world, t *rapid.T, _ string) error {
		who := w.member(t)
		return w.c.App.RunInTransaction(func(tx core.App) error {
			return w.c.Desk.LoseStaff(ctx, tx, who.ID, rapid.SampledFrom([][]string{nil, {w.c.Norrvik.Id}, {w.c.Soder.Id}}).Draw(t, "keeps"))
		})
	},
	"time passes": func(ctx context.Context, w *world, t *rapid.T, _ string) error {
		w.c.Clock.Advance(time.Duration(rapid.IntRange(1, 400).Draw(t, "minutes")) * time.Minute)
		for {
			if more, err := w.c.Desk.RunDue(ctx); err != nil || !more {
				return err
			}
		}
	},
}

func (w *world) member(t *rapid.T) access.Who { return rapid.SampledFrom(w.staff).Draw(t, "staff") }

func (w *world) say(ctx context.Context, who access.Who, id, kind string, mentions ...string) error {
	m, err := records.NewMessage(w.c.App, id, "ord")
	if err != nil {
		return err
	}
	m.Set("kind", kind)
	m.Mention(mentions)
	_, err = w.c.Desk.Say(ctx, who, m, "print", func(tx core.App) error { return tx.Save(m) })
	return err
}

// holder is mostly the case's clinician, so that things happen, and sometimes somebody else.
func (w *world) holder(t *rapid.T, id string) access.Who {
	c, err := records.CaseByID(w.c.App, id)
	if err == nil && rapid.IntRange(0, 9).Draw(t, "other") > 0 {
		for _, s := range w.staff {
			if s.ID == c.Clinician() {
				return s
			}
		}
	}
	return w.member(t)
}

func (w *world) worse(ctx context.Context, t *rapid.T, id string) error {
	c, err := records.CaseByID(w.c.App, id)
	if err != nil {
		return err
	}
	questions, err := w.c.Desk.RedFlags(ctx, c)
	if err != nil {
		return err
	}
	answers := map[string]json.RawMessage{}
	for _, q := range questions {
		n := len(q.Options) - 1
		if rapid.IntRange(0, 5).Draw(t, "red flag") == 0 {
			n = rapid.IntRange(0, n).Draw(t, "which")
		}
		answers[q.ID] = json.RawMessage(`["` + q.Options[n].Code + `"]`)
	}
	before := c.Level()
	after, err := w.c.Desk.FeelWorse(ctx, w.who[id], id, answers)
	if err == nil && before != 0 && after.Level() > before {
		t.Fatalf("worse lowered the urgency from %d to %d", before, after.Level())
	}
	return err
}

// check holds what must be true of every case at every moment.
func (w *world) check(t *rapid.T) {
	var ranks queue.Ranks
	for _, id := range w.ids {
		c, err := records.CaseByID(w.c.App, id)
		if err != nil {
			t.Fatalf("find case: %v", err)
		}
		w.checkCase(t, c)
		if c.State() == cases.Waiting {
			ranks.Place(queue.Entry{ID: c.Id, Queue: c.Queue(), Level: c.Level(), Since: c.Since()}, c.Seq())
		}
	}
	for _, q := range []string{w.c.Norrvik.Id, w.c.Soder.Id} {
		w.checkOrder(t, &ranks, q)
	}
}

func (w *world) checkCase(t *rapid.T, c *records.Case) {
	if !slices.Contains(cases.States(), c.State()) {
		t.Fatalf("state %q is none", c.State())
	}
	if c.State() == cases.Waiting && (c.Queue() == "" || c.Since().IsZero() || c.Clinician() != "" || c.Level() == 0) {
		t.Fatalf("a waiting case with queue %q, since %v, clinician %q, level %d", c.Queue(), c.Since(), c.Clinician(), c.Level())
	}
	if c.State().Held() != (c.Clinician() != "") && c.State().Open() {
		t.Fatalf("a case that is %q has the clinician %q", c.State(), c.Clinician())
	}
	if c.State().Open() == !c.ClosedAt().IsZero() {
		t.Fatalf("a case that is %q ended at %v", c.State(), c.ClosedAt())
	}
	if _, timer := c.Timer(); !c.State().Open() && timer != records.DueNothing {
		t.Fatalf("a case that is %q has the timer %q", c.State(), timer)
	}
	if !c.State().Open() && len(c.Mentioned()) != 0 {
		t.Fatalf("a case that is %q still names %v", c.State(), c.Mentioned())
	}
	if c.ReadByStaff() > c.Messages() || c.ReadByPatient() > c.Messages() {
		t.Fatalf("read up to %d and %d of %d messages", c.ReadByStaff(), c.ReadByPatient(), c.Messages())
	}
	events, err := records.EventsAfter(w.c.App, c.Id, w.seqs[c.Id], 1000)
	if err != nil {
		t.Fatalf("events: %v", err)
	}
	for _, e := range events {
		if w.seqs[c.Id]++; e.Seq() != w.seqs[c.Id] {
			t.Fatalf("event %d follows on %d", e.Seq(), w.seqs[c.Id]-1)
		}
	}
	if c.Seq() != w.seqs[c.Id] {
		t.Fatalf("the case counts %d events, there are %d", c.Seq(), w.seqs[c.Id])
	}
}

// checkOrder holds the order of the ranks against that in which the database gives patients away.
func (w *world) checkOrder(t *rapid.T, ranks *queue.Ranks, q string) {
	rows, err := records.WaitingIn(w.c.App, q, nil, 100)
	if err != nil {
		t.Fatalf("waiting: %v", err)
	}
	line := ranks.Line(q)
	if len(line) != len(rows) {
		t.Fatalf("%d wait in the ranks, %d in the database", len(line), len(rows))
	}
	for i, row := range rows {
		if line[i].ID != row.Id {
			t.Fatalf("place %d: %s in the ranks, %s in the database", i, line[i].ID, row.Id)
		}
	}
	if len(rows) > 0 {
		first, err := records.FirstWaiting(w.c.App, q)
		if err != nil || first.Id != rows[0].Id {
			t.Fatalf("first waiting: %v, %v, want %s", first, err, rows[0].Id)
		}
	}
}

func TestRandomActsLeaveNoImpossibleCase(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := kit.New(t)
		defer c.App.Cleanup()
		w := &world{c: c, who: map[string]access.Who{}, seqs: map[string]int{}, staff: []access.Who{c.Nurse, c.Doctor, c.South}}
		for _, digits := range []string{kit.Anna, kit.Bo, "202205242387"} {
			who, joined := c.Waiting(t, digits)
			w.ids, w.who[joined.Id] = append(w.ids, joined.Id), who
		}
		w.check(rt)
		names := make([]string, 0, len(acts))
		for name := range acts {
			names = append(names, name)
		}
		slices.Sort(names)
		for range rapid.IntRange(5, 40).Draw(rt, "acts") {
			name := rapid.SampledFrom(names).Draw(rt, "act")
			id := rapid.SampledFrom(w.ids).Draw(rt, "case")
			if err := acts[name](context.Background(), w, rt, id); !expected(err) {
				rt.Fatalf("%s: %v", name, err)
			}
			w.check(rt)
		}
		if _, err := audit.Verify(c.App); err != nil {
			rt.Fatalf("access log: %v", err)
		}
	})
}
