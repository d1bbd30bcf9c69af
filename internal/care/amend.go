package care

import (
	"context"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// mostStruck is how much struck advice a case may hold before it is corrected once more: what needs more is another case.
const mostStruck = 20

// Correction is advice that takes the place of wrong advice, and why: the patient reads the one, colleagues the other.
type Correction struct{ Advice, AdviceSv, Reason string }

// Amendment is what the event of a correction carries: both advices.
type Amendment struct {
	Advice   string `json:"advice"`
	AdviceSv string `json:"adviceSv,omitempty"`
	Was      string `json:"was"`
	WasSv    string `json:"wasSv,omitempty"`
}

// Amend puts new advice in the place of that of a closed case, and tells the patient by a text message that something has changed. What it replaces
// stays readable as struck, with when and by whom: nothing in a journal is erased or made illegible (patientdatalagen 3:14).
//
// Errors: *Invalid where the advice is the same, or does not stand in Swedish as at Close, or the case has been corrected too often.
func (d *Desk) Amend(ctx context.Context, who access.Who, id string, in Correction) (*records.Case, error) {
	return d.act(ctx, request{
		who: who, event: cases.Amended, find: theCase(id), body: in,
		check: func(a *Act) error {
			was := a.Case.Ending()
			switch {
			case NeedsSwedish(a.Case) && in.AdviceSv == "":
				return &Invalid{Field: "adviceSv", Code: "validation_swedish_required"}
			case a.Case.State() == cases.Closed && in.Advice == was.Advice && in.AdviceSv == was.AdviceSv:
				return &Invalid{Field: "advice", Code: "validation_unchanged"}
			}
			return a.mayCorrect()
		},
		fill: func(a *Act) error { return a.amend(in) },
	})
}

func (a *Act) amend(in Correction) error {
	a.Because(in.Reason)
	was := a.Case.Ending()
	a.told.Amended = &Amendment{Advice: in.Advice, AdviceSv: in.AdviceSv, Was: was.Advice, WasSv: was.AdviceSv}
	a.told.Words = texts.CaseAmended
	if err := a.Case.Advise(in.Advice, in.AdviceSv, a.Now, a.By.Name); err != nil {
		return err
	}
	return a.Inform(texts.SmsAdviceChanged, time.Time{})
}

// mayCorrect refuses to correct a case without end.
func (a *Act) mayCorrect() error {
	struck, err := a.Case.Struck()
	if err != nil {
		return err
	}
	if len(struck) >= mostStruck {
		return &Invalid{Field: "reason", Code: "validation_too_many"}
	}
	return nil
}
