package hooks

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestWhatIsHeldIsToldWhenItIsSaid: the loop says it by itself. Until then nobody is told, and when it cannot be said its author alone is.
func TestWhatIsHeldIsToldWhenItIsSaid(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	anna, c := w.Active(t, kit.Anna)
	topic := caseTopic(c.Id)
	patient, nurse := w.lines.open(), w.lines.open()
	patient.listen(w.tokenOf(anna), topic)
	nurse.listen(w.tokenOf(w.Nurse), staffTopic(w.Nurse.ID))
	hold := func(id, body string) {
		t.Helper()
		_, err := w.Desk.HoldMessage(t.Context(), w.Nurse, c.Id, care.HeldMessage{ID: id, Body: body, For: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
	}
	hold("heldmessage0001", "taget tillbaka")
	hold("heldmessage0002", "hej")
	if err := w.Desk.TakeBack(t.Context(), w.Nurse, c.Id, "heldmessage0001"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(10 * time.Second)
	if got := patient.next(topic).data; !strings.Contains(got, "heldmessage0002") || !strings.Contains(got, `"hej"`) {
		t.Errorf("the patient is told %s first, want the message that was not taken back", got)
	}
	told := func(kind string) {
		t.Helper()
		if got := nurse.next(staffTopic(w.Nurse.ID)).data; !strings.Contains(got, `"type":"`+kind+`"`) || !strings.Contains(got, c.Id) {
			t.Errorf("the nurse is told %s, want %s", got, kind)
		}
	}
	end := records.Ending{Outcome: "advice", Advice: "Vila."}
	if _, err := w.Desk.HoldClose(t.Context(), w.Nurse, c.Id, care.HeldEnd{Ending: end, For: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	w.says(anna, c.Id, "en sak till", false)
	told("message")
	told("close_stopped")
	hold("heldmessage0003", "för sent")
	err := w.App.RunInTransaction(func(tx core.App) error { return w.Desk.LoseStaff(t.Context(), tx, w.Nurse.ID, nil) })
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(10 * time.Second)
	told("held_failed")
}
