package records

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Glass is a break-glass: a superuser's leave to read patient data, for a reason and a time.
type Glass struct{ core.BaseRecordProxy }

// NewGlass makes one that is not saved yet. caseID is "" for all cases.
func NewGlass(app core.App, superuser, name, reason, caseID string, at, until time.Time) (*Glass, error) {
	r, err := blank(app, Breakglass)
	if err != nil {
		return nil, err
	}
	r.Load(map[string]any{
		"superuser": superuser, "name": name, "reason": reason, "case": caseID, "at": moment(at), "until": moment(until), "due": moment(at),
	})
	g := &Glass{}
	g.SetProxyRecord(r)
	return g, nil
}

// Superuser is who opened it.
func (g *Glass) Superuser() string { return g.GetString("superuser") }

// Name is the superuser's address, as it was.
func (g *Glass) Name() string { return g.GetString("name") }

// Reason is why.
func (g *Glass) Reason() string { return g.GetString("reason") }

// Case is the one that it opens, "" for all.
func (g *Glass) Case() string { return g.GetString("case") }

// At is when it was opened.
func (g *Glass) At() time.Time { return g.GetDateTime("at").Time() }

// Until is when it ends, or ended.
func (g *Glass) Until() time.Time { return g.GetDateTime("until").Time() }

// Told is when all superusers were told by mail; zero where they were not.
func (g *Glass) Told() time.Time { return g.GetDateTime("told").Time() }

// Attempts is how often the mail was tried.
func (g *Glass) Attempts() int { return g.GetInt("attempts") }

// End ends it.
func (g *Glass) End(at time.Time) { g.Set("until", moment(at)) }

// Tell notes that all superusers were told.
func (g *Glass) Tell(at time.Time) { g.Set("told", moment(at)) }

// TryAgain notes that the mail is about to be tried, and when to try again should no more be heard of it.
func (g *Glass) TryAgain(due time.Time) {
	g.Load(map[string]any{"attempts": g.Attempts() + 1, "due": moment(due)})
}

// OpenGlass finds what a superuser has open at now, or ErrNotFound. Index: breakglass_superuser.
func OpenGlass(app core.App, superuser string, now time.Time) (*Glass, error) {
	if superuser == "" {
		return nil, ErrNotFound
	}
	return first[Glass](app.RecordQuery(Breakglass).AndWhere(dbx.And(
		dbx.HashExp{"superuser": superuser}, dbx.NewExp("[[until]] > {:t}", dbx.Params{"t": stamp(now)}))).OrderBy("until DESC", "id"))
}

// BehindGlass lists the collections that a break-glass opens.
func BehindGlass() []string { return []string{Cases, Messages, Answers, Events, Patients} }

// OnlyOf is the filter that leaves of a collection behind the glass what belongs to one case: it, what was said and has happened in it, and
// the people on the patient's side.
func OnlyOf(collection string, c *Case) string {
	switch collection {
	case Cases:
		return "id = '" + c.Id + "'"
	case Patients:
		return "(id = '" + c.Patient() + "' || id = '" + c.Guardian() + "')"
	}
	return "case = '" + c.Id + "'"
}

// IsOf says whether a record behind the glass belongs to the case.
func IsOf(r *core.Record, c *Case) bool {
	if r.Collection().Name == Patients {
		return r.Id == c.Patient() || r.Id == c.Guardian()
	}
	return CaseOf(r) == c.Id
}

// GlassList lists the newest, at most n.
func GlassList(app core.App, n int) ([]*Glass, error) {
	return list[Glass](app.RecordQuery(Breakglass).OrderBy("at DESC", "rowid DESC").Limit(int64(n)))
}

// UntoldGlass finds one whose mail is due at now, and that was opened after since: news that is old is none. Index: breakglass_due.
func UntoldGlass(app core.App, since, now time.Time) (*Glass, error) {
	return first[Glass](app.RecordQuery(Breakglass).AndWhere(dbx.And(
		dbx.HashExp{"told": ""},
		dbx.NewExp("[[due]] <= {:t} AND [[at]] > {:s}", dbx.Params{"t": stamp(now), "s": stamp(since)}))).OrderBy("due", "id"))
}

// GlassByID finds one.
func GlassByID(app core.App, id string) (*Glass, error) { return byID[Glass](app, Breakglass, id) }

// SuperuserAddresses are the e-mail addresses of all superusers.
func SuperuserAddresses(app core.App) ([]string, error) {
	var list []string
	err := app.DB().Select("email").From(core.CollectionNameSuperusers).OrderBy("email").Column(&list)
	if err != nil {
		return nil, fmt.Errorf("list superusers: %w", err)
	}
	return list, nil
}
