package crowd

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lotsen/protocols"
	"lotsen/test/kit"
)

// Complaint is what everybody here seeks help for.
const Complaint = "sore_throat"

// Errand is a patient with a sore throat that is as urgent as Level.
type Errand struct {
	*kit.Client
	Level int
}

// Step is what comes next: a question, or nothing more to ask.
type Step struct {
	Question *struct{ ID, Type string }
}

// Reply is the answer to a question, of a vignette with that level.
func (e Errand) Reply(question, kind string) (any, error) {
	like, err := answers(e.Level)
	if err != nil {
		return nil, err
	}
	given := like[question]
	if days, ok := given.(uint64); ok && kind == "date" {
		return time.Now().AddDate(0, 0, -int(min(days, 10_000))).Format(time.DateOnly), nil
	}
	return given, nil
}

// Wait opens a case, answers all questions and joins the line. It gives the case's id.
func (e Errand) Wait(t testing.TB) string {
	t.Helper()
	id := NewID()
	var at struct{ Step Step }
	e.Want(t, http.StatusOK, http.MethodPost, "/cases", Opening(id), &at)
	for at.Step.Question != nil {
		q := *at.Step.Question
		value, err := e.Reply(q.ID, q.Type)
		if err != nil {
			t.Fatal(err)
		}
		at.Step = Step{}
		e.Want(t, http.StatusOK, http.MethodPut, "/cases/"+id+"/answers/"+q.ID, map[string]any{"value": value}, &at)
	}
	e.Want(t, http.StatusOK, http.MethodPost, "/cases/"+id+"/queue", map[string]any{}, nil)
	return id
}

// Opening is the body that opens a case.
func Opening(id string) map[string]string {
	return map[string]string{"id": id, "region": "demo", "complaint": Complaint, "phone": kit.Phone}
}

// answers are those of a grown-up's vignette with a level, and what is usual where it says nothing.
func answers(level int) (map[string]any, error) {
	found, ok := vignettes()[level]
	if !ok {
		return nil, fmt.Errorf("no vignette of %s has level %d", Complaint, level)
	}
	return found, nil
}

var vignettes = sync.OnceValue(func() map[int]map[string]any {
	byLevel := map[int]map[string]any{}
	all, err := protocols.Vignettes(Complaint)
	if err != nil {
		return nil
	}
	for _, v := range all.List {
		if _, have := byLevel[v.Level]; have || v.Person.Age < 18 || v.Person.Age >= 65 || v.Person.Repeat72h+v.Person.Repeat10d > 0 {
			continue
		}
		given := map[string]any{}
		for question, value := range all.Usual {
			given[question] = value
		}
		for question, value := range v.Answers {
			given[question] = value
		}
		byLevel[v.Level] = given
	}
	return byLevel
})

// Say puts a message into a case, under an id of the client's own.
func Say(ctx context.Context, by *kit.Client, theCase, id, body string) (kit.Answer, error) {
	return by.Do(ctx, http.MethodPost, "/api/collections/messages/records", map[string]string{"id": id, "case": theCase, "body": body})
}

// StepOf reads an answer that holds a step.
func StepOf(a kit.Answer) (Step, error) {
	var at struct{ Step Step }
	err := json.Unmarshal(a.Body, &at)
	return at.Step, err
}

// NewID is an id as a client makes it.
func NewID() string { return strings.ToLower(rand.Text()[:15]) }
