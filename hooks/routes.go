package hooks

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
)

// mount puts the commands under their base path, with PocketBase's middleware before them. The body limit is the commands' own:
// it is asked after the caller's right, so that a stranger's large body is answered like any stranger's.
func mount(se *core.ServeEvent, s *api.Server) {
	g := se.Router.Group(api.Base)
	g.Unbind(apis.DefaultBodyLimitMiddlewareId)
	h := s.Handler()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		g.Route(method, "", h)
		g.Route(method, "/{path...}", h)
	}
}
