package care

import (
	"fmt"
	"time"

	"lotsen/internal/cases"
)

// HeldBy says that a colleague has the case. It is a *cases.Refused with a name.
type HeldBy struct {
	*cases.Refused
	ID, Name string
}

func (h *HeldBy) Unwrap() error { return h.Refused }

// NotEligible says why a case cannot be opened for somebody, or cannot join a queue now. Code is promised in api.md; it is also a key of texts, under `eligible.`.
type NotEligible struct {
	Code string

	// Of a queue that takes nobody more now:
	OpensAt time.Time // when to try again; zero where it is not known
	Until   time.Time // until when its lead lets nobody join; zero where that is not why
	Line    string    // what the lead says to those who wait
}

func (n *NotEligible) Error() string { return "not eligible: " + n.Code }

// Invalid names one field that an act cannot take, where only the act can know: a complaint that is not served here, a queue of another region.
// Code is a validation code of the contract.
type Invalid struct{ Field, Code string }

func (i *Invalid) Error() string { return fmt.Sprintf("%s: %s", i.Field, i.Code) }

// AlreadyOpen says that the person has an open case of this complaint, which the caller may see.
type AlreadyOpen struct {
	Case    string // "" where the caller may not see it
	State   cases.State
	ToStaff bool // it is a member of staff who is told
}

func (a *AlreadyOpen) Error() string { return "the person has an open case of this complaint" }
