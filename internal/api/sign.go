package api

import (
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Sign is what hangs on the door of a queue: whether it is open, and what its lead says to those who wait. Times are as api.md writes them, "" where
// they are not known. Two signs that say the same are equal.
type Sign struct {
	Open              bool
	OpensAt, ClosesAt string
	Message           string
	Paused            string // until when nobody new of level 3 to 5 is let in; who waits keeps the place
	Full              bool   // as many have come today as are let in
}

// signOf reads the sign of a queue. What is out of service is closed, and nobody knows until when. Whether it is full costs a count: see SignOf.
func signOf(p care.Place, s care.Standing) Sign {
	sign := Sign{Message: s.Message, Paused: records.RFC3339(s.PausedUntil)}
	if p.Region.InService() && p.Unit.InService() {
		sign.Open, sign.OpensAt, sign.ClosesAt = s.Open, records.RFC3339(s.OpensAt), records.RFC3339(s.ClosesAt)
	}
	return sign
}

// signView is a sign in an answer.
type signView struct {
	Open     bool    `json:"open"`
	OpensAt  *string `json:"opensAt"`  // while closed; null where it is not known
	ClosesAt *string `json:"closesAt"` // while open; null where it is not known
	Message  *string `json:"message"`  // the lead's line to those who wait
}

// joinView is what patients see beside it: whether anybody new is let in. Who waits keeps the place.
type joinView struct {
	Paused *string `json:"paused"` // until when not; null where it is not so
	Full   bool    `json:"full"`   // as many have come today as are let in
}

func (s Sign) view() signView {
	return signView{s.Open, textOrNil(s.OpensAt), textOrNil(s.ClosesAt), textOrNil(s.Message)}
}

// put adds the sign to an event.
func (v signView) put(event map[string]any) {
	event["open"], event["opensAt"], event["closesAt"], event["message"] = v.Open, v.OpensAt, v.ClosesAt, v.Message
}

func (s Sign) join() joinView { return joinView{textOrNil(s.Paused), s.Full} }

// textOrNil is a text, or null for none.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// SignOf is the sign of a queue as it hangs at now.
func SignOf(app core.App, queue string, now time.Time) (Sign, error) {
	q, err := records.QueueByID(app, queue)
	if err != nil {
		return Sign{}, err
	}
	p, err := care.PlaceOf(app, q)
	if err != nil {
		return Sign{}, err
	}
	return signFor(app, p, care.StandingAt(app, p, now), now)
}

// signFor is signOf, with whether it is full.
func signFor(app core.App, p care.Place, s care.Standing, now time.Time) (Sign, error) {
	sign := signOf(p, s)
	var err error
	sign.Full, err = s.Full(app, now)
	return sign, err
}

// doorView is what a patient is told of the queue that the case waits in, or would join.
type doorView struct {
	signView
	joinView
	Warning *warningView `json:"warning"` // nobody will be met in time here
	Refusal *refusalView `json:"refusal"` // why joining is refused now; null from level 1 and 2 on, and for who has joined
}

// warningView says to somebody who may be in danger what to do instead of waiting.
type warningView struct {
	Code    string   `json:"code"`
	Text    string   `json:"text"`
	Phones  []string `json:"phones"` // the first is to be rung
	OpensAt *string  `json:"opensAt"`
}

// refusalView is why nobody more may join now, as the 422 of joining says it.
type refusalView struct {
	Code    string   `json:"code"`
	Text    string   `json:"text"`
	Phones  []string `json:"phones"`
	OpensAt *string  `json:"opensAt"`
	Until   *string  `json:"until"`
	Line    *string  `json:"line"`
}

// door is the queue that a case waits in, or would join, as its patient is told of it. Where there is none the region is open while it is in service.
func (s *Server) door(c *records.Case, lang texts.Lang) (doorView, error) {
	id := s.Desk.DoorOf(c)
	if id == "" {
		region, err := records.RegionByID(s.App, c.Region())
		if err != nil {
			return doorView{}, err
		}
		return doorView{signView: Sign{Open: region.InService()}.view()}, nil
	}
	q, err := records.QueueByID(s.App, id)
	if err != nil {
		return doorView{}, err
	}
	p, err := care.PlaceOf(s.App, q)
	if err != nil {
		return doorView{}, err
	}
	st := care.StandingAt(s.App, p, s.Desk.Clock.Now())
	sign, err := signFor(s.App, p, st, s.Desk.Clock.Now())
	if err != nil {
		return doorView{}, err
	}
	v := doorView{signView: sign.view(), joinView: sign.join()}
	if v.Warning, err = s.warning(c, p, st, lang); err != nil {
		return doorView{}, err
	}
	v.Refusal, err = s.refusal(c, st, lang)
	return v, err
}

// notInTime is the code of a level that nobody will reach in its target.
const notInTime = "not_in_time"

func (s *Server) warning(c *records.Case, p care.Place, st care.Standing, lang texts.Lang) (*warningView, error) {
	onDuty, err := records.OnDutyIn(s.App, p.Queue.Id)
	if err != nil || st.InTime(c, care.TimesOf(s.App, p.Region), s.Desk.Clock.Now(), onDuty) {
		return nil, err
	}
	w := &warningView{Code: notInTime, Text: lang.Say(texts.QueueNotInTime), Phones: numbersToRing(), OpensAt: timeOrNil(st.OpensAt)}
	if c.Level() == cases.Immediate {
		w.Text = lang.Say(texts.QueueNotInTimeImmediate)
		slices.Reverse(w.Phones)
	}
	return w, nil
}

func (s *Server) refusal(c *records.Case, st care.Standing, lang texts.Lang) (*refusalView, error) {
	if c.State() != cases.Recommended {
		return nil, nil
	}
	no, err := s.Desk.Refusal(st, c.Level())
	if no == nil || err != nil {
		return nil, err
	}
	return &refusalView{no.Code, wordsOfRefusal(no, lang), numbersToRing(), timeOrNil(no.OpensAt), timeOrNil(no.Until), textOrNil(no.Line)}, nil
}

// ringFirst are the ways on for somebody whom nobody will meet in time: the number comes first, and waiting second.
func ringFirst(next []string) []string {
	const call = "call1177"
	return append([]string{call}, slices.DeleteFunc(slices.Clone(next), func(way string) bool { return way == call })...)
}
