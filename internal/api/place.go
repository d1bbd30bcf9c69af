package api

import (
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// placeView is where a patient stands: all that a watch token shows. Position and ahead are null for a case that does not wait; estimate is, while there
// is no ground for a figure; due is until when the turn is held.
type placeView struct {
	State    cases.State `json:"state"`
	Position *int        `json:"position"`
	Ahead    *int        `json:"ahead"`
	Estimate *WaitView   `json:"estimate"`
	Due      *string     `json:"due"`
	Watch    string      `json:"watch"`
	signView
	joinView
}

// ownPlaceView is what the patient's side is told besides: it says how urgent the case is.
type ownPlaceView struct {
	placeView
	Warning *warningView `json:"warning"`
	Refusal *refusalView `json:"refusal"`
}

// answerPlace answers where a case stands now. watch is the watch token that asks; "" is the patient's side, which is given a new one.
func (s *Server) answerPlace(c *echo.Context, id, watch string) error {
	theCase, err := records.CaseByID(s.App, id)
	if err != nil {
		return err
	}
	door, err := s.door(theCase, langOf(c))
	if err != nil {
		return err
	}
	out := placeView{State: theCase.State(), Watch: watch, signView: door.signView, joinView: door.joinView}
	if out.State == cases.Waiting {
		ahead, known := s.Ranks.Ahead(id)
		if !known { // committed by another request a moment ago: the ranks are about to follow
			if ahead, err = records.AheadOf(s.App, theCase); err != nil {
				return err
			}
		}
		position := ahead + 1
		out.Ahead, out.Position = &ahead, &position
		out.Estimate = s.wait(theCase, ahead, door.Open, langOf(c))
	}
	if out.State == cases.Called {
		out.Due = timeOrNil(theCase.Due())
	}
	if watch != "" {
		return c.JSON(http.StatusOK, out)
	}
	if out.Watch, err = NewWatch(s.App, id, realTime.Now().Add(watchFor)); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ownPlaceView{out, door.Warning, door.Refusal})
}

// PlaceEvent is what a patient is told of the place in line, and who holds a watch token: nothing in it says how urgent the case is.
func PlaceEvent(ahead int, wait *WaitView, sign Sign) map[string]any {
	event := map[string]any{"type": "place", "position": ahead + 1, "ahead": ahead, "estimate": wait}
	sign.view().put(event)
	join := sign.join()
	event["paused"], event["full"] = join.Paused, join.Full
	return event
}

// TurnEvent is what whoever watches a place is told as the case begins to wait, or waits no more: it is their turn, until due.
func TurnEvent(c *records.Case) map[string]any {
	return map[string]any{"type": "state", "state": c.State(), "due": timeOrNil(c.Due())}
}
