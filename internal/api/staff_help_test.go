package api_test

import (
	"encoding/json"
	"testing"

	"lotsen/internal/records"
)

// mild answers each red flag with none.
func mild(t *testing.T, w *world, c *records.Case) map[string]json.RawMessage {
	t.Helper()
	questions, err := w.Desk.RedFlags(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]json.RawMessage{}
	for _, q := range questions {
		answers[q.ID] = json.RawMessage(`["none"]`)
	}
	return answers
}
