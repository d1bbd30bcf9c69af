package care

import (
	"sync"

	"lotsen/internal/hours"
)

// mostPlans is how many opening hours are kept; more than a program has regions, units and queues.
const mostPlans = 1000

// understood are the opening hours that have been read, by their text: they are asked for at every page and by the timers twice a second, and seldom change.
var understood plans

// plans keeps what texts of opening hours mean.
type plans struct {
	mu   sync.Mutex
	read map[string]understanding
}

type understanding struct {
	plan hours.Plan
	err  error
}

// parse is hours.Parse, once for each text.
func (p *plans) parse(raw []byte) (hours.Plan, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.read[string(raw)]
	if !ok {
		known.plan, known.err = hours.Parse(raw)
		if p.read == nil || len(p.read) >= mostPlans {
			p.read = map[string]understanding{}
		}
		p.read[string(raw)] = known
	}
	return known.plan, known.err
}
