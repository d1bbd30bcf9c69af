package records

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
)

// Case is one person's one errand.
type Case struct{ core.BaseRecordProxy }

// The fields of a case that more than one file writes, or that queries name.
const (
	caseState     = "state"
	caseComplaint = "complaint"
	caseLevel     = "level"
	caseRegion    = "region"
	caseUnit      = "unit"
	caseQueue     = "queue"
	casePatient   = "patient"
	caseGuardian  = "guardian"
	caseClinician = "clinician"
	caseClinName  = "clinicianName"
	caseClinRole  = "clinicianRole"
	caseCreated   = "created"
	caseSince     = "since"
	caseDue       = "due"
	caseTimer     = "timer"
	caseTimerFor  = "timerFor"
	caseSeq       = "seq"
	caseMentioned = "mentioned"
	caseReads     = "guardianReads"
)

// Due says what a case's timer is for.
type Due string

// What may fall due for a case.
const (
	DueNothing  Due = ""
	DueExpire   Due = "expire"    // answering or recommended for too long
	DueNoShow   Due = "noshow"    // called, and nobody has come
	DueRemind   Due = "remind"    // paused: half of the time is over
	DuePauseEnd Due = "pause_end" // paused: all of it is over
	DueRegret   Due = "regret"    // cancelled: the time to regret it is over
	DueOverdue  Due = "overdue"   // active: the patient's word has been unanswered for long
	DueFree     Due = "free"      // active: for too long
)

// Opening is what a case begins with.
type Opening struct {
	ID, Region, Unit, Complaint string
	Patient, Guardian           string
	Protocol, Language, Phone   string
	Person                      any // what the protocol may know of the patient
	Fingerprint                 string
	At                          time.Time
}

// NewCase makes a case that is not saved yet and has no state: cases.Opened gives it one.
func NewCase(app core.App, o Opening) (*Case, error) {
	r, err := blank(app, Cases)
	if err != nil {
		return nil, err
	}
	c := AsCase(r)
	if o.ID != "" {
		c.Id = o.ID
	}
	c.Load(map[string]any{
		caseRegion: o.Region, caseUnit: o.Unit, caseComplaint: o.Complaint,
		casePatient: o.Patient, caseGuardian: o.Guardian, caseReads: o.Guardian != "",
		"protocol": o.Protocol, "language": o.Language, "phone": o.Phone, "person": o.Person, "fingerprint": o.Fingerprint, caseCreated: moment(o.At),
	})
	return c, nil
}

// AsCase reads a record as a case.
func AsCase(r *core.Record) *Case {
	c := &Case{}
	c.SetProxyRecord(r)
	return c
}

// Facts are what the table of rights needs to know of the case.
func (c *Case) Facts() access.Facts {
	return access.Facts{
		Patient: c.Patient(), Guardian: c.Guardian(), GuardianReads: c.GuardianReads(),
		Queue: c.Queue(), Clinician: c.Clinician(), Mentioned: c.Mentioned(),
	}
}

// State is where the case stands.
func (c *Case) State() cases.State { return cases.State(c.GetString(caseState)) }

// MoveTo sets the state that cases.Apply gave.
func (c *Case) MoveTo(s cases.State) { c.Set(caseState, string(s)) }

// Seq is the number of the case's last event.
func (c *Case) Seq() int { return c.GetInt(caseSeq) }

// NextSeq counts one event more.
func (c *Case) NextSeq() int {
	c.Set(caseSeq, c.Seq()+1)
	return c.Seq()
}

// Complaint is the code of the protocol that the case was opened with.
func (c *Case) Complaint() string { return c.GetString(caseComplaint) }

// Protocol is the hash of the content that the case is pinned to.
func (c *Case) Protocol() string { return c.GetString("protocol") }

// Language is the one that the patient chose.
func (c *Case) Language() string { return c.GetString("language") }

// Person reads into p what the protocol may know of the patient, as it was when the case was opened.
func (c *Case) Person(p any) error { return readJSON(c.GetString("person"), p) }

// Region is the id of the region that the case was opened in.
func (c *Case) Region() string { return c.GetString(caseRegion) }

// Unit is the id of the unit, or "".
func (c *Case) Unit() string { return c.GetString(caseUnit) }

// Queue is the id of the queue that the case has joined, or "".
func (c *Case) Queue() string { return c.GetString(caseQueue) }

// Patient is the id of the person whom the case is about.
func (c *Case) Patient() string { return c.GetString(casePatient) }

// Guardian is the id of the guardian who opened the case, or "".
func (c *Case) Guardian() string { return c.GetString(caseGuardian) }

// GuardianReads says whether the guardian's right to the case still runs.
func (c *Case) GuardianReads() bool { return c.GetBool(caseReads) }

// LetGuardianRead gives or ends the guardian's right to the case.
func (c *Case) LetGuardianRead(may bool) { c.Set(caseReads, may && c.Guardian() != "") }

// Asker is the id of the person who handles the case on the patient's side: the guardian while that right runs, else the patient.
func (c *Case) Asker() string {
	if c.GuardianReads() {
		return c.Guardian()
	}
	return c.Patient()
}

