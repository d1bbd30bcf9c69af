package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/records"
)

// Health is whether patients can be let in, as far as it is known at the start.
type Health struct {
	Ready   bool
	Missing []string // settings that are not there; some of them may be done without

	Outage func() *Outage // what keeps the service from writing now; nil for nothing. It may be nil itself
}

// Outage is why the service is out of order.
type Outage struct {
	Code  records.Fault
	Since time.Time // real time
}

// healthRoutes are for whoever watches over the service.
func (s *Server) healthRoutes(g *echo.Group) {
	g.GET("/health", s.health)
}

type healthAnswer struct {
	Live    bool     `json:"live"`
	Ready   bool     `json:"ready"`
	Missing []string `json:"missing"`

	OutOfOrder *outageView `json:"outOfOrder"`
}

type outageView struct {
	Code  records.Fault `json:"code"`
	Since string        `json:"since"`
}

// health answers 503 as long as patients cannot be let in: a balancer sends nobody here. That there is an answer at all means live.
func (s *Server) health(c *echo.Context) error {
	out := healthAnswer{Live: true, Ready: s.Health.Ready, Missing: orNone(s.Health.Missing)}
	if _, err := s.App.DB().NewQuery("SELECT 1").Execute(); err != nil {
		s.Log.Error("the database does not answer", "error", err)
		out.Ready = false
	}
	if s.Health.Outage != nil {
		if o := s.Health.Outage(); o != nil {
			out.Ready, out.OutOfOrder = false, &outageView{Code: o.Code, Since: records.RFC3339(o.Since)}
		}
	}
	status := http.StatusOK
	if !out.Ready {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, out)
}
