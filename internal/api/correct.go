package api

import (
	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// correctRoutes are what staff do to a case that has been closed.
func (s *Server) correctRoutes(g *echo.Group) {
	g.POST("/cases/:id/amend", s.amend)
	g.POST("/cases/:id/reopen", s.reopen)
}

type amendBody struct {
	Advice   string `json:"advice" validate:"words,max=4000"`
	AdviceSv string `json:"adviceSv" validate:"omitempty,words,max=4000"`
	Reason   string `json:"reason" validate:"words,max=1000"`
}

// fit asks for the advice in Swedish as the end did.
func (b *amendBody) fit(theCase *records.Case, wrong fields) { needSwedish(theCase, b.AdviceSv, wrong) }

func (s *Server) amend(c *echo.Context) error {
	return move(s, c, cases.Amended, func(who access.Who, id string, in amendBody) (*records.Case, error) {
		return s.Desk.Amend(c.Request().Context(), who, id, care.Correction{Advice: in.Advice, AdviceSv: in.AdviceSv, Reason: in.Reason})
	})
}

func (s *Server) reopen(c *echo.Context) error {
	return move(s, c, cases.Reopened, func(who access.Who, id string, in reasonBody) (*records.Case, error) {
		return s.Desk.Reopen(c.Request().Context(), who, id, in.Reason)
	})
}
