package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/bankid/simulator"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// mostApproved is how many approvals are remembered.
const mostApproved = 1000

// approval is a log-in that the played app has approved: the same again gets the same answer.
type approval struct{ number, returnURL string }

// Approve plays the BankID app: the log-in that BankID knows by orderRef is approved by the person of a number. It gives the address that
// the app then opens, "" for none. The same again is harmless. The error is api.ErrPlayed where there is nothing to approve.
func (d *Demo) Approve(orderRef, number, name string) (returnURL string, err error) {
	if orderRef == "" {
		return "", api.ErrPlayed
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if done, ok := d.approved[orderRef]; ok && done.number == number {
		return done.returnURL, nil
	}
	returnURL, err = d.bank.Approve(orderRef, simulator.PersonNamed(number, name))
	if err != nil {
		return "", fmt.Errorf("%w: %w", api.ErrPlayed, err)
	}
	if len(d.approved) >= mostApproved {
		clear(d.approved)
	}
	d.approved[orderRef] = approval{number, returnURL}
	return returnURL, nil
}

// Nurse plays the nurse of a case's queue: take, write or close. All of it goes through care, as if she had pressed herself.
// Errors are those of the acts.
func Nurse(ctx context.Context, desk *care.Desk, caseID, do string) error {
	c, err := records.CaseByID(desk.App, caseID)
	if err != nil {
		return err
	}
	nurse, err := nurseOf(desk.App, c)
	if err != nil {
		return err
	}
	switch do {
	case "take":
		_, err = desk.Claim(ctx, nurse, caseID, "demo")
	case "write":
		err = writeLine(ctx, desk, nurse, caseID)
	case "close":
		// She writes Swedish to everybody, so what is Swedish beside it is the same.
		_, err = desk.Close(ctx, nurse, caseID, records.Ending{Outcome: "advice", Advice: playedAdvice, AdviceSv: playedAdvice})
	default:
		err = fmt.Errorf("the demo's nurse cannot %q", do)
	}
	return err
}

// nurseOf is the invented nurse who sees the case; nobody does before it has joined a queue.
func nurseOf(app core.App, c *records.Case) (access.Who, error) {
	for _, m := range staff() {
		if m.role != "nurse" {
			continue
		}
		r, err := app.FindAuthRecordByEmail(records.StaffMembers, m.email)
		if err != nil {
			return access.Who{}, fmt.Errorf("find a nurse of the demo: %w", err)
		}
		who, err := api.WhoIs(app, r)
		if err != nil || who.Belongs(c.Queue()) {
			return who, err
		}
	}
	return access.Who{}, &cases.Refused{Event: cases.Taken, State: c.State()}
}

// lines are what the nurse writes, in turn.
var lines = []string{
	"Hej! Jag är sjuksköterska och har läst det du har svarat. Hur mår du just nu?",
	"Tack. Har du kunnat äta och dricka i dag?",
	"Bra att du berättar det. Har du tagit något läkemedel mot värken?",
}

// writeLine has the nurse write the next of her lines.
func writeLine(ctx context.Context, desk *care.Desk, nurse access.Who, caseID string) error {
	said, err := records.MessagesOf(desk.App, caseID)
	if err != nil {
		return err
	}
	written := 0
	for _, m := range said {
		if m.Kind() == records.FromStaff {
			written++
		}
	}
	return say(ctx, desk, nurse, caseID, lines[written%len(lines)])
}

// say has somebody write a message.
func say(ctx context.Context, desk *care.Desk, who access.Who, caseID, text string) error {
	m, err := records.NewMessage(desk.App, caseID, text)
	if err != nil {
		return err
	}
	m.Id = core.GenerateDefaultRandomId()
	_, err = desk.Say(ctx, who, m, care.Fingerprint("demo", m.Id), func(tx core.App) error { return tx.SaveWithContext(ctx, m) })
	return err
}

// Stage is what the demo plays, for its commands. runDue does everything whose time has come.
func (d *Demo) Stage(desk *care.Desk, runDue func(context.Context) error) *api.Stage {
	d.desk.Store(desk)
	return &api.Stage{
		Approve: d.Approve,
		Letters: func() []api.Letter {
			letters := []api.Letter{}
			for _, m := range d.gateway.Messages() {
				letters = append(letters, api.Letter{To: m.To, Text: m.Text, At: records.RFC3339(m.At)})
			}
			return letters
		},
		Advance: func(ctx context.Context, by time.Duration) error { return d.Advance(ctx, by, runDue) },
		Nurse:   func(ctx context.Context, caseID, do string) error { return Nurse(ctx, desk, caseID, do) },
	}
}

const playedAdvice = "Vila och drick mycket. Hör av dig igen om du får svårt att andas eller svälja, eller om du inte är bättre om tre dagar."
