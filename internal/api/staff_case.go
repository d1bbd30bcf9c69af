package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// staffCaseRoutes are what staff do with a case. Acting needs the claim, but for level, notes and guardianship's reading.
func (s *Server) staffCaseRoutes(g *echo.Group) {
	g.POST("/cases/:id/claim", s.claim)
	g.POST("/cases/:id/release", s.release)
	g.POST("/cases/:id/transfer", s.transfer)
	g.PUT("/cases/:id/level", s.setLevel)
	g.POST("/cases/:id/noshow", s.noShow)
	g.POST("/cases/:id/pause", s.pause)
	g.POST("/cases/:id/resume", s.resume)
	g.POST("/cases/:id/phonecall", s.phoneCall)
	g.POST("/cases/:id/close", s.closeCase)
	g.PUT("/cases/:id/guardian", s.guardian)
	g.GET("/cases/:id/summary", s.summary)
	g.POST("/cases/search", s.search)
}

// nothing is the body of a command that needs none: an empty one, or an empty object.
type nothing struct{}

type reasonBody struct {
	Reason string `json:"reason" validate:"words,max=1000"`
}

// fitted is a body with rules that depend on what never changes of the case.
type fitted interface {
	fit(theCase *records.Case, wrong fields) // adds what is wrong, with first
}

// move reads a body and makes an act of it: what most commands on a case are.
func move[In any](s *Server, c *echo.Context, event cases.Event, act func(access.Who, string, In) (*records.Case, error)) error {
	who, theCase, err := s.on(c, event)
	if err != nil {
		return err
	}
	var in In
	err = bind(c, &in, func(wrong fields) {
		if b, ok := any(&in).(fitted); ok {
			b.fit(theCase, wrong)
		}
	})
	if err != nil {
		return err
	}
	moved, err := act(who, theCase.Id, in)
	if err != nil {
		return err
	}
	return s.answerCase(c, who, moved)
}

// answerCase answers the case as the caller may see it.
func (s *Server) answerCase(c *echo.Context, who access.Who, theCase *records.Case) error {
	view, err := ViewCase(s.App, theCase, who)
	if err != nil {
		return err
	}
	answer := map[string]any{"case": view}
	if at, held := view["closesAt"].(*string); held && at != nil {
		answer["closesAt"] = at
	}
	return c.JSON(http.StatusOK, answer)
}

func (s *Server) claim(c *echo.Context) error {
	return move(s, c, cases.Taken, func(who access.Who, id string, in reasonBody) (*records.Case, error) {
		return s.Desk.Claim(c.Request().Context(), who, id, in.Reason)
	})
}

func (s *Server) release(c *echo.Context) error {
	return move(s, c, cases.Released, func(who access.Who, id string, in reasonBody) (*records.Case, error) {
		return s.Desk.Release(c.Request().Context(), who, id, in.Reason)
	})
}

type transferBody struct {
	Queue     string `json:"queue" validate:"omitempty,recordid"`
	Clinician string `json:"clinician" validate:"omitempty,recordid"`
	Note      string `json:"note" validate:"words,max=1000"`
}

func (b *transferBody) mix(wrong fields) {
	wrong.oneOfTwo("queue", "clinician", b.Queue != "", b.Clinician != "")
}

// transfer answers 204: who has handed a case over may not see it any longer.
func (s *Server) transfer(c *echo.Context) error {
	who, theCase, err := s.on(c, cases.Transferred)
	if err != nil {
		return err
	}
	var in transferBody
	if err := bind(c, &in); err != nil {
		return err
	}
	to := care.Handover{Queue: in.Queue, Clinician: in.Clinician, Note: in.Note}
	if err := s.Desk.Transfer(c.Request().Context(), who, theCase.Id, to); err != nil {
		return err
	}
	return done(c)
}

type levelBody struct {
	Level  int    `json:"level" validate:"required,min=1,max=5"`
	Reason string `json:"reason" validate:"words,max=1000"`
}

func (s *Server) setLevel(c *echo.Context) error {
	return move(s, c, cases.Levelled, func(who access.Who, id string, in levelBody) (*records.Case, error) {
		return s.Desk.SetLevel(c.Request().Context(), who, id, cases.Level(in.Level), in.Reason)
	})
}

