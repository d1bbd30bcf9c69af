package care

import (
	"fmt"
	"time"

	"lotsen/internal/records"
)

// Tell promises a text message to the case's number, in the case's transaction. It is not sent after until; zero means whenever.
// Where nobody can be told, the row asks staff to ring.
func (a *Act) Tell(text string, until time.Time) error {
	if !a.reachable() {
		a.Case.AskToRing(true)
		return nil
	}
	seq := a.Case.Seq() + 1 // the event that this act is about to write
	return records.PutLetter(a.tx, records.Post{
		Key:  fmt.Sprintf("%s-%d", a.Case.Id, seq),
		Case: a.Case.Id, Seq: seq, To: a.Case.Phone(),
		Text: text, Language: a.Case.Language(), Due: a.Now, Until: until,
	})
}

// reachable says whether a text message may go to the case's number: there is one, and it is not that of a guardian whose right is over.
func (a *Act) reachable() bool {
	return a.Case.Phone() != "" && (a.Case.Guardian() == "" || a.Case.GuardianReads())
}
