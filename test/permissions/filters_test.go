package permissions

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// probes are questions to a list whose answer would tell what the caller may not read: each is asked with a guess that is right and with
// one that is wrong, and both must be answered alike. GUESS stands for the guess.
var probes = []struct{ caller, collection, question, right, wrong string }{
	// A patient, about notes in the patient's own case.
	{"Anna", "cases", "messages_via_case.body !~ 'GUESS'", "viskning", "zzz"},
	{"Anna", "cases", "messages_via_case.kind != 'GUESS'", "note", "system"},
	{"Anna", "cases", "messages_via_case.seq < GUESS", "9", "99"},
	{"Anna", "cases", "messages_via_case.body ~ 'GUESS'", "ordom", "viskning"},
	{"Anna", "messages", "case.messages_via_case.body !~ 'GUESS'", "viskning", "zzz"},
	{"Anna", "answers", "case.messages_via_case.body !~ 'GUESS'", "viskning", "zzz"},
	{"Anna", "patients", "cases_via_patient.messages_via_case.body !~ 'GUESS'", "viskning", "zzz"},
	// A patient, about other patients of the region.
	{"Anna", "regions", "cases_via_region.advice !~ 'GUESS'", "ordom", "zzz"},
	{"Anna", "units", "cases_via_unit.advice !~ 'GUESS'", "ordom", "zzz"},
	{"Anna", "units", "cases_via_unit.patient != 'GUESS'", "BO", "zzz"},
	{"Anna", "cases", "region.cases_via_region.clinicianName !~ 'GUESS'", "Nurse", "zzz"},
	{"Anna", "cases", "region.cases_via_region.messages_via_case.body !~ 'GUESS'", "ordomclosed", "zzz"},
	{"Anna", "cases", "unit.queues_via_unit.name !~ 'GUESS'", "Norrvik", "zzz"},
	// Anybody at all.
	{"no token", "regions", "cases_via_region.advice !~ 'GUESS'", "ordom", "zzz"},
	{"no token", "regions", "cases_via_region.advice ?~ 'GUESS'", "ordom", "zzz"},
	{"no token", "regions", "cases_via_region.id:length > GUESS", "0", "99"},
	{"watch token", "units", "cases_via_unit.complaint != 'GUESS'", "sore_throat", "zzz"},
	// A guardian, about the child's other cases; the child's, about its guardians.
	{"Gerda", "cases", "patient.cases_via_patient.advice !~ 'GUESS'", "ordomelder", "zzz"},
	{"Gerda", "cases", "patient.name ~ 'GUESS'", "Kim", "zzz"},
	{"Gerda", "cases", "patient.phone != 'GUESS'", "", "zzz"},
	{"Kim", "patients", "guardianships_via_child.state != 'GUESS'", "verified", "zzz"},
	// Staff, about other units, other staff, and numbers.
	{"southerner", "regions", "cases_via_region.advice !~ 'GUESS'", "ordomclosed", "zzz"},
	{"southerner", "cases", "region.units_via_region.cases_via_unit.advice !~ 'GUESS'", "ordomclosed", "zzz"},
	{"idle nurse", "units", "queues_via_unit.cases_via_queue.advice !~ 'GUESS'", "ordomclosed", "zzz"},
	{"nurse", "cases", "patient.name !~ 'GUESS'", "Anna", "zzz"},
	{"nurse", "cases", "patient.lookup != 'GUESS'", "", "zzz"},
	{"nurse", "cases", "queue.staff_via_queues.email !~ 'GUESS'", "doctor", "zzz"},
	{"nurse", "cases", "events_via_case.byName !~ 'GUESS'", "Nurse", "zzz"},
	{"nurse", "cases", "@collection.audit.byName ?~ 'GUESS'", "Nurse", "zzz"},
	{"nurse", "staff", "email ~ 'GUESS'", "nurse", "zzz"},
	{"nurse", "staff", "@request.auth.queues.cases_via_queue.advice ~ 'GUESS'", "ordom", "zzz"},
	// A superuser, around the refusal of patients' lists.
	{"admin", "regions", "cases_via_region.advice ?~ 'GUESS'", "ordom", "zzz"},
	{"admin", "queues", "cases_via_queue.patient.name ?~ 'GUESS'", "Anna", "zzz"},
	{"admin", "staff", "queues.cases_via_queue.messages_via_case.body ?~ 'GUESS'", "viskning", "zzz"},
	{"admin", "staff", "@collection.messages.body ?~ 'GUESS'", "viskning", "zzz"},
	{"admin", "protocols", "@collection.patients:p.name ?~ 'GUESS'", "Anna", "zzz"},
	{"admin", "_superusers", "@collection.patients.name ?~ 'GUESS'", "Anna", "zzz"},
	{"admin", "_authOrigins", "@collection.cases.advice ?~ 'GUESS'", "ordom", "zzz"},
}

func TestAFilterTellsNothingThatAListWouldNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range probes {
		answer := map[string]string{}
		for _, guess := range []string{p.right, p.wrong} {
			if guess == "BO" {
				guess = w.people["Bo"].ID
			}
			r := w.get(p.caller, list(p.collection, "filter", strings.ReplaceAll(p.question, "GUESS", guess)))
			answer[guess] = r.body
		}
		told := ""
		for _, a := range answer {
			if told != "" && a != told {
				t.Errorf("%s learns by %s?filter=%s whether it is %q:\n%.300s\n%.300s", p.caller, p.collection, p.question, p.right, a, told)
			}
			told = a
		}
	}
}

