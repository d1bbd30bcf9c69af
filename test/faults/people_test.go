package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"lotsen/test/kit"
)

// person asks for one thing after the other, and takes down what is answered.
type person struct {
	*kit.Client
	told       *ledger
	unanswered *request // what the kill has cut off: it is asked for again
}

// request is something that changes something.
type request struct {
	method, path string
	body         any
	promised     func(kit.Answer) []promise // what a 2xx promises
	makes        string                     // where the record is that it makes, whose id it chose; "" for none
}

// caseRecord is a case as PocketBase shows it.
type caseRecord struct {
	ID, State, Queue, Clinician, Since, Closed, Advice string
	Level, Seq                                         int
}

// work goes on until there is no answer any more. What a kill has cut off comes first.
func (p *person) work(ctx context.Context, step func(context.Context) bool) {
	if !p.again(ctx) {
		return
	}
	for step(ctx) && p.again(ctx) {
	}
}

// again asks again for what has not been done, until it is.
func (p *person) again(ctx context.Context) bool {
	for p.unanswered != nil {
		r := *p.unanswered
		p.unanswered = nil
		if !p.ask(ctx, r) {
			return false
		}
	}
	return true
}

// ask sends a request, and says whether there was an answer to go on with. Refusals are: others have been quicker.
func (p *person) ask(ctx context.Context, r request) bool {
	answer, err := p.Do(ctx, r.method, r.path, r.body)
	switch {
	case err != nil:
		p.unanswered = &r
		return false
	case answer.OK():
		p.told.keep(r.promised(answer))
		return true
	case answer.Status == http.StatusConflict, answer.Status == http.StatusNotFound, answer.Status == http.StatusForbidden:
		return !p.isThere(ctx, r, answer) && rest(ctx)
	case p.told.outage(answer):
		p.unanswered = &r // it may have been done: it is asked for again
		return rest(ctx)
	}
	p.told.fault(fmt.Sprintf("%s %s %v was answered %d %s", r.method, r.path, r.body, answer.Status, answer.Body))
	return false
}

// isThere says whether a request was refused although it had made what it asked for: cut off by a kill and sent again, it is no other request.
func (p *person) isThere(ctx context.Context, r request, refusal kit.Answer) bool {
	if r.makes == "" {
		return false
	}
	found, err := p.Do(ctx, http.MethodGet, r.makes, nil)
	if err != nil || !found.OK() {
		return false
	}
	p.told.fault(fmt.Sprintf("%s %s %v was refused with %d %s, and has been done", r.method, r.path, r.body, refusal.Status, refusal.Body))
	return true
}

// get reads something, and says whether there was an answer.
func (p *person) get(ctx context.Context, path string, out any) bool {
	answer, err := p.Do(ctx, http.MethodGet, path, nil)
	if err != nil {
		return false
	}
	if p.told.outage(answer) {
		return rest(ctx) && p.get(ctx, path, out)
	}
	if answer.Status == http.StatusOK {
		err = answer.Into(out)
	}
	if err != nil || answer.Status != http.StatusOK {
		p.told.fault(fmt.Sprintf("GET %s was answered %d %s", path, answer.Status, answer.Body))
		return false
	}
	return true
}

func (p *person) say(ctx context.Context, theCase string) bool {
	id, body := newID(), newID()
	return p.ask(ctx, request{
		method: http.MethodPost, path: recordPath("messages", ""), body: map[string]string{"id": id, "case": theCase, "body": body},
		makes:    recordPath("messages", id),
		promised: func(kit.Answer) []promise { return []promise{said(theCase, id, body, p.ID)} },
	})
}

type patient struct {
	person
	phone   string
	theCase string // "" before the first
	ill     bool   // says yes to the first red flag, which ends the questions
}

