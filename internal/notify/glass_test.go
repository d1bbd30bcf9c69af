package notify_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/notify"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// tower is a clinic with two superusers and a mail server that can be down.
type tower struct {
	*kit.Clinic
	*notify.GlassBell
	t    *testing.T
	down bool
	said bytes.Buffer
}

func newTower(t *testing.T) *tower {
	t.Helper()
	w := &tower{Clinic: kit.New(t), t: t}
	w.GlassBell = &notify.GlassBell{
		App: w.Clinic.App, Clock: w.Clinic.Clock, PublicURL: "https://demo.example/", Log: slog.New(slog.NewTextHandler(&w.said, nil)),
	}
	c, err := w.Clinic.App.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"one@demo.test", "two@demo.test"} {
		r := core.NewRecord(c)
		r.SetEmail(address)
		r.SetPassword("lotsen-demo")
		if err := w.Clinic.App.Save(r); err != nil {
			t.Fatal(err)
		}
	}
	w.Clinic.App.OnMailerSend().BindFunc(func(e *core.MailerEvent) error {
		if w.down {
			return errors.New("connection refused")
		}
		return e.Next()
	})
	w.Clinic.App.Settings().SMTP.Enabled = true
	return w
}

// opens lets a superuser break the glass.
func (w *tower) opens(reason string) *records.Glass {
	w.t.Helper()
	who := access.Who{Kind: access.Superuser, ID: "super0000000001", Name: "one@demo.test"}
	g, err := audit.BreakGlass(w.Clinic.App, who, reason, "", w.Clinic.Clock.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// ring rings as long as there is more.
func (w *tower) ring() {
	w.t.Helper()
	for more := true; more; {
		var err error
		if more, err = w.Ring(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *tower) mails(want int) {
	w.t.Helper()
	if got := w.Clinic.App.TestMailer.TotalSend(); got != want {
		w.t.Errorf("%d mails were sent, want %d", got, want)
	}
}

func TestABrokenGlassIsToldToAllSuperusersByMail(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	g := w.opens("Anna Andersson säger att hennes bild saknas")
	w.ring()
	w.ring()
	w.mails(1)
	m := w.Clinic.App.TestMailer.FirstMessage()
	if len(m.To) != 2 || m.To[0].Address != "one@demo.test" || m.To[1].Address != "two@demo.test" {
		t.Errorf("it went to %v, want both superusers", m.To)
	}
	for _, want := range []string{"one@demo.test", "2026-11-25 08:00", "2026-11-25 08:15", "https://demo.example/_/"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the mail lacks %s: %s", want, m.Text)
		}
	}
	if whole := m.Subject + m.Text + m.HTML; strings.Contains(whole, "Anna") || strings.Contains(whole, "bild") {
		t.Errorf("the mail tells why, and so of a patient: %s", whole)
	}
	if now, err := records.GlassByID(w.Clinic.App, g.Id); err != nil || !now.Told().Equal(kit.Start) {
		t.Errorf("told at %v (%v), want %v", now.Told(), err, kit.Start)
	}
}

func TestAMailThatCannotBeSentIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	w.down = true
	g := w.opens("felsökning av bilagor")
	w.ring()
	w.mails(0)
	if !strings.Contains(w.said.String(), "not told") {
		t.Errorf("the log says %q, want that it was not told", w.said.String())
	}
	w.down = false
	w.ring() // too soon
	w.mails(0)
	w.Clinic.Clock.Advance(time.Minute)
	w.GlassBell = &notify.GlassBell{App: w.Clinic.App, Clock: w.Clinic.Clock, Log: slog.New(slog.DiscardHandler)} // after a crash
	w.ring()
	w.mails(1)
	if now, err := records.GlassByID(w.Clinic.App, g.Id); err != nil || now.Attempts() != 2 || now.Told().IsZero() {
		t.Errorf("after %d attempts told at %v (%v), want two and told", now.Attempts(), now.Told(), err)
	}
}

func TestWithoutAMailServerNobodyIsMailedAndOldNewsIsNone(t *testing.T) {
	t.Parallel()
	w := newTower(t)
	w.Clinic.App.Settings().SMTP.Enabled = false
	g := w.opens("felsökning av bilagor")
	w.ring()
	w.mails(0)
	if now, err := records.GlassByID(w.Clinic.App, g.Id); err != nil || now.Attempts() != 0 || !now.Told().IsZero() {
		t.Errorf("after %d attempts told at %v (%v), want none", now.Attempts(), now.Told(), err)
	}
	w.Clinic.Clock.Advance(25 * time.Hour)
	w.Clinic.App.Settings().SMTP.Enabled = true
	w.ring()
	w.mails(0)
}
