package care

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// repeatFor is how long the same request again gets the same answer.
const repeatFor = time.Hour

// ErrTaken says that an id which a client made already stands for something else.
var ErrTaken = errors.New("the id is taken by something else")

// retries is how long a device tries again by itself. So long the same level is a repeat even where the patient has felt worse since: a late
// copy of what was said before must not lower what that has raised, nor bring back advice that was struck since. So long, and no longer, the
// same "I feel worse" is one: it always alerts.
const retries = 2 * time.Minute

// anew names, for an act, what must not lie between it and its repeat: events that undo it, or that make the same words mean something new.
// A clinician who has given a case back and asks for it again asks anew; ten minutes more after a second call are no repeat of those after
// the first; own words that staff have read are news when they are written again.
var anew = map[cases.Event][]cases.Event{
	cases.Taken:     {cases.Released, cases.Missed, cases.Transferred, cases.Handed, cases.TakenOver},
	cases.TakenOver: {cases.Released, cases.Missed, cases.Transferred, cases.Handed, cases.TakenOver},
	cases.Here:      {cases.Released, cases.Missed, cases.Transferred},
	cases.HoldAsked: {cases.Taken},
	cases.RangUp:    {cases.Taken},
	cases.Handed:    {cases.Taken},
	cases.Left:      {cases.Rejoined},
	cases.Levelled:  {cases.Worse, cases.Added},
	cases.OwnWords:  {cases.WordsRead},
	cases.WordsRead: {cases.OwnWords},
	cases.Amended:   {cases.Reopened},
	cases.Reopened:  {cases.Ended, cases.LapsedPause, cases.Released, cases.Transferred, cases.Handed, cases.TakenOver},
	cases.Worse:     {cases.Decided, cases.Joined, cases.Rejoined, cases.Taken, cases.Levelled, cases.Replied, cases.Released, cases.Transferred, cases.Handed},
}

// anewByOwn is the same for what only the person's own doing makes new: who has called the patient anew may miss them anew, but that a
// colleague has since called makes a late repeat no new miss.
var anewByOwn = map[cases.Event][]cases.Event{
	cases.Missed: {cases.Taken},
}

// alike names events that the same request makes, by the state that it finds: to join is to join, whether one has left before or not.
var alike = map[cases.Event]cases.Event{cases.Rejoined: cases.Joined, cases.Added: cases.Asked, cases.TakenOver: cases.Taken}

// repeatKey is a hash over what makes a request the same request; "" for acts that no person asks for.
func repeatKey(r request, caseID string) string {
	switch {
	case r.key != "":
		return r.key
	case r.body == nil:
		return ""
	}
	event := r.event
	if asked, ok := alike[event]; ok {
		event = asked
	}
	return Fingerprint(r.who.ID, event, caseID, r.body)
}

