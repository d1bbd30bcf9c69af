package permissions

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"lotsen/hooks"
	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/settings"
	"lotsen/test/kit"
)

// world is the whole program with everybody in it, on a port of its own.
type world struct {
	*kit.Clinic
	t   testing.TB
	srv *httptest.Server

	second *records.Queue           // another queue of Norrvik; Mona's
	people map[string]access.Who    // the callers who are somebody, and the patients who are no callers
	fixed  map[string]string        // the tokens of callers that count for nothing
	tokens map[string]func() string // the same, where a token is made anew each time
	cases  map[string]string        // ids of the cases
	notes  map[string]string        // ids of each case's note
	words  map[string]string        // ids of each case's message from the patient
	photos map[string][2]string     // the answer with a photo, and the photo's name
}

// number makes a personal number of Skatteverket's test series for a date of birth, YYYYMMDD.
func number(t testing.TB, born string) personnummer.Number {
	t.Helper()
	for last := range 10 {
		if n, err := personnummer.Parse(fmt.Sprintf("%s238%d", born, last), kit.Start); err == nil {
			return n
		}
	}
	t.Fatalf("no test number for %s", born)
	return personnummer.Number{}
}

// born says when each person was. Every number is someone's secret.
var born = map[string]string{
	"Anna": "19851101", "Bo": "19700203", "Disa": "19550404", "Eva": "19990909", "Sten": "19610606",
	"Gerda": "19880808", "Olle": "19810101", "Kim": "20231215",
}

// phones say where each is reached.
var phones = map[string]string{
	"Anna": "+46701740611", "Bo": "+46701740612", "Disa": "+46701740613", "Eva": "+46701740614", "Sten": "+46701740615",
	"Gerda": "+46701740616", "Olle": "+46701740617",
}

// The words by which a leak is known: what is said in a case, and what staff say of it among themselves.
func openWords(subject string) string   { return "ordom" + subject }
func secretWords(subject string) string { return "viskning" + subject }
func surname(person string) string      { return person + "sson" }

// plantEmpty writes a case in which every relation is unset, before the guards are there.
func (w *world) plantEmpty() {
	c := w.row(records.Cases, map[string]any{
		"state": "answering", "complaint": "sore_throat", "advice": openWords("empty"), "clinicianName": openWords("empty"),
	})
	w.cases["empty"] = c.Id
	w.words["empty"] = w.row(records.Messages, map[string]any{"case": c.Id, "kind": "patient", "body": openWords("empty"), "seq": 1}).Id
	w.notes["empty"] = w.row(records.Messages, map[string]any{"case": c.Id, "kind": "note", "body": secretWords("empty"), "seq": 2}).Id
	w.row(records.Answers, map[string]any{"case": c.Id, "question": "freetext", "value": openWords("empty"), "seq": 3})
	w.row(records.Breakglass, map[string]any{"superuser": "nobody000000000", "reason": "x", "until": "2026-01-01 00:00:00.000Z"})
	w.row(records.Reviews, map[string]any{"month": "2026-01", "id": reviewID, "unit": w.Norrvik.Unit(), "state": "open", "rows": `[{"nr":99999,"rules":["random"]}]`})
	w.row(records.Events, map[string]any{"case": c.Id, "kind": "opened", "byKind": "patient", "byName": openWords("empty"), "seq": 1})
}

// row stores a record as it is, unchecked.
func (w *world) row(collection string, fields map[string]any) *core.Record {
	w.t.Helper()
	c, err := w.App.FindCollectionByNameOrId(collection)
	if err != nil {
		w.t.Fatalf("collection %s: %v", collection, err)
	}
	r := core.NewRecord(c)
	r.Load(fields)
	if err := w.App.SaveNoValidate(r); err != nil {
		w.t.Fatalf("saving into %s: %v", collection, err)
	}
	return r
}

// bind starts the program on the clinic's database.
func (w *world) bind() {
	w.t.Helper()
	err := hooks.Bind(w.App, hooks.Config{
		Version: "test", Settings: &settings.Settings{Keys: w.Desk.Keys}, Clock: w.Clock, Protocols: w.Desk.Protocols, Local: true, Pages: fstest.MapFS{},
	})
	if err != nil {
		w.t.Fatalf("bind: %v", err)
	}
	router, err := apis.NewRouter(w.App)
	if err != nil {
		w.t.Fatalf("make router: %v", err)
	}
	err = w.App.OnServe().Trigger(&core.ServeEvent{App: w.App, Router: router}, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		if err == nil {
			w.srv = httptest.NewServer(mux)
		}
		return err
	})
	if err != nil {
		w.t.Fatalf("serve: %v", err)
	}
	w.t.Cleanup(func() {
		w.srv.CloseClientConnections()
		w.srv.Close()
	})
}

// settle makes the people.
func (w *world) settle() {
	w.t.Helper()
	second, err := records.NewQueue(w.App, w.Region.Id, w.Norrvik.Unit(), "Norrvik two", 1)
	if err == nil {
		err = w.App.Save(second)
	}
	if err != nil {
		w.t.Fatalf("make a second queue: %v", err)
	}
	w.second = second
	w.people["nurse"], w.people["doctor"], w.people["leader"] = w.Nurse, w.Doctor, w.Lead
	w.people["southerner"], w.people["idle nurse"] = w.South, w.Idle
	w.people["Mona"] = w.Hire(w.t, "Mona", "nurse", second.Id)
	for name := range born {
		p, err := w.Desk.Admit(context.Background(), number(w.t, born[name]), name+" "+surname(name))
		if err != nil {
			w.t.Fatalf("admit %s: %v", name, err)
		}
		w.people[name] = access.Who{Kind: access.Patient, ID: p.Id, Name: p.Name()}
	}
	admin := w.admin()
	w.people["admin"] = access.Who{Kind: access.Superuser, ID: admin.Id, Name: admin.Email()}
	w.strangers()
}

