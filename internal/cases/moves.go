package cases

import (
	"fmt"
	"slices"
)

// Event is something that happens to a case. Each writes one row of the case's history, under this name.
type Event string

// The events. Those that no row of the table names as a move leave the state as it is.
const (
	Opened      Event = "opened"      // the patient begins
	Asked       Event = "asked"       // an answer is saved and there is more to ask
	Decided     Event = "decided"     // an answer is saved and it was the last
	Added       Event = "added"       // an answer is given while waiting
	OwnWords    Event = "freetext"    // the patient writes in own words
	Joined      Event = "joined"      // the patient joins the queue
	Left        Event = "left"        // the patient leaves
	Rejoined    Event = "rejoined"    // the patient regrets having left
	Worse       Event = "worse"       // the patient feels worse
	NewNumber   Event = "phone"       // the patient is reached at another number
	Taken       Event = "taken"       // a clinician takes the case, and the patient is called
	Here        Event = "here"        // the patient is there
	HoldAsked   Event = "hold"        // the patient asks for ten minutes more
	Said        Event = "said"        // the patient writes
	Replied     Event = "replied"     // the case's clinician writes
	Noted       Event = "noted"       // staff write among themselves
	Read        Event = "read"        // somebody has read up to a message
	WordsRead   Event = "words_read"  // staff have read the own words
	Released    Event = "released"    // back to where it stood
	Transferred Event = "transferred" // to another queue
	Handed      Event = "handed"      // to another person
	Levelled    Event = "level"       // a person sets the level
	Missed      Event = "missed"      // nobody came: the old place back
	MissedOut   Event = "missed_out"  // nobody came again, and the region's rule ends the case
	PausedFor   Event = "paused"      // waiting for an answer, the patient is told until when
	Resumed     Event = "resumed"     // on again
	Reminded    Event = "reminded"    // the pause is half over
	RangUp      Event = "phonecall"   // the clinician rang by telephone
	Ended       Event = "closed"      // a clinician closes
	LapsedPause Event = "pause_ended" // the pause ended without an answer
	Lapsed      Event = "expired"     // the questions were never finished
	LetGo       Event = "referred"    // decided and never joined
	Guarded     Event = "guardian"    // staff verify or block a guardian, or the right ends
	Rated       Event = "feedback"    // the patient rates
	Kept        Event = "kept"        // a timer is over, and the case is one that no timer may end
	Unmentioned Event = "unmentioned" // staff whom a note named have left the unit: they read no more
	Delivered   Event = "sms"         // the provider has accepted, or refused, the text message of the case's turn
	ShutFor     Event = "shut"        // the queue has closed for now: who waits is told when it opens, or where to turn
	Overdue     Event = "overdue"     // the patient's word has been unanswered for long: its clinician is told
	Freed       Event = "freed"       // for too long: anyone of the queue may take the case over
	TakenOver   Event = "taken_over"  // a colleague takes over a case that is free
	Alone       Event = "alone"       // its clinician has no live line, or went off duty: the lead is told
	Present     Event = "present"     // its clinician is back before anybody took over
	Amended     Event = "amended"     // after the end: new advice in the place of the old
	Reopened    Event = "reopened"    // after the end: active again
)

// move is a row of the table: from any of these states to that one; an empty To keeps the state.
type move struct {
	from []State
	to   State
}

var (
	open     = []State{Answering, Recommended, Waiting, Called, Active, Paused}
	held     = []State{Called, Active, Paused}
	standing = []State{Waiting, Called, Active, Paused}
	ended    = []State{Closed, Cancelled, Expired, Referred}
	every    = States()
)

// moves is the table. An event may have several rows; the first whose from holds the state counts.
var moves = map[Event][]move{
	Opened:      {{from: []State{""}, to: Answering}},
	Asked:       {{from: []State{Answering, Recommended}, to: Answering}},
	Decided:     {{from: []State{Answering, Recommended}, to: Recommended}},
	Added:       {{from: []State{Waiting}}},
	OwnWords:    {{from: open}},
	Joined:      {{from: []State{Recommended}, to: Waiting}},
	Left:        {{from: []State{Answering, Recommended, Waiting}, to: Cancelled}},
	Rejoined:    {{from: []State{Cancelled}, to: Waiting}},
	Worse:       {{from: open}},
	NewNumber:   {{from: open}},
	Taken:       {{from: []State{Waiting}, to: Called}},
	Here:        {{from: []State{Called}, to: Active}},
	HoldAsked:   {{from: []State{Called}}},
	Said:        {{from: []State{Waiting, Active}}, {from: []State{Called, Paused}, to: Active}},
	Replied:     {{from: held}},
	Noted:       {{from: slices.Concat(standing, ended)}},
	Read:        {{from: every}},
	WordsRead:   {{from: every}},
	Released:    {{from: held, to: Waiting}},
	Transferred: {{from: held, to: Waiting}},
	Handed:      {{from: held}},
	Levelled:    {{from: standing}},
	Missed:      {{from: []State{Called}, to: Waiting}},
	MissedOut:   {{from: []State{Called}, to: Closed}},
	PausedFor:   {{from: []State{Active}, to: Paused}},
	Resumed:     {{from: []State{Paused}, to: Active}},
	Reminded:    {{from: []State{Paused}}},
	RangUp:      {{from: held}},
	Ended:       {{from: held, to: Closed}},
	LapsedPause: {{from: []State{Paused}, to: Closed}},
	Lapsed:      {{from: []State{Answering}, to: Expired}},
	LetGo:       {{from: []State{Recommended}, to: Referred}},
	Guarded:     {{from: every}},
	Rated:       {{from: ended}},
	Kept:        {{from: open}},
	Unmentioned: {{from: every}},
	Delivered:   {{from: every}},
	ShutFor:     {{from: []State{Waiting}}},
	Overdue:     {{from: []State{Active}}},
	Freed:       {{from: held}},
	TakenOver:   {{from: held}},
	Alone:       {{from: held}},
	Present:     {{from: held}},
	Amended:     {{from: []State{Closed}}},
	Reopened:    {{from: []State{Closed}, to: Active}},
}

// Refused says that the state of a case does not allow an event.
type Refused struct {
	Event Event
	State State // the present one
}

func (r *Refused) Error() string {
	return fmt.Sprintf("a case that is %q allows no %q", r.State, r.Event)
}

// Apply returns the state that event leads to from state, or *Refused. The empty state is that of a case not yet opened.
func Apply(state State, event Event) (State, error) {
	for _, m := range moves[event] {
		if !slices.Contains(m.from, state) {
			continue
		}
		if m.to == "" {
			return state, nil
		}
		return m.to, nil
	}
	return state, &Refused{Event: event, State: state}
}

// Keeps says whether event leaves the state as it is, wherever it is allowed: such an event can follow itself.
func Keeps(event Event) bool {
	for _, m := range moves[event] {
		if m.to != "" {
			return false
		}
	}
	return true
}

// Events lists every event that the table knows, in no order.
func Events() []Event {
	list := make([]Event, 0, len(moves))
	for e := range moves {
		list = append(list, e)
	}
	return list
}
