package hooks

import (
	"context"
	"errors"
	"time"

	"lotsen/internal/api"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/topics"
)

const (
	// figuresEvery is how often those who wait are told of a figure that has changed by time alone.
	figuresEvery = 2 * time.Second
	// longLine is from how many on a line is told no more often than that: every take moves everyone in it.
	longLine = 200
)

// placeTold is what a waiting case was told last of its place; what it was told of the wait, the figures know.
type placeTold struct {
	ahead int
	sign  api.Sign
}

// followPlaces moves the ranks, and tells those who watch a place. The acts of others are followed at the same time: a place that was read
// before a turn came must not be told after it.
func (h *herald) followPlaces(before, now *records.Case) error {
	h.places.Lock()
	defer h.places.Unlock()
	followPace(&h.figures, now, h.desk.Clock.Now())
	changed := followCase(h.ranks, now)
	if now.State() != before.State() && (now.State() == cases.Waiting || before.State() == cases.Waiting) {
		if err := h.tellTurn(now.Id); err != nil {
			return err
		}
	}
	for _, q := range changed {
		if h.ranks.Waiting(q) > longLine && h.desk.Clock.Now().Sub(h.toldAt[q]) < figuresEvery {
			continue // tellFigures will
		}
		if err := h.tellPlaces(q); err != nil {
			return err
		}
	}
	return nil
}

// tellFigures tells everyone who waits what has changed since they were last told. It is a job of the timers.
func (h *herald) tellFigures(ctx context.Context) (more bool, err error) {
	now := h.desk.Clock.Now()
	h.places.Lock()
	defer h.places.Unlock()
	if now.Sub(h.lastFigures).Abs() < figuresEvery {
		return false, nil
	}
	h.lastFigures = now
	var faults []error
	for _, q := range h.ranks.Queues() {
		if ctx.Err() != nil {
			break
		}
		faults = append(faults, h.tellPlaces(q))
	}
	return false, errors.Join(faults...)
}

// tellPlaces tells each who waits in a queue where they stand, how long that will take, and how it stands with the queue, if that has changed;
// places held. Who does not listen has not been told of any figure.
func (h *herald) tellPlaces(id string) error {
	if h.ranks.Waiting(id) == 0 {
		return nil
	}
	now := h.desk.Clock.Now()
	sign, err := api.SignOf(h.app, id, now)
	if err != nil {
		return err
	}
	if h.toldAt == nil {
		h.toldAt = map[string]time.Time{}
	}
	h.toldAt[id] = now
	ground := api.GroundOf(&h.figures.Pace, id, sign.Open, now)
	for ahead, entry := range h.ranks.Line(id) {
		place := placeTold{ahead, sign}
		last, known := h.told[entry.ID]
		h.told[entry.ID] = place
		topic := topics.Topic{Kind: topics.Place, ID: entry.ID}.String()
		if len(h.fanout.Lines(topic)) == 0 {
			continue
		}
		told, changed := h.figures.TellOn(ground, entry, ahead)
		if known && last == place && !changed {
			continue
		}
		lang, err := h.languageFor(entry.ID, told)
		if err != nil {
			return err
		}
		if err := h.fanout.PublishLatest(topic, api.PlaceEvent(ahead, api.ViewWait(told, now, lang), sign)); err != nil {
			return err
		}
	}
	return nil
}

// languageFor is the language of a case, where something is told in words.
func (h *herald) languageFor(id string, told queue.Told) (texts.Lang, error) {
	if told.Reason == "" {
		return texts.Swedish, nil
	}
	c, err := records.CaseByID(h.app, id)
	if err != nil {
		return texts.Swedish, err
	}
	return texts.Of(c.Language()), nil
}
