// Package access says who may do what with a case. It is one table, asked by the commands, by the topics and by the message hook;
// the API rules of the collections say the same for PocketBase's own routes, and the permission tests hold the two together.
//
// The package is pure: it sees only facts that are handed to it. It does not know states (see cases): a right is asked first,
// the state afterwards.
package access

import (
	"errors"
	"slices"

	"lotsen/internal/cases"
)

// Kind is what sort of caller someone is.
type Kind string

// The kinds of callers. System is the program itself, when a due time has passed.
const (
	Guest     Kind = ""
	Patient   Kind = "patient"
	Staff     Kind = "staff"
	Superuser Kind = "superuser"
	System    Kind = "system"
)

// RoleLead is the role of staff who lead the queues that they belong to.
const RoleLead = "lead"

// Who is a caller.
type Who struct {
	Kind   Kind
	ID     string   // the id of the caller's record
	Name   string   // as colleagues and patients read it
	Role   string   // nurse, doctor or lead; "" for others than staff
	Queues []string // the queues that a member of staff belongs to
	Unit   string   // the care unit of the first of them, for the access log
}

// Belongs says whether a member of staff belongs to the queue. Nobody belongs to an unset one.
func (w Who) Belongs(queue string) bool {
	return w.Kind == Staff && w.ID != "" && queue != "" && slices.Contains(w.Queues, queue)
}

// Facts are what the table needs to know of a case.
type Facts struct {
	Patient       string
	Guardian      string
	GuardianReads bool // whether the guardian's right still runs
	Queue         string
	Clinician     string
	Mentioned     []string
}

// ErrHidden says that the thing is not the caller's to see: to the caller it does not exist.
var ErrHidden = errors.New("not there, or not yours to see")

// ErrDenied says that the caller sees the thing but may not do this.
var ErrDenied = errors.New("you may not do this")

// tie is how a caller is bound to a case.
type tie string

const (
	stranger  tie = ""
	owner     tie = "owner"     // the patient, or the guardian who opened it
	clinician tie = "clinician" // the member of staff who holds it
	colleague tie = "colleague" // staff of its queue
	mentioned tie = "mentioned" // staff whom a note names
	system    tie = "system"
)

// See is the right to read a case and its topic. It is no event: nothing happens to the case.
const See cases.Event = "see"

// Talk is the right to be seen typing.
const Talk cases.Event = "typing"

var (
	anyone    = []tie{owner, clinician, colleague, mentioned}
	mine      = []tie{owner}
	holder    = []tie{clinician}
	team      = []tie{clinician, colleague}
	programme = []tie{system}
)

// table says who may make which event happen.
var table = map[cases.Event][]tie{
	See:               anyone,
	Talk:              {owner, clinician},
	cases.Asked:       mine,
	cases.Decided:     mine,
	cases.Added:       mine,
	cases.OwnWords:    mine,
	cases.Joined:      mine,
	cases.Left:        mine,
	cases.Rejoined:    mine,
	cases.Worse:       mine,
	cases.NewNumber:   mine,
	cases.Here:        mine,
	cases.HoldAsked:   mine,
	cases.Said:        mine,
	cases.Rated:       mine,
	cases.Read:        {owner, clinician, colleague},
	cases.WordsRead:   team,
	cases.Taken:       team,
	cases.Levelled:    team,
	cases.Noted:       {clinician, colleague, mentioned},
	cases.Replied:     holder,
	cases.Released:    {clinician, system},
	cases.Transferred: holder,
	cases.Handed:      holder,
	cases.Missed:      {clinician, system},
	cases.MissedOut:   {clinician, system},
	cases.PausedFor:   holder,
	cases.Resumed:     holder,
	cases.RangUp:      holder,
	cases.Ended:       holder,
	cases.Guarded:     {clinician, system},
	cases.TakenOver:   team,
	cases.Amended:     team,
	cases.Reopened:    team,
	cases.Reminded:    programme,
	cases.LapsedPause: programme,
	cases.Lapsed:      programme,
	cases.LetGo:       programme,
	cases.Kept:        programme,
	cases.Unmentioned: programme,
	cases.Delivered:   programme,
	cases.ShutFor:     programme,
	cases.Overdue:     programme,
	cases.Freed:       programme,
	cases.Alone:       programme,
	cases.Present:     programme,
}

// Check says whether who may make event happen to the case of these facts: nil, ErrHidden or ErrDenied.
func Check(who Who, event cases.Event, f Facts) error {
	t := bond(who, f)
	if t == stranger {
		return ErrHidden
	}
	if !slices.Contains(table[event], t) {
		return ErrDenied
	}
	return nil
}

// bond finds the closest tie between a caller and a case. Everything empty is nobody's: an unset relation binds no one.
func bond(who Who, f Facts) tie {
	switch {
	case who.Kind == System:
		return system
	case who.ID == "":
		return stranger
	case who.Kind == Patient && (who.ID == f.Patient || f.GuardianReads && who.ID == f.Guardian):
		return owner
	case who.Belongs(f.Queue) && who.ID == f.Clinician:
		return clinician
	case who.Belongs(f.Queue):
		return colleague
	case who.Kind == Staff && f.Queue != "" && slices.Contains(f.Mentioned, who.ID):
		return mentioned
	}
	return stranger
}

// Queue says whether who may work in the queue: nil, or ErrHidden for staff of others, or ErrDenied for those who are no staff.
func Queue(who Who, queue string) error {
	if who.Kind != Staff {
		return ErrDenied
	}
	if !who.Belongs(queue) {
		return ErrHidden
	}
	return nil
}

// Lead says whether who leads the queue: nil, ErrHidden or ErrDenied.
func Lead(who Who, queue string) error {
	if err := Queue(who, queue); err != nil {
		return err
	}
	if who.Role != RoleLead {
		return ErrDenied
	}
	return nil
}

// TryRoutes says whether who may ask where an errand would go: superusers, and those who lead a queue. Of which region is not known here.
func TryRoutes(who Who) error {
	if who.Kind == Superuser || who.Kind == Staff && who.Role == RoleLead {
		return nil
	}
	return ErrDenied
}
