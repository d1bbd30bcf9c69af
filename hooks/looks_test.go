package hooks

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// looks counts what staff have looked at in a case, by what, as the patient is told.
func (w *whole) looks(patient access.Who, id string) map[string]int {
	w.t.Helper()
	out := map[string]int{}
	r := w.ask("GET", "/api/lotsen/v1/cases/"+id+"/readers", w.tokenOf(patient), "")
	for _, row := range w.list(r) {
		out[row["what"].(string)]++
	}
	return out
}

// walked wants the chain of the access log to hold, whatever has been written into it.
func (w *whole) walked() {
	w.t.Helper()
	if _, err := audit.Verify(w.App); err != nil {
		w.t.Errorf("the access log: %v", err)
	}
}

func TestAListIsALookAtEachOfItsCases(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, hers := w.Waiting(t, kit.Anna)
	bo, his := w.Waiting(t, kit.Bo)
	nurse := w.tokenOf(w.Nurse)
	for path, what := range map[string]string{
		"/api/lotsen/v1/queues/" + w.Norrvik.Id + "/cases": "list of queue",
		"/api/collections/answers/records":                 "list of answers",
		"/api/collections/cases/records":                   "list of cases",
	} {
		before, err := w.App.CountRecords(records.Audit)
		if err != nil {
			t.Fatal(err)
		}
		w.status(http.StatusOK, w.ask("GET", path, nurse, ""))
		if after, err := w.App.CountRecords(records.Audit); err != nil || after != before+1 {
			t.Errorf("%s: %d rows of the access log (%v), want one for the request", path, after-before, err)
		}
		if n := w.looks(anna, hers.Id)[what]; n != 1 {
			t.Errorf("%s: Anna is told of it %d times, want once", path, n)
		}
		if n := w.looks(bo, his.Id)[what]; n != 1 {
			t.Errorf("%s: Bo is told of it %d times, want once", path, n)
		}
	}
	w.walked()
}

func TestListeningIsALookBeforeAnythingIsTold(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, hers := w.Active(t, kit.Anna)
	bo, his := w.Waiting(t, kit.Bo)
	told := func(when string, forAnna, forBo int) {
		t.Helper()
		if a, b := w.looks(anna, hers.Id)["live"], w.looks(bo, his.Id)["live"]; a != forAnna || b != forBo {
			t.Errorf("%s: Anna is told of %d looks and Bo of %d, want %d and %d", when, a, b, forAnna, forBo)
		}
	}
	nurse := w.tokenOf(w.Nurse)
	s := w.lines.open()
	s.listen(nurse, caseTopic(hers.Id))
	told("one case", 1, 0)
	s.listen(nurse, caseTopic(hers.Id), caseTopic(his.Id), staffTopic(w.Nurse.ID))
	told("another with it", 1, 1)
	s.listen(nurse, caseTopic(his.Id))
	s.listen(nurse, caseTopic(his.Id), caseTopic(hers.Id))
	told("the first again, after it was left", 2, 1)
	stranger, own := w.lines.open(), w.lines.open()
	stranger.listen(w.tokenOf(w.South), caseTopic(hers.Id))
	own.listen(w.tokenOf(anna), caseTopic(hers.Id))
	told("who is refused, and the patient", 2, 1)
	other := w.lines.open()
	other.listen(nurse, caseTopic(hers.Id), caseTopic(his.Id))
	told("both at once", 3, 2)
	w.walked()
}

// TestListeningToAQueueIsALookAtItsLine: one row for the subscription, with all who wait there now, and none for who has no right to it.
func TestListeningToAQueueIsALookAtItsLine(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, hers := w.Waiting(t, kit.Anna)
	bo, his := w.Waiting(t, kit.Bo)
	told := func(when string, want int) {
		t.Helper()
		if a, b := w.looks(anna, hers.Id)["live queue"], w.looks(bo, his.Id)["live queue"]; a != want || b != want {
			t.Errorf("%s: Anna is told of %d looks and Bo of %d, want %d", when, a, b, want)
		}
	}
	before, err := w.App.CountRecords(records.Audit)
	if err != nil {
		t.Fatal(err)
	}
	nurse := w.tokenOf(w.Nurse)
	s := w.lines.open()
	s.listen(nurse, queueTopic(w.Norrvik.Id))
	told("the queue", 1)
	s.listen(nurse, queueTopic(w.Norrvik.Id), staffTopic(w.Nurse.ID))
	told("another topic with it", 1)
	if after, err := w.App.CountRecords(records.Audit); err != nil || after != before+1 {
		t.Errorf("%d rows of the access log (%v), want one for the subscription", after-before, err)
	}
	stranger := w.lines.open()
	stranger.ask(w.tokenOf(w.South), queueTopic(w.Norrvik.Id))
	told("who is refused", 1)
	s.listen(nurse, queueTopic(w.Norrvik.Id), caseTopic(hers.Id))
	if n := w.looks(anna, hers.Id)["live"]; n != 1 {
		t.Errorf("Anna is told of %d looks at her case, want 1", n)
	}
	w.walked()
}

func TestWithoutALookInTheLogNobodyListens(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, hers := w.Active(t, kit.Anna)
	w.App.OnRecordCreate(records.Audit).BindFunc(func(e *core.RecordEvent) error {
		if strings.HasPrefix(e.Record.GetString("what"), "live") {
			return errors.New("the disk is full")
		}
		return e.Next()
	})
	s := w.lines.open()
	for _, topic := range []string{caseTopic(hers.Id), queueTopic(w.Norrvik.Id)} {
		if status := s.ask(w.tokenOf(w.Nurse), topic, staffTopic(w.Nurse.ID)); status != http.StatusInternalServerError {
			t.Errorf("a look that cannot be written answers %d, want 500", status)
		}
	}
	own := w.lines.open()
	own.listen(w.tokenOf(anna), caseTopic(hers.Id))
	if _, err := w.Desk.SetLevel(t.Context(), w.Nurse, hers.Id, cases.Urgent, "låter sjuk"); err != nil {
		t.Fatal(err)
	}
	own.next(caseTopic(hers.Id)) // told by now, and to staff before patients or after in the same moment
	s.ask("", aMark)
	if e := s.next(aMark); e.data != refusedData {
		t.Errorf("the first that the nurse is told is %s, want nothing of the case", fmt.Sprint(e))
	}
}

// aMark is a topic that is nobody's: what comes on it comes after all that was told before.
var aMark = caseTopic("mmmmmmmmmmmmmmm")
