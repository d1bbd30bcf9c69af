package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// The schemas of what the topics tell. The contract can only describe them beside the connection, since OpenAPI knows no events.
const (
	caseEvent  = "CaseEvent"
	placeEvent = "PlaceEvent"
	queueEvent = "QueueEvent"
	staffEvent = "StaffEvent"
	refused    = "Refused"
	outage     = "OutageEvent"
)

var eventSchemas = []string{caseEvent, placeEvent, queueEvent, staffEvent, refused, outage}

// stream reads a realtime connection along with whoever reads it, and checks each event.
type stream struct {
	io.ReadCloser
	checker *Checker
	rest    []byte // of an event that is not whole yet
}

func (k *Checker) readStream(body io.ReadCloser) io.ReadCloser {
	return &stream{ReadCloser: body, checker: k}
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.rest = append(s.rest, p[:n]...)
	for {
		event, rest, whole := bytes.Cut(s.rest, []byte("\n\n"))
		if !whole {
			return n, err
		}
		s.rest = rest
		s.checker.checkEvent(string(event))
	}
}

// checkEvent holds one event of a realtime connection against the schema of its topic.
func (k *Checker) checkEvent(raw string) {
	name, data := "", ""
	for line := range strings.Lines(raw) {
		field, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		switch value = strings.TrimPrefix(value, " "); field {
		case "event":
			name = value
		case "data":
			data += value
		}
	}
	if !strings.HasPrefix(name, "lotsen/") {
		return // PB_CONNECT and ping are not about people
	}
	var value any
	if err := json.Unmarshal([]byte(data), &value); err != nil {
		k.fault("realtime: an event of %s is no JSON", topicKind(name))
		return
	}
	if object, ok := value.(map[string]any); ok {
		switch object["type"] {
		case "refused":
			k.checkEventAs(refused, name, value)
			return
		case "out_of_order", "in_order":
			k.checkEventAs(outage, name, value)
			return
		}
	}
	k.checkEventAs(topicKind(name), name, value)
}

// topicKind is the schema of what a topic tells.
func topicKind(name string) string {
	switch {
	case strings.HasPrefix(name, "lotsen/cases/") && strings.HasSuffix(name, "/queue"):
		return placeEvent
	case strings.HasPrefix(name, "lotsen/cases/"):
		return caseEvent
	case strings.HasPrefix(name, "lotsen/queues/"):
		return queueEvent
	case strings.HasPrefix(name, "lotsen/staff/"):
		return staffEvent
	}
	return "no topic"
}

func (k *Checker) checkEventAs(schema, name string, value any) {
	ref := k.contract.doc.Components.Schemas[schema]
	if ref == nil {
		k.fault("realtime: %s is not in the contract", name)
		return
	}
	if err := ref.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		k.fault("realtime: a %s does not fit the contract: %s", schema, firstLines(err))
	}
}
