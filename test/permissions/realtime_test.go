package permissions

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
)

// stream is an open connection of a caller.
type stream struct {
	w      *world
	caller string
	token  string
	id     string
	names  []string
	said   chan said // closed when the connection ends
}

type said struct{ name, data string }

// patience is how long a test waits for what must come. It is never waited out by a test that passes.
const patience = 20 * time.Second

// listen connects as a caller and asks for topics.
func (w *world) listen(caller string, names ...string) *stream {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.srv.URL+"/api/realtime", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp, err := w.srv.Client().Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("connect: %v", err)
	}
	w.t.Cleanup(func() { stop(); _ = resp.Body.Close() })
	s := &stream{w: w, caller: caller, token: w.token(caller), names: names, said: make(chan said, 1000)}
	go s.read(resp.Body)
	var hello struct{ ClientID string }
	if err := json.Unmarshal([]byte(s.next().data), &hello); err != nil {
		w.t.Fatalf("read the first event: %v", err)
	}
	s.id = hello.ClientID
	s.ask(names...)
	return s
}

func (s *stream) read(body io.Reader) {
	defer close(s.said)
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 1<<20)
	var e said
	for lines.Scan() {
		switch key, value, _ := strings.Cut(lines.Text(), ":"); key {
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			s.said <- e
			e = said{}
		}
	}
}

func (s *stream) ask(names ...string) {
	s.w.t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": names})
	if err != nil {
		s.w.t.Fatal(err)
	}
	r := s.w.send(request{token: s.token, method: http.MethodPost, path: "/api/realtime", body: string(body)})
	if r.status != http.StatusNoContent {
		s.w.t.Fatalf("%s asks for topics: %d %s, want 204", s.caller, r.status, r.body)
	}
}

// next is the next event but pings; the zero event where the connection has ended.
func (s *stream) next() said {
	s.w.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case e := <-s.said:
			if e.name != "ping" {
				return e
			}
		case <-timeout:
			s.w.t.Fatalf("%s: nothing came", s.caller)
		}
	}
}

// aMark is a topic that is nobody's: asked for, it is refused, and all that was told before has been read by then.
const aMark = "lotsen/cases/mmmmmmmmmmmmmmm"

// all is what has been told until now, each searched for what the caller may not read. Marks and second refusals are left out.
func (s *stream) all() []said {
	s.w.t.Helper()
	s.ask(append(slices.Clone(s.names), aMark)...)
	var told []said
	for e := s.next(); e.name != aMark; e = s.next() {
		if e.name == "" {
			return told // the connection has ended
		}
		s.w.searchFor(s.caller, "the topic "+e.name, e.data)
		if !slices.Contains(told, e) {
			told = append(told, e)
		}
	}
	return told
}

// awake lets something happen in cases, and waits until it is told: the first event of a topic after a start is held for a moment.
func (w *world) awake(subjects ...string) {
	w.t.Helper()
	for _, subject := range subjects {
		caller := "nurse"
		if subject == "south" {
			caller = "southerner"
		}
		s := w.listen(caller, "lotsen/cases/"+w.cases[subject])
		w.murmur(subject)
		s.next()
	}
}

const refusal = `{"type":"refused"}`

// topicsOf are the topics of our own that are tried: of each kind, of several.
func (w *world) topicsOf() map[string]string {
	return map[string]string{
		"case active": "lotsen/cases/" + w.cases["active"], "place active": "lotsen/cases/" + w.cases["active"] + "/queue",
		"case empty": "lotsen/cases/" + w.cases["empty"], "place empty": "lotsen/cases/" + w.cases["empty"] + "/queue",
		"case child": "lotsen/cases/" + w.cases["child"], "case elder": "lotsen/cases/" + w.cases["elder"],
		"case south": "lotsen/cases/" + w.cases["south"], "place south": "lotsen/cases/" + w.cases["south"] + "/queue",
		"queue norrvik": "lotsen/queues/" + w.Norrvik.Id, "queue soder": "lotsen/queues/" + w.Soder.Id,
		"staff nurse": "lotsen/staff/" + w.people["nurse"].ID,
	}
}

// listens says who may listen to what.
var listens = read(`
topic         | no_token watch_token Anna Bo  Gerda Olle Kim nurse doctor leader Mona southerner idle_nurse admin
case active   | -        -           yes  -   -     -    -   yes   yes    yes    yes  -          -          -
place active  | -        yes         yes  -   -     -    -   -     -      -      -    -          -          -
case empty    | -        -           -    -   -     -    -   -     -      -      -    -          -          -
place empty   | -        -           -    -   -     -    -   -     -      -      -    -          -          -
case child    | -        -           -    -   yes   -    yes yes   yes    yes    -    -          -          -
case elder    | -        -           -    -   -     yes  yes yes   yes    yes    -    -          -          -
case south    | -        -           -    -   -     -    -   -     -      -      -    yes        -          -
place south   | -        -           -    -   -     -    -   -     -      -      -    -          -          -
queue norrvik | -        -           -    -   -     -    -   yes   yes    yes    -    -          -          -
queue soder   | -        -           -    -   -     -    -   -     -      -      -    yes        -          -
staff nurse   | -        -           -    -   -     -    -   yes   -      -      -    -          -          -
`)

