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
	// longLine is from how many on a line is told no more often than that, and in parts of so many: every take moves everyone in it.
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
		if h.ranks.Waiting(q) > longLine {
			continue // tellFigures will: whoever takes or joins does not wait until thousands are told
		}
		if err := h.tellPlaces(q); err != nil {
			return err
		}
	}
	return nil
}

// tellFigures tells everyone who waits what has changed since they were last told. It is a job of the timers.
func (h *herald) tellFigures(ctx context.Context) (more bool, err error) {
	if !h.timeForFigures() {
		return false, nil
	}
	var faults []error
	for _, q := range h.ranks.Queues() {
		if ctx.Err() != nil {
			break
		}
		faults = append(faults, h.tellLine(q))
	}
	return false, errors.Join(faults...)
}

// timeForFigures says whether all are to be told again.
func (h *herald) timeForFigures() bool {
	h.places.Lock()
	defer h.places.Unlock()
	now := h.desk.Clock.Now()
	if now.Sub(h.lastFigures).Abs() < figuresEvery {
		return false
	}
	h.lastFigures = now
	return true
}

// tellLine is tellPlaces for a line of any length. It lets others in between: whoever takes or joins waits for places. Who moves meanwhile is told at
// the next look.
func (h *herald) tellLine(id string) error {
	for from := 0; ; from += longLine {
		more, err := h.tellFrom(id, from)
		if err != nil || !more {
			return err
		}
	}
}

func (h *herald) tellFrom(id string, from int) (more bool, err error) {
	h.places.Lock()
	defer h.places.Unlock()
	line := h.ranks.Line(id)
	if from >= len(line) {
		return false, nil
	}
	to := min(from+longLine, len(line))
	return to < len(line), h.tellPart(id, line[from:to], from)
}

// tellPlaces tells each who waits in a queue where they stand, how long that will take, and how it stands with the queue, if that has changed;
// places held. Who does not listen has not been told of any figure.
func (h *herald) tellPlaces(id string) error {
	line := h.ranks.Line(id)
	if len(line) == 0 {
		return nil
	}
	return h.tellPart(id, line, 0)
}

// tellPart is tellPlaces for a part of a line, the first of which has so many ahead; places held.
func (h *herald) tellPart(id string, part []queue.Entry, ahead int) error {
	now := h.desk.Clock.Now()
	sign, err := api.SignOf(h.app, id, now)
	if err != nil {
		return err
	}
	ground := api.GroundOf(&h.figures.Pace, id, sign.Open, now)
	for i, entry := range part {
		if err := h.tellPlace(entry, placeTold{ahead + i, sign}, ground, now); err != nil {
			return err
		}
	}
	return nil
}

// tellPlace tells one of them, if it has changed and somebody listens; places held.
func (h *herald) tellPlace(entry queue.Entry, place placeTold, ground queue.Ground, now time.Time) error {
	last, known := h.told[entry.ID]
	h.told[entry.ID] = place
	topic := topics.Topic{Kind: topics.Place, ID: entry.ID}.String()
	if len(h.fanout.Lines(topic)) == 0 {
		return nil
	}
	told, changed := h.figures.TellOn(ground, entry, place.ahead)
	if known && last == place && !changed {
		return nil
	}
	lang, err := h.languageFor(entry.ID, told)
	if err != nil {
		return err
	}
	return h.fanout.PublishLatest(topic, api.PlaceEvent(place.ahead, api.ViewWait(told, now, lang), place.sign))
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