func (s *Server) noShow(c *echo.Context) error {
	return move(s, c, cases.Missed, func(who access.Who, id string, _ nothing) (*records.Case, error) {
		return s.Desk.NoShow(c.Request().Context(), who, id)
	})
}

type pauseBody struct {
	Until *time.Time `json:"until" validate:"required"`
}

func (s *Server) pause(c *echo.Context) error {
	return move(s, c, cases.PausedFor, func(who access.Who, id string, in pauseBody) (*records.Case, error) {
		return s.Desk.Pause(c.Request().Context(), who, id, in.Until.UTC())
	})
}

func (s *Server) resume(c *echo.Context) error {
	return move(s, c, cases.Resumed, func(who access.Who, id string, _ nothing) (*records.Case, error) {
		return s.Desk.Resume(c.Request().Context(), who, id)
	})
}

type phoneCallBody struct {
	Answered *bool `json:"answered" validate:"required"`
}

func (s *Server) phoneCall(c *echo.Context) error {
	return move(s, c, cases.RangUp, func(who access.Who, id string, in phoneCallBody) (*records.Case, error) {
		return s.Desk.RangUp(c.Request().Context(), who, id, *in.Answered)
	})
}

// closeBody ends a case. ID is the client's: the same id stands for the same wish. Hold is how many seconds the end can be taken back; 0 ends it at once, for good.
type closeBody struct {
	ID       string `json:"id" validate:"omitempty,recordid"`
	Outcome  string `json:"outcome" validate:"required,oneof=advice assessed booked referred_clinic referred_emergency no_show technical"`
	Advice   string `json:"advice" validate:"words,max=4000"`
	AdviceSv string `json:"adviceSv" validate:"omitempty,words,max=4000"`
	LevelWas string `json:"levelWas" validate:"omitempty,oneof=right lower higher"`
	FollowUp string `json:"followUp" validate:"max=4000"`
	Hold     int    `json:"hold" validate:"min=0,max=10"`
}

// fit asks for the advice in Swedish, too, where it is written in the language of a patient who reads another.
func (b *closeBody) fit(theCase *records.Case, wrong fields) { needSwedish(theCase, b.AdviceSv, wrong) }

func needSwedish(theCase *records.Case, adviceSv string, wrong fields) {
	if care.NeedsSwedish(theCase) && !hasWords(adviceSv) {
		wrong.first("adviceSv", codeSwedish)
	}
}

func (s *Server) closeCase(c *echo.Context) error {
	return move(s, c, cases.Ended, func(who access.Who, id string, in closeBody) (*records.Case, error) {
		end := records.Ending{Outcome: in.Outcome, Advice: in.Advice, AdviceSv: in.AdviceSv, LevelWas: in.LevelWas, FollowUp: in.FollowUp}
		if in.Hold == 0 && in.ID == "" {
			return s.Desk.Close(c.Request().Context(), who, id, end)
		}
		return s.Desk.HoldClose(c.Request().Context(), who, id, care.HeldEnd{ID: in.ID, Ending: end, For: time.Duration(in.Hold) * time.Second})
	})
}

type guardianBody struct {
	Verified bool   `json:"verified"`
	Blocked  bool   `json:"blocked"`
	Reason   string `json:"reason" validate:"max=1000"`
}

func (b *guardianBody) mix(wrong fields) {
	wrong.oneOfTwo("verified", "blocked", b.Verified, b.Blocked)
	if b.Blocked && !hasWords(b.Reason) {
		wrong.first("reason", codeRequired)
	}
}

func (s *Server) guardian(c *echo.Context) error {
	return move(s, c, cases.Guarded, func(who access.Who, id string, in guardianBody) (*records.Case, error) {
		return s.Desk.Verify(c.Request().Context(), who, id, in.Verified, in.Reason)
	})
}

func (s *Server) summary(c *echo.Context) error {
	who, theCase, err := s.on(c, access.See)
	if err != nil {
		return err
	}
	if who.Kind != access.Staff && who.Kind != access.Superuser {
		return access.ErrDenied
	}
	out, err := s.summarise(c.Request().Context(), theCase, who, langOf(c))
	if err != nil {
		return err
	}
	if err := s.looked(c, who, "summary", theCase); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}
