package api

import (
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// WaitView is how long somebody waits, in minutes from At. Reason says why it is more than the same person was told before.
type WaitView struct {
	Low        int    `json:"low"`
	High       int    `json:"high"`
	At         string `json:"at"`
	Reason     string `json:"reason,omitempty"`
	ReasonCode string `json:"reasonCode,omitempty"`
}

// why is the words of each reason.
var why = map[queue.Reason]string{
	queue.MoreUrgent: texts.QueueLongerMoreUrgent,
	queue.FewerStaff: texts.QueueLongerFewerStaff,
	queue.Slower:     texts.QueueLongerSlower,
}

// ViewWait shows what somebody is told of the wait; nil where there is no ground for a figure.
func ViewWait(told queue.Told, now time.Time, lang texts.Lang) *WaitView {
	if !told.Shown {
		return nil
	}
	v := &WaitView{Low: told.Low, High: told.High, At: records.RFC3339(now), ReasonCode: string(told.Reason)}
	if told.Reason != "" {
		v.Reason = lang.Say(why[told.Reason])
	}
	return v
}

// GroundOf is what a figure rests on in a queue: nothing while it is not open, for then nobody need be at work, whoever said that they are on duty.
func GroundOf(pace *queue.Pace, queueID string, open bool, now time.Time) queue.Ground {
	if !open {
		return queue.Ground{}
	}
	return pace.Ground(queueID, now)
}

// wait is what a case that has so many ahead is told now.
func (s *Server) wait(c *records.Case, ahead int, open bool, lang texts.Lang) *WaitView {
	now := s.Desk.Clock.Now()
	told, _ := s.Figures.TellOn(GroundOf(&s.Figures.Pace, c.Queue(), open, now), queue.Entry{ID: c.Id, Queue: c.Queue(), Level: c.Level(), Since: c.Since()}, ahead)
	return ViewWait(told, now, lang)
}

// waitOfNewcomer is what somebody would be told who joined a queue now, without much hurry: at level 4.
func (s *Server) waitOfNewcomer(p care.Place, lang texts.Lang) *WaitView {
	now, queueID := s.Desk.Clock.Now(), p.Queue.Id
	byLevel, _ := s.Ranks.Counts(queueID)
	ahead := 0
	for level := range cases.Days + 1 {
		ahead += byLevel[level]
	}
	ground := GroundOf(&s.Figures.Pace, queueID, signOf(p, care.StandingAt(s.App, p, now)).Open, now)
	return ViewWait(ground.Again(nil, ahead, cases.Days), now, lang)
}
