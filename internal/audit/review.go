package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// What a row of the access log says of a review.
const (
	ReviewMade   = "review made"
	ReviewRead   = "review"
	ReviewJudged = "review judged"
	ReviewSigned = "review signed"
)

// What may be wrong with what is asked of a review.
var (
	ErrNoRows     = errors.New("the access log has no row of that month")
	ErrSigned     = errors.New("the review is signed")
	ErrUnfinished = errors.New("a row of the review has no verdict yet")
	ErrOwnLook    = errors.New("nobody judges a look of their own")
)

// Period is a month to review: what it is called, when it begins and ends, and which unit's looks it is about; "" for all.
type Period struct {
	Month    string
	From, To time.Time
	Unit     string
	// Shut says whether a unit was closed at a time.
	Shut func(unit string, at time.Time) (bool, error)
}

// MakeReview draws a sample of a month that is over, or gives the one that is there. Errors: ErrNoRows.
func MakeReview(app core.App, who access.Who, p Period, now time.Time) (*records.Review, error) {
	if there, err := records.ReviewOf(app, p.Month, p.Unit); !errors.Is(err, records.ErrNotFound) {
		return there, err
	}
	head, err := headOf(app, p)
	if err != nil {
		return nil, fmt.Errorf("make a review: %w", err)
	}
	drawn, err := sample(app, p, head)
	if err != nil {
		return nil, fmt.Errorf("make a review: %w", err)
	}
	var made *records.Review
	err = app.RunInTransaction(func(tx core.App) (err error) {
		if made, err = records.ReviewOf(tx, p.Month, p.Unit); !errors.Is(err, records.ErrNotFound) {
			return err
		}
		if made, err = records.NewReview(tx, p.Month, p.Unit, head.Nr, head.Hash, drawn.looks, drawn.rows(), who.Name, now); err != nil {
			return err
		}
		if err := tx.Save(made); err != nil {
			return err
		}
		return Append(tx, who, ReviewMade, Subject{}, p.Month, now)
	})
	if err != nil {
		return nil, fmt.Errorf("make a review: %w", err)
	}
	return made, nil
}

// headOf is the last row of a month.
func headOf(app core.App, p Period) (head Head, err error) {
	err = records.EachLookBetween(app.DB(), p.From, p.To, func(l records.Look) error {
		head = Head{Nr: l.Nr, Hash: l.Hash, At: l.At}
		return nil
	})
	if err == nil && head.Nr == 0 {
		err = ErrNoRows
	}
	return head, err
}

// sample goes through the looks of a month.
func sample(app core.App, p Period, head Head) (*draw, error) {
	names, err := records.StaffNames(app)
	if err != nil {
		return nil, err
	}
	facts := facts{app: app, p: p, staff: Names(names), patients: map[string]string{}, ends: map[string]time.Time{}}
	d := newDraw(p.Month, p.Unit, head)
	err = records.EachLookBetween(app.DB(), p.From, p.To, func(l records.Look) error {
		if !isLook(l) || p.Unit != "" && l.Unit != p.Unit {
			return nil
		}
		rules, err := facts.rules(l)
		if err == nil {
			d.add(l.Nr, rules)
		}
		return err
	})
	return d, err
}

// ofReviews are rows about the log itself, and what was refused: nobody's data were shown.
var ofReviews = []string{GlassOpened, GlassEnded, ReviewMade, ReviewJudged, ReviewSigned}

// isLook says whether a row tells that a member of staff or a superuser has seen something of patients. Acts are the care itself.
func isLook(l records.Look) bool {
	byStaff := l.ByKind == string(access.Staff) || l.ByKind == string(access.Superuser)
	return byStaff && !slices.Contains(cases.Events(), cases.Event(l.What)) && !slices.Contains(ofReviews, l.What) &&
		!strings.HasPrefix(l.What, Refused) && !strings.HasPrefix(l.What, Changed)
}

// facts finds out what the rules must know, each thing once.
type facts struct {
	app      core.App
	p        Period
	staff    map[string]bool
	patients map[string]string    // name by id
	ends     map[string]time.Time // of cases; zero for those that have not ended
}

