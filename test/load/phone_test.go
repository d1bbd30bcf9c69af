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
	*clinic
	crowd.Phone
	stream *crowd.Stream
	found  func(message string) // is told each message instead of the ledger; nil but in the end

	mu    sync.Mutex
	seq   int // the newest event heard or fetched
	place int // where it was last told to stand; 0 before it was
}

func (p *phone) client() *kit.Client { return &kit.Client{At: p.URL, Token: p.Token} }

func (p *phone) connect(ctx context.Context) error {
	s, err := crowd.Listen(ctx, p.URL(), p.Token, p.Topics(), p.hear)
	if err == nil {
		p.stream = s
	}
	return err
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
	p.told.heard.Add(1)
	p.note(data)
}

func (p *phone) note(data []byte) {
	var e said
	if err := json.Unmarshal(data, &e); err != nil {
		p.told.fault(fmt.Sprintf("an event is no JSON: %.100s", data))
		return
	}
	p.mu.Lock()
	p.seq = max(p.seq, e.Seq)
	if e.Position != nil {
		p.place = *e.Position
	}
	p.mu.Unlock()
	if p.found != nil {
		p.found(e.Message.ID)
		return
	}
	p.told.count(e.Type)
	if e.Type == "message" {
		p.told.arrived(e.Message.ID, e.Message.Author != p.Patient)
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
			p.note(item)
		}
		missed += len(page.Items)
	}
}

// nurse is a member of staff: one connection for all her talks and her queue.
type nurse struct {
	*clinic
	*kit.Client
	stream *crowd.Stream

	mu    sync.Mutex
	talks map[string]bool
}

func (n *nurse) connect(ctx context.Context) error {
	s, err := crowd.Listen(ctx, n.clinic.URL(), n.Token, n.topics(), n.hear)
	if err == nil {
		n.stream = s
	}
	return err
}

func (n *nurse) topics() []string {
	list := []string{"lotsen/queues/" + n.queue, "lotsen/staff/" + n.ID}
	for id := range n.talks {
		list = append(list, "lotsen/cases/"+id)
	}
	return list
}

func (n *nurse) hear(topic string, data []byte) {
	if topic == "ping" {
		return
	}
	n.told.heard.Add(1)
	if !bytes.Contains(data, []byte(`"type":"message"`)) {
		n.told.count("to staff")
		return
	}
	var e said
	if err := json.Unmarshal(data, &e); err == nil {
		n.told.count(e.Type)
		n.told.arrived(e.Message.ID, e.Message.Author != n.ID)
	}
}

// talk begins or ends to listen to a case. While the program is down it is left to the reconnection.
func (n *nurse) talk(ctx context.Context, id string, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if on {
		n.talks[id] = true
	} else {
		delete(n.talks, id)
	}
	if n.stream == nil || n.down.Load() {
		return
	}
	short, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	if err := n.stream.Subscribe(short, n.Token, n.topics()); err != nil && !n.down.Load() {
		n.told.fault(fmt.Sprintf("a nurse could not listen to a case: %v", err))
	}
}
