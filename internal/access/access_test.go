package access_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/access"
	"lotsen/internal/cases"
)

// facts are a case that a nurse holds and a note names a doctor in. Its guardian's right still runs.
var facts = access.Facts{
	Patient: "child", Guardian: "guardian", GuardianReads: true,
	Queue: "norrvik", Clinician: "nurse", Mentioned: []string{"doctor"},
}

// callers are one of each kind, in the order of the table's columns.
var callers = []struct {
	name string
	who  access.Who
}{
	{"patient", access.Who{Kind: access.Patient, ID: "child"}},
	{"guardian", access.Who{Kind: access.Patient, ID: "guardian"}},
	{"clinician of the case", access.Who{Kind: access.Staff, ID: "nurse", Queues: []string{"norrvik"}}},
	{"colleague", access.Who{Kind: access.Staff, ID: "colleague", Queues: []string{"soder", "norrvik"}}},
	{"lead", access.Who{Kind: access.Staff, ID: "lead", Role: access.RoleLead, Queues: []string{"norrvik"}}},
	{"named by a note", access.Who{Kind: access.Staff, ID: "doctor", Queues: []string{"other"}}},
	{"the program", access.Who{Kind: access.System}},
}

// strangers see nothing, whatever they try.
var strangers = map[string]access.Who{
	"nobody":                                  {},
	"another patient":                         {Kind: access.Patient, ID: "other"},
	"a patient with the nurse's id":           {Kind: access.Patient, ID: "nurse", Queues: []string{"norrvik"}},
	"staff with the patient's id":             {Kind: access.Staff, ID: "child"},
	"staff of another queue":                  {Kind: access.Staff, ID: "south", Queues: []string{"soder"}},
	"staff without a queue":                   {Kind: access.Staff, ID: "idle"},
	"the nurse, who has left the queue":       {Kind: access.Staff, ID: "nurse", Queues: []string{"soder"}},
	"staff with an unset queue":               {Kind: access.Staff, ID: "odd", Queues: []string{""}},
	"staff without an id":                     {Kind: access.Staff, Queues: []string{"norrvik"}},
	"a superuser":                             {Kind: access.Superuser, ID: "root"},
	"a superuser with the nurse's id":         {Kind: access.Superuser, ID: "nurse", Queues: []string{"norrvik"}},
	"a guest that calls itself the patient":   {Kind: access.Guest, ID: "child"},
	"a kind that does not exist":              {Kind: "robot", ID: "child", Queues: []string{"norrvik"}},
	"a patient named by a note":               {Kind: access.Patient, ID: "doctor"},
	"a patient without an id":                 {Kind: access.Patient},
	"staff whose name, not id, stands in it":  {Kind: access.Staff, ID: "x", Name: "nurse"},
	"staff with the id of the queue":          {Kind: access.Staff, ID: "norrvik"},
	"the lead of another queue":               {Kind: access.Staff, ID: "chief", Role: access.RoleLead, Queues: []string{"soder"}},
	"staff with a queue that only begins so":  {Kind: access.Staff, ID: "near", Queues: []string{"norrvik2"}},
	"staff whose id is part of a mention":     {Kind: access.Staff, ID: "doc", Queues: []string{"other"}},
	"a patient whose id begins as guardian's": {Kind: access.Patient, ID: "guardia"},
}

