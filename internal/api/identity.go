package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/bankid"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// LogIn is what PocketBase answers to a log-in: its SDK takes it as it is.
type LogIn struct {
	Token  string         `json:"token"`
	Record map[string]any `json:"record"`
}

// Identity is how people log in.
type Identity struct {
	BankID  *bankid.Orders[LogIn]                      // nil while BankID is not configured
	Returns bool                                       // whether there is a page of ours that BankID can return to
	Token   func(*core.Record) (string, error)         // begins a session
	End     func(context.Context, *http.Request) error // ends the one that a request belongs to
}

// identityRoutes are the ways to log in. Nobody is logged in yet: the id of a log-in is the browser's secret, and its right.
func (s *Server) identityRoutes(g *echo.Group) {
	g.GET("/identity/providers", s.providers)
	g.POST("/identity/bankid", s.startBankID)
	g.GET("/identity/bankid/:id", s.pollBankID)
	g.POST("/identity/bankid/:id/return", s.returnBankID)
	g.DELETE("/identity/bankid/:id", s.cancelBankID)
}

// bankID is the log-ins under way; without keys nobody can be let in, so that is asked too.
func (s *Server) bankID() (*bankid.Orders[LogIn], error) {
	if s.Identity.BankID == nil || s.Desk.Keys == nil {
		return nil, errNotReady
	}
	return s.Identity.BankID, nil
}

func (s *Server) providers(c *echo.Context) error {
	list := []map[string]string{}
	if _, err := s.bankID(); err == nil {
		list = append(list, map[string]string{"code": "bankid", "name": "BankID", "kind": "bankid"})
	}
	return c.JSON(http.StatusOK, list)
}

type startBody struct {
	Mode      string `json:"mode" validate:"omitempty,oneof=other same"`
	Replaces  string `json:"replaces" validate:"max=100"`
	ReturnURL string `json:"returnUrl" validate:"max=400"`
}

type startAnswer struct {
	ID        string `json:"id"`
	QR        string `json:"qr,omitempty"`
	Launch    string `json:"launch,omitempty"`
	ExpiresAt string `json:"expiresAt"`
}

func (s *Server) startBankID(c *echo.Context) error {
	orders, err := s.bankID()
	if err != nil {
		return err
	}
	var in startBody
	if err := bind(c, &in); err != nil {
		return err
	}
	if in.Mode == string(bankid.Same) && in.ReturnURL == "" && !s.Identity.Returns {
		return errNotReady
	}
	started, err := orders.Start(c.Request().Context(), bankid.Request{
		Mode: bankid.Mode(in.Mode), Replaces: in.Replaces, ReturnURL: in.ReturnURL,
		IP: eventOf(c).RealIP(), UserAgent: c.Request().UserAgent(),
		Purpose: langOf(c).Say(texts.BankidPurpose, "service", s.serviceName()),
	})
	if err != nil {
		return s.startRefusal(err)
	}
	return c.JSON(http.StatusOK, startAnswer{
		ID: started.ID, QR: started.QR, Launch: started.Launch, ExpiresAt: records.RFC3339(started.ExpiresAt),
	})
}

// serviceName is what the BankID app shows: the region's name where there is one region only.
func (s *Server) serviceName() string {
	regions, err := records.RegionList(s.App)
	name := ""
	for _, r := range regions {
		if err != nil || !r.InService() || r.URL() != "" {
			continue
		}
		if name != "" {
			return "Lotsen"
		}
		name = r.Name()
	}
	if name == "" {
		return "Lotsen"
	}
	return name
}

type pollAnswer struct {
	Status    bankid.Status `json:"status"`
	Hint      string        `json:"hint"`
	Message   string        `json:"message"`
	QR        string        `json:"qr,omitempty"`
	ExpiresAt string        `json:"expiresAt"`
	*LogIn
}

func (s *Server) pollBankID(c *echo.Context) error {
	orders, err := s.bankID()
	if err != nil {
		return err
	}
	// The first answer after completion lets the person in; that a phone then loses its line must not undo it.
	ctx := context.WithoutCancel(c.Request().Context())
	state, err := orders.Poll(c.Param("id"), func(who bankid.Identity) (LogIn, error) { return s.admit(ctx, who) })
	if err != nil {
		return bankIDRefusal(err)
	}
	out := pollAnswer{
		Status: state.Status, Hint: state.Hint, Message: langOf(c).Say(state.Message),
		QR: state.QR, ExpiresAt: records.RFC3339(state.ExpiresAt),
	}
	if state.Status == bankid.Complete {
		out.LogIn = &state.Result
	}
	return c.JSON(http.StatusOK, out)
}

// admit turns who has proved their identity into a patient who is logged in.
func (s *Server) admit(ctx context.Context, who bankid.Identity) (LogIn, error) {
	number, code := s.number(who.PersonalNumber)
	if code != "" {
		return LogIn{}, fields{"personalNumber": code}
	}
	patient, err := s.Desk.Admit(ctx, number, who.Name)
	if err != nil {
		return LogIn{}, err
	}
	token, err := s.Identity.Token(patient.ProxyRecord())
	if err != nil {
		return LogIn{}, err
	}
	return LogIn{Token: token, Record: patient.PublicExport()}, nil
}

type returnBody struct {
	Nonce string `json:"nonce" validate:"words,max=200"`
}

func (s *Server) returnBankID(c *echo.Context) error {
	orders, err := s.bankID()
	if err != nil {
		return err
	}
	if _, err := orders.OrderRef(c.Param("id")); err != nil {
		return bankIDRefusal(err) // before the body: to a stranger it is not there
	}
	var in returnBody
	if err := bind(c, &in); err != nil {
		return err
	}
	if err := orders.Return(c.Param("id"), in.Nonce); err != nil {
		return bankIDRefusal(err)
	}
	return done(c)
}

func (s *Server) cancelBankID(c *echo.Context) error {
	orders, err := s.bankID()
	if err != nil {
		return err
	}
	if err := orders.Cancel(c.Param("id")); err != nil {
		return bankIDRefusal(err)
	}
	return done(c)
}

// bankIDRefusal turns what Orders refuses into what a caller is told.
func bankIDRefusal(err error) error {
	var wrong fields
	switch {
	case errors.As(err, &wrong):
		return err
	case errors.Is(err, bankid.ErrNotFound):
		return records.ErrNotFound
	case errors.Is(err, bankid.ErrNonce):
		return access.ErrDenied
	case errors.Is(err, bankid.ErrState):
		return refusal{http.StatusConflict, "state", "no_return", texts.ErrorState}
	}
	return err
}

// startRefusal is for a log-in that could not be begun. What BankID has said is for the operator.
func (s *Server) startRefusal(err error) error {
	switch {
	case errors.Is(err, bankid.ErrReturnURL):
		return fields{"returnUrl": codeReturnURL}
	case errors.Is(err, bankid.ErrFull):
		return refusal{http.StatusServiceUnavailable, "reason", "busy", bankid.ErrorKey(err)}
	}
	s.Log.Error("a log-in could not be begun", "error", err)
	return refusal{http.StatusServiceUnavailable, "reason", "bankid_unavailable", bankid.ErrorKey(err)}
}