// Fingerprint is a hash over values, as they stand in JSON.
func Fingerprint(parts ...any) string {
	raw, err := json.Marshal(parts)
	if err != nil {
		panic(fmt.Sprintf("care: fingerprint of what is no JSON: %v", err)) // a programming error: parts are our own types
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// repeatBefore answers what can be known to be a repeat without trying: a request with an id of its own that was answered before, and
// an act that would always be allowed again, such as setting the level, where nothing of its kind has happened to the case since, nor
// what makes it a new one. Any other move is tried first; see repeatAfter.
func (d *Desk) repeatBefore(tx core.App, r request, c *records.Case, key string) (*records.Case, bool, error) {
	old, err := d.known(tx, r, c, key)
	if errors.Is(err, records.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	again, err := d.answerAgain(tx, r, c, old)
	return again, true, err
}

// known finds what is known, without trying, to be the same request; records.ErrNotFound where nothing is. What was held and is due now was
// asked for once, so it is nobody's copy.
func (d *Desk) known(tx core.App, r request, c *records.Case, key string) (*records.Repeat, error) {
	switch {
	case r.key != "":
		return records.RepeatByKey(tx, key)
	case key == "" || r.held:
		return nil, records.ErrNotFound
	case !cases.Keeps(r.event):
		return nil, records.ErrNotFound
	}
	find := func() (*records.Repeat, error) { return records.LastRepeat(tx, c.Id, string(r.event)) }
	if r.event == cases.Amended { // though somebody has corrected since: what they struck must not come back
		find = func() (*records.Repeat, error) { return records.RepeatByKey(tx, key) }
	}
	old, err := find()
	switch {
	case err != nil:
		return nil, err
	case old.Key() != key:
		return nil, records.ErrNotFound
	}
	over, err := d.over(tx, r.event, c, old)
	if over {
		return nil, records.ErrNotFound
	}
	return old, err
}

// over says whether the same request would be a new one: its time is over, or something has happened to the case that makes it so.
func (d *Desk) over(tx core.App, event cases.Event, c *records.Case, old *records.Repeat) (bool, error) {
	if d.stale(event, old) {
		return true, nil
	}
	if (event == cases.Levelled || event == cases.Amended) && d.age(old) <= retries {
		return false, nil
	}
	again, err := records.HappenedSince(tx, c.Id, old.Seq(), "", anew[event]...)
	if again || err != nil {
		return again, err
	}
	return records.HappenedSince(tx, c.Id, old.Seq(), old.Person(), anewByOwn[event]...)
}

// stale says whether an answer is too old to be given again.
func (d *Desk) stale(event cases.Event, old *records.Repeat) bool {
	lasts := repeatFor
	if event == cases.Worse {
		lasts = retries
	}
	return d.age(old) > lasts
}

// age is how long ago it was answered.
func (d *Desk) age(old *records.Repeat) time.Duration { return d.Clock.Now().Sub(old.At()) }

// repeatAfter answers a move that was refused, if the same person has made it before with the same body: what was answered then.
// Otherwise it answers the refusal.
func (d *Desk) repeatAfter(tx core.App, r request, c *records.Case, key string, refusal error) (*records.Case, error) {
	if key == "" {
		return nil, refusal
	}
	old, err := records.RepeatByKey(tx, key)
	if err != nil {
		return nil, refusal
	}
	over := d.stale(r.event, old)
	if !over && !cases.Keeps(r.event) { // what leaves the state as it is was true when it was said, and nothing can undo it
		if over, err = d.over(tx, r.event, c, old); err != nil {
			return nil, err
		}
	}
	if over {
		return nil, refusal
	}
	return d.answerAgain(tx, r, c, old)
}

// answerAgain is the first answer; nothing of it goes to who no longer sees the case.
func (d *Desk) answerAgain(tx core.App, r request, c *records.Case, old *records.Repeat) (*records.Case, error) {
	first, err := firstAnswer(tx, old)
	if err != nil || first == nil {
		return nil, err
	}
	if err := access.Check(r.who, access.See, c.Facts()); err != nil {
		return nil, err
	}
	return first, nil
}

// firstAnswer is the case as it was answered then; nil where nothing of it was.
func firstAnswer(tx core.App, old *records.Repeat) (*records.Case, error) {
	var fields map[string]any
	if err := old.Answer(&fields); err != nil {
		return nil, fmt.Errorf("read first answer: %w", err)
	}
	if fields == nil {
		return nil, nil
	}
	return records.Snapshot(tx, fields)
}

// keepRepeat stores what was answered.
func keepRepeat(tx core.App, r request, a *Act, key string) error {
	if key == "" {
		return nil
	}
	var answer map[string]any
	if !a.empty {
		answer = a.Case.Fields()
	}
	return records.AddRepeat(tx, records.Answered{
		Key: key, Person: r.who.ID, Case: a.Case.Id, Event: r.event, Seq: a.Case.Seq(), Answer: answer, At: a.Now,
	})
}
