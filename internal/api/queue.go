package api

import (
	"strings"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/clock"
	"lotsen/internal/records"
)

// queueRoutes are what a patient does with the queue.
func (s *Server) queueRoutes(g *echo.Group) {
	g.POST("/cases/:id/queue", s.join)
	g.GET("/cases/:id/queue", s.place)
	g.DELETE("/cases/:id/queue", s.leave)
}

// realTime is what tokens live by, whatever the demo's clock shows.
var realTime clock.Clock

type joinBody struct {
	Phone       string `json:"phone" validate:"max=40"`
	Interpreter bool   `json:"interpreter"`
}

func (s *Server) join(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Joined)
	if err != nil {
		return err
	}
	var body joinBody
	var in care.Joining
	err = bind(c, &body, func(wrong fields) {
		in.Interpreter = body.Interpreter
		if body.Phone != "" {
			in.Phone = wrong.read("phone", body.Phone, s.mobile)
		}
	})
	if err != nil {
		return err
	}
	if _, err := s.Desk.Join(c.Request().Context(), who, theCase.Id, in); err != nil {
		return err
	}
	return s.answerPlace(c, theCase.Id, "")
}

// place is for the patient's side, and for a watch token of this case.
func (s *Server) place(c *echo.Context) error {
	if token, theCase, ok := s.watching(c); ok {
		return s.answerPlace(c, theCase, token)
	}
	theCase, err := s.mine(c)
	if err != nil {
		return err
	}
	return s.answerPlace(c, theCase.Id, "")
}

// watching reads a watch token of the case that the path names. Such a token ends with the right of the guardian whom it was given to.
func (s *Server) watching(c *echo.Context) (token, id string, ok bool) {
	token = c.Request().Header.Get("Authorization")
	if scheme, rest, found := strings.Cut(token, " "); found && strings.EqualFold(scheme, "Bearer") {
		token = rest
	}
	id, _, ok = ReadWatch(s.App, token, realTime.Now())
	if !ok || id != c.Param("id") {
		return "", "", false
	}
	theCase, err := records.CaseByID(s.App, id)
	if err != nil || theCase.Guardian() != "" && !theCase.GuardianReads() {
		return "", "", false
	}
	return token, id, true
}

// leave gives the case as it then is. The place is kept for ten minutes.
func (s *Server) leave(c *echo.Context) error {
	return move(s, c, cases.Left, func(who access.Who, id string, _ nothing) (*records.Case, error) {
		return s.Desk.Leave(c.Request().Context(), who, id)
	})
}
