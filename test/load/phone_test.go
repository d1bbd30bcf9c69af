package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"lotsen/test/crowd"
	"lotsen/test/kit"
)

// phone is a patient's device: it listens, and knows what it has heard.
type phone struct {
	device
	crowd.Phone
	found func(message string) // is told each message instead of the ledger; nil but in the end

	mu     sync.Mutex
	seq    int // the newest event heard or fetched
	place  int // where it was last told to stand; 0 before it was
	places int // how often it was told
}

func newPhone(c *clinic, p crowd.Phone) *phone {
	new := &phone{Phone: p}
	new.clinic, new.dial = c, new.listen
	return new
}

func (p *phone) client() *kit.Client { return &kit.Client{At: p.clinic.URL, Token: p.Token} }

// listen connects, fetches what was missed, and asks for its place, as is done on every connect.
func (p *phone) listen(ctx context.Context) (*crowd.Stream, error) {
	s, err := crowd.Listen(ctx, p.clinic.URL(), p.Token, p.Topics(), p.hear)
	if err != nil {
		return nil, err
	}
	missed, err := p.catchUp(ctx)
	if err == nil {
		err = p.askPlace(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	p.clinic.shown.missed.Add(int64(missed))
	return s, nil
}

// askPlace asks where the phone stands, if anywhere. What it is told meanwhile is newer.
func (p *phone) askPlace(ctx context.Context) error {
	p.mu.Lock()
	before := p.places
	p.mu.Unlock()
	a, err := p.client().Do(ctx, http.MethodGet, "/cases/"+p.Case+"/queue", nil)
	if err != nil || !a.OK() { // 409: it does not wait
		return err
	}
	var now struct{ Position int }
	if err := a.Into(&now); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.places == before {
		p.place = now.Position
	}
	return nil
}

// said is what we read of an event.
type said struct {
	Type     string
	Seq      int
	Position *int
	Message  struct{ ID, Author string }
}

// hear counts what comes, and notes where the phone stands.
func (p *phone) hear(topic string, data []byte) {
	if topic == "ping" {
		return
	}
	p.clinic.told.heard.Add(1)
	p.note(data, true)
}

// note takes an event down, live or fetched.
func (p *phone) note(data []byte, live bool) {
	var e said
	if err := json.Unmarshal(data, &e); err != nil {
		p.clinic.told.fault(fmt.Sprintf("an event is no JSON: %.100s", data))
		return
	}
	p.mu.Lock()
	p.seq = max(p.seq, e.Seq)
	if e.Position != nil {
		p.place = *e.Position
		p.places++
	}
	p.mu.Unlock()
	if p.found != nil {
		p.found(e.Message.ID)
		return
	}
	if live {
		p.clinic.told.count(e.Type)
	}
	if e.Type == "message" {
		p.clinic.told.arrived(e.Message.ID, e.Message.Author != p.Patient)
	}
}

// catchUp fetches what was missed, and gives how many events that were.
func (p *phone) catchUp(ctx context.Context) (int, error) {
	missed := 0
	for {
		p.mu.Lock()
		after := p.seq
		p.mu.Unlock()
		a, err := p.client().Do(ctx, http.MethodGet, fmt.Sprintf("/cases/%s/events?after=%d", p.Case, after), nil)
		if err == nil && a.Status != http.StatusOK {
			err = fmt.Errorf("events were answered %d %s", a.Status, a.Body)
		}
		if err != nil {
			return missed, err
		}
		var page struct{ Items []json.RawMessage }
		if err := a.Into(&page); err != nil {
			return missed, err
		}
		if len(page.Items) == 0 {
			return missed, nil
		}
		for _, item := range page.Items {
			p.note(item, false)
		}
		missed += len(page.Items)
	}
}

// nurse is a member of staff: one connection for all her talks and her queue.
type nurse struct {
	device
	*kit.Client

	mu    sync.Mutex
	talks map[string]bool
}

func newNurse(c *clinic, client *kit.Client) *nurse {
	new := &nurse{Client: client, talks: map[string]bool{}}
	new.clinic, new.dial = c, new.listen
	return new
}

func (n *nurse) listen(ctx context.Context) (*crowd.Stream, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return crowd.Listen(ctx, n.clinic.URL(), n.Token, n.topics(), n.hear)
}

// topics are what she listens to, mu held.
func (n *nurse) topics() []string {
	list := []string{"lotsen/queues/" + n.clinic.queue, "lotsen/staff/" + n.ID}
	for id := range n.talks {
		list = append(list, "lotsen/cases/"+id)
	}
	return list
}

func (n *nurse) hear(topic string, data []byte) {
	if topic == "ping" {
		return
	}
	n.clinic.told.heard.Add(1)
	if !bytes.Contains(data, []byte(`"type":"message"`)) {
		n.clinic.told.count("to staff")
		return
	}
	var e said
	if err := json.Unmarshal(data, &e); err == nil {
		n.clinic.told.count(e.Type)
		n.clinic.told.arrived(e.Message.ID, e.Message.Author != n.ID)
	}
}

// talk begins or ends to listen to a case. Where her connection has just ended, it is left to the next one.
func (n *nurse) talk(ctx context.Context, id string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if on {
		n.talks[id] = true
	} else {
		delete(n.talks, id)
	}
	short, done := context.WithTimeout(ctx, 30*time.Second)
	defer done()
	_ = n.line.Load().Subscribe(short, n.Token, n.topics())
}