// TestWhoListens lets everybody ask for every topic, then things happen, and nobody is told what is not theirs.
func TestWhoListens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.awake("active", "child", "south")
	topics := w.topicsOf()
	streams := map[string]*stream{}
	for _, caller := range callers {
		var names []string
		for _, name := range topics {
			names = append(names, name)
		}
		streams[caller] = w.listen(caller, names...)
	}
	for _, s := range []string{"active", "child"} {
		w.say(map[string]string{"active": "Anna", "child": "Gerda"}[s], s, "", openWords(s))
		w.say("nurse", s, "note", secretWords(s))
	}
	w.say("southerner", "south", "note", secretWords("south"))
	for _, caller := range callers {
		column := strings.ReplaceAll(caller, " ", "_")
		if !slices.Contains(listens.columns, column) {
			column = "Bo" // another patient
			if w.people[caller].Kind == access.Guest {
				column = "no_token"
			}
		}
		if caller == "Sten" || caller == "Disa" || caller == "Eva" {
			column = "" // owners of other cases
		}
		told := streams[caller].all()
		for what, name := range topics {
			may := !slices.Contains(told, said{name, refusal})
			if column != "" && may != (listens.at(what, column) == "yes") {
				t.Errorf("%s listens to %s: %v, want %s", caller, what, may, listens.at(what, column))
			}
			heard := slices.ContainsFunc(told, func(e said) bool { return e.name == name && e.data != refusal })
			if heard && !may {
				t.Errorf("%s was told something on %s, which was refused", caller, what)
			}
			if may && !heard && (what == "case active" || what == "case child") {
				t.Errorf("%s was told nothing on %s", caller, what)
			}
		}
	}
}

// TestPatientsAreToldOfNotesAsVoid: numbers without holes, and nothing in them.
func TestPatientsAreToldOfNotesAsVoid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.awake("active")
	topic := "lotsen/cases/" + w.cases["active"]
	anna, doctor := w.listen("Anna", topic), w.listen("doctor", topic)
	w.say("nurse", "active", "note", secretWords("active"))
	for s, want := range map[*stream]string{anna: "void", doctor: "message"} {
		told := s.all()
		if len(told) != 1 || !strings.Contains(told[0].data, `"type":"`+want+`"`) {
			t.Errorf("%s is told %v of a note, want one %s", s.caller, told, want)
		}
	}
	var told map[string]any
	if err := json.Unmarshal([]byte(anna.lastOf(topic)), &told); err == nil && len(told) != 3 {
		t.Errorf("Anna is told %v of a note, want type, seq and at", told)
	}
}

// lastOf asks for one more event of a topic, so that its shape can be read.
func (s *stream) lastOf(topic string) string {
	s.w.t.Helper()
	s.w.say("nurse", "active", "note", secretWords("active"))
	for _, e := range s.all() {
		if e.name == topic {
			return e.data
		}
	}
	s.w.t.Errorf("%s is told nothing on %s", s.caller, topic)
	return ""
}

// recordTopics are PocketBase's own: silent for patients and staff, and for superusers where the rows are patients'.
func (w *world) recordTopics() []string {
	names := []string{"*", "cases", "lotsen_cases000/*", "cases/*?options=" + `%7B%22query%22%3A%7B%22expand%22%3A%22patient%22%7D%7D`}
	for collection := range pages {
		names = append(names, collection+"/*")
	}
	return append(names, "cases/"+w.cases["active"], "messages/"+w.words["active"], "staff/"+w.people["nurse"].ID, "patients/"+w.people["Anna"].ID)
}

func TestRecordTopicsAreSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var streams []*stream
	for _, caller := range []string{"no token", "watch token", "Anna", "Bo", "nurse", "leader", "Mona", "idle nurse", "admin"} {
		streams = append(streams, w.listen(caller, w.recordTopics()...))
	}
	w.say("Anna", "active", "", openWords("active"))
	w.say("nurse", "active", "note", secretWords("active"))
	w.finish("active")
	w.send(request{caller: "Anna", method: "PUT", path: "/api/lotsen/v1/me", body: `{"name":"Anna Annasson","phone":"` + phones["Anna"] + `"}`})
	w.move("nurse", w.Norrvik.Id, w.second.Id)
	for _, s := range streams {
		for _, e := range s.all() {
			if s.caller == "admin" && strings.HasPrefix(e.name, "staff/") {
				continue // the list of staff is theirs to keep
			}
			t.Errorf("%s is told by a record topic: %s %s", s.caller, e.name, e.data)
		}
	}
}
