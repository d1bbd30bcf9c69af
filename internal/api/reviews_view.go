package api

import (
	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// reviewView is a review without its rows. Unit is the unit's name, null for all units; left is how many rows have no verdict.
type reviewView struct {
	ID       string  `json:"id"`
	Month    string  `json:"month"`
	Unit     *string `json:"unit"`
	State    string  `json:"state"`
	Looks    int     `json:"looks"`
	Picked   int     `json:"picked"`
	Left     int     `json:"left"`
	Head     string  `json:"head"`
	Made     string  `json:"made"`
	MadeBy   string  `json:"madeBy"`
	Signed   *string `json:"signed"`
	SignedBy *string `json:"signedBy"`
}

func (s *Server) viewReview(v *records.Review, units unitNames) (reviewView, error) {
	rows, err := v.Rows()
	if err != nil {
		return reviewView{}, err
	}
	nr, hash := v.Head()
	by, at := v.Made()
	out := reviewView{
		ID: v.Id, Month: v.Month(), State: v.State(), Looks: v.Looks(), Picked: len(rows),
		Head: audit.Head{Nr: nr, Hash: hash}.String(), Made: records.RFC3339(at), MadeBy: by,
	}
	for _, r := range rows {
		if r.Verdict == "" {
			out.Left++
		}
	}
	if signer, when := v.Signed(); v.State() == records.ReviewSigned {
		out.SignedBy, out.Signed = &signer, timeOrNil(when)
	}
	if v.Unit() == "" {
		return out, nil
	}
	name, err := units.of(s.App, v.Unit())
	out.Unit = &name
	return out, err
}

// reviewRowView is a look in a review. Patient is for leads of the unit: it is null for superusers, and of lists.
type reviewRowView struct {
	Nr      int      `json:"nr"`
	Rules   []string `json:"rules"`
	Verdict *string  `json:"verdict"`
	Comment string   `json:"comment"`
	Name    string   `json:"name"`
	Role    string   `json:"role"`
	Unit    string   `json:"unit"`
	At      string   `json:"at"`
	What    string   `json:"what"`
	Why     string   `json:"why"`
	Case    *string  `json:"case"`
	Cases   int      `json:"cases"`
	Patient *string  `json:"patient"`
}

func (s *Server) viewReviewRow(r records.ReviewRow, l records.Look, who access.Who, units unitNames) (reviewRowView, error) {
	out := reviewRowView{
		Nr: r.Nr, Rules: orNone(r.Rules), Comment: r.Comment, Name: l.ByName, Role: l.Role, At: records.RFC3339(l.At), What: l.What, Why: l.Why,
		Cases: len(l.Cases),
	}
	if r.Verdict != "" {
		out.Verdict = &r.Verdict
	}
	if l.Case != "" {
		out.Case, out.Cases = &l.Case, 1
	}
	if l.ByKind == string(access.Superuser) {
		out.Role = roleAdmin
	}
	var err error
	if out.Unit, err = units.of(s.App, l.Unit); err != nil || who.Kind != access.Staff || l.Patient == "" {
		return out, err
	}
	p, err := records.PatientByID(s.App, l.Patient)
	if records.IgnoreMissing(err) != nil {
		return out, err
	}
	if err == nil {
		name := p.Name()
		out.Patient = &name
	}
	return out, nil
}
