package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/bankid"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Stage is what the demo can play. The commands that ask for it exist nowhere else.
type Stage struct {
	// Approve plays the BankID app of a person for the log-in that BankID knows by orderRef. It gives the address that the app then
	// opens, "" for none. Errors: ErrPlayed where the log-in is over.
	Approve func(orderRef, personalNumber, name string) (returnURL string, err error)
	Letters func() []Letter
	// Advance moves the clock on and does everything that has become due.
	Advance func(ctx context.Context, by time.Duration) error
	// Nurse plays the nurse of a case: take, write or close.
	Nurse func(ctx context.Context, caseID, do string) error
}

// ErrPlayed says that what was to be played is over, or not yet there.
var ErrPlayed = errors.New("the log-in is over, or not at BankID")

// Letter is a text message as the simulated gateway has received it.
type Letter struct {
	To   string `json:"to"`
	Text string `json:"text"`
	At   string `json:"at"`
}

// demoRoutes play what is outside the program. Outside the demo they do not exist.
func (s *Server) demoRoutes(g *echo.Group) {
	if s.Stage == nil {
		return
	}
	g.POST("/demo/bankid/:id/approve", s.playApproval)
	g.GET("/demo/sms", func(c *echo.Context) error { return c.JSON(http.StatusOK, s.Stage.Letters()) })
	g.POST("/demo/clock", s.playTime)
	g.POST("/demo/nurse", s.playNurse)
}

type approveBody struct {
	PersonalNumber string `json:"personalNumber" validate:"words,max=40"`
	Name           string `json:"name" validate:"max=200"`
}

// renewed is how long an approval waits for an order that BankID has let lapse and that is being begun anew.
const renewed = 3 * time.Second

func (s *Server) playApproval(c *echo.Context) error {
	orders, err := s.bankID()
	if err != nil {
		return err
	}
	if _, err := orders.OrderRef(c.Param("id")); err != nil {
		return bankIDRefusal(err)
	}
	var in approveBody
	var number personnummer.Number
	err = bind(c, &in, func(wrong fields) {
		var code string
		if number, code = s.number(in.PersonalNumber); code != "" {
			wrong.first("personalNumber", code)
		}
	})
	if err != nil {
		return err
	}
	returnURL, err := s.approve(c.Request().Context(), orders, c.Param("id"), number.Digits(), in.Name)
	if errors.Is(err, ErrPlayed) {
		return refusal{http.StatusConflict, "state", "login_over", texts.ErrorState}
	}
	if err != nil {
		return bankIDRefusal(err)
	}
	answer := map[string]string{}
	if returnURL != "" {
		answer["returnUrl"] = returnURL
	}
	return c.JSON(http.StatusOK, answer)
}

// approve tries until the log-in has an order that can be approved: between two orders there is none for a moment.
func (s *Server) approve(ctx context.Context, orders *bankid.Orders[LogIn], id, number, name string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, renewed)
	defer stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		ref, err := orders.OrderRef(id)
		if err != nil {
			return "", err
		}
		returnURL, err := s.Stage.Approve(ref, number, name)
		if !errors.Is(err, ErrPlayed) {
			return returnURL, err
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-again.C:
		}
	}
}

type clockBody struct {
	Advance string `json:"advance" validate:"words,max=20"`
}

// furthest is how far the clock moves on at once.
const furthest = 366 * 24 * time.Hour

func (s *Server) playTime(c *echo.Context) error {
	var in clockBody
	if err := bind(c, &in); err != nil {
		return err
	}
	by, err := time.ParseDuration(in.Advance)
	if err != nil || by < 0 || by > furthest {
		return fields{"advance": codeInvalid}
	}
	if err := s.Stage.Advance(c.Request().Context(), by); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"now": records.RFC3339(s.Desk.Clock.Now())})
}

type nurseBody struct {
	Case string `json:"case" validate:"required,recordid"`
	Do   string `json:"do" validate:"required,oneof=take write close"`
}

func (s *Server) playNurse(c *echo.Context) error {
	var in nurseBody
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := s.Stage.Nurse(c.Request().Context(), in.Case, in.Do); err != nil {
		return err
	}
	return done(c)
}
