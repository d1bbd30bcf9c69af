package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/mailer"

	"lotsen/internal/clock"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// GlassBell tells all superusers by e-mail when one of them has opened patient data. The mail says who, when and until when: not why, nor whose, for
// a reason may name a patient. It goes out by PocketBase's SMTP; without one nobody is mailed, and the list of break-glasses is all there is.
//
// What is to be told is a row, so a crash loses none of it: the row is put off before the mail is sent and marked after it, and a crash between
// the two tells it again.
type GlassBell struct {
	App       core.App
	Clock     *clock.Clock
	PublicURL string
	Log       *slog.Logger
}

// glassNews is how long it is news: a mail server that is set up later does not tell what was last month.
const glassNews = 24 * time.Hour

// Ring tells of the break-glass that has been due longest, and says whether there was one. It takes as long as the mail server does.
func (b *GlassBell) Ring(context.Context) (more bool, err error) {
	if !b.App.Settings().SMTP.Enabled {
		return false, nil
	}
	now := b.Clock.Now()
	g, err := records.UntoldGlass(b.App, now.Add(-glassNews), now)
	if errors.Is(err, records.ErrNotFound) {
		return false, nil
	}
	if err == nil {
		g, err = b.note(g.Id, func(g *records.Glass) { g.TryAgain(now.Add(backoff(g.Attempts() + 1))) })
	}
	if err != nil {
		return false, fmt.Errorf("tell of a break-glass: %w", err)
	}
	if err := b.send(g); err != nil {
		b.Log.Warn("break-glass not told by mail yet", "attempt", g.Attempts(), "error", err)
		return true, nil
	}
	if _, err := b.note(g.Id, func(g *records.Glass) { g.Tell(b.Clock.Now()) }); err != nil {
		return false, fmt.Errorf("note that a break-glass was told: %w", err)
	}
	return true, nil
}

func (b *GlassBell) note(id string, change func(*records.Glass)) (*records.Glass, error) {
	var g *records.Glass
	err := b.App.RunInTransaction(func(tx core.App) (err error) {
		if g, err = records.GlassByID(tx, id); err != nil {
			return err
		}
		change(g)
		return tx.Save(g)
	})
	return g, err
}

// send mails each superuser who there is.
func (b *GlassBell) send(g *records.Glass) error {
	addresses, err := records.SuperuserAddresses(b.App)
	if err != nil {
		return err
	}
	lang, meta := texts.Swedish, b.App.Settings().Meta
	m := &mailer.Message{
		From:    mail.Address{Name: meta.SenderName, Address: meta.SenderAddress},
		Subject: lang.Say(texts.MailBreakglassSubject),
		Text: lang.Say(texts.MailBreakglass, "name", g.Name(), "from", utc(g.At()), "until", utc(g.Until()),
			"url", strings.TrimSuffix(b.PublicURL, "/")+"/_/"),
	}
	for _, a := range addresses {
		m.To = append(m.To, mail.Address{Address: a})
	}
	if len(m.To) == 0 {
		return nil
	}
	return b.App.NewMailClient().Send(m)
}

func utc(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }
