package api

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// caseRoutes are what patients do with their cases, and what both sides do alike.
func (s *Server) caseRoutes(g *echo.Group) {
	g.POST("/cases", s.openCase)
	g.GET("/cases/:id/step", s.step)
	g.PUT("/cases/:id/answers/:question", s.answerQuestion)
	g.POST("/cases/:id/freetext", s.ownWords)
	g.GET("/cases/:id/worse", s.redFlags)
	g.POST("/cases/:id/worse", s.feelWorse)
	g.POST("/cases/:id/here", s.here)
	g.POST("/cases/:id/hold", s.hold)
	g.PUT("/cases/:id/read", s.markRead)
	g.POST("/cases/:id/typing", s.typing)
	g.POST("/cases/:id/feedback", s.feedback)
	g.GET("/cases/:id/events", s.events)
	g.GET("/cases/:id/print", s.print)
	g.GET("/cases/:id/readers", s.readers)
}

// mine finds the case that the path names, for its patient's side alone. It is for reading: what changes a case asks for its own right.
func (s *Server) mine(c *echo.Context) (*records.Case, error) {
	who, theCase, err := s.on(c, access.See)
	if err == nil && who.Kind != access.Patient {
		err = access.ErrDenied
	}
	return theCase, err
}

func (s *Server) step(c *echo.Context) error {
	theCase, err := s.mine(c)
	if err != nil {
		return err
	}
	step, err := s.Desk.StepNow(c.Request().Context(), theCase)
	if err != nil {
		return err
	}
	view, err := s.viewStep(theCase, step, langOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, view)
}

type wordsBody struct {
	Text string `json:"text" validate:"words,max=4000"`
}

// dangerView is a kind of danger that the words may mean, and what to show at once.
type dangerView struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// wordsView says what the words may mean. Alert is what to say with it: that nobody has been alerted.
type wordsView struct {
	Danger []dangerView `json:"danger"`
	Alert  *string      `json:"alert"`
}

func (s *Server) ownWords(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.OwnWords)
	if err != nil {
		return err
	}
	var in wordsBody
	if err := bind(c, &in); err != nil {
		return err
	}
	_, danger, err := s.Desk.OwnWords(c.Request().Context(), who, theCase.Id, in.Text)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, viewDanger(danger, langOf(c)))
}

func viewDanger(groups []triage.DangerGroup, lang texts.Lang) wordsView {
	out := wordsView{Danger: []dangerView{}}
	for _, g := range groups {
		out.Danger = append(out.Danger, dangerView{Code: g.Code, Text: g.Show.In(string(lang))})
	}
	if len(groups) > 0 {
		alert := lang.Say(texts.AlertDangerWords)
		out.Alert = &alert
	}
	return out
}

func (s *Server) redFlags(c *echo.Context) error {
	theCase, err := s.mine(c)
	if err != nil {
		return err
	}
	questions, err := s.Desk.RedFlags(c.Request().Context(), theCase)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"questions": viewQuestions(questions, langOf(c))})
}

type worseBody struct {
	Answers map[string]json.RawMessage `json:"answers" validate:"required"`
}

// worseView is what follows from feeling worse. Alert says whether anybody has been told.
type worseView struct {
	Step  stepView    `json:"step"`
	Level cases.Level `json:"level"`
	Alert string      `json:"alert"`
}

func (s *Server) feelWorse(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Worse)
	if err != nil {
		return err
	}
	var in worseBody
	if err := bind(c, &in); err != nil {
		return err
	}
	now, err := s.Desk.FeelWorse(c.Request().Context(), who, theCase.Id, in.Answers)
	if err != nil {
		return err
	}
	step, err := s.Desk.MainStep(c.Request().Context(), now)
	if err != nil {
		return err
	}
	lang := langOf(c)
	view, err := s.viewStep(now, step, lang)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, worseView{Step: view, Level: now.Level(), Alert: alertOf(now, lang)})
}

// alertOf says whether anybody is alerted by what the patient has just told. Staff do not see a case before it has joined.
func alertOf(c *records.Case, lang texts.Lang) string {
	switch {
	case c.Level() == cases.Immediate && c.State() == cases.Waiting:
		return lang.Say(texts.AlertNobody) + " " + lang.Say(texts.AlertStillHere)
	case c.Level() == cases.Immediate:
		return lang.Say(texts.AlertNobody)
	case c.State() == cases.Waiting || c.State().Held():
		return lang.Say(texts.AlertWorseSeen)
	}
	return lang.Say(texts.AlertNobodyComes)
}

func (s *Server) here(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Here)
	if err != nil {
		return err
	}
	if err := bind(c, new(nothing)); err != nil {
		return err
	}
	if _, err := s.Desk.Here(c.Request().Context(), who, theCase.Id); err != nil {
		return err
	}
	return done(c)
}

// hold answers until when the turn is kept; null while the text message that called the patient has not been sent yet.
func (s *Server) hold(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.HoldAsked)
	if err != nil {
		return err
	}
	if err := bind(c, new(nothing)); err != nil {
		return err
	}
	now, err := s.Desk.Hold(c.Request().Context(), who, theCase.Id)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"due": timeOrNil(now.Due())})
}

type feedbackBody struct {
	Rating int    `json:"rating" validate:"required,min=1,max=5"`
	Text   string `json:"text" validate:"max=4000"`
}

func (s *Server) feedback(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Rated)
	if err != nil {
		return err
	}
	var in feedbackBody
	if err := bind(c, &in); err != nil {
		return err
	}
	if _, err := s.Desk.Rate(c.Request().Context(), who, theCase.Id, in.Rating, in.Text); err != nil {
		return err
	}
	return done(c)
}
