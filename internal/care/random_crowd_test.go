package care_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/triage"
	"lotsen/test/kit"
)

// crowd is a clinic in which random people do random things to a few cases, and what the model says of each.
type crowd struct {
	*kit.Clinic
	ids    []string
	models map[string]model
	goes   map[string]string     // the queue that a case joins
	owners map[string]access.Who // who has opened it
	reads  map[string]bool       // whether the right of the guardian who did runs
	free   map[string]bool       // whether anyone of the queue may take it over
	people []access.Who          // two patients, and a guardian
	child  personnummer.Number   // of that guardian
	staff  []access.Who
	live   map[string]bool // who has a live line
	words  int
	picks  uint64

	seqs    map[string]int    // events that are known, by case
	letters map[string]int    // text messages that are known, by case
	rows    int               // rows of the access log that are known
	held    map[[3]string]int // what is held, by author, case and kind
}

// seated is a crowd that has opened three cases, and joined with two of them, in a folder that each life of it is copied from.
func seated(t *testing.T) (dir string, _ *crowd) {
	t.Helper()
	c := kit.New(t)
	w := &crowd{
		Clinic: c, goes: map[string]string{}, owners: map[string]access.Who{}, reads: map[string]bool{}, child: twelve(t),
		people: []access.Who{c.Person(t, kit.Anna, "Anna"), c.Person(t, kit.Bo, "Bo"), c.Person(t, adults[0], "Cia")},
		staff:  []access.Who{c.Nurse, c.Doctor, c.Lead, c.South},
	}
	c.Soder.SetHours(json.RawMessage(office))
	must(t, c.App.Save(c.Soder))
	for i, unit := range []string{"soder", "", "norrvik"} {
		in := w.opening(w.people[i], unit)
		in.Body = i
		opened, _, err := w.Desk.Open(t.Context(), w.people[i], in)
		must(t, err)
		w.add(opened)
		c.Decide(t, w.people[i], opened.Id, nil)
		if unit != "" {
			_, err = w.Desk.Join(t.Context(), w.people[i], opened.Id, care.Joining{Phone: kit.Phone})
			must(t, err)
		}
	}
	_, err := c.App.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	must(t, err)
	dir = t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(c.App.DataDir())))
	return dir, w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// again begins a life of the crowd, in a database of its own.
func (w *crowd) again(t *testing.T, rt *rapid.T, dir string) (*crowd, func()) {
	t.Helper()
	app, err := tests.NewTestApp(dir)
	must(t, err)
	life, clinic := *w, *w.Clinic
	clinic.App, clinic.Clock = app, clock.At(kit.Start)
	life.picks = rapid.Uint64().Draw(rt, "life")
	life.live, life.held = map[string]bool{}, map[[3]string]int{}
	life.models, life.seqs, life.letters = map[string]model{}, map[string]int{}, map[string]int{}
	clinic.Desk = &care.Desk{
		App: app, Clock: clinic.Clock, Keys: w.Desk.Keys, Protocols: w.Desk.Protocols, Log: slog.New(slog.DiscardHandler),
		Live: func(staff string) bool { return life.live[staff] }, Heard: new(care.Heard),
	}
	life.Clinic, life.ids = &clinic, nil
	if life.pick(rt, "second miss ends", 2) > 0 {
		region, err := records.RegionByID(app, w.Region.Id)
		must(t, err)
		region.SetTimes(map[string]any{"secondMiss": care.MissEnd})
		must(t, app.Save(region))
	}
	life.goes, life.owners, life.reads, life.free = map[string]string{}, map[string]access.Who{}, map[string]bool{}, map[string]bool{}
	log := map[string]int{}
	for _, id := range w.ids {
		life.add(life.Case(t, id))
		d := deed{by: life.owners[id], makes: makes(cases.Opened, cases.Asked, cases.Decided, cases.Joined), gives: model{queue: life.goes[id]}}
		life.follow(rt, "prepare", id, d, log)
	}
	life.checkLog(rt, "prepare", log)
	return &life, app.Cleanup
}

// twelve is the number of a child who turns 13 within the month.
func twelve(t *testing.T) personnummer.Number {
	t.Helper()
	for last := range 10 {
		if n, err := personnummer.Parse(fmt.Sprintf("20131215238%d", last), kit.Start); err == nil {
			return n
		}
	}
	t.Fatal("no such number")
	return personnummer.Number{}
}

// opening is what somebody opens a case with: for themselves, or, the last of the people, for a child.
func (w *crowd) opening(who access.Who, unit string) care.Opening {
	in := care.Opening{Region: "demo", Unit: unit, Complaint: "sore_throat", Phone: kit.Phone, Language: "sv"}
	if who.ID == w.people[2].ID {
		in.Dependant = &care.Dependant{Number: w.child, Name: "Di", Guardian: true}
	}
	return in
}

// add makes a case one of those that things happen to.
func (w *crowd) add(c *records.Case) {
	w.ids = append(w.ids, c.Id)
	w.goes[c.Id] = w.Norrvik.Id
	if c.Unit() == w.Soder.Unit() {
		w.goes[c.Id] = w.Soder.Id
	}
	w.owners[c.Id] = access.Who{Kind: access.Patient, ID: c.Patient()}
	w.reads[c.Id] = c.GuardianReads()
	if c.Guardian() != "" {
		w.owners[c.Id] = access.Who{Kind: access.Patient, ID: c.Guardian()}
	}
}

