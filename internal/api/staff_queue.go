package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/records"
)

// staffQueueRoutes are what staff do with their queues.
func (s *Server) staffQueueRoutes(g *echo.Group) {
	g.GET("/queues", s.myQueues)
	g.PUT("/queues/:id/duty", s.setDuty)
	g.PUT("/queues/:id/state", s.setState)
	g.GET("/queues/:id/cases", s.waitingCases)
	g.GET("/queues/:id/staff", s.queueStaff)
	g.GET("/queues/:id/unjoined", s.unjoined)
	g.GET("/queues/:id/held", s.heldCases)
	g.POST("/queues/:id/next", s.takeNext)
}

// queue finds out whether the caller belongs to the queue that the path names, before anything of the body is read.
func (s *Server) queue(c *echo.Context, may func(access.Who, string) error) (access.Who, string, error) {
	who, err := s.kind(c, access.Staff)
	if err != nil {
		return who, "", err
	}
	id := c.Param("id")
	return who, id, may(who, id)
}

func (s *Server) myQueues(c *echo.Context) error {
	who, err := s.kind(c, access.Staff)
	if err != nil {
		return err
	}
	out := []QueueView{}
	if len(who.Queues) > 0 {
		queues, err := records.QueueList(s.App, who.Queues...)
		if err != nil {
			return err
		}
		for _, q := range queues {
			v, err := ViewQueue(s.App, s.Ranks, q, s.Desk.Clock.Now())
			if err != nil {
				return err
			}
			out = append(out, v)
		}
	}
	return c.JSON(http.StatusOK, out)
}

type dutyBody struct {
	On *bool `json:"on" validate:"required"`
}

func (s *Server) setDuty(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Queue)
	if err != nil {
		return err
	}
	var in dutyBody
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Desk.Duty(c.Request().Context(), who, queue, *in.On); err != nil {
		return err
	}
	return done(c)
}

// pageLimit is how many rows one answer holds at most.
const pageLimit = 200

// pageOf reads limit and after of a list.
func pageOf(c *echo.Context) (limit int, after string, err error) {
	wrong := fields{}
	limit, after = pageLimit, c.QueryParam("after")
	if text := c.QueryParam("limit"); text != "" {
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			wrong.add("limit", codeType)
		case n < 1:
			wrong.add("limit", codeTooSmall)
		case n > pageLimit:
			wrong.add("limit", codeTooLarge)
		}
		limit = n
	}
	if after != "" && !isRecordID(after) {
		wrong.add("after", codeID)
	}
	if len(wrong) > 0 {
		return 0, "", wrong
	}
	return limit, after, nil
}

// waitingCases lists those waiting in the order in which they will be helped. after is the id of the last row of the page before.
func (s *Server) waitingCases(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Queue)
	if err != nil {
		return err
	}
	limit, after, err := pageOf(c)
	if err != nil {
		return err
	}
	rows, err := s.page(queue, after, limit+1) // one more tells whether there is another page
	if err != nil {
		return err
	}
	next := any(nil)
	if len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].Id
	}
	out, err := viewRows(s.App, rows)
	if err != nil {
		return err
	}
	if err := s.Desk.Looked(c.Request().Context(), who, "list of queue", rows, ""); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"items": out, "next": next})
}

func (s *Server) page(queue, after string, limit int) ([]*records.Case, error) {
	if after == "" {
		return records.WaitingIn(s.App, queue, nil, limit)
	}
	last, err := records.CaseByID(s.App, after)
	if err != nil && !errors.Is(err, records.ErrNotFound) {
		return nil, err
	}
	if err != nil || last.Queue() != queue {
		return nil, fields{"after": codeUnknown}
	}
	return records.WaitingIn(s.App, queue, last, limit)
}

func (s *Server) queueStaff(c *echo.Context) error {
	_, queue, err := s.queue(c, access.Queue)
	if err != nil {
		return err
	}
	people, err := records.StaffOf(s.App, queue)
	if err != nil {
		return err
	}
	out := make([]map[string]any, 0, len(people))
	for _, p := range people {
		held, err := records.HeldBy(s.App, p.Id)
		if err != nil {
			return err
		}
		out = append(out, map[string]any{
			"id": p.Id, "name": p.Name(), "role": p.Role(), "onDuty": slices.Contains(p.Duty(), queue), "active": len(held),
			"live": s.Desk.Live != nil && s.Desk.Live(p.Id),
		})
	}
	return c.JSON(http.StatusOK, out)
}

// unjoined lists, for a lead, those who were told level 1 or 2 and have not joined: they may need to be found.
func (s *Server) unjoined(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Lead)
	if err != nil {
		return err
	}
	rows, err := records.Unjoined(s.App, queue)
	if err != nil {
		return err
	}
	out, err := viewRows(s.App, rows)
	if err != nil {
		return err
	}
	if err := s.Desk.Looked(c.Request().Context(), who, "list of unjoined", rows, ""); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

type nextBody struct {
	Take string `json:"take" validate:"omitempty,recordid"`
}

func (s *Server) takeNext(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Queue)
	if err != nil {
		return err
	}
	var in nextBody
	if err := bind(c, &in); err != nil {
		return err
	}
	taken, err := s.Desk.TakeNext(c.Request().Context(), who, queue, in.Take)
	if errors.Is(err, records.ErrNotFound) {
		return done(c)
	}
	if err != nil {
		return err
	}
	return s.answerCase(c, who, taken)
}
