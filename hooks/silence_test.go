package hooks

import (
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestSilenceIsToldToWhomItCalls lets a nurse leave her patient without a word, and a doctor who takes over be gone: she is told, then anyone may take
// over, then the lead is told. Who sits at a live line is not missed.
func TestSilenceIsToldToWhomItCalls(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	missed := make(chan string, 9)
	w.App.OnRecordAfterCreateSuccess(records.Absences).BindFunc(func(e *core.RecordEvent) error {
		missed <- e.Record.GetString("staff")
		return e.Next()
	})
	nurse, lead := w.lines.open(), w.lines.open()
	nurse.listen(w.tokenOf(w.Nurse), staffTopic(w.Nurse.ID))
	lead.listen(w.tokenOf(w.Lead), staffTopic(w.Lead.ID))
	anna, c := w.Active(t, kit.Anna)
	told := func(s *stream, who, kind string) {
		t.Helper()
		if got := s.next(staffTopic(who)).data; !strings.Contains(got, `"type":"`+kind+`"`) || !strings.Contains(got, c.Id) {
			t.Errorf("told %s, want %s", got, kind)
		}
	}
	told(nurse, w.Nurse.ID, "here")
	w.say(anna, c.Id, "Hallå?")
	told(nurse, w.Nurse.ID, "message")
	w.Clock.Advance(10 * time.Minute)
	told(nurse, w.Nurse.ID, "overdue")
	w.Clock.Advance(10 * time.Minute)
	told(nurse, w.Nurse.ID, "free")
	if _, err := w.Desk.Claim(t.Context(), w.Doctor, c.Id, "tar över"); err != nil {
		t.Fatal(err)
	}
	told(nurse, w.Nurse.ID, "taken_over")
	select {
	case who := <-missed:
		if who != w.Doctor.ID {
			t.Errorf("%s is missed, want the doctor alone, who has no line", who)
		}
	case <-time.After(soon):
		t.Fatal("the doctor has no line, and is not missed")
	}
	w.Clock.Advance(5 * time.Minute)
	told(lead, w.Lead.ID, "alone")
}

// say lets somebody write in a case.
func (w *whole) say(who access.Who, id, body string) {
	w.t.Helper()
	m, err := records.NewMessage(w.App, id, body)
	if err != nil {
		w.t.Fatal(err)
	}
	m.Id = core.GenerateDefaultRandomId()
	if _, err := w.Desk.Say(w.t.Context(), who, m, body, func(tx core.App) error { return tx.Save(m) }); err != nil {
		w.t.Fatal(err)
	}
}