// rights is the table as a person reads it: y for may, - for sees the case and may not.
//
//	patient, guardian, clinician, colleague, lead, named, the program
var rights = map[cases.Event]string{
	access.See:        "yyyyyy-",
	access.Talk:       "yyy----",
	cases.Asked:       "yy-----",
	cases.Decided:     "yy-----",
	cases.Added:       "yy-----",
	cases.OwnWords:    "yy-----",
	cases.Joined:      "yy-----",
	cases.Left:        "yy-----",
	cases.Rejoined:    "yy-----",
	cases.Worse:       "yy-----",
	cases.NewNumber:   "yy-----",
	cases.Here:        "yy-----",
	cases.HoldAsked:   "yy-----",
	cases.Said:        "yy-----",
	cases.Rated:       "yy-----",
	cases.Read:        "yyyyy--",
	cases.WordsRead:   "--yyy--",
	cases.Taken:       "--yyy--",
	cases.Levelled:    "--yyy--",
	cases.Noted:       "--yyyy-",
	cases.Replied:     "--y----",
	cases.Released:    "--y---y",
	cases.Transferred: "--y----",
	cases.Handed:      "--y----",
	cases.Missed:      "--y---y",
	cases.MissedOut:   "--y---y",
	cases.PausedFor:   "--y----",
	cases.Resumed:     "--y----",
	cases.RangUp:      "--y----",
	cases.Ended:       "--y----",
	cases.Guarded:     "--y---y",
	cases.Reminded:    "------y",
	cases.LapsedPause: "------y",
	cases.Lapsed:      "------y",
	cases.LetGo:       "------y",
	cases.Kept:        "------y",
	cases.Unmentioned: "------y",
	cases.Delivered:   "------y",
	cases.TakenOver:   "--yyy--",
	cases.Amended:     "--yyy--",
	cases.Reopened:    "--yyy--",
	cases.ShutFor:     "------y",
	cases.Overdue:     "------y",
	cases.Freed:       "------y",
	cases.Alone:       "------y",
	cases.Present:     "------y",
	cases.Opened:      "-------", // no case is there yet: opening asks for no tie
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	for event, row := range rights {
		for i, c := range callers {
			want := access.ErrDenied
			if row[i] == 'y' {
				want = nil
			}
			if got := access.Check(c.who, event, facts); !errors.Is(got, want) {
				t.Errorf("%s, %s: got %v, want %v", c.name, event, got, want)
			}
		}
	}
}

func TestTheTableNamesEveryEvent(t *testing.T) {
	t.Parallel()
	for _, event := range cases.Events() {
		if _, named := rights[event]; !named {
			t.Errorf("nobody has said who may do %q: add a row to rights", event)
		}
	}
}

func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	for name, who := range strangers {
		for event := range rights {
			if err := access.Check(who, event, facts); !errors.Is(err, access.ErrHidden) {
				t.Errorf("%s, %s: got %v, want that the case does not exist", name, event, err)
			}
		}
	}
}

// TestACaseOfNobodyIsNobodys is about a case with every relation unset, where everything empty would be equal.
func TestACaseOfNobodyIsNobodys(t *testing.T) {
	t.Parallel()
	for event := range rights {
		for name, who := range strangers {
			if err := access.Check(who, event, access.Facts{GuardianReads: true}); !errors.Is(err, access.ErrHidden) {
				t.Errorf("%s, %s: got %v, want that the case does not exist", name, event, err)
			}
		}
		for _, c := range callers[:len(callers)-1] {
			if err := access.Check(c.who, event, access.Facts{GuardianReads: true}); !errors.Is(err, access.ErrHidden) {
				t.Errorf("%s, %s: got %v, want that the case does not exist", c.name, event, err)
			}
		}
	}
}

// TestBeforeTheQueueNoStaffSeeACase is about a case that has not joined: whoever a field may name, staff do not see it.
func TestBeforeTheQueueNoStaffSeeACase(t *testing.T) {
	t.Parallel()
	before := facts
	before.Queue = ""
	for _, c := range callers {
		err := access.Check(c.who, access.See, before)
		if c.who.Kind == access.Staff && !errors.Is(err, access.ErrHidden) {
			t.Errorf("%s: got %v, want that the case does not exist", c.name, err)
		}
		if c.who.Kind == access.Patient && err != nil {
			t.Errorf("%s: got %v, want to see the case", c.name, err)
		}
	}
}

func TestAGuardianWhoseRightIsOverIsAStranger(t *testing.T) {
	t.Parallel()
	over := facts
	over.GuardianReads = false
	guardian := access.Who{Kind: access.Patient, ID: "guardian"}
	for event := range rights {
		if err := access.Check(guardian, event, over); !errors.Is(err, access.ErrHidden) {
			t.Errorf("%s: got %v, want that the case does not exist", event, err)
		}
	}
}