// Phone is the number that text messages of this case go to, in E.164, or "".
func (c *Case) Phone() string { return c.GetString("phone") }

// SetPhone sets it.
func (c *Case) SetPhone(e164 string) { c.Set("phone", e164) }

// Interpreter says whether the patient asked for one.
func (c *Case) Interpreter() bool { return c.GetBool("interpreter") }

// WantInterpreter notes it.
func (c *Case) WantInterpreter(want bool) { c.Set("interpreter", want) }

// Created is when the case was opened, by the program's own clock, as all its times are.
func (c *Case) Created() time.Time { return c.GetDateTime(caseCreated).Time() }

// Since is when the patient began to wait. It is kept over release, transfer and a miss.
func (c *Case) Since() time.Time { return c.GetDateTime(caseSince).Time() }

// ClosedAt is when the case ended.
func (c *Case) ClosedAt() time.Time { return c.GetDateTime("closed").Time() }

// Due is the time that people are told: until when the turn is held, or the pause lasts.
func (c *Case) Due() time.Time { return c.GetDateTime(caseDue).Time() }

// Timer is when something happens by itself, and what.
func (c *Case) Timer() (time.Time, Due) {
	return c.GetDateTime(caseTimer).Time(), Due(c.GetString(caseTimerFor))
}

// SetDue tells people a time at which something will happen by itself.
func (c *Case) SetDue(at time.Time, what Due) {
	c.Set(caseDue, moment(at))
	c.SetTimer(at, what)
}

// SetTimer lets something happen by itself, without telling anybody the time.
func (c *Case) SetTimer(at time.Time, what Due) {
	c.Set(caseTimer, moment(at))
	c.Set(caseTimerFor, string(what))
}

// NoDue ends both.
func (c *Case) NoDue() { c.SetDue(time.Time{}, DueNothing) }

// EndAt notes when the case ended, and ends its timer.
func (c *Case) EndAt(at time.Time) {
	c.Set("closed", moment(at))
	c.NoDue()
	c.Settle()
}

// Unend takes back that the case has ended.
func (c *Case) Unend() {
	c.Set("closed", moment(time.Time{}))
	c.Leave(time.Time{})
}

// Clinician is the id of the member of staff who holds the case, or who held it last when it has ended.
func (c *Case) Clinician() string { return c.GetString(caseClinician) }

// ClinicianName is the clinician's name as the patient reads it.
func (c *Case) ClinicianName() string { return c.GetString(caseClinName) }

// ClinicianRole is nurse, doctor or lead.
func (c *Case) ClinicianRole() string { return c.GetString(caseClinRole) }

// GiveTo makes who the case's clinician.
func (c *Case) GiveTo(who access.Who) {
	c.Set(caseClinician, who.ID)
	c.Set(caseClinName, who.Name)
	c.Set(caseClinRole, who.Role)
}

// GiveBack leaves the case without clinician and timer, where it stood in its queue.
func (c *Case) GiveBack() {
	c.GiveTo(access.Who{})
	c.NoDue()
	c.Settle()
	c.Set("here", false)
}

// Enter puts the case in a queue; at is when the patient began to wait.
func (c *Case) Enter(unit, queue string, at time.Time) {
	if was := c.Queue(); was != "" && was != queue {
		c.TellShut(time.Time{}) // what the old queue has told does not hold here
	}
	c.Set(caseUnit, unit)
	c.Set(caseQueue, queue)
	c.Set(caseSince, moment(at))
}

// Mentioned are the staff whom notes name: they read the case while it is so.
func (c *Case) Mentioned() []string { return strings.Fields(c.GetString(caseMentioned)) }

// Mention adds staff to those whom notes name.
func (c *Case) Mention(staff []string) {
	all := c.Mentioned()
	for _, id := range staff {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	c.Set(caseMentioned, strings.Join(all, " "))
}

// Unmention ends what notes gave one member of staff.
func (c *Case) Unmention(staff string) {
	c.Set(caseMentioned, strings.Join(slices.DeleteFunc(c.Mentioned(), func(id string) bool { return id == staff }), " "))
}

// ForgetMentions ends what notes gave.
func (c *Case) ForgetMentions() { c.Set(caseMentioned, "") }

// Fingerprint is a hash of the request that opened the case.
func (c *Case) Fingerprint() string { return c.GetString("fingerprint") }

// Fields are all that the case holds, to be kept as it was; Snapshot reads them back.
func (c *Case) Fields() map[string]any { return c.FieldsData() }

// Snapshot is a case as it was when Fields were taken. It must not be saved.
func Snapshot(app core.App, fields map[string]any) (*Case, error) {
	r, err := blank(app, Cases)
	if err != nil {
		return nil, err
	}
	r.Load(fields)
	return AsCase(r), nil
}

// CaseOf is the id of the case that a record is, or belongs to; "" for records of no case.
func CaseOf(r *core.Record) string {
	if r.Collection().Name == Cases {
		return r.Id
	}
	return r.GetString("case")
}
