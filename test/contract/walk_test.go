package contract

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.RunBinary(m) }

// walk is one run through everything that the contract promises, with the service behind the checker's proxy.
type walk struct {
	*testing.T
	demo    *kit.Binary
	checker *Checker
	proxy   string
	ids     int
}

func newWalk(t *testing.T) *walk {
	t.Helper()
	k, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	demo := kit.Demo(t)
	target, err := url.Parse(demo.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(k.Proxy(target))
	t.Cleanup(proxy.Close)
	return &walk{T: t, demo: demo, checker: k, proxy: proxy.URL}
}

// id is one that a client makes.
func (w *walk) id() string {
	w.ids++
	return fmt.Sprintf("walk%011d", w.ids)
}

// at is the same caller, by way of the proxy.
func (w *walk) at(c *kit.Client) *kit.Client {
	return &kit.Client{At: func() string { return w.proxy }, Token: c.Token, ID: c.ID, Lang: "en"}
}

func (w *walk) patient(number, name string) *kit.Client {
	w.Helper()
	return w.at(w.demo.Patient(w.T, number, name))
}

func (w *walk) staff(email string) *kit.Client {
	w.Helper()
	var in struct {
		Token  string
		Record struct{ ID string }
	}
	guest := w.at(w.demo.Guest())
	guest.Want(w.T, http.StatusOK, "POST", "/api/collections/staff/auth-with-password",
		map[string]string{"identity": email, "password": kit.Password}, &in)
	guest.Token, guest.ID = in.Token, in.Record.ID
	return guest
}

// question is what the walk needs to know to answer one.
type question struct {
	ID, Type string
	Required bool
	Options  []struct{ Code string }
	Min      *float64
}

// mild is an answer that raises no alarm: the best option, none of a list, no, or "don't know" where that is allowed.
func (q question) mild() any {
	switch {
	case !q.Required:
		return nil
	case q.Type == "choice":
		return q.Options[0].Code
	case q.Type == "multichoice":
		return []string{q.Options[len(q.Options)-1].Code}
	case q.Type == "boolean":
		return false
	case q.Type == "integer", q.Type == "decimal":
		return *q.Min
	}
	return "2026-11-24"
}

type step struct {
	Question *question
	Decision *struct{ Level int }
}

// open opens a case and answers its questions until there is a decision.
func (w *walk) open(p *kit.Client, complaint string, more map[string]any) string {
	w.Helper()
	id := w.id()
	body := map[string]any{"id": id, "region": "demo", "unit": "norrvik", "complaint": complaint, "phone": kit.Phone}
	for k, v := range more {
		body[k] = v
	}
	var opened struct{ Step step }
	p.Want(w.T, http.StatusOK, "POST", "/cases", body, &opened)
	for at := opened.Step; at.Decision == nil; {
		var next struct{ Step step }
		p.Want(w.T, http.StatusOK, "PUT", "/cases/"+id+"/answers/"+at.Question.ID, map[string]any{"value": at.Question.mild()}, &next)
		at = next.Step
	}
	return id
}

// wait opens a case and joins the queue.
func (w *walk) wait(p *kit.Client, complaint string) string {
	w.Helper()
	id := w.open(p, complaint, nil)
	p.Want(w.T, http.StatusOK, "POST", "/cases/"+id+"/queue", map[string]any{}, nil)
	return id
}

type object = map[string]any

// TestEveryOperationAnswersAsDescribed calls everything at least once. It is no test of what the calls do: those lie beside what they test.
func TestEveryOperationAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	w.anyone()
	w.logIn()
	anna := w.patient(kit.Anna, "Anna Andersson")
	nurse := w.staff("nurse@demo.test")
	w.beforeTheQueue(anna)
	id := w.wait(anna, "sore_throat")
	w.inLine(anna, id)
	queue := w.queueOf(nurse)
	w.queues(nurse, queue)
	w.taken(anna, nurse, id, queue)
	w.talk(anna, nurse, id)
	w.listen(anna, nurse, id, queue)
	w.takenBack(anna, nurse, id)
	w.ended(anna, nurse, id)
	w.corrected(anna, nurse, id)
	w.otherWays(nurse, queue)
	w.guarded(nurse)
	w.remarks(anna, id)
	w.routes()
	w.demoPlays()
	w.admins(anna, id)
	for _, c := range []struct {
		who  *kit.Client
		path string
	}{{anna, "patients"}, {nurse, "staff"}} {
		c.who.Want(t, http.StatusOK, "GET", "/api/collections/"+c.path+"/records/"+c.who.ID, nil, nil)
		c.who.Want(t, http.StatusOK, "POST", "/api/collections/"+c.path+"/auth-refresh", nil, nil)
		c.who.Want(t, http.StatusNoContent, "DELETE", "/me/session", nil, nil)
		c.who.Want(t, http.StatusUnauthorized, "GET", "/me", nil, nil)
	}
	if err := w.checker.Verdict(); err != nil {
		t.Error(err)
	}
}

