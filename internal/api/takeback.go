package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/tools/router"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// takeBackRoutes are what staff do with what they can still take back.
func (s *Server) takeBackRoutes(g *echo.Group) {
	g.POST("/cases/:id/held", s.holdMessage)
	g.GET("/cases/:id/held", s.unsaid)
	g.DELETE("/cases/:id/held/:message", s.takeBack)
	g.DELETE("/cases/:id/close", s.takeBackClose)
}

// unsaidView is what is held, as its author sees it.
type unsaidView struct {
	ID     string      `json:"id"`
	Kind   string      `json:"kind"`
	State  string      `json:"state"`
	Due    *string     `json:"due"`
	Body   string      `json:"body"`
	Ending *endingView `json:"ending,omitempty"`
	Why    string      `json:"why,omitempty"`
}

// endingView is what a case was to be closed with, as it was asked for.
type endingView struct {
	Outcome  string `json:"outcome"`
	Advice   string `json:"advice"`
	AdviceSv string `json:"adviceSv"`
	LevelWas string `json:"levelWas"`
	FollowUp string `json:"followUp"`
}

func viewUnsaid(u *records.Unsaid) (unsaidView, error) {
	v := unsaidView{ID: u.Id, Kind: u.Kind(), State: u.State(), Due: timeOrNil(u.Due()), Body: u.Body(), Why: u.Why()}
	if u.Kind() != records.HeldClose {
		return v, nil
	}
	end, err := u.Ending()
	shown := endingView(end)
	v.Ending = &shown
	return v, err
}

type heldBody struct {
	ID   string `json:"id" validate:"required,recordid"`
	Body string `json:"body" validate:"words,max=4000"`
	Hold *int   `json:"hold" validate:"required,min=1,max=10"`
}

// holdMessage keeps a message for some seconds in which it can be taken back. One that is not to be held is created in `messages`.
func (s *Server) holdMessage(c *echo.Context) error {
	who, err := s.patientOrStaff(c)
	if err != nil {
		return err
	}
	theCase, err := s.Desk.MayHold(c.Request().Context(), who, c.Param("id"))
	if err != nil {
		return err
	}
	var in heldBody
	if err := bind(c, &in); err != nil {
		return err
	}
	u, err := s.Desk.HoldMessage(c.Request().Context(), who, theCase.Id, care.HeldMessage{
		ID: in.ID, Body: in.Body, For: time.Duration(*in.Hold) * time.Second,
	})
	if err != nil {
		return err
	}
	view, err := viewUnsaid(u)
	if err != nil {
		return err
	}
	view.Body = in.Body // as it was answered first, though it may have been said or taken back since
	return c.JSON(http.StatusOK, map[string]any{"held": view})
}

// unsaid gives the caller's own: what can still be taken back, and what could not be said. It is a look, too: it holds words about the patient.
func (s *Server) unsaid(c *echo.Context) error {
	who, err := s.patientOrStaff(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	theCase, err := s.Desk.MayReadHeld(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	rows, err := s.Desk.HeldOf(ctx, who, theCase.Id)
	if err != nil {
		return err
	}
	items := make([]unsaidView, 0, len(rows))
	for _, row := range rows {
		v, err := viewUnsaid(row)
		if err != nil {
			return err
		}
		items = append(items, v)
	}
	if len(items) > 0 {
		if err := s.Desk.Looked(ctx, who, "held", []*records.Case{theCase}, ""); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"items": items})
}

// takeBack is the author's: to everybody else there is nothing under that address.
func (s *Server) takeBack(c *echo.Context) error {
	who, err := s.patientOrStaff(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	u, err := s.Desk.MayTakeBack(ctx, who, c.Param("id"), c.Param("message"))
	if err != nil {
		return err
	}
	if err := bind(c, &nothing{}); err != nil {
		return err
	}
	if err := s.Desk.TakeBack(ctx, who, u.Case(), u.Id); err != nil {
		return s.orTooLate(err, u.Case())
	}
	return done(c)
}

// tooLate is care.ErrSaid with the state that the case has now.
type tooLate struct{ state cases.State }

func (t *tooLate) Error() string { return "it is too late to take it back" }

// answerHeld answers what stands in the way of holding and taking back: an end that is held already, a message that has been said.
func answerHeld(err error, lang texts.Lang, say sayer) *router.ApiError {
	var held *care.CloseHeld
	var late *tooLate
	switch {
	case errors.As(err, &held):
		return say(http.StatusConflict, "error.close_held", map[string]any{
			"state": state(lang, held.State),
			"close": data{code: "close_held", words: lang.Say("error.close_held"), more: map[string]any{"closesAt": records.RFC3339(held.At)}},
		})
	case errors.As(err, &late):
		return say(http.StatusConflict, "error.said", map[string]any{
			"state": state(lang, late.state), "held": reason(lang, "said", "error.said"),
		})
	}
	return nil
}

func (s *Server) orTooLate(err error, caseID string) error {
	if !errors.Is(err, care.ErrSaid) {
		return err
	}
	theCase, missing := records.CaseByID(s.App, caseID)
	if missing != nil {
		return missing
	}
	return &tooLate{state: theCase.State()}
}

func (s *Server) takeBackClose(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Ended)
	if err != nil {
		return err
	}
	if err := bind(c, &nothing{}); err != nil {
		return err
	}
	if err := s.Desk.TakeBackClose(c.Request().Context(), who, theCase.Id); err != nil {
		return err
	}
	return done(c)
}