// owns says whether a case is who's, as things were before.
func (w *crowd) owns(id string, who access.Who) bool {
	opens := who.Kind == access.Patient && (w.owners[id].ID == "" || w.owners[id].ID == who.ID)
	return opens && (who.ID != w.people[2].ID || w.owners[id].ID == "" || w.reads[id])
}

// pick draws one of n, each as likely as the others: what rapid draws by itself is mostly small.
func (w *crowd) pick(t *rapid.T, what string, n int) int {
	w.picks++
	x := rapid.Uint64().Draw(t, what) + w.picks*0x9E3779B97F4A7C15 // splitmix64
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return int((x ^ x>>31) % uint64(n))
}

// colleague is mostly one of the case's queue.
func (w *crowd) colleague(t *rapid.T, id string) access.Who {
	who := w.staff[w.pick(t, "staff", len(w.staff))]
	if q := w.models[id].queue; !who.Belongs(q) && w.pick(t, "stranger", 4) > 0 {
		if i := slices.IndexFunc(w.staff, func(s access.Who) bool { return s.Belongs(q) }); i >= 0 {
			return w.staff[i]
		}
	}
	return who
}

// holder is mostly the one who holds the case.
func (w *crowd) holder(t *rapid.T, id string) access.Who {
	i := slices.IndexFunc(w.staff, func(s access.Who) bool { return s.ID == w.models[id].clinician })
	if i >= 0 && w.pick(t, "other", 8) > 0 {
		return w.staff[i]
	}
	return w.colleague(t, id)
}

// new is a text that nobody has written before.
func (w *crowd) new() string {
	w.words++
	return fmt.Sprintf("ord %d", w.words)
}

func (w *crowd) say(ctx context.Context, who access.Who, id, kind string, mentions ...string) error {
	m, err := records.NewMessage(w.App, id, w.new())
	if err != nil {
		return err
	}
	m.Set("kind", kind)
	m.Mention(mentions)
	_, err = w.Desk.Say(ctx, who, m, "print", func(tx core.App) error { return tx.Save(m) })
	return err
}

// question is the next one of a case, or, where there is none, the one that may be answered later, or one about danger: to be answered again.
func (w *crowd) question(ctx context.Context, t *rapid.T, id string) (triage.Question, error) {
	c, err := records.CaseByID(w.App, id)
	if err != nil {
		return triage.Question{}, err
	}
	step, err := w.Desk.Step(ctx, c)
	if err == nil && step.Question != nil {
		return *step.Question, nil
	}
	if w.pick(t, "later", 2) > 0 {
		return w.Desk.Question(ctx, c, "photo")
	}
	flags, err := w.Desk.RedFlags(ctx, c)
	if err != nil {
		return triage.Question{}, err
	}
	return flags[w.pick(t, "question", len(flags))], nil
}

func (w *crowd) redFlags(ctx context.Context, t *rapid.T, id string) (map[string]json.RawMessage, error) {
	c, err := records.CaseByID(w.App, id)
	if err != nil {
		return nil, err
	}
	flags, err := w.Desk.RedFlags(ctx, c)
	answers := map[string]json.RawMessage{}
	for _, q := range flags {
		answers[q.ID] = w.anyAnswer(t, q)
	}
	return answers, err
}

// anyAnswer is mostly the mildest one.
func (w *crowd) anyAnswer(t *rapid.T, q triage.Question) json.RawMessage {
	bad := w.pick(t, "bad", 24) == 0
	var v any
	switch q.Type {
	case triage.Choice:
		v = q.Options[0].Code
		if bad {
			v = q.Options[w.pick(t, "option", len(q.Options))].Code
		}
	case triage.MultiChoice:
		v = []string{q.Options[len(q.Options)-1].Code}
		if bad {
			v = []string{q.Options[w.pick(t, "option", len(q.Options))].Code}
		}
	case triage.Boolean:
		v = bad
	case triage.Integer, triage.Decimal:
		v = *q.Min
	case triage.Date, triage.FreeText, triage.Photo:
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode an answer: %v", err)
	}
	return raw
}

// line is who waits in a queue, in order, as the model says.
func (w *crowd) line(queue string) []string {
	line := slices.DeleteFunc(slices.Clone(w.ids), func(id string) bool {
		return w.models[id].queue != queue || w.models[id].state != cases.Waiting
	})
	slices.SortFunc(line, func(a, b string) int {
		x, y := w.models[a], w.models[b]
		return cmp.Or(cmp.Compare(x.level, y.level), x.since.Compare(y.since), cmp.Compare(a, b))
	})
	return line
}

// first is whose turn it is in a queue, as the model says; "" for nobody's.
func (w *crowd) first(queue string) string {
	line := w.line(queue)
	if len(line) == 0 {
		return ""
	}
	return line[0]
}

// joins is from when on who joins a queue at a level now waits: after all who wait there.
func (w *crowd) joins(queue string, level cases.Level, now time.Time) time.Time {
	for _, m := range w.models {
		if m.queue == queue && m.level == level && m.state == cases.Waiting && !m.since.Before(now) {
			now = m.since.Add(clock.Precision)
		}
	}
	return now
}
