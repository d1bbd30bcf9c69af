package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
)

// followCase keeps the ranks in step with a case that has been committed, and says which queues have changed.
func followCase(ranks *queue.Ranks, c *records.Case) []string {
	if c.State() == cases.Waiting {
		return ranks.Place(queue.Entry{ID: c.Id, Queue: c.Queue(), Level: c.Level(), Since: c.Since()}, c.Seq())
	}
	return ranks.Remove(c.Id, c.Seq())
}

// rebuildRanks fills the ranks from the records, at start.
func rebuildRanks(app core.App, ranks *queue.Ranks) error {
	waiting, err := records.AllWaiting(app)
	if err != nil {
		return err
	}
	for _, c := range waiting {
		followCase(ranks, c)
	}
	return nil
}
