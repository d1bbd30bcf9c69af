package records

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
)

// Patient is a person who seeks care, or a child for whom a guardian does.
type Patient struct{ core.BaseRecordProxy }

// NewPatient makes a patient that is not saved yet, with a random password that nobody knows. Hashing it is slow: call it outside a transaction.
func NewPatient(app core.App) (*Patient, error) {
	r, err := blank(app, Patients)
	if err != nil {
		return nil, err
	}
	r.Id = core.GenerateDefaultRandomId()
	r.SetRandomPassword()
	return AsPatient(r), nil
}

// AsPatient reads a record as a patient.
func AsPatient(r *core.Record) *Patient {
	p := &Patient{}
	p.SetProxyRecord(r)
	return p
}

// Identify writes the sealed number, and the keyed hash of it.
func (p *Patient) Identify(sealed, lookup string) {
	p.Load(map[string]any{"sealed": sealed, "lookup": lookup})
}

// HideNumber keeps the sealed number, and the keyed hash of it, out of every answer.
func (p *Patient) HideNumber() { p.Hide("sealed", "lookup") }

// Sealed is the encrypted personal number.
func (p *Patient) Sealed() string { return p.GetString("sealed") }

// Name is what the patient is called.
func (p *Patient) Name() string { return p.GetString("name") }

// SetName sets the name.
func (p *Patient) SetName(name string) { p.Set("name", name) }

// Phone is a number in E.164, or "".
func (p *Patient) Phone() string { return p.GetString("phone") }

// SetPhone sets it.
func (p *Patient) SetPhone(e164 string) { p.Set("phone", e164) }

// Language is one of the languages of texts, or "".
func (p *Patient) Language() string { return p.GetString("language") }

// SetLanguage sets it.
func (p *Patient) SetLanguage(lang string) { p.Set("language", lang) }

// Protected says whether the person has protected personal data.
func (p *Patient) Protected() bool { return p.GetBool("protected") }

// PatientByID finds a patient.
func PatientByID(app core.App, id string) (*Patient, error) { return byID[Patient](app, Patients, id) }

// PatientByLookup finds the person whose number has one of these keyed hashes.
func PatientByLookup(app core.App, lookups ...string) (*Patient, error) {
	any := make([]any, 0, len(lookups))
	for _, l := range lookups {
		if l != "" {
			any = append(any, l)
		}
	}
	if len(any) == 0 {
		return nil, ErrNotFound
	}
	return first[Patient](app.RecordQuery(Patients).AndWhere(dbx.In("lookup", any...)))
}

// Staff is a nurse, a doctor or a lead.
type Staff struct{ core.BaseRecordProxy }

// AsStaff reads a record as a member of staff.
func AsStaff(r *core.Record) *Staff {
	s := &Staff{}
	s.SetProxyRecord(r)
	return s
}

// NewStaff makes a member of staff that is not saved yet.
func NewStaff(app core.App, name, email, password, role string, queues ...string) (*Staff, error) {
	r, err := blank(app, StaffMembers)
	if err != nil {
		return nil, err
	}
	r.SetEmail(email)
	r.SetPassword(password)
	r.SetVerified(true)
	r.Load(map[string]any{"name": name, "role": role, "queues": queues})
	return AsStaff(r), nil
}

// Name is how colleagues and patients know them.
func (s *Staff) Name() string { return s.GetString("name") }

// Role is nurse, doctor or lead.
func (s *Staff) Role() string { return s.GetString("role") }

// Queues are the ids of the queues that they belong to.
func (s *Staff) Queues() []string { return s.GetStringSlice("queues") }

// Duty are the ids of the queues that they are on duty in.
func (s *Staff) Duty() []string { return s.GetStringSlice("duty") }

// EndDutyBut takes them off duty everywhere but in these queues.
func (s *Staff) EndDutyBut(queues []string) {
	for _, q := range s.Duty() {
		if !slices.Contains(queues, q) {
			s.GoOffDuty(q)
		}
	}
}

// GoOnDuty adds a queue to those, GoOffDuty takes it away.
func (s *Staff) GoOnDuty(queue string) { s.Set("duty+", queue) }

// GoOffDuty takes a queue from those that they are on duty in.
func (s *Staff) GoOffDuty(queue string) { s.Set("duty-", queue) }

// Who is the member of staff as a caller. unit is that of their first queue.
func (s *Staff) Who(unit string) access.Who {
	return access.Who{Kind: access.Staff, ID: s.Id, Name: s.Name(), Role: s.Role(), Queues: s.Queues(), Unit: unit}
}

// StaffByID finds a member of staff.
func StaffByID(app core.App, id string) (*Staff, error) { return byID[Staff](app, StaffMembers, id) }

// StaffOf lists those who belong to a queue, by name.
func StaffOf(app core.App, queue string) ([]*Staff, error) {
	if queue == "" {
		return nil, nil
	}
	return list[Staff](app.RecordQuery(StaffMembers).
		AndWhere(dbx.NewExp("EXISTS (SELECT 1 FROM json_each([[queues]]) WHERE value = {:q})", dbx.Params{"q": queue})).
		OrderBy("name", "id"))
}

