// Package cases holds the states of a case and the table of moves between them.
//
// A case is one person's one errand. It moves from state to state only by an event, and Apply is the only place that says
// which event leads where. The package is pure: it knows no database, no people's rights (see access) and no clock.
// What an event changes beside the state is care's business.
package cases

// State is where a case stands. The values are promised to the outside (api.md, "States").
type State string

// The states, in the order in which a case meets them.
const (
	Answering   State = "answering"   // the patient answers questions
	Recommended State = "recommended" // the patient has a decision and may join the queue
	Waiting     State = "waiting"     // in line
	Called      State = "called"      // a clinician has taken it and the patient is told
	Active      State = "active"      // they talk
	Paused      State = "paused"      // the clinician waits for the patient's answer
	Closed      State = "closed"      // ended by a clinician, or by a rule that closes with words
	Cancelled   State = "cancelled"   // the patient left
	Expired     State = "expired"     // never answered to the end
	Referred    State = "referred"    // decided, never joined, and its time is over: the decision stands
)

// States lists every state in the order of a case's life.
func States() []State {
	return []State{Answering, Recommended, Waiting, Called, Active, Paused, Closed, Cancelled, Expired, Referred}
}

// Open says whether the case can still be acted on by its patient.
func (s State) Open() bool {
	switch s {
	case Answering, Recommended, Waiting, Called, Active, Paused:
		return true
	case Closed, Cancelled, Expired, Referred:
		return false
	}
	return false
}

// Held says whether a clinician holds the case in this state.
func (s State) Held() bool {
	return s == Called || s == Active || s == Paused
}

// Level is an urgency: 1 immediate to 5 self-care, 0 where none is decided yet. Lower is more urgent.
type Level int

// The five levels of api.md.
const (
	Immediate Level = 1
	Urgent    Level = 2
	Today     Level = 3
	Days      Level = 4
	SelfCare  Level = 5
)

// Code is the level's name in the interface, or "" for a level that is none.
func (l Level) Code() string {
	switch l {
	case Immediate:
		return "immediate"
	case Urgent:
		return "urgent"
	case Today:
		return "today"
	case Days:
		return "days"
	case SelfCare:
		return "selfcare"
	}
	return ""
}

// Raise returns the more urgent of two levels. An undecided level (0) gives way to any other.
func Raise(a, b Level) Level {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Outcome is what a clinician says a case ended with (api.md, close).
type Outcome string

// Outcomes lists the outcomes that a clinician may choose.
func Outcomes() []Outcome {
	return []Outcome{"advice", "assessed", "booked", "referred_clinic", "referred_emergency", "no_show", "technical"}
}
