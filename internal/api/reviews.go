package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// reviewRoutes are about going through a month of the access log.
func (s *Server) reviewRoutes(g *echo.Group) {
	g.POST("/admin/audit/reviews", s.makeReview)
	g.GET("/admin/audit/reviews", s.reviews)
	g.GET("/admin/audit/reviews/:id", s.review)
	g.PUT("/admin/audit/reviews/:id/rows/:nr", s.judge)
	g.POST("/admin/audit/reviews/:id/sign", s.signReview)
}

// What the state of a review does not allow.
var (
	errSigned     = refusal{http.StatusConflict, "state", "signed", "error.signed"}
	errUnfinished = refusal{http.StatusConflict, "state", "unfinished", "error.unfinished"}
)

// leads are the units whose access log somebody goes through: all of a superuser, those that she leads of a lead.
type leads struct {
	all   bool
	first *records.Unit // of a lead, where she names none
	units []string
}

func (l leads) may(unit string) bool { return l.all || unit != "" && slices.Contains(l.units, unit) }

// leadsOf finds a reviewer's units.
func (s *Server) leadsOf(who access.Who) (leads, error) {
	l := leads{all: who.Kind == access.Superuser}
	for _, id := range who.Queues {
		q, err := records.QueueByID(s.App, id)
		if err != nil {
			return l, err
		}
		if slices.Contains(l.units, q.Unit()) {
			continue
		}
		l.units = append(l.units, q.Unit())
		if l.first == nil {
			if l.first, err = records.UnitByID(s.App, q.Unit()); err != nil {
				return l, err
			}
		}
	}
	return l, nil
}

type reviewBody struct {
	Month  string `json:"month" validate:"required,len=7"`
	Region string `json:"region" validate:"max=60"`
	Unit   string `json:"unit" validate:"max=60"`
}

func (s *Server) makeReview(c *echo.Context) error {
	who, err := s.reviewer(c)
	if err != nil {
		return err
	}
	theirs, err := s.leadsOf(who)
	if err != nil {
		return err
	}
	if !theirs.all && theirs.first == nil {
		return access.ErrDenied
	}
	var in reviewBody
	unit, missing := theirs.first, error(nil)
	err = bind(c, &in, func(wrong fields) {
		if in.Unit == "" {
			return
		}
		if unit, missing = s.unitNamed(in.Region, in.Unit, theirs); unit == nil {
			wrong.first("unit", codeUnknown)
		}
	})
	if err = errors.Join(missing, err); err != nil {
		return err
	}
	v, err := s.Desk.MakeReview(c.Request().Context(), who, in.Month, unit)
	if err != nil {
		return err
	}
	return s.answerReview(c, v)
}

// unitNamed is the one unit of a reviewer's that has this slug, in a region where one is named; nil for none, and for several.
func (s *Server) unitNamed(region, slug string, theirs leads) (*records.Unit, error) {
	all, err := records.UnitList(s.App)
	if err != nil {
		return nil, err
	}
	var found []*records.Unit
	for _, u := range all {
		if u.Slug() != slug || !theirs.may(u.Id) {
			continue
		}
		if region != "" {
			r, err := records.RegionByID(s.App, u.Region())
			if err != nil {
				return nil, err
			}
			if r.Slug() != region {
				continue
			}
		}
		found = append(found, u)
	}
	if len(found) != 1 {
		return nil, nil
	}
	return found[0], nil
}

func (s *Server) answerReview(c *echo.Context, v *records.Review) error {
	out, err := s.viewReview(v, unitNames{})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"review": out})
}

func (s *Server) reviews(c *echo.Context) error {
	who, err := s.reviewer(c)
	if err != nil {
		return err
	}
	theirs, err := s.leadsOf(who)
	if err != nil {
		return err
	}
	list, err := records.ReviewList(s.App, 10*pageLimit)
	if err != nil {
		return err
	}
	out, units := []reviewView{}, unitNames{}
	for _, v := range list {
		if !theirs.may(v.Unit()) || len(out) == pageLimit {
			continue
		}
		view, err := s.viewReview(v, units)
		if err != nil {
			return err
		}
		out = append(out, view)
	}
	return c.JSON(http.StatusOK, map[string]any{"items": out})
}

// theReview finds the review that the path names, for its reviewers.
func (s *Server) theReview(c *echo.Context) (access.Who, *records.Review, error) {
	who, err := s.reviewer(c)
	if err != nil {
		return who, nil, err
	}
	theirs, err := s.leadsOf(who)
	if err != nil {
		return who, nil, err
	}
	v, err := records.ReviewByID(s.App, c.Param("id"))
	if err == nil && !theirs.may(v.Unit()) {
		err = access.ErrHidden
	}
	return who, v, err
}

// review shows a review with its rows. It is a look at everybody who stands in it.
func (s *Server) review(c *echo.Context) error {
	who, v, err := s.theReview(c)
	if err != nil {
		return err
	}
	rows, err := v.Rows()
	if err != nil {
		return err
	}
	numbers := make([]int, len(rows))
	for i, r := range rows {
		numbers[i] = r.Nr
	}
	looks, err := records.LooksNumbered(s.App, numbers...)
	if err != nil {
		return err
	}
	out, units, about := make([]reviewRowView, 0, len(rows)), unitNames{}, audit.Subject{}
	for _, r := range rows {
		l := looks[r.Nr]
		view, err := s.viewReviewRow(r, l, who, units)
		if err != nil {
			return err
		}
		if l.Case != "" && !slices.Contains(about.Cases, l.Case) {
			about.Cases = append(about.Cases, l.Case)
		}
		out = append(out, view)
	}
	head, err := s.viewReview(v, units)
	if err != nil {
		return err
	}
	if err := s.Desk.Saw(c.Request().Context(), who, audit.ReviewRead, about, v.Month()); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"review": head, "rows": out})
}

type judgeBody struct {
	Verdict string `json:"verdict" validate:"required,oneof=fine ask breach"`
	Comment string `json:"comment" validate:"max=1000"`
}

func (s *Server) judge(c *echo.Context) error {
	who, v, err := s.theReview(c)
	if err != nil {
		return err
	}
	nr, err := strconv.Atoi(c.Param("nr"))
	if err != nil {
		return records.ErrNotFound
	}
	rows, err := v.Rows()
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(rows, func(r records.ReviewRow) bool { return r.Nr == nr }) {
		return records.ErrNotFound
	}
	var in judgeBody
	if err := bind(c, &in); err != nil {
		return err
	}
	judged, err := s.Desk.Judge(c.Request().Context(), who, v.Id, nr, in.Verdict, in.Comment)
	if err != nil {
		return reviewFault(err)
	}
	return s.answerReview(c, judged)
}

func (s *Server) signReview(c *echo.Context) error {
	who, v, err := s.theReview(c)
	if err != nil {
		return err
	}
	if err := bind(c, new(nothing)); err != nil {
		return err
	}
	signed, err := s.Desk.SignReview(c.Request().Context(), who, v.Id)
	if err != nil {
		return reviewFault(err)
	}
	return s.answerReview(c, signed)
}

// reviewFault is what audit refuses, as it is answered.
func reviewFault(err error) error {
	switch {
	case errors.Is(err, audit.ErrSigned):
		return errSigned
	case errors.Is(err, audit.ErrUnfinished):
		return errUnfinished
	case errors.Is(err, audit.ErrOwnLook):
		return access.ErrDenied
	}
	return err
}
