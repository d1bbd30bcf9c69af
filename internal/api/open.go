package api

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

type openBody struct {
	ID        string         `json:"id" validate:"omitempty,recordid"`
	Region    string         `json:"region" validate:"words,max=60"`
	Unit      string         `json:"unit" validate:"max=60"`
	Complaint string         `json:"complaint" validate:"words,max=40"`
	Phone     string         `json:"phone" validate:"max=40"`
	Dependant *dependantBody `json:"dependant"`
}

// dependantBody is the child that a case is for. Guardian is no rule of the body: who does not say to be it is refused as not eligible.
type dependantBody struct {
	PersonalNumber string `json:"personalNumber" validate:"words,max=40"`
	Name           string `json:"name" validate:"max=200"`
	Guardian       bool   `json:"guardian"`
}

// openCase answers 200 for the first time and for a repeat alike: the case and where its questions stand.
func (s *Server) openCase(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	in, err := s.opening(c)
	if err != nil {
		return err
	}
	opened, _, err := s.Desk.Open(c.Request().Context(), who, in)
	if err != nil {
		return err
	}
	return s.answerOpened(c, who, opened)
}

func (s *Server) answerOpened(c *echo.Context, who access.Who, opened *records.Case) error {
	step, err := s.Desk.Step(c.Request().Context(), opened)
	if err != nil {
		return err
	}
	view, err := ViewCase(s.App, opened, who)
	if err != nil {
		return err
	}
	shown, err := s.viewStep(opened, step, langOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"case": view, "step": shown})
}

// opening reads the body, and names all that is wrong with it at once: names of what is not there too.
func (s *Server) opening(c *echo.Context) (care.Opening, error) {
	var body openBody
	var in care.Opening
	var fault error
	err := bind(c, &body, func(wrong fields) { in, fault = s.openingOf(c, body, wrong) })
	if fault != nil {
		return in, fault
	}
	return in, err
}

// openingOf puts together what the case is opened with, and adds what is wrong with it to what is known to be. Its error is a fault of our own.
func (s *Server) openingOf(c *echo.Context, body openBody, wrong fields) (care.Opening, error) {
	in := care.Opening{ID: body.ID, Region: body.Region, Unit: body.Unit, Complaint: body.Complaint, Body: body}
	if c.Request().Header.Get("Accept-Language") != "" {
		in.Language = string(langOf(c))
	}
	if body.Phone != "" {
		in.Phone = wrong.read("phone", body.Phone, s.mobile)
	}
	if d := body.Dependant; d != nil {
		in.Dependant = &care.Dependant{Guardian: d.Guardian}
		if hasWords(d.Name) {
			in.Dependant.Name = d.Name
		}
		number, code := s.number(d.PersonalNumber)
		if code != "" {
			wrong.first("dependant.personalNumber", code)
		}
		in.Dependant.Number = number
	}
	unknown, err := s.Desk.Unknown(in)
	if err != nil {
		return in, err
	}
	for _, u := range unknown {
		wrong.first(u.Field, u.Code)
	}
	return in, nil
}
