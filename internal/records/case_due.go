package records

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// CasesDue lists the ids of the cases whose timer was over at now, that over longest first, at most n. Index: cases_timer.
func CasesDue(app core.App, now time.Time, n int) ([]string, error) {
	var ids []string
	err := app.DB().Select("id").From(Cases).AndWhere(dbx.And(
		dbx.NewExp("[["+caseTimerFor+"]] != ''"),
		dbx.NewExp("[["+caseTimer+"]] <= {:t}", dbx.Params{"t": stamp(now)}))).
		OrderBy(caseTimer, "id").Limit(int64(n)).Column(&ids)
	return ids, err
}
