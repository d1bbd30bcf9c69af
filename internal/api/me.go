package api

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// meRoutes are about who is logged in.
func (s *Server) meRoutes(g *echo.Group) {
	g.GET("/me", s.me)
	g.PUT("/me", s.setMe)
	g.DELETE("/me/session", s.endSession)
}

// PatientMe is what patients read of themselves; the personal number is their own.
type PatientMe struct {
	ID             string `json:"id"`
	Kind           string `json:"kind"`
	Name           string `json:"name"`
	Phone          string `json:"phone"`
	Language       string `json:"language"`
	PersonalNumber string `json:"personalNumber"`
}

// StaffMe is what a member of staff reads of themselves: ids of queues, and of those in which they are on duty.
type StaffMe struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Role   string   `json:"role"`
	Queues []string `json:"queues"`
	Duty   []string `json:"duty"`
}

func (s *Server) me(c *echo.Context) error {
	who, err := s.caller(c)
	switch {
	case err != nil:
		return err
	case who.Kind == access.Patient:
		return s.answerPatient(c, records.AsPatient(eventOf(c).Auth))
	case who.Kind == access.Staff:
		m := records.AsStaff(eventOf(c).Auth)
		return c.JSON(http.StatusOK, StaffMe{
			ID: m.Id, Kind: string(who.Kind), Name: m.Name(), Role: m.Role(), Queues: orNone(m.Queues()), Duty: orNone(m.Duty()),
		})
	}
	return access.ErrDenied
}

// orNone is the list, and in JSON never null.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (s *Server) answerPatient(c *echo.Context, p *records.Patient) error {
	number, err := s.Desk.NumberOf(p)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, PatientMe{
		ID: p.Id, Kind: string(access.Patient), Name: p.Name(), Phone: p.Phone(), Language: p.Language(), PersonalNumber: number.Digits(),
	})
}

type meBody struct {
	Phone    *string `json:"phone"`
	Language *string `json:"language"`
	Name     *string `json:"name"`
}

// maxName is how long a person's name may be, in characters.
const maxName = 200

func (s *Server) setMe(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	var in meBody
	var details care.Details
	if err := bind(c, &in, func(wrong fields) { details = s.details(in, wrong) }); err != nil {
		return err
	}
	p, err := s.Desk.SetDetails(c.Request().Context(), who, details)
	if err != nil {
		return err
	}
	return s.answerPatient(c, p)
}

// details checks what patients say of themselves, and adds what is wrong with it. An empty phone takes the number away.
func (s *Server) details(in meBody, wrong fields) care.Details {
	if in.Phone != nil && *in.Phone != "" {
		e164 := wrong.read("phone", *in.Phone, s.mobile)
		in.Phone = &e164
	}
	if in.Language != nil && string(texts.Of(*in.Language)) != *in.Language {
		wrong.first("language", codeNotOneOf)
	}
	if in.Name != nil {
		name := strings.TrimSpace(*in.Name)
		switch {
		case name == "":
			wrong.first("name", codeRequired)
		case utf8.RuneCountInString(name) > maxName:
			wrong.first("name", codeTooLong)
		}
		in.Name = &name
	}
	return care.Details{Phone: in.Phone, Language: in.Language, Name: in.Name}
}

// endSession ends this log-in: no token of it opens anything from here on.
func (s *Server) endSession(c *echo.Context) error {
	who, err := s.caller(c)
	if err != nil {
		return err
	}
	if who.Kind != access.Patient && who.Kind != access.Staff {
		return access.ErrDenied
	}
	if err := s.Identity.End(c.Request().Context(), c.Request()); err != nil {
		return err
	}
	return done(c)
}
