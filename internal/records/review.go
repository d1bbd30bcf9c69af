package records

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Review is a month's sample of the access log, to be looked through and signed.
type Review struct{ core.BaseRecordProxy }

// The states of a review.
const (
	ReviewOpen   = "open"
	ReviewSigned = "signed"
)

// ReviewRow is a row of the access log in a review: which rules picked it, and what the reviewer thinks of it.
type ReviewRow struct {
	Nr      int      `json:"nr"`
	Rules   []string `json:"rules"`
	Verdict string   `json:"verdict"` // "" until the reviewer has said
	Comment string   `json:"comment"`
}

// NewReview makes a review that is not saved yet. unit is "" for all units; headNr and head are the last row of the month; looks is how many
// rows were gone through.
func NewReview(app core.App, month, unit string, headNr int, head string, looks int, rows []ReviewRow, by string, at time.Time) (*Review, error) {
	r, err := blank(app, Reviews)
	if err != nil {
		return nil, err
	}
	v := &Review{}
	v.SetProxyRecord(r)
	r.Load(map[string]any{
		"month": month, "unit": unit, "headNr": headNr, "head": head, "looks": looks, "state": ReviewOpen, "made": moment(at), "madeBy": by,
	})
	return v, v.SetRows(rows)
}

// Month is the month that it is of, as 2006-01.
func (v *Review) Month() string { return v.GetString("month") }

// Unit is the unit that it is of; "" for all.
func (v *Review) Unit() string { return v.GetString("unit") }

// Head is the last row of the month: its number, and its hash.
func (v *Review) Head() (nr int, hash string) { return v.GetInt("headNr"), v.GetString("head") }

// Looks is how many rows of the month were gone through.
func (v *Review) Looks() int { return v.GetInt("looks") }

// Rows are those that were picked.
func (v *Review) Rows() ([]ReviewRow, error) {
	rows := []ReviewRow{}
	return rows, readJSON(v.GetString("rows"), &rows)
}

// SetRows replaces them.
func (v *Review) SetRows(rows []ReviewRow) error {
	raw, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("encode rows of review: %w", err)
	}
	v.Set("rows", json.RawMessage(raw))
	return nil
}

// State is open or signed.
func (v *Review) State() string { return v.GetString("state") }

// Made is who made it, and when.
func (v *Review) Made() (by string, at time.Time) {
	return v.GetString("madeBy"), v.GetDateTime("made").Time()
}

// Signed is who signed it, and when; nobody and zero while it is open.
func (v *Review) Signed() (by string, at time.Time) {
	return v.GetString("signedBy"), v.GetDateTime("signed").Time()
}

// Sign notes that somebody has signed it.
func (v *Review) Sign(by string, at time.Time) {
	v.Load(map[string]any{"state": ReviewSigned, "signedBy": by, "signed": moment(at)})
}

// ReviewByID finds a review.
func ReviewByID(app core.App, id string) (*Review, error) { return byID[Review](app, Reviews, id) }

// ReviewOf finds the review of a month and unit. Index: reviews_month.
func ReviewOf(app core.App, month, unit string) (*Review, error) {
	return first[Review](app.RecordQuery(Reviews).AndWhere(dbx.HashExp{"month": month, "unit": unit}))
}

// ReviewList lists the newest months first, at most n.
func ReviewList(app core.App, n int) ([]*Review, error) {
	return list[Review](app.RecordQuery(Reviews).OrderBy("month DESC", "unit", "id").Limit(int64(n)))
}

// StaffNames are the names of all members of staff.
func StaffNames(app core.App) ([]string, error) {
	var names []string
	if err := app.DB().Select("name").From(StaffMembers).Column(&names); err != nil {
		return nil, fmt.Errorf("list names of staff: %w", err)
	}
	return names, nil
}
