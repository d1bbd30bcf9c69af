package permissions

import (
	"net/http"
	"testing"

	"lotsen/internal/api"
	"lotsen/internal/records"
)

// What is held is its author's alone, and by a command of its own: no list shows it.
var _ = about("held", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(*world) string { return heldID("active") },
})

// heldIn are the cases in which the nurse has written something that could not be said.
var heldIn = []string{"active", "closed", "child", "elder"}

func heldWords(subject string) string { return "inneslutet" + subject }

func heldID(subject string) string { return ("held" + subject + "00000000000")[:15] }

// plantHeld writes it. Every answer of every test is searched for its words: see secrets.
func (w *world) plantHeld() {
	w.t.Helper()
	for _, subject := range heldIn {
		w.row(records.Held, map[string]any{
			"id": heldID(subject), "case": w.cases[subject], "author": w.Nurse.ID, "kind": "message", "nr": 1, "body": heldWords(subject),
			"fingerprint": "x", "state": "failed", "why": "right", "at": "2026-11-25 08:00:00.000Z", "due": "2026-11-25 08:00:05.000Z", "settled": "2026-11-25 08:00:05.000Z",
		})
	}
}

// TestWhatIsHeldIsItsAuthorsAlone while it is held, on every path by which a case is read; when it is said, it is a message like any other.
func TestWhatIsHeldIsItsAuthorsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	errand := api.Base + "/cases/" + w.cases["active"]
	stream := w.listen("Anna", "lotsen/cases/"+w.cases["active"])
	const body = `{"id":"heldbythenurse0","body":"inneslutetactive","hold":10}`
	for range 2 {
		if r := w.send(request{caller: "nurse", method: "POST", path: errand + "/held", body: body}); r.status != http.StatusOK {
			t.Fatalf("the nurse holds a message: %d %s, want 200", r.status, r.body)
		}
	}
	for _, caller := range callers {
		for _, path := range []string{
			errand + "/held", errand + "/events", errand + "/summary", errand + "/print", errand + "/readers", list("messages"), list("events"), list("held"),
			list("cases"), recordsOf("messages") + "/heldbythenurse0", recordsOf("held") + "/heldbythenurse0", list("messages", "filter", `body ~ "inneslutet"`),
		} {
			r := w.get(caller, path) // and its words are searched for
			if caller != "nurse" && path == errand+"/held" && r.status == http.StatusOK && len(r.items()) > 0 {
				t.Errorf("%s is shown %s", caller, r.body)
			}
		}
		if caller == "nurse" {
			continue
		}
		for _, id := range []string{"heldbythenurse0", heldID("active")} {
			there := w.send(request{caller: caller, method: "DELETE", path: errand + "/held/" + id})
			nowhere := w.send(request{caller: caller, method: "DELETE", path: errand + "/held/nobodysnobodysn"})
			if there.status != nowhere.status || there.body != nowhere.body || there.status < 400 {
				t.Errorf("%s takes it back: %d %s, want as for what is not there: %d", caller, there.status, there.body, nowhere.status)
			}
		}
	}
	if n := len(w.get("nurse", errand+"/held").items()); n != 2 {
		t.Errorf("the nurse is shown %d, want what is held and what could not be said", n)
	}
	if told := stream.all(); len(told) > 0 {
		t.Errorf("Anna is told %v, want nothing", told)
	}
}