func (w *walk) anyone() {
	guest := w.at(w.demo.Guest())
	for _, path := range []string{"", "/openapi.json", "/health", "/regions", "/regions/demo", "/regions/annanstans", "/regions/demo/complaints", "/identity/providers", "/demo/sms"} {
		guest.Want(w.T, http.StatusOK, "GET", path, nil, nil)
	}
	guest.Want(w.T, http.StatusNotFound, "GET", "/regions/nowhere", nil, nil)
	guest.Want(w.T, http.StatusNotFound, "GET", "/nowhere", nil, nil)
	guest.Want(w.T, http.StatusUnauthorized, "GET", "/me", nil, nil)
	guest.Want(w.T, http.StatusUnauthorized, "POST", "/cases", object{}, nil)
}

// logIn logs in on the same device, and gives up another log-in.
func (w *walk) logIn() {
	guest := w.at(w.demo.Guest())
	var begun struct{ ID string }
	guest.Want(w.T, http.StatusOK, "POST", "/identity/bankid", object{"mode": "same"}, &begun)
	var back struct{ ReturnURL string }
	guest.Want(w.T, http.StatusOK, "POST", "/demo/bankid/"+begun.ID+"/approve", object{"personalNumber": kit.Bo, "name": "Bo"}, &back)
	there, err := url.Parse(back.ReturnURL)
	if err != nil {
		w.Fatal(err)
	}
	fragment, err := url.ParseQuery(there.Fragment)
	if err != nil {
		w.Fatal(err)
	}
	guest.Want(w.T, http.StatusBadRequest, "POST", "/identity/bankid/"+begun.ID+"/return", object{}, nil)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	var state struct{ Status, Hint string }
	for returned := false; state.Status != "complete"; <-again.C {
		guest.Want(w.T, http.StatusOK, "GET", "/identity/bankid/"+begun.ID, nil, &state)
		if !returned {
			answer, err := guest.Do(w.Context(), "POST", "/identity/bankid/"+begun.ID+"/return", object{"nonce": fragment.Get("n")})
			returned = err == nil && answer.Status == http.StatusNoContent
		}
		if state.Status == "failed" || w.Context().Err() != nil {
			w.Fatalf("the log-in ended with %q", state.Hint)
		}
	}
	guest.Want(w.T, http.StatusOK, "POST", "/identity/bankid", nil, &begun)
	guest.Want(w.T, http.StatusNoContent, "DELETE", "/identity/bankid/"+begun.ID, nil, nil)
	guest.Want(w.T, http.StatusNotFound, "GET", "/identity/bankid/nobody", nil, nil)
}

func (w *walk) queueOf(nurse *kit.Client) string {
	w.Helper()
	var list []struct{ ID string }
	nurse.Want(w.T, http.StatusOK, "GET", "/queues", nil, &list)
	if len(list) != 1 {
		w.Fatalf("the nurse has %d queues, want 1", len(list))
	}
	return list[0].ID
}

func (w *walk) demoPlays() {
	guest := w.at(w.demo.Guest())
	bo := w.patient(kit.Bo, "Bo")
	id := w.wait(bo, "cough")
	for _, do := range []string{"take", "write", "close"} {
		guest.Want(w.T, http.StatusNoContent, "POST", "/demo/nurse", object{"case": id, "do": do}, nil)
	}
	guest.Want(w.T, http.StatusConflict, "POST", "/demo/nurse", object{"case": id, "do": "write"}, nil)
	guest.Want(w.T, http.StatusOK, "POST", "/demo/clock", object{"advance": "1m"}, nil)
	guest.Want(w.T, http.StatusBadRequest, "POST", "/demo/clock", object{"advance": "back"}, nil)
}
