package care_test

import (
	"encoding/json"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// worstRedFlags answers each screen of red flags with the first of them.
func worstRedFlags(t *testing.T, c *kit.Clinic, of *records.Case) map[string]json.RawMessage {
	t.Helper()
	questions, err := c.Desk.RedFlags(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]json.RawMessage{}
	for _, q := range questions {
		answers[q.ID] = json.RawMessage(`["` + q.Options[0].Code + `"]`)
	}
	return answers
}
