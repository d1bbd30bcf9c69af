package permissions

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"lotsen/internal/records"
	"lotsen/internal/uploads"
)

// A message is read by those who read its case; a note by staff among them. The author creates it, and nobody changes it.
// What is created is tried in TestWhoWrites: here the body names no case.
var _ = about("messages", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    403       200   200     200       200       200  200       200
view   | 404    403       200   404     200       200       200  200       404
create | 400    400       400   400     400       400       400  400       400
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.words["active"] },
})

// talks are the cases that have messages.
var talks = []string{"empty", "waiting", "active", "closed", "child", "elder", "south"}

func TestWhoReadsMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		if caller == "admin" {
			continue
		}
		for _, subject := range talks {
			w.view(caller, "messages", w.words[subject], sees(caller, subject))
			w.view(caller, "messages", w.notes[subject], seesNotes(caller, subject))
		}
		for _, m := range w.get(caller, list("messages")).items() {
			subject := w.subject(m["case"].(string))
			if !sees(caller, subject) || m["kind"] == "note" && !seesNotes(caller, subject) {
				t.Errorf("%s lists a %s of %s", caller, m["kind"], subject)
			}
		}
	}
	want := []string{w.words["active"]} // and that the lists are not just empty
	if got := w.get("Anna", list("messages", "filter", "kind = 'patient'")).ids(); !slices.Equal(got, want) {
		t.Errorf("Anna lists her words as %v, want %v", got, want)
	}
}

// view fails unless a caller may view a record, or may not.
func (w *world) view(caller, collection, id string, may bool) {
	w.t.Helper()
	want := http.StatusNotFound
	if may {
		want = http.StatusOK
	}
	if r := w.get(caller, recordsOf(collection)+"/"+id); r.status != want {
		w.t.Errorf("%s views %s/%s: %d, want %d", caller, collection, id, r.status, want)
	}
}

// subject is the case of an id.
func (w *world) subject(id string) string {
	w.t.Helper()
	for s, other := range w.cases {
		if other == id {
			return s
		}
	}
	w.t.Fatalf("no case has the id %s", id)
	return ""
}

// TestNotesReachNoPatient tries every way of PocketBase's to a note, as those whom the case is about.
func TestNotesReachNoPatient(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for caller, subject := range map[string]string{"Anna": "active", "Bo": "closed", "Gerda": "child", "Olle": "elder", "Kim": "child"} {
		note := w.notes[subject]
		for _, path := range []string{
			list("messages", "filter", "kind = 'note'"),
			list("messages", "filter", "kind != 'patient' && kind != 'staff'"),
			list("messages", "filter", "body ~ '"+secretWords(subject)+"'"),
			list("messages", "filter", "id = '"+note+"'"),
			list("messages", "filter", "mentions != '[]'"),
		} {
			if r := w.get(caller, path); len(r.items()) > 0 {
				t.Errorf("%s finds a note by %s: %s", caller, path, r.body)
			}
		}
		for _, what := range []string{"events", "print", "readers"} { // send searches these for what is whispered
			if r := w.get(caller, "/api/lotsen/v1/cases/"+w.cases[subject]+"/"+what); r.status != http.StatusOK {
				t.Errorf("%s: %s answers %d, want 200", caller, what, r.status)
			}
		}
	}
}

// whoWrites says what is answered to a message without a kind, and to a note, by what one is to the case.
var whoWrites = read(`
case      | nobody superuser owner patient clinician colleague lead mentioned staff
empty     | 400    400       -     400     -         -         -    -         400
empty n   | 400    400       -     400     -         -         -    -         400
asking    | 400    400       409   400     -         -         -    -         400
asking n  | 400    400       400   400     -         -         -    -         400
waiting   | 400    400       200   400     -         400       400  -         400
waiting n | 400    400       400   400     -         200       200  -         400
active    | 400    400       200   400     200       400       400  400       400
active n  | 400    400       400   400     200       200       200  200       400
closed    | 400    400       409   400     409       400       400  -         400
closed n  | 400    400       400   400     200       200       200  -         400
child     | 400    400       200   400     200       400       400  -         400
child n   | 400    400       400   400     200       200       200  -         400
elder     | 400    400       409   400     409       400       400  -         400
elder n   | 400    400       400   400     200       200       200  -         400
south     | 400    400       200   400     -         400       -    -         400
south n   | 400    400       400   400     -         200       -    -         400
`)

