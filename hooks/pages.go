package hooks

import (
	"io/fs"
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// pagePolicy lets a page of ours run nothing that does not come from here.
const pagePolicy = "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// pages serves what a browser is given. What is not there is 404, never the start page: a wrong address of the interface is not a page.
func pages(se *core.ServeEvent, files fs.FS) {
	serve := apis.Static(files, false)
	se.Router.GET("/{path...}", func(e *core.RequestEvent) error {
		h := e.Response.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Cache-Control", "no-cache")
		h.Set("Referrer-Policy", "no-referrer")
		return serve(e)
	}).Bind(apis.Gzip())
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		se.Router.Route(method, "/api/{path...}", func(e *core.RequestEvent) error {
			return e.NotFoundError("", nil)
		})
	}
}
