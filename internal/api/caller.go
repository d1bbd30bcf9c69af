package api

import (
	"fmt"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// WhoIs is a record that has logged in, as a caller. No record is a guest.
func WhoIs(app core.App, auth *core.Record) (access.Who, error) {
	switch {
	case auth == nil:
		return access.Who{}, nil
	case auth.IsSuperuser():
		return access.Who{Kind: access.Superuser, ID: auth.Id, Name: auth.Email()}, nil
	case auth.Collection().Name == records.Patients:
		return access.Who{Kind: access.Patient, ID: auth.Id, Name: records.AsPatient(auth).Name()}, nil
	case auth.Collection().Name == records.StaffMembers:
		return staffWho(app, records.AsStaff(auth))
	}
	return access.Who{}, nil
}

func staffWho(app core.App, s *records.Staff) (access.Who, error) {
	unit := ""
	if queues := s.Queues(); len(queues) > 0 {
		q, err := records.QueueByID(app, queues[0])
		if err != nil {
			return access.Who{}, fmt.Errorf("find unit of staff: %w", err)
		}
		unit = q.Unit()
	}
	return s.Who(unit), nil
}

// caller is who asks. Nobody is errNobody.
func (s *Server) caller(c *echo.Context) (access.Who, error) {
	who, err := WhoIs(s.App, eventOf(c).Auth)
	if err != nil {
		return who, err
	}
	if who.Kind == access.Guest {
		return who, errNobody
	}
	return who, nil
}

// kind is caller, of one kind only: others see the door and may not pass it. Superusers are told what they would have to do.
func (s *Server) kind(c *echo.Context, kind access.Kind) (access.Who, error) {
	who, err := s.caller(c)
	switch {
	case err != nil || who.Kind == kind:
		return who, err
	case who.Kind == access.Superuser:
		return who, errBreak
	}
	return who, access.ErrDenied
}

// patientOrStaff is caller, but for superusers, who are told what they would have to do.
func (s *Server) patientOrStaff(c *echo.Context) (access.Who, error) {
	who, err := s.caller(c)
	if err == nil && who.Kind == access.Superuser {
		err = errBreak
	}
	return who, err
}

// on finds out whether the caller may make event happen to the case that the path names, before anything of the body is read.
func (s *Server) on(c *echo.Context, event cases.Event) (access.Who, *records.Case, error) {
	who, err := s.caller(c)
	if err != nil {
		return who, nil, err
	}
	if who.Kind == access.Superuser && event == access.See {
		theCase, err := s.through(c, who)
		return who, theCase, err
	}
	if who.Kind == access.Superuser {
		return who, nil, errBreak
	}
	theCase, err := s.Desk.May(c.Request().Context(), who, event, c.Param("id"))
	return who, theCase, err
}
