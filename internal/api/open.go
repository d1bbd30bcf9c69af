package api

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

type openBody struct {
	ID        string         `json:"id" validate:"omitempty,recordid"`
	Region    string         `json:"region" validate:"required,max=60"`
	Unit      string         `json:"unit" validate:"max=60"`
	Complaint string         `json:"complaint" validate:"required,max=40"`
	Phone     string         `json:"phone" validate:"max=40"`
	Dependant *dependantBody `json:"dependant"`
}

// dependantBody is the child that a case is for. Guardian is no rule of the body: who does not say to be it is refused as not eligible.
type dependantBody struct {
	PersonalNumber string `json:"personalNumber" validate:"required,max=40"`
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
	return c.JSON(http.StatusOK, map[string]any{"case": ViewCase(opened, who), "step": viewStep(step, langOf(c))})
}

// opening reads the body, and names all that is wrong with it at once: names of what is not there too.
func (s *Server) opening(c *echo.Context) (care.Opening, error) {
	var body openBody
	wrong := fields{}
	if err := bind(c, &body); err != nil && !errors.As(err, &wrong) {
		return care.Opening{}, err
	}
	in := care.Opening{ID: body.ID, Region: body.Region, Unit: body.Unit, Complaint: body.Complaint, Body: body}
	if c.Request().Header.Get("Accept-Language") != "" {
		in.Language = string(langOf(c))
	}
	if body.Phone != "" {
		in.Phone = wrong.read("phone", body.Phone, s.mobile)
	}
	if d := body.Dependant; d != nil {
		in.Dependant = &care.Dependant{Name: d.Name, Guardian: d.Guardian}
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
	if len(wrong) > 0 {
		return in, wrong
	}
	return in, nil
}

// first adds what is wrong with a field, unless something else is known to be.
func (f fields) first(name, code string) {
	if _, known := f[name]; !known {
		f[name] = code
	}
}

// read reads one field by read, and notes the code of what is wrong with it.
func (f fields) read(name, text string, read func(string) (string, string)) string {
	value, code := read(text)
	if code != "" {
		f.first(name, code)
	}
	return value
}
