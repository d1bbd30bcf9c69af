package records

import (
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// Changed names the fields of a record that are not as they were.
func Changed(r *core.Record) []string {
	var names []string
	was := r.Original()
	for _, f := range r.Collection().Fields {
		if name := f.GetName(); fmt.Sprint(r.GetRaw(name)) != fmt.Sprint(was.GetRaw(name)) {
			names = append(names, name)
		}
	}
	return names
}

// changedOf names those of some fields that are not as they were.
func changedOf(r *core.Record, of []string) []string {
	return slices.DeleteFunc(Changed(r), func(name string) bool { return !slices.Contains(of, name) })
}

// ChangedLogIn names what was changed of that by which a person logs in: whoever sets it, can be them.
func ChangedLogIn(r *core.Record) []string {
	return changedOf(r, []string{core.FieldNameEmail, core.FieldNamePassword})
}

// ChangedByHand names what was changed of that which is not for hands in a queue: what its lead switches by a command, and what the program
// notes of whom it has told.
func ChangedByHand(queue *core.Record) []string {
	return changedOf(queue, []string{"pausedUntil", "capToday", "capUntil", "message", "messageUntil", "shut", "shutFrom"})
}