// LeadsOf lists who leads a queue of a unit, by name.
func LeadsOf(app core.App, unit string) ([]*Staff, error) {
	return list[Staff](app.RecordQuery(StaffMembers).AndWhere(dbx.And(
		dbx.HashExp{"role": access.RoleLead},
		dbx.NewExp("EXISTS (SELECT 1 FROM json_each([[queues]]) JOIN queues q ON q.id = value WHERE q.unit = {:u} AND {:u} != '')",
			dbx.Params{"u": unit}))).OrderBy("name", "id"))
}

// Guardianship is one person's word, and staff's, on being guardian of a child.
type Guardianship struct{ core.BaseRecordProxy }

// The states of a guardianship.
const (
	Declared = "declared" // the guardian says so
	Verified = "verified" // staff have made sure
	Blocked  = "blocked"  // staff say no
	EndedAge = "ended"    // the child has turned 13
)

// GuardianshipOf finds what is known of a guardian and a child.
func GuardianshipOf(app core.App, guardian, child string) (*Guardianship, error) {
	return first[Guardianship](app.RecordQuery(Guardianships).AndWhere(dbx.HashExp{"guardian": guardian, "child": child}))
}

// Declare makes a guardianship that is not saved yet. ends is the instant at which the child turns 13.
func Declare(app core.App, guardian, child string, at, ends time.Time) (*Guardianship, error) {
	r, err := blank(app, Guardianships)
	if err != nil {
		return nil, err
	}
	r.Load(map[string]any{"guardian": guardian, "child": child, "state": Declared, "declared": moment(at), "ends": moment(ends)})
	g := &Guardianship{}
	g.SetProxyRecord(r)
	return g, nil
}

// State is declared, verified, blocked or ended.
func (g *Guardianship) State() string { return g.GetString("state") }

// Pair is guardian and child.
func (g *Guardianship) Pair() (guardian, child string) {
	return g.GetString("guardian"), g.GetString("child")
}

// Ends is the instant at which the child turns 13.
func (g *Guardianship) Ends() time.Time { return g.GetDateTime("ends").Time() }

// Become sets the state; by and why are the member of staff and the reason.
func (g *Guardianship) Become(state, by, why string) {
	g.Load(map[string]any{"state": state, "by": by, "reason": why})
}

// GuardianshipDue finds a guardianship whose child had turned 13 at now.
func GuardianshipDue(app core.App, now time.Time) (*Guardianship, error) {
	return first[Guardianship](app.RecordQuery(Guardianships).AndWhere(dbx.And(
		dbx.NewExp("[[state]] != {:e}", dbx.Params{"e": EndedAge}),
		dbx.NewExp("[[ends]] <= {:t}", dbx.Params{"t": stamp(now)}))).OrderBy("ends", "id"))
}

// EndSession notes that a log-in is over before its time; until is when its last token would run out.
func EndSession(app core.App, session, person string, until time.Time) error {
	r, err := blank(app, Sessions)
	if err != nil {
		return err
	}
	r.Load(map[string]any{"session": session, "person": person, "until": moment(until)})
	if err := app.Save(r); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// SessionOf is the log-in that a row of sessions says is over.
func SessionOf(row *core.Record) string { return row.GetString("session") }

// SessionEnded says whether a log-in was ended. Index: sessions_session.
func SessionEnded(app core.App, session string) (bool, error) {
	var n int
	err := app.DB().Select("count(*)").From(Sessions).AndWhere(dbx.HashExp{"session": session}).Row(&n)
	return n > 0, err
}

// DutyIn lists those who have said that they are on duty in a queue, and not that they are not.
func DutyIn(app core.App, queue string) ([]*Staff, error) {
	return list[Staff](app.RecordQuery(StaffMembers).AndWhere(dbx.NewExp(
		"EXISTS (SELECT 1 FROM json_each([[duty]]) WHERE value = {:q})", dbx.Params{"q": queue})).OrderBy("id"))
}

// OnDutyIn counts the staff of a queue who are on duty in it. Who has left the queue is not, whatever they last said.
func OnDutyIn(app core.App, queue string) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(StaffMembers).AndWhere(dbx.NewExp(
		"EXISTS (SELECT 1 FROM json_each([[duty]]) WHERE value = {:q}) AND EXISTS (SELECT 1 FROM json_each([[queues]]) WHERE value = {:q})",
		dbx.Params{"q": queue})).Row(&n)
	return n, err
}

// PatientsNamed lists the people whose name holds a text and who have a case in any of these queues, at most n.
func PatientsNamed(app core.App, name string, queues []string, n int) ([]*Patient, error) {
	if name == "" || len(queues) == 0 {
		return nil, nil
	}
	in := make([]any, len(queues))
	for i, q := range queues {
		in[i] = q
	}
	return list[Patient](app.RecordQuery(Patients).AndWhere(dbx.And(
		dbx.Like("name", name),
		dbx.Exists(dbx.NewExp("SELECT 1 FROM cases WHERE cases.patient = patients.id AND cases.queue IN ("+placeholders(in)+")", bound(in))))).
		OrderBy("name", "id").Limit(int64(n)))
}

func placeholders(values []any) string {
	names := make([]string, len(values))
	for i := range values {
		names[i] = fmt.Sprintf("{:in%d}", i)
	}
	return strings.Join(names, ",")
}

func bound(values []any) dbx.Params {
	p := dbx.Params{}
	for i, v := range values {
		p[fmt.Sprintf("in%d", i)] = v
	}
	return p
}
