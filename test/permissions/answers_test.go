package permissions

import "testing"

// Answers are read by those who read their case, and written by commands alone.
var _ = about("answers", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    403       200   200     200       200       200  200       200
view   | 404    403       200   404     200       200       200  200       404
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.photos["active"][0] },
})

func TestWhoReadsAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		if caller == "admin" {
			continue
		}
		told := map[string]bool{}
		for _, a := range w.get(caller, list("answers")).items() {
			told[w.subject(a["case"].(string))] = true
		}
		for _, subject := range subjects {
			if told[subject] != sees(caller, subject) {
				t.Errorf("%s lists answers of %s: %v, want %v", caller, subject, told[subject], sees(caller, subject))
			}
			if photo, has := w.photos[subject]; has {
				w.view(caller, "answers", photo[0], sees(caller, subject))
			}
		}
	}
}
