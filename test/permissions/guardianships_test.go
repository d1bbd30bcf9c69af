package permissions

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"lotsen/internal/api"
)

// Guardianships are the program's own. Neither guardian learns of the other, nor the child.
var _ = about("guardianships", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("guardianships"),
})

// TestAStrangerWhoNamesAChild: says to be guardian, sees what they opened themselves, and changes nothing of the child.
func TestAStrangerWhoNamesAChild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.recordAt("patients", w.people["Kim"].ID).FieldsData()
	body := fmt.Sprintf(`{"region":"demo","complaint":"sore_throat","phone":%q,"dependant":{"personalNumber":%q,"name":"Annat Namn","guardian":true}}`,
		phones["Bo"], number(t, born["Kim"]).Digits())
	r := w.send(request{caller: "Bo", method: "POST", path: api.Base + "/cases", body: body})
	if r.status != http.StatusOK {
		t.Fatalf("Bo opens a case for Kim: %d %s, want 200, as if there were no other", r.status, r.body)
	}
	opened, _ := r.json()["case"].(map[string]any)
	w.seen("Bo", "cases", with(w.cases, "his", opened["id"].(string)), func(subject string) bool { return subject == "his" || subject == "closed" })
	w.seen("Gerda", "cases", with(w.cases, "his", opened["id"].(string)), func(subject string) bool { return subject == "child" })
	w.seen("Olle", "cases", with(w.cases, "his", opened["id"].(string)), func(subject string) bool { return subject == "elder" })
	if now := w.recordAt("patients", w.people["Kim"].ID).FieldsData(); now["name"] != before["name"] || now["phone"] != before["phone"] {
		t.Errorf("Kim is %v now, was %v", now, before)
	}
}

func with(all map[string]string, name, id string) map[string]string {
	out := maps.Clone(all)
	out[name] = id
	return out
}