// step does one of the things that a patient may do now.
func (p *patient) step(ctx context.Context) bool {
	if p.theCase == "" {
		return p.openCase(ctx)
	}
	var c caseRecord
	if !p.get(ctx, recordPath("cases", p.theCase), &c) {
		return false
	}
	can := map[string][]func(context.Context) bool{
		"answering":   {p.answer},
		"recommended": {p.ownWords, p.join, p.join},
		"waiting":     {p.speak, p.speak, p.ownWords, p.leave, rest, rest, rest},
		"called":      {p.here, p.here, p.hold, p.speak, rest},
		"active":      {p.speak, p.ownWords, rest},
		"paused":      {p.speak, rest, rest},
		"cancelled":   {p.join, p.openCase},
	}[c.State]
	if can == nil {
		can = append(can, p.openCase)
	}
	return can[draw(int64(len(can)))](ctx)
}

func (p *patient) openCase(ctx context.Context) bool {
	id := newID()
	p.theCase, p.ill = id, draw(3) > 0
	p.told.own(id, p)
	return p.ask(ctx, request{
		method: http.MethodPost, path: "/cases",
		body:     map[string]string{"id": id, "region": "demo", "complaint": "sore_throat", "phone": p.phone},
		makes:    recordPath("cases", id),
		promised: func(kit.Answer) []promise { return []promise{happened(id, 1, "opened")} },
	})
}

type question struct {
	ID, Type string
	Required bool
	Min      *float64
	Options  []struct{ Code string }
}

// answer answers all questions that are left.
func (p *patient) answer(ctx context.Context) bool {
	var now struct{ Question *question }
	if !p.get(ctx, "/cases/"+p.theCase+"/step", &now) {
		return false
	}
	for now.Question != nil {
		id, q := p.theCase, *now.Question
		value := mild(q)
		if p.ill && q.Type == "multichoice" {
			value = []any{q.Options[0].Code}
		}
		now.Question = nil
		went := p.ask(ctx, request{
			method: http.MethodPut, path: "/cases/" + id + "/answers/" + q.ID, body: map[string]any{"value": value},
			promised: func(a kit.Answer) []promise {
				var body struct{ Step struct{ Question *question } }
				_ = json.Unmarshal(a.Body, &body) // what is no such answer has no question, and is asked for anew
				now.Question = body.Step.Question
				return []promise{answered(id, q.ID, value)}
			},
		})
		if !went {
			return false
		}
	}
	return true
}

// mild is the answer of somebody who is not very ill.
func mild(q question) any {
	least := func(n float64) float64 {
		if q.Min != nil {
			return max(n, *q.Min)
		}
		return n
	}
	switch q.Type {
	case "multichoice":
		if none := q.Options[len(q.Options)-1].Code; none == "none" {
			return []any{none}
		}
		return []any{q.Options[0].Code}
	case "choice":
		return q.Options[0].Code
	case "boolean":
		return false
	case "integer":
		return least(1)
	case "decimal":
		return least(37)
	}
	return nil
}

func (p *patient) ownWords(ctx context.Context) bool {
	id, words := p.theCase, newID()
	return p.ask(ctx, request{
		method: http.MethodPost, path: "/cases/" + id + "/freetext", body: map[string]string{"text": words},
		promised: func(kit.Answer) []promise { return []promise{answered(id, "freetext", words)} },
	})
}

func (p *patient) speak(ctx context.Context) bool { return p.say(ctx, p.theCase) }

func (p *patient) join(ctx context.Context) bool {
	return p.move(ctx, http.MethodPost, "/queue", "joined", "rejoined")
}

func (p *patient) leave(ctx context.Context) bool {
	return p.move(ctx, http.MethodDelete, "/queue", "left")
}

func (p *patient) here(ctx context.Context) bool {
	return p.move(ctx, http.MethodPost, "/here", "here")
}

func (p *patient) hold(ctx context.Context) bool {
	return p.move(ctx, http.MethodPost, "/hold", "hold")
}

// move makes one of these events happen.
func (p *patient) move(ctx context.Context, method, path string, kinds ...string) bool {
	id := p.theCase
	return p.ask(ctx, request{
		method: method, path: "/cases/" + id + path, body: map[string]any{},
		promised: func(kit.Answer) []promise { return []promise{ever(id, kinds...)} },
	})
}

func caseOf(a kit.Answer) caseRecord {
	var body struct{ Case caseRecord }
	_ = json.Unmarshal(a.Body, &body) // a case that cannot be read keeps no promise
	return body.Case
}
