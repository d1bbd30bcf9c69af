package care_test

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"pgregory.net/rapid"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
)

// checkCase holds a case against what the model says of it, and against what is true of every case.
func (w *crowd) checkCase(t *rapid.T, name, id string, want model) {
	c, err := records.CaseByID(w.App, id)
	if err != nil {
		t.Fatalf("find case: %v", err)
	}
	if got := (model{c.State(), c.Level(), c.Queue(), c.Clinician(), c.Since()}); got != want {
		t.Fatalf("after %s the case is\n%+v, the model says\n%+v", name, got, want)
	}
	w.reads[id], w.free[id] = c.GuardianReads(), !c.Freed().IsZero()
	_, timer := c.Timer()
	open, held := c.State().Open(), c.State().Held()
	switch {
	case c.Seq() != w.seqs[id]:
		t.Fatalf("after %s the case counts %d events, there are %d", name, c.Seq(), w.seqs[id])
	case !slices.Contains(cases.States(), c.State()):
		t.Fatalf("after %s: state %q is none", name, c.State())
	case open == !c.ClosedAt().IsZero():
		t.Fatalf("after %s a case that is %q ended at %v", name, c.State(), c.ClosedAt())
	case !open && timer != records.DueNothing && timer != records.DueRegret:
		t.Fatalf("after %s a case that is %q has the timer %q", name, c.State(), timer)
	case !open && len(c.Mentioned()) > 0:
		t.Fatalf("after %s a case that is %q still names %v", name, c.State(), c.Mentioned())
	case !held && (!c.Freed().IsZero() || !c.Owed().IsZero()):
		t.Fatalf("after %s a case that is %q is free since %v, owed a word since %v", name, c.State(), c.Freed(), c.Owed())
	case c.ReadByStaff() > c.Messages() || c.ReadByPatient() > c.Messages():
		t.Fatalf("after %s: read up to %d and %d of %d messages", name, c.ReadByStaff(), c.ReadByPatient(), c.Messages())
	}
}

// checkLog holds that each thing that has happened has exactly one row of the access log, and that nothing else has one.
func (w *crowd) checkLog(t *rapid.T, name string, log map[string]int) {
	var rows []*records.AuditRow
	err := w.App.RecordQuery(records.Audit).AndWhere(dbx.NewExp("[[nr]] > {:n}", dbx.Params{"n": w.rows})).OrderBy("nr").All(&rows)
	if err != nil {
		t.Fatalf("access log: %v", err)
	}
	for _, row := range rows {
		l := row.Look()
		w.rows = l.Nr
		if l.Case != "" {
			log[strings.Join([]string{l.Case, l.What, l.ByKind, l.By, l.At.String()}, " ")]--
		} else if name != "Switch" {
			t.Fatalf("%s has written %+v into the access log", name, l)
		}
	}
	for what, n := range log {
		if n != 0 {
			t.Fatalf("%s: events less rows of the access log are %d of %s, want 0", name, n, what)
		}
	}
}

// checkLetters holds that each thing that has happened has sent one text message at most, and nothing else one.
func (w *crowd) checkLetters(t *rapid.T, name, id string, told map[string]bool) {
	letters, err := records.LettersOf(w.App, id)
	if err != nil {
		t.Fatalf("outbox: %v", err)
	}
	for _, l := range letters {
		if told[l.Key()] {
			delete(told, l.Key())
			w.letters[id]++
		}
	}
	if len(letters) != w.letters[id] {
		t.Fatalf("%s: the case has %d text messages, want %d", name, len(letters), w.letters[id])
	}
}

// checkAll holds the order of the ranks, and that in which the database gives patients away, against the model's, and notes what is held.
func (w *crowd) checkAll(t *rapid.T) {
	var ranks queue.Ranks
	for id, m := range w.models {
		if m.state == cases.Waiting {
			ranks.Place(queue.Entry{ID: id, Queue: m.queue, Level: m.level, Since: m.since}, w.seqs[id])
		}
	}
	for _, q := range []string{w.Norrvik.Id, w.Soder.Id} {
		rows, err := records.WaitingIn(w.App, q, nil, 100)
		if err != nil {
			t.Fatalf("waiting: %v", err)
		}
		var stored, ranked []string
		for _, row := range rows {
			stored = append(stored, row.Id)
		}
		for _, entry := range ranks.Line(q) {
			ranked = append(ranked, entry.ID)
		}
		if want := w.line(q); !slices.Equal(stored, want) || !slices.Equal(ranked, want) {
			t.Fatalf("the line is %v in the database, %v in the ranks, %v by the model", stored, ranked, want)
		}
	}
	held, err := records.UnsaidDue(w.App, w.Clock.Now().AddDate(1, 0, 0), 1000)
	if err != nil {
		t.Fatalf("what is held: %v", err)
	}
	clear(w.held)
	for _, u := range held {
		w.held[[3]string{u.Author(), u.Case(), u.Kind()}]++
	}
}
