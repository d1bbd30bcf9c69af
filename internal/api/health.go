package api

import (
	"net/http"

	"github.com/labstack/echo/v5"
)

// Health is whether patients can be let in, as far as it is known at the start.
type Health struct {
	Ready   bool
	Missing []string // settings that are not there; some of them may be done without
}

// healthRoutes are for whoever watches over the service.
func (s *Server) healthRoutes(g *echo.Group) {
	g.GET("/health", s.health)
}

type healthAnswer struct {
	Live    bool     `json:"live"`
	Ready   bool     `json:"ready"`
	Missing []string `json:"missing"`
}

// health answers 503 as long as patients cannot be let in: a balancer sends nobody here. That there is an answer at all means live.
func (s *Server) health(c *echo.Context) error {
	out := healthAnswer{Live: true, Ready: s.Health.Ready, Missing: orNone(s.Health.Missing)}
	if _, err := s.App.DB().NewQuery("SELECT 1").Execute(); err != nil {
		s.Log.Error("the database does not answer", "error", err)
		out.Ready = false
	}
	status := http.StatusOK
	if !out.Ready {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, out)
}