// TestWhoMaySeesToo is a property over random callers and cases: nobody may do anything to a case that they do not see, but for the program,
// and who shares no id with the case and no queue is a stranger.
func TestWhoMaySeesToo(t *testing.T) {
	t.Parallel()
	ids := []string{"", "a", "b", "c"}
	id := rapid.SampledFrom(ids)
	events := cases.Events()
	rapid.Check(t, func(t *rapid.T) {
		who := access.Who{
			Kind: rapid.SampledFrom([]access.Kind{access.Guest, access.Patient, access.Staff, access.Superuser}).Draw(t, "kind"),
			ID:   id.Draw(t, "id"), Queues: rapid.SliceOfN(id, 0, 2).Draw(t, "queues"),
		}
		f := access.Facts{
			Patient: id.Draw(t, "patient"), Guardian: id.Draw(t, "guardian"), GuardianReads: rapid.Bool().Draw(t, "reads"),
			Queue: id.Draw(t, "queue"), Clinician: id.Draw(t, "clinician"), Mentioned: rapid.SliceOfN(id, 0, 2).Draw(t, "mentioned"),
		}
		see := access.Check(who, access.See, f)
		for _, event := range events {
			err := access.Check(who, event, f)
			if see != nil && !errors.Is(err, access.ErrHidden) {
				t.Fatalf("%+v does not see %+v, and %s answers %v", who, f, event, err)
			}
		}
		if see == nil && (who.ID == "" || who.Kind == access.Guest || who.Kind == access.Superuser) {
			t.Fatalf("%+v sees %+v", who, f)
		}
		if see == nil && who.Kind == access.Staff && f.Queue == "" {
			t.Fatalf("%+v sees %+v, which has not joined", who, f)
		}
	})
}

func TestQueuesAndTheirLeads(t *testing.T) {
	t.Parallel()
	nurse := access.Who{Kind: access.Staff, ID: "n", Role: "nurse", Queues: []string{"norrvik"}}
	lead := access.Who{Kind: access.Staff, ID: "l", Role: access.RoleLead, Queues: []string{"norrvik"}}
	for name, try := range map[string]struct {
		who         access.Who
		queue       string
		works, lead error
	}{
		"a nurse":                 {nurse, "norrvik", nil, access.ErrDenied},
		"a lead":                  {lead, "norrvik", nil, nil},
		"a lead, elsewhere":       {lead, "soder", access.ErrHidden, access.ErrHidden},
		"a nurse, elsewhere":      {nurse, "soder", access.ErrHidden, access.ErrHidden},
		"staff without a queue":   {access.Who{Kind: access.Staff, ID: "i", Role: access.RoleLead}, "norrvik", access.ErrHidden, access.ErrHidden},
		"staff, an unset queue":   {access.Who{Kind: access.Staff, ID: "i", Queues: []string{""}}, "", access.ErrHidden, access.ErrHidden},
		"a patient":               {access.Who{Kind: access.Patient, ID: "p", Queues: []string{"norrvik"}}, "norrvik", access.ErrDenied, access.ErrDenied},
		"a superuser":             {access.Who{Kind: access.Superuser, ID: "s"}, "norrvik", access.ErrDenied, access.ErrDenied},
		"nobody":                  {access.Who{}, "norrvik", access.ErrDenied, access.ErrDenied},
		"nobody, an unset queue":  {access.Who{}, "", access.ErrDenied, access.ErrDenied},
		"staff that has no id":    {access.Who{Kind: access.Staff, Queues: []string{"norrvik"}}, "norrvik", access.ErrHidden, access.ErrHidden},
		"a patient who is a lead": {access.Who{Kind: access.Patient, ID: "p", Role: access.RoleLead}, "norrvik", access.ErrDenied, access.ErrDenied},
	} {
		if got := access.Queue(try.who, try.queue); !errors.Is(got, try.works) {
			t.Errorf("%s works there: got %v, want %v", name, got, try.works)
		}
		if got := access.Lead(try.who, try.queue); !errors.Is(got, try.lead) {
			t.Errorf("%s leads it: got %v, want %v", name, got, try.lead)
		}
	}
}
