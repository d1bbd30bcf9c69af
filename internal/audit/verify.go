package audit

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// Broken is a row of the access log that is not what was written, or that is not there. It names no person.
type Broken struct {
	Nr   int    `json:"nr"`             // the row; 0 where it is an event that has none
	Case string `json:"case,omitempty"` // the case of an event without its row, or of a row without its event
	Seq  int    `json:"seq,omitempty"`  // that event's number in the case
	Why  string `json:"why"`
}

func (b *Broken) Error() string {
	if b.Nr == 0 {
		return fmt.Sprintf("event %d of case %s: %s", b.Seq, b.Case, b.Why)
	}
	return fmt.Sprintf("access log, row %d: %s", b.Nr, b.Why)
}

// Report is what Examine has found.
type Report struct {
	Rows    int      `json:"rows"`    // how many rows there are
	Head    Head     `json:"head"`    // the last of them
	Checked int      `json:"checked"` // how many published heads were held against them
	Broken  []Broken `json:"broken"`  // in the order of the rows, at most mostBroken
	More    int      `json:"more"`    // how many there are beside those
}

// mostBroken is how many broken rows a report names: where one is wrong in a way that all after it are, the first tells it.
const mostBroken = 100

// Fits says whether nothing is broken.
func (r *Report) Fits() bool { return len(r.Broken) == 0 }

func (r *Report) add(b Broken) {
	if len(r.Broken) == mostBroken {
		r.More++
		return
	}
	r.Broken = append(r.Broken, b)
}

// Verify is Examine for who wants to know whether all is well: it returns how many rows there are, or *Broken for the first that does not fit.
func Verify(app core.App) (int, error) {
	r, err := Examine(app.DB())
	if err == nil && !r.Fits() {
		err = &r.Broken[0]
	}
	return r.Rows, err
}

// Examine goes through the whole access log: whether each row follows on the one before it, whether the rows that were published are those
// that were published, and whether what has happened to each case stands in the log and nothing else does. db is a database, or a
// transaction that reads: what is written meanwhile would seem to be wrong.
func Examine(db dbx.Builder, published ...Head) (Report, error) {
	w := walk{heads: map[int][]string{}}
	for _, h := range published {
		w.heads[h.Nr] = append(w.heads[h.Nr], h.Hash)
	}
	err := records.EachLook(db, func(l records.Look) error {
		w.step(l)
		return nil
	})
	if err != nil {
		return w.report, err
	}
	w.end(published)
	err = records.EachUnmatched(db, func(u records.Unmatched) error {
		why := "a row that tells of what has not happened: it was added, or the event was taken away (" + u.Kind + ")"
		if u.Nr == 0 {
			why = "has no row in the access log: it was taken away, or the event was added (" + u.Kind + ")"
		}
		w.report.add(Broken{Nr: u.Nr, Case: u.Case, Seq: u.Seq, Why: why})
		return nil
	})
	return w.report, err
}

// walk goes along the chain.
type walk struct {
	report Report
	heads  map[int][]string
	nr     int    // of the row before
	hash   string // as it stands there
	true   string // as it should be; the same, unless that row is broken
	lost   bool   // the row before is missing, and with it the hash that the next one covers
	fitted int    // the last row that was published and fits
}

func (w *walk) step(l records.Look) {
	w.report.Rows++
	if l.Nr == w.nr {
		w.report.add(Broken{Nr: l.Nr, Why: "added: another row has this number"})
		return
	}
	if l.Nr > w.nr+1 {
		w.report.add(Broken{Nr: w.nr + 1, Why: "missing" + upTo(w.nr+1, l.Nr-1)})
		w.lost = true
	}
	want := link(w.hash, l)
	switch {
	case w.lost, l.Hash == want:
		want = l.Hash
	case w.true != w.hash && l.Hash == link(w.true, l):
		want = l.Hash // nothing but the hash of the row before was changed
	default:
		w.report.add(Broken{Nr: l.Nr, Why: "changed, or one before it was taken away or added"})
	}
	w.nr, w.hash, w.true, w.lost = l.Nr, l.Hash, want, false
	w.report.Head = Head{Nr: l.Nr, Hash: l.Hash, At: l.At}
	for _, hash := range w.heads[l.Nr] {
		w.report.Checked++
		if hash == l.Hash {
			w.fitted = l.Nr
			continue
		}
		w.report.add(Broken{Nr: l.Nr, Why: fmt.Sprintf(
			"not what was published: something was changed, taken away or added from row %d to here", w.fitted+1)})
	}
}

// end looks for rows that were published and lie beyond the last.
func (w *walk) end(published []Head) {
	beyond := 0
	for _, h := range published {
		if h.Nr > w.nr {
			w.report.Checked++
			beyond = max(beyond, h.Nr)
		}
	}
	if beyond > 0 {
		w.report.add(Broken{Nr: w.nr + 1, Why: "missing" + upTo(w.nr+1, beyond) + ": the last of them was published"})
	}
}

func upTo(first, last int) string {
	if first == last {
		return ""
	}
	return fmt.Sprintf(", and all up to row %d", last)
}
