package care_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
)

// model is all that is promised of where a case stands, on one page: what the desk does is held against it.
type model struct {
	state            cases.State // "" before it is opened
	level            cases.Level
	queue, clinician string    // ids
	since            time.Time // from when on it waits
}

// happening is something that happens to a case.
type happening struct {
	event cases.Event
	by    access.Who
	owns  bool // by is the case's patient, or its guardian while that right runs
	model      // what it gives: a level, a queue, a clinician, a time; never a state
}

// lives says what may happen in which states, where that leads, if anywhere, and who does it: o the owner, h who holds it, t staff of its queue, s the program.
const lives = `
new > answering: opened:o
answering recommended > answering: asked:o
answering recommended > recommended: decided:o
recommended > waiting: joined:o
answering recommended waiting > cancelled: left:o
cancelled > waiting: rejoined:o
waiting > called: taken:t
called > active: here:oh said:o
called > waiting: missed:hs
called > closed: missed_out:hs
active > paused: paused:h
paused > active: resumed:h said:o
held > waiting: released:hs transferred:h
held > closed: closed:h
paused > closed: pause_ended:s
answering > expired: expired:s
recommended > referred: referred:s
closed > active: reopened:t
open: freetext:o worse:o phone:o kept:s
waiting: added:o said:o shut:s
called: hold:o
active: said:o overdue:s
paused: reminded:s
held: replied:h phonecall:h handed:h taken_over:t freed:s alone:s present:s
held waiting: level:t noted:t
over: noted:t feedback:o
closed: amended:t
open over: read:ot words_read:t guardian:hs unmentioned:s sms:s`

var groups = strings.NewReplacer("held", "called active paused", "open", "answering recommended waiting called active paused", "over", "closed cancelled expired referred")

// allows says whether a happening may be, and to which state it leads: "" for that in which it finds the case.
func (m model) allows(h happening) (to cases.State, ok bool) {
	ours := h.by.Belongs(m.queue)
	ties := map[rune]bool{'o': h.owns, 't': ours, 'h': ours && h.by.ID == m.clinician, 's': h.by.Kind == access.System}
	for line := range strings.SplitSeq(lives, "\n") {
		way, events, _ := strings.Cut(line, ": ")
		from, to, _ := strings.Cut(way, " > ")
		_, after, found := strings.Cut(" "+events, " "+string(h.event)+":")
		if found && slices.Contains(strings.Fields(groups.Replace(from)), cmp.Or(string(m.state), "new")) {
			who, _, _ := strings.Cut(after, " ")
			return cases.State(to), strings.ContainsFunc(who, func(tie rune) bool { return ties[tie] })
		}
	}
	return "", false
}

// apply is what a case must be after a happening. Its error says what of it must not be.
func (m model) apply(h happening) (model, error) {
	to, ok := m.allows(h)
	waited, was := m.state == cases.Waiting || m.state.Held(), m.level
	m.state = cmp.Or(to, m.state)
	switch h.event { //nolint:exhaustive // the others change nothing of this
	case cases.Joined, cases.Rejoined:
		m.queue, m.since = cmp.Or(m.queue, h.queue), cmp.Or(m.since, h.since)
	case cases.Taken, cases.TakenOver, cases.Reopened:
		m.clinician = h.by.ID
	case cases.Released, cases.Missed, cases.Transferred, cases.Handed:
		m.queue, m.clinician = cmp.Or(h.queue, m.queue), h.clinician
	case cases.Asked, cases.Decided, cases.Added, cases.Worse, cases.Levelled:
		m.level = h.level
	}
	if waits, held := m.state == cases.Waiting, m.state.Held(); !ok ||
		waited && m.level > was && h.event != cases.Levelled || // only a clinician makes one who waits less urgent
		(waits || held) && (m.queue == "" || m.since.IsZero() || m.level == 0 || held != (m.clinician != "")) { // and somebody answers for it
		return m, fmt.Errorf("%s by %s %s must not be, and lead to %+v", h.event, h.by.Kind, h.by.Name, m)
	}
	return m, nil
}
