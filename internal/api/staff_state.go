package api

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
)

// stateBody is what a lead switches. What is not sent stays; until belongs to what is set, not to what is ended.
type stateBody struct {
	Paused  *bool      `json:"paused"`
	Cap     capField   `json:"capToday"`
	Message *string    `json:"message" validate:"omitempty,max=500"`
	Until   *time.Time `json:"until"`
}

// mostADay is more than any queue sees in a day.
const mostADay = 10000

// capField tells a limit, none, and nothing sent apart.
type capField struct {
	sent bool
	n    *int
}

// UnmarshalJSON reads a number, or null for no limit.
func (f *capField) UnmarshalJSON(raw []byte) error {
	f.sent = true
	return json.Unmarshal(raw, &f.n)
}

// sets says whether the body sets anything that has to end.
func (b *stateBody) sets() bool {
	return b.Paused != nil && *b.Paused || b.Cap.n != nil || b.Message != nil && hasWords(*b.Message)
}

func (b *stateBody) mix(wrong fields) {
	if n := b.Cap.n; n != nil {
		switch {
		case *n < 0:
			wrong.first("capToday", codeTooSmall)
		case *n > mostADay:
			wrong.first("capToday", codeTooLarge)
		}
	}
	if len(wrong) > 0 {
		return
	}
	if b.Paused == nil && !b.Cap.sent && b.Message == nil {
		for _, name := range []string{"paused", "capToday", "message"} {
			wrong.first(name, codeRequired)
		}
	}
	if b.Until == nil && b.sets() {
		wrong.first("until", codeRequired)
	}
}

// setState is for the lead of a queue alone: stop new joins, limit them, say a line to those who wait.
func (s *Server) setState(c *echo.Context) error {
	who, queue, err := s.queue(c, access.Lead)
	if err != nil {
		return err
	}
	var in stateBody
	err = bind(c, &in, func(wrong fields) {
		if in.Until == nil || !in.sets() {
			return
		}
		if code := s.Desk.SwitchEnds(*in.Until); code != "" {
			wrong.first("until", code)
		}
	})
	if err != nil {
		return err
	}
	if err := s.Desk.Switch(c.Request().Context(), who, queue, in.switches()); err != nil {
		return err
	}
	return done(c)
}

// switches are what the body asks for. A message of blanks says nothing.
func (b *stateBody) switches() care.Switches {
	out := care.Switches{Paused: b.Paused}
	if b.Cap.sent {
		out.Cap = &care.Cap{N: b.Cap.n}
	}
	if b.Message != nil {
		line := strings.TrimSpace(*b.Message)
		out.Message = &line
	}
	if b.Until != nil {
		out.Until = *b.Until
	}
	return out
}
