package care_test

import (
	"encoding/json"
	"errors"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/triage"
	"lotsen/test/kit"
)

// redFlags answers them all with none, but for those that flags names.
func redFlags(t *testing.T, c *kit.Clinic, id string, flags map[string]string) map[string]json.RawMessage {
	t.Helper()
	questions, err := c.Desk.RedFlags(t.Context(), c.Case(t, id))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]json.RawMessage{}
	for _, q := range questions {
		value := flags[q.ID]
		if value == "" {
			value = `["none"]`
		}
		out[q.ID] = json.RawMessage(value)
	}
	return out
}

func feelWorse(t *testing.T, c *kit.Clinic, who access.Who, id string, flags map[string]string) {
	t.Helper()
	if _, err := c.Desk.FeelWorse(t.Context(), who, id, redFlags(t, c, id, flags)); err != nil {
		t.Fatalf("feel worse: %v", err)
	}
}

// decisionOf is the decision that the patient is shown; its level must be the case's.
func decisionOf(t *testing.T, c *kit.Clinic, id string) *triage.Decision {
	t.Helper()
	now := c.Case(t, id)
	step, err := c.Desk.MainStep(t.Context(), now)
	if err != nil || step.Decision == nil {
		t.Fatalf("the step is %v, %v; want a decision", step, err)
	}
	if step.Decision.Level != int(now.Level()) {
		t.Errorf("the patient is shown level %d, and the case has %d", step.Decision.Level, now.Level())
	}
	return step.Decision
}

var drooling = map[string]string{"throat_redflags": `["drool"]`}

func TestWorseRaisesInEveryOpenState(t *testing.T) {
	t.Parallel()
	for state, bring := range map[cases.State]func(*testing.T, *kit.Clinic) (access.Who, string){
		cases.Answering: func(t *testing.T, c *kit.Clinic) (access.Who, string) {
			t.Helper()
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			return anna, c.Open(t, anna).Id
		},
		cases.Recommended: func(t *testing.T, c *kit.Clinic) (access.Who, string) {
			t.Helper()
			anna := c.Person(t, kit.Anna, "Anna Andersson")
			opened := c.Open(t, anna)
			return anna, c.Decide(t, anna, opened.Id, nil).Id
		},
		cases.Waiting: func(t *testing.T, c *kit.Clinic) (access.Who, string) {
			t.Helper()
			anna, w := c.Waiting(t, kit.Anna)
			return anna, w.Id
		},
		cases.Active: func(t *testing.T, c *kit.Clinic) (access.Who, string) {
			t.Helper()
			anna, a := c.Active(t, kit.Anna)
			return anna, a.Id
		},
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			c := kit.New(t)
			anna, id := bring(t, c)
			feelWorse(t, c, anna, id, drooling)
			after := state
			if state == cases.Answering {
				after = cases.Recommended // a red flag ends the questions
			}
			c.InState(t, id, after)
			if now := c.Case(t, id); now.Level() != cases.Immediate || !now.FeelsWorse() {
				t.Errorf("level %d, marked %v; want 1 and marked", now.Level(), now.FeelsWorse())
			}
			decisionOf(t, c, id)
			feelWorse(t, c, anna, id, nil)
			if now := c.Case(t, id); now.Level() != cases.Immediate {
				t.Errorf("feeling worse without a red flag has lowered the urgency to %d", now.Level())
			}
			decisionOf(t, c, id)
		})
	}
}

// TestWhatWorseGaveStands changes the red flag back to none among the ordinary questions: the level may only rise from what "I feel worse" gave,
// and the patient is shown the decision of that level.
func TestWhatWorseGaveStands(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	id := c.Open(t, anna).Id
	c.Decide(t, anna, id, nil)
	feelWorse(t, c, anna, id, drooling)
	mustAnswer(t, c, anna, id, "throat_redflags", `["none"]`)
	if d := decisionOf(t, c, id); d.Level != triage.Immediate || d.Code != "immediate" {
		t.Errorf("the decision is %d %q, want that of level 1", d.Level, d.Code)
	}
	now := mustAnswer(t, c, anna, id, "throat_urgent", `["dry"]`)
	if now.State() != cases.Answering || now.Level() != cases.Immediate {
		t.Errorf("with a question open again: state %q, level %d; want answering, and the level kept", now.State(), now.Level())
	}
	c.Decide(t, anna, id, nil)
	c.InState(t, id, cases.Recommended)
	if d := decisionOf(t, c, id); d.Level != triage.Immediate {
		t.Errorf("decided anew the level is %d, want 1", d.Level)
	}
}

func TestWorseWhileAnsweringGoesOn(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	id := c.Open(t, anna).Id
	feelWorse(t, c, anna, id, nil)
	now := c.Case(t, id)
	step, err := c.Desk.Step(t.Context(), now)
	if err != nil || step.Question == nil || now.State() != cases.Answering || !now.FeelsWorse() {
		t.Errorf("step %v, %v, state %q, marked %v; want the questions to go on, and the mark", step, err, now.State(), now.FeelsWorse())
	}
}

func TestWorseNamesEveryFault(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	_, err := c.Desk.FeelWorse(t.Context(), anna, waiting.Id, map[string]json.RawMessage{
		"rf_now": json.RawMessage(`"none"`), "days": json.RawMessage("1"),
	})
	var wrong care.InvalidAnswers
	if !errors.As(err, &wrong) {
		t.Fatalf("got %v, want every fault", err)
	}
	for question, code := range map[string]string{
		"rf_now": triage.CodeInvalidType, "rf_more": triage.CodeRequired, "throat_redflags": triage.CodeRequired, "days": triage.CodeUnknownQuestion,
	} {
		if wrong[question] == nil || wrong[question].Code != code {
			t.Errorf("%s: got %v, want %s", question, wrong[question], code)
		}
	}
	if now := c.Case(t, waiting.Id); now.Seq() != waiting.Seq() || now.FeelsWorse() {
		t.Error("a refused call has changed the case")
	}
}

func TestAJudgedLevelIsNotLoweredByWorse(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, active := c.Active(t, kit.Anna)
	if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, active.Id, cases.Urgent, "låter sjuk"); err != nil {
		t.Fatal(err)
	}
	feelWorse(t, c, anna, active.Id, nil)
	if now := c.Case(t, active.Id); now.Level() != cases.Urgent {
		t.Errorf("the level is %d, want what the nurse set", now.Level())
	}
}
