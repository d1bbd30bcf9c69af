package permissions

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"lotsen/internal/api"
)

// moves asks a command of a case with a body, and wants a status.
func (w *world) moves(caller, method, subject, what, body string, want int) {
	w.t.Helper()
	r := w.send(request{caller: caller, method: method, path: api.Base + "/cases/" + w.cases[subject] + "/" + what, body: body})
	if r.status != want {
		w.t.Errorf("%s asks %s of %s: %d %s, want %d", caller, what, subject, r.status, r.body, want)
	}
}

// TestOldEyesSeeNothing: when the act has been answered, the case is not there by REST, and its topic has ended with one refusal. What happens
// in that very moment is told to nobody who has lost the right.
func TestOldEyesSeeNothing(t *testing.T) {
	t.Parallel()
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			e.try(t, newWorld(t))
		})
	}
}

func (e ending) try(t *testing.T, w *world) {
	t.Helper()
	w.awake(e.subject)
	topic := "lotsen/cases/" + w.cases[e.subject]
	streams, tokens := map[string]*stream{}, map[string]string{}
	for _, caller := range slices.Concat(e.lost, e.kept) {
		streams[caller], tokens[caller] = w.listen(caller, topic), w.token(caller)
		if len(streams[caller].all()) > 0 || w.reads(tokens[caller], e.subject) != http.StatusOK {
			t.Fatalf("%s does not see the case before", caller)
		}
	}
	e.happens(t, w)
	w.murmur(e.subject)
	for _, caller := range e.lost {
		if got := w.reads(tokens[caller], e.subject); got != http.StatusNotFound {
			t.Errorf("%s reads the case by REST: %d, want 404", caller, got)
		}
		gone := slices.Contains(e.gone, caller)
		told := streams[caller].rest(gone)
		if !gone && len(told) == 0 || slices.ContainsFunc(told, func(x said) bool { return x != said{topic, refusal} }) {
			t.Errorf("%s is told %v, want a refusal alone", caller, told)
		}
	}
	for _, caller := range e.kept {
		if got := w.reads(tokens[caller], e.subject); got != http.StatusOK {
			t.Errorf("%s reads the case by REST: %d, want 200", caller, got)
		}
		if told := streams[caller].all(); len(told) == 0 || slices.Contains(told, said{topic, refusal}) {
			t.Errorf("%s is told %v, want what happened", caller, told)
		}
	}
}

// rest is all that has been told until now, or until the connection ends, if it is to.
func (s *stream) rest(ends bool) []said {
	s.w.t.Helper()
	if !ends {
		return s.all()
	}
	var told []said
	for e := s.next(); e.name != ""; e = s.next() {
		told = append(told, e)
	}
	return told
}

// reads asks for a case, what is said in it and its history by a token: 200 for all, 404 for all, or 0 where they disagree.
func (w *world) reads(token, subject string) int {
	w.t.Helper()
	id := w.cases[subject]
	view := w.send(request{token: token, method: "GET", path: recordsOf("cases") + "/" + id}).status
	message := w.send(request{token: token, method: "GET", path: recordsOf("messages") + "/" + w.words[subject]}).status
	listed := w.send(request{token: token, method: "GET", path: list("messages", "filter", fmt.Sprintf("case = '%s'", id))}).items()
	events := w.send(request{token: token, method: "GET", path: api.Base + "/cases/" + id + "/events"}).status
	if events == http.StatusUnauthorized {
		events = http.StatusNotFound // the person is gone
	}
	if view != message || view != events || (view == http.StatusOK) != (len(listed) > 0) {
		w.t.Errorf("the view answers %d, a message %d, %d are listed, events %d", view, message, len(listed), events)
		return 0
	}
	return view
}

// refusedWith waits for the refusal of a topic, or for the end of the connection.
func (s *stream) refusedWith(t *testing.T, topic string, gone bool) {
	t.Helper()
	for e := s.next(); ; e = s.next() {
		switch {
		case e.name == "" && !gone:
			t.Errorf("%s: the connection ended, want a refusal of %s", s.caller, topic)
			return
		case e.name == "" || e == said{topic, refusal} && !gone:
			return
		}
	}
}

// murmur lets something more happen to a case: a note is told to all who listen, to patients as void.
func (w *world) murmur(subject string) {
	w.t.Helper()
	for _, caller := range []string{"nurse", "doctor", "leader", "Mona", "southerner"} {
		if !w.exists(caller) {
			continue
		}
		body, err := json.Marshal(map[string]any{"case": w.cases[subject], "kind": "note", "body": secretWords(subject)})
		if err != nil {
			w.t.Fatal(err)
		}
		if r := w.send(request{token: w.token(caller), method: "POST", path: recordsOf("messages"), body: string(body)}); r.status == http.StatusOK {
			return
		}
	}
	w.t.Errorf("nobody can write a note in %s", subject)
}

func (w *world) exists(person string) bool {
	_, err := w.App.FindRecordById("staff", w.people[person].ID)
	return err == nil
}