// rules are those that pick a look. A list shows no name, so that only the hour of it counts.
func (f *facts) rules(l records.Look) ([]Rule, error) {
	g := Glance{At: l.At, Reader: l.ByName, Broken: l.ByKind == string(access.Superuser) && l.Why != "" && l.What != ReviewRead}
	var err error
	if g.Shut, err = f.p.Shut(l.Unit, l.At); err != nil {
		return nil, err
	}
	if g.Patient, err = f.patient(l.Patient); err != nil {
		return nil, err
	}
	if l.Case == "" {
		return Picks(g, f.staff), nil
	}
	if g.Ended, err = f.ended(l.Case); err != nil {
		return nil, err
	}
	if !g.Ended.IsZero() && l.At.Sub(g.Ended) > LongEnded {
		g.Part, err = records.HappenedSince(f.app, l.Case, 0, l.By, cases.Taken, cases.TakenOver, cases.Replied, cases.Ended)
	}
	return Picks(g, f.staff), err
}

func (f *facts) patient(id string) (string, error) {
	name, known := f.patients[id]
	if known || id == "" {
		return name, nil
	}
	p, err := records.PatientByID(f.app, id)
	if records.IgnoreMissing(err) != nil {
		return "", err
	}
	if err == nil {
		name = p.Name()
	}
	f.patients[id] = name
	return name, nil
}

func (f *facts) ended(id string) (time.Time, error) {
	at, known := f.ends[id]
	if known {
		return at, nil
	}
	c, err := records.CaseByID(f.app, id)
	if records.IgnoreMissing(err) != nil {
		return at, err
	}
	if err == nil {
		at = c.ClosedAt()
	}
	f.ends[id] = at
	return at, nil
}

// Judge writes what a reviewer thinks of a row. Errors: records.ErrNotFound, ErrSigned, ErrOwnLook.
func Judge(app core.App, who access.Who, id string, nr int, verdict, comment string, now time.Time) (*records.Review, error) {
	return changeReview(app, id, func(tx core.App, v *records.Review) error {
		rows, err := v.Rows()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r records.ReviewRow) bool { return r.Nr == nr })
		switch {
		case i < 0:
			return records.ErrNotFound
		case rows[i].Verdict == verdict && rows[i].Comment == comment:
			return nil
		case v.State() == records.ReviewSigned:
			return ErrSigned
		}
		looks, err := records.LooksNumbered(tx, nr)
		if err != nil {
			return err
		}
		if l := looks[nr]; l.By == who.ID && l.ByKind == string(who.Kind) {
			return ErrOwnLook
		}
		rows[i].Verdict, rows[i].Comment = verdict, comment
		if err := v.SetRows(rows); err != nil {
			return err
		}
		return Append(tx, who, ReviewJudged, Subject{}, fmt.Sprintf("%s, row %d: %s", v.Month(), nr, verdict), now)
	})
}

// Sign ends a review: nothing of it changes from here on. Errors: records.ErrNotFound, ErrSigned by somebody else, ErrUnfinished.
func Sign(app core.App, who access.Who, id string, now time.Time) (*records.Review, error) {
	return changeReview(app, id, func(tx core.App, v *records.Review) error {
		if v.State() == records.ReviewSigned {
			if by, _ := v.Signed(); by != who.Name {
				return ErrSigned
			}
			return nil
		}
		rows, err := v.Rows()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(rows, func(r records.ReviewRow) bool { return r.Verdict == "" }) {
			return ErrUnfinished
		}
		v.Sign(who.Name, now)
		return Append(tx, who, ReviewSigned, Subject{}, v.Month(), now)
	})
}

func changeReview(app core.App, id string, change func(core.App, *records.Review) error) (*records.Review, error) {
	var v *records.Review
	err := app.RunInTransaction(func(tx core.App) (err error) {
		if v, err = records.ReviewByID(tx, id); err != nil {
			return err
		}
		if err := change(tx, v); err != nil {
			return err
		}
		return tx.Save(v)
	})
	if err != nil {
		return nil, fmt.Errorf("change a review: %w", err)
	}
	return v, nil
}
