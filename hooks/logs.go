package hooks

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// bindLogs keeps people out of the request log, which admins read and which lies unencrypted in a file of its own.
func bindLogs(app core.App) {
	app.OnModelCreate(core.LogsTableName).Bind(on("Logs", redactLog))
}

// logged is what is kept of a request as it is. Not its query (names that were searched for, tokens), its address, its referer, nor what
// was wrong with it: PocketBase writes the values that did not fit.
var logged = []string{"type", "method", "status", "execTime", "auth"}

// redactLog is bound to OnModelCreate of the log.
func redactLog(e *core.ModelEvent) error {
	row, ok := e.Model.(*core.Log)
	if !ok {
		return e.Next()
	}
	for name, value := range row.Data {
		if text, isText := value.(string); isText {
			row.Data[name] = withoutQuery(text)
		}
	}
	if row.Data["type"] != "request" {
		return e.Next()
	}
	method, _ := row.Data["method"].(string)
	path := pathOnly(row.Data["url"])
	row.Data, row.Message = keptOf(row.Data, path), method+" "+path
	return e.Next()
}

// withoutQuery leaves out the query that failed, in which the database's errors write the values.
func withoutQuery(fault string) string {
	text, _, _ := strings.Cut(fault, "; failed query")
	return text
}

// keptOf is what is kept of a request. What went wrong is kept where the program itself failed: a request that was refused is no fault.
func keptOf(data types.JSONMap[any], path string) types.JSONMap[any] {
	kept := types.JSONMap[any]{"url": path}
	for _, name := range logged {
		if value, there := data[name]; there {
			kept[name] = value
		}
	}
	if status, known := data["status"].(int64); !known || status == 0 || status >= http.StatusInternalServerError {
		for _, name := range []string{"error", "details"} {
			if text, isText := data[name].(string); isText && text != "" {
				kept[name] = text
			}
		}
	}
	return kept
}

// secretInPath finds what is a secret though it stands in a path: the id of a log-in under way.
var secretInPath = regexp.MustCompile(`(/identity/bankid/)[^/]+`)

// pathOnly is a request's path, without what is secret in it. What cannot be read is left out.
func pathOnly(uri any) string {
	text, _ := uri.(string)
	path, _, _ := strings.Cut(text, "?")
	path, err := url.PathUnescape(path)
	if err != nil {
		return ""
	}
	return secretInPath.ReplaceAllString(path, "$1…")
}