// TestASortTellsNothingThatAListWouldNot: an order is an answer too.
func TestASortTellsNothingThatAListWouldNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range []struct{ caller, collection, by string }{
		{"no token", "units", "cases_via_unit.advice"},
		{"no token", "regions", "cases_via_region.level"},
		{"Anna", "units", "cases_via_unit.messages_via_case.body"},
		{"Anna", "messages", "case.messages_via_case.body"},
		{"Kim", "cases", "messages_via_case.body"},
		{"nurse", "cases", "region.cases_via_region.advice"},
		{"nurse", "cases", "patient.cases_via_patient.advice"},
		{"admin", "units", "cases_via_unit.advice"},
		{"admin", "units", "@collection.messages.body"},
	} {
		if r := w.get(p.caller, list(p.collection, "sort", "-"+p.by)); r.status != http.StatusBadRequest && r.status != http.StatusForbidden {
			t.Errorf("%s sorts %s by %s: %d, want 400", p.caller, p.collection, p.by, r.status)
		}
	}
	for _, by := range []string{"patient.name", "patient.phone"} {
		up, down := w.get("nurse", list("cases", "sort", by)), w.get("nurse", list("cases", "sort", "-"+by))
		if len(up.items()) > 0 || len(down.items()) > 0 {
			t.Errorf("the nurse sorts cases by %s: %d and %d of them, want none", by, len(up.items()), len(down.items()))
		}
	}
}

// TestListsOfApps holds that what apps are promised still works.
func TestListsOfApps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range []struct {
		caller, collection, filter, sort string
		want                             int
	}{
		{"Anna", "messages", "case = 'CASE' && kind != 'system'", "seq", 2},
		{"Anna", "messages", "case.state = 'active'", "-created,seq", 2},
		{"nurse", "cases", "state = 'active' && queue.unit.slug = 'norrvik'", "-created", 2},
		{"nurse", "messages", "case = 'CASE' && body ~ 'viskning'", "seq", 1},
		{"no token", "units", "region.slug = 'demo'", "rank", 2},
	} {
		filter := strings.ReplaceAll(p.filter, "CASE", w.cases["active"])
		r := w.get(p.caller, list(p.collection, "filter", filter, "sort", p.sort))
		if r.status != 200 || len(r.items()) != p.want {
			t.Errorf("%s lists %s where %s: %d with %d, want %d: %s", p.caller, p.collection, filter, r.status, len(r.items()), p.want, r.body)
		}
	}
}

// TestNothingIsExpandedBackwards: what points at a record is asked in its own list, where notes are left out and looks are logged.
func TestNothingIsExpandedBackwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		for _, expand := range []string{
			"messages_via_case", "messages_ via _case", "  messages _via_case ", "patient.cases_via_patient", "messages(case)", "case,messages (case)",
			"region.cases_via_region.messages_via_case",
		} {
			for _, path := range []string{
				list("cases", "expand", expand), recordsOf("cases") + "/" + w.cases["active"] + "?" + query("expand", expand),
				list("regions", "expand", strings.ReplaceAll(strings.ReplaceAll(expand, "messages", "cases"), "case)", "region)")),
			} {
				if r := w.get(caller, path); r.status != http.StatusBadRequest {
					t.Errorf("%s: %s answers %d, want 400", caller, path, r.status)
				}
			}
		}
	}
	for _, r := range []request{
		{caller: "Anna", method: "POST", path: "/api/collections/patients/auth-refresh?expand=cases_via_patient.messages_via_case"},
		{caller: "nurse", method: "POST", path: "/api/collections/staff/auth-refresh?expand=queues.cases_via_queue"},
		{caller: "no token", method: "POST", path: "/api/collections/staff/auth-with-password?expand=queues.cases_via_queue", body: `{}`},
		{caller: "Anna", method: "POST", path: recordsOf("messages") + "?expand=case.messages_via_case", body: `{}`},
		{caller: "admin", method: "PATCH", path: recordsOf("regions") + "/" + w.Region.Id + "?expand=cases_via_region", body: `{}`},
	} {
		if got := w.send(r); got.status != http.StatusBadRequest || !strings.Contains(got.body, "points back") {
			t.Errorf("%s %s as %s: %d, want 400", r.method, r.path, r.caller, got.status)
		}
	}
}

// TestNoRelationLeadsToPatients: from what admins and the public may read, nothing points at what they may not.
func TestNoRelationLeadsToPatients(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	of := records.OfPatients()
	for name := range pages {
		if slices.Contains(of, name) {
			continue
		}
		c, err := w.App.FindCollectionByNameOrId(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range c.Fields {
			if r, ok := f.(*core.RelationField); ok {
				to, err := w.App.FindCollectionByNameOrId(r.CollectionId)
				if err != nil || slices.Contains(of, to.Name) {
					t.Errorf("%s.%s leads to %s (%v)", name, r.Name, r.CollectionId, err)
				}
			}
		}
	}
}
