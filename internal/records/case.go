package records

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
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
	c.Set("here", false)
}

// Enter puts the case in a queue; at is when the patient began to wait.
func (c *Case) Enter(unit, queue string, at time.Time) {
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

// CaseByID finds a case.
func CaseByID(app core.App, id string) (*Case, error) { return byID[Case](app, Cases, id) }

// FirstWaiting finds whose turn it is in a queue: the most urgent level, then the longest wait. Index: cases_waiting.
func FirstWaiting(app core.App, queue string) (*Case, error) {
	if queue == "" {
		return nil, ErrNotFound
	}
	return first[Case](app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting)}).
		OrderBy(caseLevel, caseSince, "id"))
}

// WaitingIn lists those waiting in a queue in the order in which they will be helped, after the case named after ("" for the first), at most n.
func WaitingIn(app core.App, queue string, after *Case, n int) ([]*Case, error) {
	q := app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting)}).
		OrderBy(caseLevel, caseSince, "id").Limit(int64(n))
	if after != nil {
		q.AndWhere(dbx.NewExp("([[level]], [[since]], [[id]]) > ({:l}, {:s}, {:i})",
			dbx.Params{"l": after.GetInt(caseLevel), "s": stamp(after.Since()), "i": after.Id}))
	}
	return list[Case](q)
}

// AheadOf counts those who will be helped before a case that waits.
func AheadOf(app core.App, c *Case) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).
		AndWhere(dbx.HashExp{caseQueue: c.Queue(), caseState: string(cases.Waiting)}).
		AndWhere(dbx.NewExp("([[level]], [[since]], [[id]]) < ({:l}, {:s}, {:i})",
			dbx.Params{"l": c.GetInt(caseLevel), "s": stamp(c.Since()), "i": c.Id})).Row(&n)
	return n, err
}

// AllWaiting lists every waiting case, for the ranks that are rebuilt at start.
func AllWaiting(app core.App) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{caseState: string(cases.Waiting)}))
}

// LastSince is the latest time at which anyone now waiting in the queue at that level began to wait; zero where nobody does.
func LastSince(app core.App, queue string, level cases.Level) (time.Time, error) {
	c, err := first[Case](app.RecordQuery(Cases).
		AndWhere(dbx.HashExp{caseQueue: queue, caseState: string(cases.Waiting), caseLevel: int(level)}).
		OrderBy(caseSince + " DESC"))
	if err != nil {
		return time.Time{}, ignoreMissing(err)
	}
	return c.Since(), nil
}

// OpensOf lists the open cases of a person and complaint. There is one for each who has opened: the patient, and each guardian.
func OpensOf(app core.App, patient, complaint string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{casePatient: patient, caseComplaint: complaint}, openStates())).OrderBy(caseCreated, "id"))
}

// OpenedSince lists a person's cases of a complaint that were opened at or after since.
func OpenedSince(app core.App, patient, complaint string, since time.Time) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{casePatient: patient, caseComplaint: complaint},
		dbx.NewExp("[[created]] >= {:t}", dbx.Params{"t": stamp(since)}))))
}

// CasesOf lists a person's cases, the newest first, at most n.
func CasesOf(app core.App, patient string, n int) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{casePatient: patient}).
		OrderBy(caseCreated + " DESC").Limit(int64(n)))
}

// GuardedBy lists the cases that a guardian opened for a child.
func GuardedBy(app core.App, guardian, child string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{caseGuardian: guardian, casePatient: child}))
}

// AskedBy lists the open cases that a person handles on the patient's side: the own ones, and those of children while that right runs.
// Indexes: cases_patient, cases_guardian.
func AskedBy(app core.App, person string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(openStates(), dbx.Or(
		dbx.And(dbx.HashExp{casePatient: person}, dbx.Or(dbx.HashExp{caseGuardian: ""}, dbx.HashExp{caseReads: false})),
		dbx.HashExp{caseGuardian: person, caseReads: true}))).OrderBy(caseCreated, "id"))
}

// HeldBy lists the cases that a member of staff holds.
func HeldBy(app core.App, staff string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{
		caseClinician: staff,
		caseState:     []any{string(cases.Called), string(cases.Active), string(cases.Paused)},
	}))
}

// Mentioning lists the cases whose notes let a member of staff read them.
func Mentioning(app core.App, staff string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.Like(caseMentioned, staff)))
}

// HeldIn counts the cases of a queue that some clinician holds.
func HeldIn(app core.App, queue string) (int, error) {
	rows, err := list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{
		caseQueue: queue,
		caseState: []any{string(cases.Called), string(cases.Active), string(cases.Paused)},
	}))
	return len(rows), err
}

func openStates() dbx.Expression {
	var open []any
	for _, s := range cases.States() {
		if s.Open() {
			open = append(open, string(s))
		}
	}
	return dbx.HashExp{caseState: open}
}

func ignoreMissing(err error) error {
	if err == ErrNotFound { //nolint:errorlint // first answers it bare
		return nil
	}
	return err
}

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

// AnsweringFor counts the cases on their way to a queue: somebody answers questions and would join it.
func AnsweringFor(app core.App, q *Queue) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).AndWhere(dbx.And(
		dbx.HashExp{caseRegion: q.Region(), caseState: []any{string(cases.Answering), string(cases.Recommended)}},
		comesTo(q))).Row(&n)
	return n, err
}

// Unjoined lists the decided cases that would join this queue, have not, and are kept until a person ends them: those told level 1 or 2, and
// those with own words that nobody has read. First comes who has written words of danger, then level 1 and 2, each the newest first; at most 200.
func Unjoined(app core.App, q *Queue) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		dbx.HashExp{caseRegion: q.Region(), caseState: string(cases.Recommended)},
		dbx.NewExp("([[level]] BETWEEN 1 AND 2 OR [[words]] > [[wordsRead]])"), comesTo(q))).
		OrderBy("([[danger]] AND [[words]] > [[wordsRead]]) DESC", "([[level]] BETWEEN 1 AND 2) DESC", caseCreated+" DESC").Limit(200))
}

// comesTo is true for cases of the queue's unit, and for those that name none where the region sends them there.
func comesTo(q *Queue) dbx.Expression {
	return dbx.Or(
		dbx.HashExp{caseUnit: q.Unit()},
		dbx.NewExp("[[unit]] = '' AND EXISTS (SELECT 1 FROM regions r JOIN units u ON u.region = r.id AND u.slug = r.[[defaultUnit]] "+
			"WHERE r.id = {:r} AND u.id = {:u})", dbx.Params{"r": q.Region(), "u": q.Unit()}))
}

// InQueues lists a person's cases that stand in any of these queues, the newest first.
func InQueues(app core.App, patient string, queues []string) ([]*Case, error) {
	if len(queues) == 0 {
		return nil, nil
	}
	in := make([]any, len(queues))
	for i, q := range queues {
		in[i] = q
	}
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.HashExp{casePatient: patient, caseQueue: in}).
		OrderBy(caseCreated + " DESC").Limit(200))
}

// CaseOf is the id of the case that a record is, or belongs to; "" for records of no case.
func CaseOf(r *core.Record) string {
	if r.Collection().Name == Cases {
		return r.Id
	}
	return r.GetString("case")
}
