package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
)

// loseStaff puts back in line what a member of staff holds in queues that they no longer belong to, in the transaction that changes or
// deletes them. Nobody waits for a nurse who is gone, nor is anyone on duty where they may no longer be.
func loseStaff(desk *care.Desk, keeps func(*records.Staff) []string) func(*core.RecordEvent) error {
	return func(e *core.RecordEvent) error {
		outer := e.App
		defer func() { e.App = outer }()
		return e.App.RunInTransaction(func(tx core.App) error {
			e.App = tx
			s := records.AsStaff(e.Record)
			if err := desk.LoseStaff(e.Context, tx, s.Id, keeps(s)); err != nil {
				return err
			}
			s.EndDutyBut(keeps(s))
			return e.Next()
		})
	}
}

func noQueue(*records.Staff) []string { return nil }
