// Package api translates: the commands of api.md, as an Echo v5 server that is mounted inside PocketBase's router.
//
// It reads a request, asks whether the caller may (before the body is read), checks the body, calls care, and writes the answer. It opens
// no transaction and knows no rule of care. Echo has no middleware here: CORS, rate limits, recovery, gzip and who the caller is are
// PocketBase's and are done when a request comes here.
package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/queue"
	"lotsen/internal/texts"
)

// Base is where the commands are mounted.
const Base = "/api/lotsen/v1"

// Server answers the commands. Its fields are set once, before the first request.
type Server struct {
	App     core.App
	Desk    *care.Desk
	Ranks   *queue.Ranks
	Figures *queue.Figures // how long people wait
	Log     *slog.Logger

	Version string // of the binary, as GET / tells it
	Demo    bool   // only numbers and phones that belong to nobody
	Stage   *Stage // what the demo can play; nil outside it
	Health  Health // whether the service is ready

	Identity Identity                                // how people log in
	Typing   func(caseID string, by string, on bool) // tells the topic; nothing is stored
	Contract []byte                                  // openapi.json
}

// passage carries a request of PocketBase through Echo, and Echo's error back.
type passage struct {
	event *core.RequestEvent
	err   error
}

type passageKey struct{}

// eventOf is PocketBase's view of the request.
func eventOf(c *echo.Context) *core.RequestEvent {
	return c.Request().Context().Value(passageKey{}).(*passage).event
}

// Handler is the server as a handler of PocketBase's router. Errors go back to PocketBase, which writes and logs them.
func (s *Server) Handler() func(*core.RequestEvent) error {
	e := echo.NewWithConfig(echo.Config{
		Logger: s.Log,
		Router: echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true}),
		HTTPErrorHandler: func(c *echo.Context, err error) {
			c.Request().Context().Value(passageKey{}).(*passage).err = Answer(err, langOf(c), s.Log)
		},
	})
	s.routes(e.Group(Base))
	return func(ev *core.RequestEvent) error {
		p := &passage{event: ev}
		ev.Request = ev.Request.WithContext(context.WithValue(ev.Request.Context(), passageKey{}, p))
		ev.Response.Header().Set("Cache-Control", "no-store")
		e.ServeHTTP(ev.Response, ev.Request)
		return p.err
	}
}

// langOf is the language of the answer: the request's, else Swedish.
func langOf(c *echo.Context) texts.Lang {
	return texts.Match(c.Request().Header.Get("Accept-Language"))
}

// done answers that something has been done and there is nothing to tell.
func done(c *echo.Context) error { return c.NoContent(http.StatusNoContent) }