func TestWhoWrites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, subject := range subjects {
		for _, caller := range callers {
			for suffix, kind := range map[string]string{"": "", " n": "note"} {
				want := whoWrites.at(subject+suffix, tie(caller, subject))
				r := w.send(request{
					caller: caller, method: "POST", path: recordsOf("messages"),
					body: fmt.Sprintf(`{"case":%q,"kind":%q,"body":"hej"}`, w.cases[subject], kind),
				})
				if fmt.Sprint(r.status) != want {
					t.Errorf("%s writes a %q in %s: %d, want %s: %s", caller, kind, subject, r.status, want, r.body)
				}
			}
		}
	}
}

// TestAnAuthorIsNobodyElse: what a client says of author, kind, number and time is overwritten.
func TestAnAuthorIsNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range []string{"Anna", "nurse"} {
		r := w.send(request{
			caller: caller, method: "POST", path: recordsOf("messages"),
			body: fmt.Sprintf(`{"case":%q,"kind":"system","body":"hej","author":%q,"authorName":"Doctor","seq":1,"created":"2020-01-01 00:00:00.000Z",
				"nr":77,"fingerprint":"x","mentions":[%q]}`, w.cases["active"], w.people["doctor"].ID, w.people["southerner"].ID),
		})
		if r.status != http.StatusOK {
			t.Fatalf("%s writes: %d %s, want 200", caller, r.status, r.body)
		}
		m := records.AsMessage(w.recordAt("messages", r.str("id")))
		kind := map[string]string{"Anna": "patient", "nurse": "staff"}[caller]
		if m.Author() != w.people[caller].ID || m.AuthorName() != w.people[caller].Name || m.Kind() != kind || m.Seq() < 5 || m.Nr() == 77 ||
			m.Created() != w.Clock.Now() || len(m.Mentions()) != 0 {
			t.Errorf("%s's message is kept as %v", caller, m.FieldsData())
		}
	}
	w.view("southerner", "cases", w.cases["active"], false) // no mention was made
}

// TestAMessageIsNoDoor: under the id of another's message, or with it as the case, nothing is read or moved.
func TestAMessageIsNoDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for caller, body := range map[string]string{
		"Bo":         fmt.Sprintf(`{"id":%q,"case":%q,"body":"x"}`, w.words["active"], w.cases["active"]),
		"Anna":       fmt.Sprintf(`{"id":%q,"case":%q,"body":"x"}`, w.words["closed"], w.cases["active"]),
		"southerner": fmt.Sprintf(`{"id":%q,"case":%q,"kind":"note","body":"x"}`, w.notes["active"], w.cases["south"]),
		"idle nurse": fmt.Sprintf(`{"case":%q,"kind":"note","body":"x","mentions":[%q]}`, w.cases["active"], w.people["idle nurse"].ID),
	} {
		r := w.send(request{caller: caller, method: "POST", path: recordsOf("messages"), body: body})
		if r.status != 400 && r.status != 409 {
			t.Errorf("%s: %d %s, want 400 or 409", caller, r.status, r.body)
		}
	}
	w.unchanged(before)
}

// TestAMessageThatCannotBeKept: what is wrong with its body or its files is named, and nothing is written.
func TestAMessageThatCannotBeKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	form := map[string][]string{"case": {w.cases["active"]}, "body": {"hej"}}
	for name, try := range map[string]struct {
		request
		field, code string
	}{
		"too large":     {request{form: form, file: make([]byte, uploads.MaxBytes+1)}, "files", "file_too_large"},
		"no picture":    {request{form: form, file: []byte("hej")}, "files", "file_unsupported_type"},
		"blanks":        {request{body: fmt.Sprintf(`{"case":%q,"body":" \n "}`, w.cases["active"])}, "body", "validation_required"},
		"a note, blank": {request{body: fmt.Sprintf(`{"case":%q,"kind":"note","body":"\u00a0"}`, w.cases["active"])}, "body", "validation_required"},
	} {
		try.caller, try.method, try.path = "nurse", "POST", recordsOf("messages")
		r := w.send(try.request)
		data, _ := r.json()["data"].(map[string]any)
		field, _ := data[try.field].(map[string]any)
		if r.status != http.StatusBadRequest || field["code"] != try.code {
			t.Errorf("%s: %d %s, want 400 with %s: %s", name, r.status, r.body, try.field, try.code)
		}
	}
	w.unchanged(before)
}
