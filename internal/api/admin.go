package api

import (
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

// adminRoutes are about who has looked at what: the break-glass, and the access log.
func (s *Server) adminRoutes(g *echo.Group) {
	g.POST("/admin/breakglass", s.breakGlass)
	g.GET("/admin/breakglass", s.glasses)
	g.DELETE("/admin/breakglass", s.endGlass)
	g.GET("/admin/audit/head", s.auditHead)
}

// superuser is caller, for superusers alone.
func (s *Server) superuser(c *echo.Context) (access.Who, error) {
	who, err := s.caller(c)
	if err == nil && who.Kind != access.Superuser {
		err = access.ErrDenied
	}
	return who, err
}

type glassBody struct {
	Reason string `json:"reason" validate:"words,min=10,max=1000"`
	Case   string `json:"case" validate:"omitempty,recordid"`
}

// breakGlass opens patient data to a superuser, for a reason and a time.
func (s *Server) breakGlass(c *echo.Context) error {
	who, err := s.superuser(c)
	if err != nil {
		return err
	}
	var in glassBody
	err = bind(c, &in, func(wrong fields) {
		if isRecordID(in.Case) {
			if _, err := records.CaseByID(s.App, in.Case); err != nil {
				wrong.first("case", codeUnknown)
			}
		}
	})
	if err != nil {
		return err
	}
	glass, err := s.Desk.BreakGlass(c.Request().Context(), who, in.Reason, in.Case)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewGlass(glass, s.Desk.Clock.Now()))
}

// glassView is a break-glass as superusers read it of each other.
type glassView struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Reason string  `json:"reason"`
	Case   *string `json:"case"`
	At     string  `json:"at"`
	Until  string  `json:"until"`
	Open   bool    `json:"open"`
	Told   *string `json:"told"`
}

func viewGlass(g *records.Glass, now time.Time) glassView {
	v := glassView{
		ID: g.Id, Name: g.Name(), Reason: g.Reason(), At: records.RFC3339(g.At()), Until: records.RFC3339(g.Until()),
		Open: g.Until().After(now), Told: timeOrNil(g.Told()),
	}
	if id := g.Case(); id != "" {
		v.Case = &id
	}
	return v
}

// glasses lists the newest, whoever has opened them.
func (s *Server) glasses(c *echo.Context) error {
	if _, err := s.superuser(c); err != nil {
		return err
	}
	list, err := records.GlassList(s.App, pageLimit)
	if err != nil {
		return err
	}
	out := make([]glassView, 0, len(list))
	for _, g := range list {
		out = append(out, viewGlass(g, s.Desk.Clock.Now()))
	}
	return c.JSON(http.StatusOK, map[string]any{"items": out})
}

func (s *Server) endGlass(c *echo.Context) error {
	who, err := s.superuser(c)
	if err != nil {
		return err
	}
	if err := bind(c, new(nothing)); err != nil {
		return err
	}
	if err := s.Desk.EndGlass(c.Request().Context(), who); err != nil {
		return err
	}
	return done(c)
}

// through finds the case that the path names for a superuser who has broken the glass for it. It is for reading alone; a refusal is written, too.
func (s *Server) through(c *echo.Context, who access.Who) (*records.Case, error) {
	theCase, err := records.CaseByID(s.App, c.Param("id"))
	if records.IgnoreMissing(err) != nil {
		return nil, err
	}
	leave, shut := s.Desk.Through(who)
	if shut == nil && theCase != nil && (leave.Only == nil || leave.Only.Id == theCase.Id) {
		return theCase, nil
	}
	if shut == nil && theCase == nil && leave.Only == nil {
		return nil, err
	}
	var about audit.Subject
	if theCase != nil {
		about = care.SubjectOf([]*records.Case{theCase})
	}
	if err := s.Desk.Saw(c.Request().Context(), who, audit.Refused+path.Base(c.Path()), about, ""); err != nil {
		return nil, err
	}
	return nil, errBreak
}

// looked writes what somebody is about to be shown of a case; of a superuser with the reason of the break-glass.
func (s *Server) looked(c *echo.Context, who access.Who, what string, theCase *records.Case) error {
	why := ""
	if who.Kind == access.Superuser {
		leave, err := s.Desk.Through(who)
		if err != nil {
			return errBreak
		}
		why = leave.Reason
	}
	return s.Desk.Looked(c.Request().Context(), who, what, []*records.Case{theCase}, why)
}

// reviewer is caller, for those who go through the access log: superusers, and leads.
func (s *Server) reviewer(c *echo.Context) (access.Who, error) {
	who, err := s.caller(c)
	if err == nil && who.Kind != access.Superuser && (who.Kind != access.Staff || who.Role != access.RoleLead) {
		err = access.ErrDenied
	}
	return who, err
}

// headView is the last row of the access log, as `lotsen audit verify --head` takes it.
type headView struct {
	Nr   int    `json:"nr"`
	Hash string `json:"hash"`
	At   string `json:"at"`
	Head string `json:"head"`
}

func (s *Server) auditHead(c *echo.Context) error {
	if _, err := s.reviewer(c); err != nil {
		return err
	}
	head, err := audit.LastHead(s.App)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, headView{Nr: head.Nr, Hash: head.Hash, At: records.RFC3339(head.At), Head: head.String()})
}
