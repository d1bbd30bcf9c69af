package care

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/clock"
	"lotsen/internal/records"
	"lotsen/internal/triage"
)

// Library is the clinical content: what new cases are opened with, and what old ones are pinned to.
type Library struct {
	served map[string]*triage.Protocol // by code
	danger *triage.Danger
	old    sync.Map // hash → *triage.Protocol
}

// NewLibrary serves these protocols, and these words of danger.
func NewLibrary(protocols []*triage.Protocol, danger *triage.Danger) *Library {
	l := &Library{served: map[string]*triage.Protocol{}, danger: danger}
	for _, p := range protocols {
		l.served[p.Code] = p
		l.old.Store(p.Hash(), p)
	}
	return l
}

// Keep stores what is served, so that cases go on with their content after an upgrade of the program.
func (l *Library) Keep(app core.App, c *clock.Clock) error {
	for _, code := range l.Codes() {
		p := l.served[code]
		if err := records.KeepProtocol(app, p.Hash(), p.Code, fmt.Sprint(p.Version), p.Source(), c.Now()); err != nil {
			return err
		}
	}
	return nil
}

// Codes lists the complaints that are served, in order of the alphabet.
func (l *Library) Codes() []string { return slices.Sorted(maps.Keys(l.served)) }

// Served finds what a new case of a complaint is opened with; false where the complaint is not served.
func (l *Library) Served(code string) (*triage.Protocol, bool) {
	p, ok := l.served[code]
	return p, ok
}

// Danger finds the words of danger in a text.
func (l *Library) Danger(text string) []triage.DangerGroup { return l.danger.Find(text) }

// DangerGroups lists all of them.
func (l *Library) DangerGroups() []triage.DangerGroup { return l.danger.Groups() }

// Pinned finds the content that a case is pinned to.
func (l *Library) Pinned(app core.App, hash string) (*triage.Protocol, error) {
	if p, ok := l.old.Load(hash); ok {
		return p.(*triage.Protocol), nil
	}
	row, err := records.ProtocolByHash(app, hash)
	if err != nil {
		return nil, fmt.Errorf("find pinned protocol: %w", err)
	}
	p, err := triage.Load(row.Source())
	if err != nil {
		return nil, fmt.Errorf("read pinned protocol %s: %w", row.Code(), err)
	}
	l.old.Store(hash, p)
	return p, nil
}
