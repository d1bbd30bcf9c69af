package permissions

import "testing"

// Staff read their own record. Admins keep the list of staff.
var _ = about("staff", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    200       200   200     200       200       200  200       200
view   | 404    200       404   404     404       -         404  404       404
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.people["doctor"].ID },
})

// TestWhoReadsStaff: each their own record. Who works in a queue is told by GET /queues/{id}/staff.
func TestWhoReadsStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := map[string]string{}
	for _, person := range []string{"nurse", "doctor", "leader", "Mona", "southerner", "idle nurse"} {
		all[person] = w.people[person].ID
	}
	for _, caller := range callers {
		if caller != "admin" {
			w.seen(caller, "staff", all, func(person string) bool { return person == caller })
		}
	}
}

// TestNobodyMakesThemselvesALead: staff have no way to change their own role or queues.
func TestNobodyMakesThemselvesALead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for _, caller := range []string{"idle nurse", "nurse", "southerner"} {
		own := recordsOf("staff") + "/" + w.people[caller].ID
		for _, r := range []request{
			{method: "PATCH", path: own, body: `{"role":"lead"}`},
			{method: "PATCH", path: own, body: `{"queues+":"` + w.Norrvik.Id + `"}`},
			{method: "PUT", path: "/api/lotsen/v1/me", body: `{"role":"lead"}`},
			{method: "PUT", path: "/api/lotsen/v1/queues/" + w.second.Id + "/duty", body: `{"on":true}`},
		} {
			r.caller = caller
			if got := w.send(r); got.status < 400 {
				t.Errorf("%s: %s %s %s answers %d", caller, r.method, r.path, r.body, got.status)
			}
		}
	}
	w.unchanged(before)
}
