package hooks

import (
	"encoding/json"
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

// TestWhoWaitsAndIsWorseIsToldToThoseOnDuty holds that somebody who waits is not only a mark: those on duty are told, and where nobody is, all.
func TestWhoWaitsAndIsWorseIsToldToThoseOnDuty(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	nurse, doctor := w.lines.open(), w.lines.open()
	nurse.listen(w.tokenOf(w.Nurse), staffTopic(w.Nurse.ID))
	doctor.listen(w.tokenOf(w.Doctor), staffTopic(w.Doctor.ID))
	anna, c := w.Waiting(t, kit.Anna)
	write := func(text string) {
		t.Helper()
		if _, _, err := w.Desk.OwnWords(t.Context(), anna, c.Id, text); err != nil {
			t.Fatal(err)
		}
	}
	write("Det kliar lite.")
	write("Ont i bröstet sedan i går")
	for _, s := range []struct {
		*stream
		id string
	}{{nurse, w.Nurse.ID}, {doctor, w.Doctor.ID}} {
		if got := s.next(staffTopic(s.id)).data; !strings.Contains(got, `"danger"`) || !strings.Contains(got, c.Id) {
			t.Errorf("nobody is on duty, and %s is told %s, want of the danger", s.id, got)
		}
	}
	if err := w.Desk.Duty(t.Context(), w.Nurse, w.Norrvik.Id, true); err != nil {
		t.Fatal(err)
	}
	write("Värre nu, svårt att andas") // the nurse alone is on duty
	if got := nurse.next(staffTopic(w.Nurse.ID)).data; !strings.Contains(got, `"danger"`) {
		t.Errorf("the nurse is told %s", got)
	}
	if err := w.Desk.Duty(t.Context(), w.Doctor, w.Norrvik.Id, true); err != nil {
		t.Fatal(err)
	}
	worse(t, w, anna, c)
	if got := doctor.next(staffTopic(w.Doctor.ID)).data; !strings.Contains(got, `"worse"`) {
		t.Errorf("the doctor is told %s, want what came while on duty alone", got)
	}
}

// worse answers the red flags again, each with no.
func worse(t *testing.T, w *whole, who access.Who, c *records.Case) {
	t.Helper()
	flags, err := w.Desk.RedFlags(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]json.RawMessage{}
	for _, q := range flags {
		answers[q.ID] = json.RawMessage("false")
		if len(q.Options) > 0 {
			answers[q.ID] = json.RawMessage(`["` + q.Options[len(q.Options)-1].Code + `"]`)
		}
	}
	if _, err := w.Desk.FeelWorse(t.Context(), who, c.Id, answers); err != nil {
		t.Fatal(err)
	}
}
