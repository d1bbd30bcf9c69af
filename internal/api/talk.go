package api

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

type readMarkBody struct {
	UpTo     *int `json:"upTo" validate:"omitempty,min=0"`
	Freetext bool `json:"freetext"`
}

// markRead is for both sides. Staff may say, with it or instead of it, that they have read the patient's own words.
func (s *Server) markRead(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Read)
	if err != nil {
		return err
	}
	var in readMarkBody
	err = bind(c, &in, func(wrong fields) {
		if in.Freetext && who.Kind != access.Staff {
			wrong.first("freetext", codeUnknownField)
		}
		if _, bad := wrong["freetext"]; in.UpTo == nil && !in.Freetext && !bad {
			wrong.first("upTo", codeRequired)
		}
	})
	if err != nil {
		return err
	}
	if in.UpTo != nil {
		if _, err := s.Desk.MarkRead(c.Request().Context(), who, theCase.Id, *in.UpTo); err != nil {
			return err
		}
	}
	if in.Freetext {
		if _, err := s.Desk.MarkWordsRead(c.Request().Context(), who, theCase.Id); err != nil {
			return err
		}
	}
	return done(c)
}

type typingBody struct {
	On *bool `json:"on" validate:"required"`
}

// typing tells the other side that somebody writes. Nothing happens to the case, and nothing is stored: so the right is asked here, for good.
func (s *Server) typing(c *echo.Context) error {
	who, theCase, err := s.on(c, access.Talk)
	if err == nil {
		err = access.Check(who, access.Talk, theCase.Facts())
	}
	if err != nil {
		return err
	}
	var in typingBody
	if err := bind(c, &in); err != nil {
		return err
	}
	event, side := cases.Said, records.FromPatient
	if who.Kind == access.Staff {
		event, side = cases.Replied, records.FromStaff
	}
	if _, err := cases.Apply(theCase.State(), event); err != nil {
		return err
	}
	if s.Typing != nil {
		s.Typing(theCase.Id, side, *in.On)
	}
	return done(c)
}

// eventsPage is how many events one answer holds at most.
const eventsPage = 200

// events gives what a reader has missed: everything after a number, and in next the number to go on from, null where there is no more.
// Staff who are shown something are in the access log with it.
func (s *Server) events(c *echo.Context) error {
	who, theCase, err := s.on(c, access.See)
	if err != nil {
		return err
	}
	after, err := afterOf(c)
	if err != nil {
		return err
	}
	rows, err := records.EventsAfter(s.App, theCase.Id, after, eventsPage+1)
	if err != nil {
		return err
	}
	var next *int
	if len(rows) > eventsPage {
		rows = rows[:eventsPage]
		last := rows[eventsPage-1].Seq()
		next = &last
	}
	kind := who.Kind
	if kind == access.Superuser {
		kind = access.Staff // behind the glass nothing is hidden
	}
	items := make([]map[string]any, 0, len(rows))
	for _, row := range rows {
		item, err := EventView(s.App, row, kind)
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	if len(items) > 0 {
		if err := s.looked(c, who, "events", theCase); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"items": items, "next": next})
}

// afterOf reads the number that a reader knows; none is 0.
func afterOf(c *echo.Context) (int, error) {
	text := c.QueryParam("after")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, fields{"after": codeType}
	case n < 0:
		return 0, fields{"after": codeTooSmall}
	}
	return n, nil
}
