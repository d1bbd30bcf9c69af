package faults

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lotsen/test/kit"
)

type nurse struct {
	person
	queue, elsewhere string
	colleague        string // "" for who works alone
}

// step does one of the things that a nurse may do now.
func (n *nurse) step(ctx context.Context) bool {
	mine := url.QueryEscape(fmt.Sprintf(`clinician=%q && (state="called" || state="active" || state="paused")`, n.ID))
	var have struct{ Items []caseRecord }
	if !n.get(ctx, recordPath("cases", "")+"?perPage=10&filter="+mine, &have) {
		return false
	}
	if len(have.Items) == 0 || len(have.Items) == 1 && draw(3) == 0 {
		return n.next(ctx)
	}
	c := have.Items[draw(int64(len(have.Items)))]
	can := []func(context.Context, string) bool{n.say, n.say, n.say, n.end, n.end, n.release, n.handAway, n.level}
	switch c.State {
	case "active":
		can = append(can, n.pause)
	case "paused":
		can = append(can, n.resume)
	}
	return can[draw(int64(len(can)))](ctx, c.ID)
}

// next takes the first in line, if anybody waits.
func (n *nurse) next(ctx context.Context) bool {
	take, gotNobody := newID(), false
	went := n.ask(ctx, request{
		method: http.MethodPost, path: "/queues/" + n.queue + "/next", body: map[string]string{"take": take},
		promised: func(a kit.Answer) []promise {
			if gotNobody = a.Status == http.StatusNoContent; gotNobody {
				return nil
			}
			c := caseOf(a)
			return []promise{happened(c.ID, c.Seq, "taken"), n.taken(c.ID, take)}
		},
	})
	return went && (!gotNobody || rest(ctx))
}

func (n *nurse) end(ctx context.Context, id string) bool {
	advice := newID()
	return n.move(ctx, id, http.MethodPost, "/close", map[string]string{"outcome": "advice", "advice": advice}, "closed", closedWith(id, advice))
}

func (n *nurse) release(ctx context.Context, id string) bool {
	why := newID()
	return n.move(ctx, id, http.MethodPost, "/release", map[string]string{"reason": why}, "released", because(id, why))
}

func (n *nurse) level(ctx context.Context, id string) bool {
	why := newID()
	return n.move(ctx, id, http.MethodPut, "/level", map[string]any{"level": 2 + draw(4), "reason": why}, "level", because(id, why))
}

func (n *nurse) pause(ctx context.Context, id string) bool {
	until := time.Now().Add(time.Hour + time.Duration(draw(1000))*time.Second).UTC().Format(time.RFC3339)
	return n.move(ctx, id, http.MethodPost, "/pause", map[string]string{"until": until}, "paused")
}

func (n *nurse) resume(ctx context.Context, id string) bool {
	return n.move(ctx, id, http.MethodPost, "/resume", map[string]any{}, "resumed")
}

// move makes an event happen whose answer is the case.
func (n *nurse) move(ctx context.Context, id, method, path string, body any, kind string, more ...promise) bool {
	return n.ask(ctx, request{
		method: method, path: "/cases/" + id + path, body: body,
		promised: func(a kit.Answer) []promise { return append(slices.Clone(more), happened(id, caseOf(a).Seq, kind)) },
	})
}

// handAway gives a case to the other queue, or to a colleague.
func (n *nurse) handAway(ctx context.Context, id string) bool {
	why := newID()
	body := map[string]string{"queue": n.elsewhere, "note": why}
	if n.colleague != "" && draw(2) == 0 {
		body = map[string]string{"clinician": n.colleague, "note": why}
	}
	return n.ask(ctx, request{
		method: http.MethodPost, path: "/cases/" + id + "/transfer", body: body,
		promised: func(kit.Answer) []promise { return []promise{because(id, why)} },
	})
}
