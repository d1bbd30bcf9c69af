package hooks

import (
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// bindQuestions refuses questions to PocketBase's own routes that would be answered out of records which the caller may not read.
func bindQuestions(app core.App) {
	app.OnServe().Bind(on("Questions", func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "lotsenQuestions", Func: guardQuestions})
		return e.Next()
	}))
	app.OnBatchRequest().Bind(on("NoBatch", noBatch))
}

// guardQuestions lets nobody filter, sort or expand by what points back at a record (`messages_via_case`), nor by another collection.
//
// A filter over many records asks whether all of them fit, and PocketBase asks it of those too that the caller may not list: with
// `messages_via_case.body !~ "…"` a patient would spell out the notes of staff, and with `cases_via_region` everybody's advice. A
// superuser would read through regions what is refused of cases, and staff would look at cases without being in the access log.
func guardQuestions(e *core.RequestEvent) error {
	if !strings.HasPrefix(e.Request.URL.Path, "/api/collections/") {
		return e.Next()
	}
	query := e.Request.URL.Query()
	for _, name := range []string{"filter", "sort", "expand"} {
		for _, question := range query[name] {
			if asksBackwards(name, question) {
				return apis.NewBadRequestError("Nothing is asked for through what points back at it: ask its own list.", nil)
			}
		}
	}
	return e.Next()
}

// asksBackwards says whether a question goes from a record to those that point at it. In an expand PocketBase passes over blanks, and takes
// an older way to write the same.
func asksBackwards(name, question string) bool {
	if name == "expand" {
		question = strings.ReplaceAll(question, " ", "")
		return strings.Contains(question, "_via_") || strings.Contains(question, "(")
	}
	return strings.Contains(question, "_via_") || strings.Contains(question, "@collection")
}

// noBatch refuses what PocketBase would do in one long transaction, should an admin ever switch batches on: an act opens its own.
func noBatch(e *core.BatchRequestEvent) error {
	return e.ForbiddenError("There are no batches here.", nil)
}
