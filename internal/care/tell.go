package care

import (
	"fmt"
	"time"

	"lotsen/internal/records"
)

// Tell promises a text message to the case's number, in the case's transaction. It is not sent after until; zero means whenever.
// Without a number nobody is told, and the row asks staff to ring.
func (a *Act) Tell(text string, until time.Time) error {
	phone := a.Case.Phone()
	if phone == "" {
		a.Case.AskToRing(true)
		return nil
	}
	seq := a.Case.Seq() + 1 // the event that this act is about to write
	return records.PutLetter(a.tx, records.Post{
		Key:  fmt.Sprintf("%s-%d", a.Case.Id, seq),
		Case: a.Case.Id, Seq: seq, To: phone,
		Text: text, Language: a.Case.Language(), Due: a.Now, Until: until,
	})
}
