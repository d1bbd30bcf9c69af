package api

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

// viewsRoutes are about views on the care: patients write, the unit's leads answer.
func (s *Server) viewsRoutes(g *echo.Group) {
	g.POST("/views", s.sayView)
	g.GET("/views", s.myViews)
	g.GET("/views/unit", s.viewsSaid)
	g.POST("/views/:id/answer", s.answerTheView)
}

type viewBody struct {
	ID     string `json:"id" validate:"omitempty,recordid"`
	Case   string `json:"case" validate:"omitempty,recordid"`
	Region string `json:"region" validate:"max=60"`
	Unit   string `json:"unit" validate:"max=60"`
	Text   string `json:"text" validate:"words,max=4000"`
}

// opinionView is a view on the care. Case is null where it is about none, and where the reader does not see that case (any more).
type opinionView struct {
	remarkView
	Case *string `json:"case"`
	Unit string  `json:"unit"`
}

// viewOpinion shows a view to one who may read it.
func (s *Server) viewOpinion(who access.Who, m *records.Remark) (opinionView, error) {
	v := opinionView{remarkView: viewRemark(m)}
	unit, err := records.UnitByID(s.App, m.Unit())
	if err != nil {
		return v, err
	}
	v.Unit = unit.Slug()
	if m.Case() == "" {
		return v, nil
	}
	about, err := records.CaseByID(s.App, m.Case())
	if err != nil {
		return v, err
	}
	if access.Check(who, access.See, about.Facts()) == nil {
		v.Case = &about.Id
	}
	return v, nil
}

// sayView names all that is wrong at once: a case or a place that is not there, too.
func (s *Server) sayView(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	var body viewBody
	var in care.View
	var fault error
	err = bind(c, &body, func(wrong fields) {
		in = care.View{Remark: remarkOf(c, body.ID, body.Text, body), Case: body.Case, Region: body.Region, Unit: body.Unit}
		var misplaced []*care.Invalid
		misplaced, fault = s.Desk.Misplaced(who, in)
		for _, m := range misplaced {
			wrong.first(m.Field, m.Code)
		}
	})
	if fault != nil {
		return fault
	}
	if err != nil {
		return err
	}
	m, danger, err := s.Desk.SayView(c.Request().Context(), who, in)
	if err != nil {
		return err
	}
	view, err := s.viewOpinion(who, m)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		View opinionView `json:"view"`
		wordsView
	}{view, viewDanger(danger, langOf(c))})
}

func (s *Server) myViews(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	list, err := records.RemarksOf(s.App, records.Views, who.ID, remarksLimit)
	if err != nil {
		return err
	}
	return answerItems(c, list, func(m *records.Remark) (opinionView, error) { return s.viewOpinion(who, m) })
}

type opinionToAnswer struct {
	opinionView
	markedView
}

func (s *Server) viewOpinionToAnswer(who access.Who, m *records.Remark) (opinionToAnswer, error) {
	v, err := s.viewOpinion(who, m)
	return opinionToAnswer{v, viewMarked(m)}, err
}

func (s *Server) viewsSaid(c *echo.Context) error {
	who, err := s.kind(c, access.Staff)
	if err != nil {
		return err
	}
	if who.Role != access.RoleLead {
		return access.ErrDenied
	}
	state, err := stateAsked(c)
	if err != nil {
		return err
	}
	list, err := s.Desk.ViewsSaid(c.Request().Context(), who, state)
	if err != nil {
		return err
	}
	return answerItems(c, list, func(m *records.Remark) (opinionToAnswer, error) { return s.viewOpinionToAnswer(who, m) })
}

func (s *Server) answerTheView(c *echo.Context) error {
	who, err := s.kind(c, access.Staff)
	if err == nil {
		err = s.Desk.MayAnswerView(who, c.Param("id"))
	}
	if err != nil {
		return err
	}
	var in answeringBody
	if err := bind(c, &in); err != nil {
		return err
	}
	m, err := s.Desk.AnswerView(c.Request().Context(), who, c.Param("id"), in.Text)
	if err != nil {
		return answeredBefore(err)
	}
	view, err := s.viewOpinionToAnswer(who, m)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"view": view})
}
