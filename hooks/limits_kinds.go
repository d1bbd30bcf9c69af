package hooks

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/records"
)

// kind is what a request is to the limits.
type kind int

const (
	aRead    kind = iota // changes nothing
	aWrite               // may change something
	aMessage             // a write that somebody is to read
	aSign                // a client's own: a person who writes ten messages sends hundreds
	vital                // may be a matter of life, or ends what a thief may do: no count of other writes stands in its way
)

// ofCases are the commands of a case that are not plain writes, by method and the part of the path after the case.
var ofCases = map[string]kind{
	"POST typing": aSign, "PUT read": aSign,
	"POST held":   aMessage,
	"DELETE held": vital, "DELETE close": vital, // taken back now, or never
	"POST worse": vital, "POST here": vital, "POST hold": vital, "POST freetext": vital,
}

// kindOf says what a request is to the limits. A realtime subscription changes nothing, and comes again with each reconnect.
func kindOf(app core.App, r *http.Request) kind {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return aRead
	}
	switch r.URL.Path {
	case "/api/realtime":
		return aRead
	case api.Base + "/me/session":
		if r.Method == http.MethodDelete {
			return vital
		}
	}
	if r.Method == http.MethodPost && collectionOf(app, r.URL.Path) == records.Messages {
		return aMessage
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, api.Base+"/cases/"); ok {
		_, what, _ := strings.Cut(rest, "/")
		what, _, _ = strings.Cut(what, "/")
		if k, special := ofCases[r.Method+" "+what]; special {
			return k
		}
	}
	return aWrite
}

// collectionOf is the name of the collection that a path of PocketBase's names, "" for another path. PocketBase takes its id, too, and its
// name in any letters.
func collectionOf(app core.App, path string) string {
	rest, ok := strings.CutPrefix(path, "/api/collections/")
	if !ok {
		return ""
	}
	named, _, _ := strings.Cut(rest, "/")
	c, err := app.FindCachedCollectionByNameOrId(named)
	if err != nil {
		return ""
	}
	return c.Name
}
