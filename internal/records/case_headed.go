package records

import (
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
)

// caseHeaded is the queue that a case would go to if it joined now. It is kept with the case, so that a queue's lead finds those who have not.
const caseHeaded = "headed"

// Headed is the id of the queue that the case would go to as it stands; "" once it has joined or ended, and where no queue takes it.
func (c *Case) Headed() string { return c.GetString(caseHeaded) }

// HeadFor notes it.
func (c *Case) HeadFor(queue string) { c.Set(caseHeaded, queue) }

// unjoined are the states of a case that may join a queue and has not.
func unjoined() dbx.Expression {
	return dbx.HashExp{caseState: []any{string(cases.Answering), string(cases.Recommended)}}
}

// headedFor is the condition of those on their way to a queue. It says the condition of the index cases_headed to the letter, without which SQLite
// would read every case.
func headedFor(queue string) dbx.Expression {
	return dbx.And(dbx.NewExp("[[headed]] != ''"), dbx.HashExp{caseHeaded: queue})
}

// AnsweringFor counts the cases on their way to a queue: somebody answers questions and would join it. Index: cases_headed.
func AnsweringFor(app core.App, queue string) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).AndWhere(dbx.And(headedFor(queue), unjoined())).Row(&n)
	return n, err
}

// Unjoined lists the cases that would join a queue, have not, and are kept until a person ends them: those told level 1 or 2, those with own words
// that nobody has read, and of those who still answer the ones with unread words of danger, or whose time to answer is over. First comes who has written words of danger, then level 1 and 2, each the newest first; at most 200.
// Index: cases_headed.
func Unjoined(app core.App, queue string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(dbx.And(
		headedFor(queue), dbx.Or(
			dbx.And(dbx.HashExp{caseState: string(cases.Recommended)}, dbx.NewExp("([[level]] BETWEEN 1 AND 2 OR [[words]] > [[wordsRead]])")),
			dbx.And(dbx.HashExp{caseState: string(cases.Answering)}, dbx.NewExp("[[words]] > [[wordsRead]] AND ([[danger]] OR [[timerFor]] = '')"))))).
		OrderBy("([[danger]] AND [[words]] > [[wordsRead]]) DESC", "([[level]] BETWEEN 1 AND 2) DESC", caseCreated+" DESC").Limit(200))
}

// UnjoinedIn lists a region's cases that may join a queue and have not: of each no more than its route depends on, so none is to be saved. Index:
// cases_region.
func UnjoinedIn(app core.App, region string) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).Select("id", caseSeq, caseState, caseRegion, caseUnit, caseComplaint, caseLevel, "language", "person", caseHeaded).
		AndWhere(dbx.And(dbx.HashExp{caseRegion: region}, unjoined())))
}

// Rehead notes in the row alone which queue a case would go to now: nothing has happened to the case, so it has no event more. If something has since
// it was read, what that has noted stands.
func Rehead(tx core.App, c *Case, queue string) error {
	_, err := tx.DB().Update(Cases, dbx.Params{caseHeaded: queue}, dbx.HashExp{"id": c.Id, caseSeq: c.Seq()}).Execute()
	if err != nil {
		return fmt.Errorf("note where a case is headed: %w", err)
	}
	return nil
}
