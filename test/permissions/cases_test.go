package permissions

import (
	"testing"

	"lotsen/internal/access"
)

// A case is read by its patient, by the guardian who opened it, and by staff of its queue. Nobody writes one here: it changes by commands.
var _ = about("cases", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    403       200   200     200       200       200  200       200
view   | 404    403       200   404     200       200       200  200       404
create | 403    400       403   403     403       403       403  403       403
update | 403    400       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.cases["active"] },
})

func TestWhoReadsCases(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		if caller == "admin" {
			continue // refused outright: see the page
		}
		w.seen(caller, "cases", w.cases, func(subject string) bool { return sees(caller, subject) })
	}
}

// TestACaseTellsNothingOfItsPeople: what is expanded is only what the caller may read on its own.
func TestACaseTellsNothingOfItsPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		for _, collection := range []string{"cases", "messages", "answers"} {
			for _, item := range w.get(caller, list(collection, "expand", "patient,region,unit.region,queue.unit,case.patient,case.queue")).items() {
				if of, ok := expands(item)["case"].(map[string]any); ok {
					item = of
				}
				if p, told := expands(item)["patient"].(map[string]any); told && p["id"] != w.people[caller].ID {
					t.Errorf("%s is told the record of another patient: %v", caller, p)
				}
				if _, told := expands(item)["queue"]; told && w.people[caller].Kind != access.Staff {
					t.Errorf("%s is told the record of a queue", caller)
				}
			}
		}
	}
}
