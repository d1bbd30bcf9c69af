package permissions

import "testing"

// A queue is read by its own staff. Admins keep the list.
var _ = about("queues", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    200       200   200     200       200       200  200       200
view   | 404    200       404   404     200       200       200  404       404
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.Norrvik.Id },
})

// TestWhoReadsQueues: staff their own.
func TestWhoReadsQueues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := map[string]string{"norrvik": w.Norrvik.Id, "second": w.second.Id, "soder": w.Soder.Id}
	of := map[string]string{"nurse": "norrvik", "doctor": "norrvik", "leader": "norrvik", "Mona": "second", "southerner": "soder"}
	for _, caller := range callers {
		if caller != "admin" {
			w.seen(caller, "queues", all, func(queue string) bool { return of[caller] == queue })
		}
	}
}
