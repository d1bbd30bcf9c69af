package api

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// HeldView is a case that somebody of the queue holds, as a row.
type HeldView struct {
	RowView
	State         cases.State `json:"state"`
	Clinician     string      `json:"clinician"`
	ClinicianName string      `json:"clinicianName"`
	Owed          *string     `json:"owed"`  // since when the patient waits for a word
	Freed         *string     `json:"freed"` // since when anyone of the queue may take it over
	Due           *string     `json:"due"`   // until when a pause lasts, or the turn is held
}

// heldCases lists the cases that somebody of the queue holds, so that nobody is forgotten: those that anyone may take over first.
func (s *Server) heldCases(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Queue)
	if err != nil {
		return err
	}
	held, err := records.HeldIn(s.App, queue)
	if err != nil {
		return err
	}
	rows, err := viewRows(s.App, held)
	if err != nil {
		return err
	}
	out := make([]HeldView, 0, len(rows))
	for i, h := range held {
		out = append(out, HeldView{
			RowView: rows[i], State: h.State(), Clinician: h.Clinician(), ClinicianName: h.ClinicianName(),
			Owed: timeOrNil(h.Owed()), Freed: timeOrNil(h.Freed()), Due: timeOrNil(h.Due()),
		})
	}
	if err := s.Desk.Looked(c.Request().Context(), who, "list of held", held, ""); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}
