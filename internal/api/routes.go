package api

import "github.com/labstack/echo/v5"

// routes is the whole interface, in the order of api.md.
func (s *Server) routes(g *echo.Group) {
	s.publicRoutes(g)
	s.identityRoutes(g)
	s.meRoutes(g)
	s.healthRoutes(g)
	s.caseRoutes(g)
	s.queueRoutes(g)
	s.staffQueueRoutes(g)
	s.staffCaseRoutes(g)
	s.demoRoutes(g)
}
