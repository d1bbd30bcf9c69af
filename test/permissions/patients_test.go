package permissions

import (
	"testing"

	"lotsen/internal/api"
)

// A patient reads their own record and nobody else's; nobody changes one but by PUT /me.
var _ = about("patients", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    403       200   200     200       200       200  200       200
view   | 404    403       200   404     404       404       404  404       404
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.people["Anna"].ID },
})

// TestWhoReadsPatients: each their own record, and the personal number in none.
func TestWhoReadsPatients(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := map[string]string{}
	for person := range born {
		all[person] = w.people[person].ID
	}
	for _, caller := range callers {
		if caller != "admin" {
			w.seen(caller, "patients", all, func(person string) bool { return person == caller })
		}
	}
}

// TestMyDetailsAreMine: nobody is told or changes those of another, and the number is told to its owner alone.
func TestMyDetailsAreMine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for person := range born {
		r := w.get(person, api.Base+"/me")
		if r.str("id") != w.people[person].ID || r.str("personalNumber") != number(t, born[person]).Digits() {
			t.Errorf("%s reads %s, want their own", person, r.body)
		}
	}
	before := w.recordAt("patients", w.people["Bo"].ID).FieldsData()["name"]
	w.send(request{caller: "Anna", method: "PUT", path: api.Base + "/me", body: `{"id":"` + w.people["Bo"].ID + `","name":"x"}`})
	if now := w.recordAt("patients", w.people["Bo"].ID).FieldsData()["name"]; now != before {
		t.Errorf("Bo is called %v now", now)
	}
}