func (w *world) admin() *core.Record {
	w.t.Helper()
	c, err := w.App.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		w.t.Fatal(err)
	}
	r := core.NewRecord(c)
	r.SetEmail("root@demo.test")
	r.SetPassword("lotsen-demo")
	if err := w.App.Save(r); err != nil {
		w.t.Fatalf("make superuser: %v", err)
	}
	return r
}

// plantCases lets happen to the cases what people_test.go says of them.
func (w *world) plantCases() {
	w.t.Helper()
	w.open("asking", "Eva", "norrvik", nil)
	w.wait("waiting", "Disa", "norrvik", nil)
	w.wait("south", "Sten", "soder", nil)
	w.wait("active", "Anna", "norrvik", nil)
	w.wait("closed", "Bo", "norrvik", nil)
	kim := &care.Dependant{Number: number(w.t, born["Kim"]), Name: "Kim " + surname("Kim"), Guardian: true}
	w.wait("elder", "Olle", "norrvik", kim)
	w.talk("elder", "Olle", nil)
	w.must(w.Desk.Verify(context.Background(), w.Nurse, w.cases["elder"], true, ""))
	w.finish("elder")
	w.wait("child", "Gerda", "norrvik", kim)
	w.talk("active", "Anna", []string{w.people["Mona"].ID})
	w.talk("closed", "Bo", nil)
	w.talk("child", "Gerda", nil)
	w.finish("closed")
	for _, s := range []string{"waiting", "south"} {
		by := map[string]string{"waiting": "Disa", "south": "Sten"}[s]
		w.words[s] = w.say(by, s, "", openWords(s)).str("id")
		w.notes[s] = w.say(map[string]string{"waiting": "nurse", "south": "southerner"}[s], s, "note", secretWords(s)).str("id")
	}
}

func (w *world) must(_ *records.Case, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("plant a case: %v", err)
	}
}

func (w *world) open(subject, person, unit string, child *care.Dependant) {
	w.t.Helper()
	c, _, err := w.Desk.Open(context.Background(), w.people[person], care.Opening{
		Region: "demo", Unit: unit, Complaint: "sore_throat", Phone: phones[person], Language: "sv", Dependant: child,
		Body: core.GenerateDefaultRandomId(),
	})
	w.must(c, err)
	w.cases[subject] = c.Id
	_, _, err = w.Desk.OwnWords(context.Background(), w.people[person], c.Id, openWords(subject))
	w.must(nil, err)
	w.photo(subject)
}

// photo writes an answer with a photo, as a patient sends one.
func (w *world) photo(subject string) {
	w.t.Helper()
	err := w.App.RunInTransaction(func(tx core.App) error {
		c, err := records.CaseByID(tx, w.cases[subject])
		if err != nil {
			return err
		}
		f, err := filesystem.NewFileFromBytes(picture(w.t), "throat.png")
		if err != nil {
			return err
		}
		a, err := records.AddAnswer(tx, c, "photo", []string{openWords(subject)}, []*filesystem.File{f}, kit.Start)
		if err == nil {
			w.photos[subject] = [2]string{a.Id, a.Files()[0]}
		}
		return err
	})
	w.must(nil, err)
}

func (w *world) wait(subject, person, unit string, child *care.Dependant) {
	w.t.Helper()
	w.open(subject, person, unit, child)
	w.Decide(w.t, w.people[person], w.cases[subject], nil)
	w.must(w.Desk.Join(context.Background(), w.people[person], w.cases[subject], care.Joining{Phone: phones[person]}))
}

// talk lets the nurse take a case, both sides write, and the nurse write a note.
func (w *world) talk(subject, person string, mentions []string) {
	w.t.Helper()
	w.must(w.Desk.Claim(context.Background(), w.Nurse, w.cases[subject], openWords(subject)))
	w.words[subject] = w.say(person, subject, "", openWords(subject)).str("id")
	w.say("nurse", subject, "", "svar "+openWords(subject))
	w.notes[subject] = w.say("nurse", subject, "note", secretWords(subject), mentions...).str("id")
}

func (w *world) finish(subject string) {
	w.t.Helper()
	w.must(w.Desk.Close(context.Background(), w.Nurse, w.cases[subject], records.Ending{
		Outcome: "advice", Advice: openWords(subject), AdviceSv: secretWords(subject), FollowUp: secretWords(subject),
	}))
}

// say creates a message with a picture through PocketBase, as people do.
func (w *world) say(by, subject, kind, body string, mentions ...string) reply {
	w.t.Helper()
	r := w.send(request{caller: by, method: "POST", path: recordsOf(records.Messages), form: map[string][]string{
		"case": {w.cases[subject]}, "kind": {kind}, "body": {body}, "mentions": {quoted(mentions)},
	}, file: picture(w.t)})
	if r.status != 200 {
		w.t.Fatalf("%s writes in %s: %d %s, want 200", by, subject, r.status, r.body)
	}
	return r
}

func quoted(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	return `["` + strings.Join(list, `","`) + `"]`
}
