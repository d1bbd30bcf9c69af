package api

import (
	"regexp"

	"github.com/labstack/echo/v5"
)

// routes is the whole interface, in the order of api.md.
func (s *Server) routes(g *echo.Group) {
	s.publicRoutes(g)
	s.identityRoutes(g)
	s.meRoutes(g)
	s.supportRoutes(g)
	s.viewsRoutes(g)
	s.healthRoutes(g)
	s.caseRoutes(g)
	s.queueRoutes(g)
	s.staffQueueRoutes(g)
	s.staffCaseRoutes(g)
	s.takeBackRoutes(g)
	s.correctRoutes(g)
	s.routingRoutes(g)
	s.adminRoutes(g)
	s.reviewRoutes(g)
	s.demoRoutes(g)
}

// Route is one command: its method, and its path as the contract writes it.
type Route struct{ Method, Path string }

// Routes lists the commands, those of the demo too if demo is set. It is for those who hold the list against another one: the contract's, the tests'.
func Routes(demo bool) []Route {
	s := &Server{}
	if demo {
		s.Stage = &Stage{}
	}
	e := echo.New()
	s.routes(e.Group(Base))
	var list []Route
	for _, r := range e.Router().Routes() {
		list = append(list, Route{Method: r.Method, Path: parameter.ReplaceAllString(r.Path, "{$1}")})
	}
	return list
}

// parameter is a part of a path that Echo fills.
var parameter = regexp.MustCompile(`:([a-z]+)`)
