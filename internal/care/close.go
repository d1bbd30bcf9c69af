package care

import (
	"context"
	"strings"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Close ends a case with an outcome and the advice that the patient reads, and sends a text message that says so.
// Errors: *Invalid where the advice is not Swedish and does not stand in Swedish, too: the journal is read by people who read Swedish.
func (d *Desk) Close(ctx context.Context, who access.Who, id string, end records.Ending) (*records.Case, error) {
	return d.act(ctx, closing(who, id, end))
}

// closing is what is asked for to end a case.
func closing(who access.Who, id string, end records.Ending) request {
	return request{
		who: who, event: cases.Ended, find: theCase(id), body: end,
		check: func(a *Act) error {
			if NeedsSwedish(a.Case) && end.AdviceSv == "" {
				return &Invalid{Field: "adviceSv", Code: "validation_swedish_required"}
			}
			return nil
		},
		fill: func(a *Act) error { return a.finishWith(end, texts.SmsClosed) },
	}
}

// programsEnding is how a case ends that no person ends: the programme's words and what comes after them, in the patient's language and, where that is
// another, in Swedish, too.
func (a *Act) programsEnding(outcome, key, after string) records.Ending {
	end := records.Ending{Outcome: outcome, Advice: cut(texts.Of(a.Case.Language()).Say(key)+after, adviceLimit)}
	if NeedsSwedish(a.Case) {
		end.AdviceSv = cut(texts.Swedish.Say(key)+after, adviceLimit)
	}
	return end
}

// endByItself is finishWith where no person ends the case. What a clinician has advised, before the case was opened again, stands: no timer strikes it.
func (a *Act) endByItself(end records.Ending, words string) error {
	if was := a.Case.Ending(); was.Advice != "" {
		end.Advice, end.AdviceSv = was.Advice, was.AdviceSv
	}
	return a.finishWith(end, words)
}

// NeedsSwedish says whether the advice of a case must stand in Swedish beside the language that its patient reads. No language means Swedish,
// and so does Swedish of any kind.
func NeedsSwedish(c *records.Case) bool {
	name, _, _ := strings.Cut(c.Language(), "-")
	return name != "" && name != "sv"
}

// finishWith ends the case and tells the patient so, where there is a number. A guardian whom nobody has verified reads nothing from here on,
// and is not told to. Other advice of an earlier end, where the case was opened again, stays readable as struck.
func (a *Act) finishWith(end records.Ending, words string) error {
	if err := a.Case.Advise(end.Advice, end.AdviceSv, a.Now, a.By.Name); err != nil {
		return err
	}
	a.Case.Finish(end)
	a.Case.EndAt(a.Now)
	a.Case.ForgetMentions()
	if err := a.endUnverifiedGuardian(); err != nil {
		return err
	}
	return a.Inform(words, time.Time{})
}
