package care

import (
	"fmt"
	"time"

	"lotsen/internal/records"
)

// Tell is Inform for what the patient must hear in time. Where nobody can be told, or nobody carries the message, the row asks staff to ring.
func (a *Act) Tell(text string, until time.Time) error {
	if a.mute || !a.reachable() {
		a.Case.AskToRing(true)
	}
	return a.Inform(text, until)
}

// Inform promises a text message to the case's number, in the case's transaction, if it may go there. It is not sent after until; zero means
// whenever: one that nobody carries waits.
func (a *Act) Inform(text string, until time.Time) error {
	return a.post(text, a.nextSeq(), until)
}

// nextSeq is the number of the event that this act is about to write.
func (a *Act) nextSeq() int { return a.Case.Seq() + 1 }

// post is Inform with a message that tells of event seq.
func (a *Act) post(text string, seq int, until time.Time) error {
	return a.send(records.Post{Text: text, Seq: seq, Until: until})
}

// send puts what every letter of an act has to a letter, and promises it.
func (a *Act) send(p records.Post) error {
	if !a.reachable() {
		return nil
	}
	p.Key = fmt.Sprintf("%s-%d", a.Case.Id, a.nextSeq()) // one act tells one thing
	p.Case, p.To, p.Language, p.Due = a.Case.Id, a.Case.Phone(), a.Case.Language(), a.Now
	return records.PutLetter(a.tx, p)
}

// reachable says whether a text message may go to the case's number: there is one, and it is not that of a guardian whose right is over.
func (a *Act) reachable() bool {
	return a.Case.Phone() != "" && (a.Case.Guardian() == "" || a.Case.GuardianReads())
}
