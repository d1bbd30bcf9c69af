package load

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"lotsen/test/crowd"
	"lotsen/test/kit"
)

const (
	newcomers = 3 // their level: "within 24 hours", so they stand before those who wait, whose places change twice with each
	lines     = 10
	// commandsOfVisit is about how many commands a visit takes: to open, twenty answers, to join, next, here, ten messages, to close.
	commandsOfVisit = 35
)

// visit is one patient's way through the service.
type visit struct {
	phone *phone
	id    string
}

func newVisit(c *clinic, p crowd.Phone) *visit {
	p.Case = crowd.NewID()
	return &visit{phone: newPhone(c, p), id: p.Case}
}

// happen lets a patient come as far as the queue, and then helps whoever is first in it: that one or another. It is false where that went wrong.
func (v *visit) happen(ctx context.Context, n *nurse) bool {
	return v.arrive(ctx) && v.phone.clinic.help(ctx, n)
}

// arrive opens a case, connects the phone, answers and joins.
func (v *visit) arrive(ctx context.Context) bool {
	c, patient := v.phone.clinic, v.phone.client()
	a, ok := c.do(ctx, patient, "open", http.MethodPost, "/cases", crowd.Opening(v.id))
	if !ok || !c.again(ctx, "connect", v.phone.connect) {
		return false
	}
	c.alive(v.phone, true)
	for range 60 {
		step, err := crowd.StepOf(a)
		if err != nil {
			c.told.fault(err.Error())
			return false
		}
		if step.Question == nil {
			break
		}
		value, err := crowd.Errand{Level: newcomers}.Reply(step.Question.ID, step.Question.Type)
		if err != nil {
			c.told.fault(err.Error())
			return false
		}
		a, ok = c.do(ctx, patient, "answer", http.MethodPut, "/cases/"+v.id+"/answers/"+step.Question.ID, map[string]any{"value": value})
		if !ok {
			return false
		}
	}
	c.mu.Lock()
	c.joined[v.id] = v
	c.mu.Unlock()
	_, ok = c.do(ctx, patient, "join", http.MethodPost, "/cases/"+v.id+"/queue", map[string]any{})
	return ok
}

// help takes the next patient, talks and closes.
func (c *clinic) help(ctx context.Context, n *nurse) bool {
	a, ok := c.do(ctx, n.Client, "next", http.MethodPost, "/queues/"+c.queue+"/next", map[string]string{"take": crowd.NewID()})
	if !ok {
		return false
	}
	var got struct{ Case struct{ ID string } }
	err := a.Into(&got)
	c.mu.Lock()
	v := c.joined[got.Case.ID]
	delete(c.joined, got.Case.ID)
	c.mu.Unlock()
	if err != nil || v == nil {
		c.told.fault(fmt.Sprintf("next gave %.200s (%v), who is not first in line", a.Body, err))
		return false
	}
	n.talk(ctx, v.id, true)
	defer n.talk(ctx, v.id, false)
	patient := v.phone.client()
	if _, ok := c.do(ctx, patient, "here", http.MethodPost, "/cases/"+v.id+"/here", map[string]any{}); !ok {
		return false
	}
	for i := range lines {
		by := []*kit.Client{n.Client, patient}[i%2]
		if !c.say(ctx, by, v, i%2 == 0) {
			return false
		}
	}
	_, ok = c.do(ctx, n.Client, "close", http.MethodPost, "/cases/"+v.id+"/close",
		map[string]string{"outcome": "advice", "advice": "Drick mycket, vila. Ring 1177 om det blir värre."})
	c.alive(v.phone, false)
	v.phone.leave()
	return ok
}

// say writes a message; before hers the nurse's program says that she is writing.
func (c *clinic) say(ctx context.Context, by *kit.Client, v *visit, fromNurse bool) bool {
	if fromNurse {
		_, _ = by.Do(ctx, http.MethodPost, "/cases/"+v.id+"/typing", map[string]bool{"on": true}) // may be lost
	}
	id := crowd.NewID()
	body := map[string]string{"id": id, "case": v.id, "body": "Det är ungefär som i går, kanske lite sämre. " + id}
	due, ok := c.turn(ctx)
	if !ok {
		return false
	}
	c.told.sent(id, v)
	if _, ok = c.send(ctx, by, due, "message", http.MethodPost, "/api/collections/messages/records", body); ok {
		c.told.acked(id)
	}
	return ok
}

// turn waits for one's turn, and gives when it was due.
func (c *clinic) turn(ctx context.Context) (time.Time, bool) {
	select {
	case due := <-c.turns:
		return due, true
	case <-ctx.Done():
		return time.Time{}, false
	}
}

// do waits for its turn and sends a command.
func (c *clinic) do(ctx context.Context, by *kit.Client, name, method, path string, body any) (kit.Answer, bool) {
	due, ok := c.turn(ctx)
	if !ok {
		return kit.Answer{}, false
	}
	return c.send(ctx, by, due, name, method, path, body)
}

// send sends a command until it is answered: the kill may cut one off, and the same again is harmless. The time counts from when it was due.
func (c *clinic) send(ctx context.Context, by *kit.Client, due time.Time, name, method, path string, body any) (kit.Answer, bool) {
	var a kit.Answer
	cut, began := false, time.Now()
	ok := c.again(ctx, name, func(ctx context.Context) (err error) {
		a, err = by.Do(ctx, method, path, body)
		cut = cut || err != nil
		return err
	})
	if !ok {
		return a, false
	}
	if !a.OK() {
		c.told.fault(fmt.Sprintf("%s %s was answered %d %.300s", method, path, a.Status, a.Body))
		return a, false
	}
	c.told.commands.Add(1)
	if !cut && !due.IsZero() && !c.down.Load() {
		c.told.took(name, time.Since(began), time.Since(due))
	}
	return a, true
}

// again tries until it goes well while the program is down. At other times a failure is a fault.
func (c *clinic) again(ctx context.Context, name string, try func(context.Context) error) bool {
	for {
		downBefore := c.down.Load()
		err := try(ctx)
		if err == nil {
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		if !downBefore && !c.down.Load() {
			c.told.fault(fmt.Sprintf("%s: %v", name, err))
			return false
		}
		<-time.After(100 * time.Millisecond)
	}
}
