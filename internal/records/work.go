package records

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"lotsen/internal/cases"
)

// Work is something that happened to a case in a queue: who had it, and in which state and at which level it was from then on.
type Work struct {
	Case      string
	Seq       int
	Kind      cases.Event
	Queue     string
	Clinician string
	State     cases.State
	Level     cases.Level
	At        time.Time
}

// workRows is how many of the newest events are read for the work of late: a day of a region, ten of a clinic.
const workRows = 40_000

// RecentWork lists what has happened to cases in their queues, as far as it is among the newest events, the oldest first. It reads a bounded
// number of rows from the end of the table, however long that is.
func RecentWork(app core.App) ([]Work, error) {
	var rows []workRow
	err := app.DB().NewQuery(`SELECT e.[[case]], e.[[seq]], e.[[kind]], e.[[by]], e.[[at]], json_extract(e.[[data]], '$.state') AS [[state]],
		coalesce(json_extract(e.[[data]], '$.level'), 0) AS [[level]], coalesce(json_extract(e.[[data]], '$.from'), '') AS [[from]],
		c.[[queue]], c.[[clinician]]
		FROM (SELECT rowid AS n, * FROM {{events}} ORDER BY rowid DESC LIMIT {:rows}) e JOIN {{cases}} c ON c.[[id]] = e.[[case]]
		WHERE c.[[queue]] != '' AND json_extract(e.[[data]], '$.state') != '' ORDER BY e.n DESC`).
		Bind(dbx.Params{"rows": workRows}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read recent work: %w", err)
	}
	return workOf(rows), nil
}

// workRow is an event with what its case is now.
type workRow struct {
	Case, Kind, By, From, Queue, Clinician, State string
	Seq, Level                                    int
	At                                            types.DateTime
}

// workOf puts rows, the newest first, in the order of time. In which queue a case stood is found backwards from where it stands now; who had it,
// forwards from who took it.
func workOf(rows []workRow) []Work {
	queue, holds := map[string]string{}, map[string]string{}
	out := make([]Work, 0, len(rows))
	for _, r := range rows {
		if _, known := queue[r.Case]; !known {
			queue[r.Case], holds[r.Case] = r.Queue, r.Clinician
		}
		out = append(out, Work{
			Case: r.Case, Seq: r.Seq, Kind: cases.Event(r.Kind), Queue: queue[r.Case], Clinician: r.By,
			State: cases.State(r.State), Level: cases.Level(r.Level), At: r.At.Time(),
		})
		if cases.Event(r.Kind) == cases.Transferred && r.From != "" {
			queue[r.Case] = r.From
		}
	}
	slices.Reverse(out)
	for i := range out {
		w := &out[i]
		if w.Kind == cases.Taken || w.Kind == cases.TakenOver || w.Kind == cases.Reopened {
			holds[w.Case] = w.Clinician
		}
		w.Clinician = holds[w.Case]
	}
	return out
}

// InHands lists every case that a clinician has. Index: cases_held.
func InHands(app core.App) ([]*Case, error) {
	return list[Case](app.RecordQuery(Cases).AndWhere(heldStates()))
}

// OnDutyAnywhere lists the staff who are on duty in some queue.
func OnDutyAnywhere(app core.App) ([]*Staff, error) {
	return list[Staff](app.RecordQuery(StaffMembers).AndWhere(dbx.NewExp("json_array_length([[duty]]) > 0")))
}
