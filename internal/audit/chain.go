// Package audit keeps the access log: who looked at whose record, and who did what, in a chain of hashes.
//
// A row is written in the transaction of the act that it tells of, or before the answer that a look is given with. Each row's hash covers
// the hash of the row before it, so that a row that is changed, removed or added later shows. The chain cannot stop the owner
// of the file; it can show what was done. The package decides nothing about rights.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/records"
)

// Subject is whose record, and which case, a row is about; either may be "". Cases are all that were seen at once, where they were several.
type Subject struct {
	Patient, Case string
	Cases         []string
}

// Append writes one row in tx: who did or saw what, about whom, when and why. Transactions run one after the other, so the chain needs no lock.
func Append(tx core.App, by access.Who, what string, about Subject, why string, at time.Time) error {
	nr, last := 0, ""
	switch row, err := records.LastLook(tx); {
	case err == nil:
		nr, last = row.Look().Nr, row.Look().Hash
	case !errors.Is(err, records.ErrNotFound):
		return fmt.Errorf("find last row of the access log: %w", err)
	}
	l := records.Look{
		Nr: nr + 1, At: at.UTC().Truncate(time.Millisecond),
		ByKind: string(by.Kind), By: by.ID, ByName: by.Name, Role: by.Role, Unit: by.Unit,
		Patient: about.Patient, Case: about.Case, Cases: about.Cases, What: what, Why: why,
	}
	l.Hash = link(last, l)
	return records.AddLook(tx, l)
}

// link is the hash of a row: over the hash before it and all that the row says.
func link(before string, l records.Look) string {
	raw, _ := json.Marshal([]any{
		before, l.Nr, l.At.UTC().Format(time.RFC3339Nano), l.ByKind, l.By, l.ByName, l.Role, l.Unit, l.Patient, l.Case,
		strings.Join(l.Cases, " "), l.What, l.Why,
	})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
