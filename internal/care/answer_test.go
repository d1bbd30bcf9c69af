package care_test

import (
	"encoding/json"
	"errors"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
	"lotsen/test/kit"
)

// reply is an answer as a client sends it.
func reply(question, value string) care.Reply {
	return care.Reply{Question: question, Value: json.RawMessage(value), Sent: value}
}

func mustAnswer(t *testing.T, c *kit.Clinic, who access.Who, id, question, value string) *records.Case {
	t.Helper()
	now, err := c.Desk.Answer(t.Context(), who, id, reply(question, value))
	if err != nil {
		t.Fatalf("answer %s with %s: %v", question, value, err)
	}
	return now
}

// counting are the answers that count, by question.
func counting(t *testing.T, c *kit.Clinic, id string) map[string]string {
	t.Helper()
	rows, err := records.AnswersOf(c.App, id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		if _, twice := out[r.Question()]; twice {
			t.Errorf("two answers to %s count", r.Question())
		}
		out[r.Question()] = string(r.Value())
	}
	return out
}

func TestAChangedAnswerIsANewRowAndTakesWhatFollowedFromIt(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	c.Decide(t, anna, opened.Id, map[string]string{"throat_urgent": `["dry"]`})
	if got := counting(t, c, opened.Id); got["urine_18"] != "false" {
		t.Fatalf("the question that follows from dry was answered %q, want false", got["urine_18"])
	}
	before, err := records.AllAnswersOf(c.App, opened.Id)
	if err != nil {
		t.Fatal(err)
	}
	mustAnswer(t, c, anna, opened.Id, "throat_urgent", `["none"]`)
	got := counting(t, c, opened.Id)
	if _, there := got["urine_18"]; there || got["throat_urgent"] != `["none"]` {
		t.Errorf("after the change the answers are %v, want the new one, and none to the question that fell away", got)
	}
	after, err := records.AllAnswersOf(c.App, opened.Id)
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("%d rows, %v; want %d: nothing is deleted", len(after), err, len(before)+1)
	}
}

func TestAChangedAnswerReopensTheQuestions(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	decided := c.Decide(t, anna, opened.Id, nil)
	if decided.State() != cases.Recommended || decided.Level() == 0 {
		t.Fatalf("decided: state %q, level %d", decided.State(), decided.Level())
	}
	now := mustAnswer(t, c, anna, opened.Id, "throat_urgent", `["dry"]`)
	if now.State() != cases.Answering || now.Level() != 0 {
		t.Errorf("with a new question open: state %q, level %d; want answering without a level", now.State(), now.Level())
	}
	step, err := c.Desk.Step(t.Context(), now)
	if err != nil || step.Question == nil || step.Question.ID != "urine_18" {
		t.Errorf("the step is %v, %v; want the question that opened", step, err)
	}
	now = c.Decide(t, anna, opened.Id, nil)
	if now.State() != cases.Recommended || now.Level() == 0 {
		t.Errorf("answered again: state %q, level %d; want a decision", now.State(), now.Level())
	}
}

func TestARefusedAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	for name, try := range map[string]struct{ question, value, code string }{
		"another type":     {"rf_now", `true`, triage.CodeInvalidType},
		"unknown option":   {"rf_now", `["x"]`, triage.CodeUnknownOption},
		"none and another": {"rf_now", `["rf_blue","none"]`, triage.CodeNoneStandsAlone},
		"none at all":      {"rf_now", `null`, triage.CodeRequired},
		"not asked now":    {"urine_18", `true`, triage.CodeNotApplicable},
	} {
		_, err := c.Desk.Answer(t.Context(), anna, opened.Id, reply(try.question, try.value))
		var bad *triage.AnswerError
		if !errors.As(err, &bad) || bad.Code != try.code {
			t.Errorf("%s: got %v, want %s", name, err, try.code)
		}
	}
	if _, err := c.Desk.Answer(t.Context(), anna, opened.Id, reply("nonsense", "1")); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("a question that is not there: got %v, want not found", err)
	}
	if now := c.Case(t, opened.Id); now.Seq() != opened.Seq() || len(counting(t, c, opened.Id)) != 0 {
		t.Errorf("refused answers have left event %d and %v", now.Seq(), counting(t, c, opened.Id))
	}
}

// TestAnAnswerAgainAfterTheStateMovedOn sends the last answer once more when the case waits already: the connection was cut, and the phone tries again.
func TestAnAnswerAgainAfterTheStateMovedOn(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	c.Decide(t, anna, opened.Id, nil)
	mustAnswer(t, c, anna, opened.Id, "days", "3")
	if _, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{}); err != nil {
		t.Fatal(err)
	}
	waiting := c.Case(t, opened.Id)
	again, err := c.Desk.Answer(t.Context(), anna, opened.Id, reply("days", "3"))
	if err != nil || again.State() != cases.Recommended {
		t.Errorf("the same answer again: %v, want the first result", err)
	}
	_, err = c.Desk.Answer(t.Context(), anna, opened.Id, reply("days", "4"))
	var refused *cases.Refused
	if !errors.As(err, &refused) || refused.State != cases.Waiting {
		t.Errorf("another answer while waiting: got %v, want a refusal that says waiting", err)
	}
	if now := c.Case(t, opened.Id); now.Seq() != waiting.Seq() {
		t.Errorf("the case moved from event %d to %d", waiting.Seq(), now.Seq())
	}
}

func TestLaterQuestionsAreAnsweredWhileWaiting(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	step, err := c.Desk.Step(t.Context(), waiting)
	if err != nil || step.Question == nil || !step.Question.Later || step.Progress != (triage.Progress{Answered: 0, Expected: 1}) {
		t.Fatalf("who waits is asked %v, %v; want a later question, 0 of 1", step, err)
	}
	now := mustAnswer(t, c, anna, waiting.Id, step.Question.ID, "null")
	if now.State() != cases.Waiting || now.Level() != waiting.Level() || !now.Since().Equal(waiting.Since()) {
		t.Errorf("after a later answer: state %q, level %d", now.State(), now.Level())
	}
	if step, err = c.Desk.Step(t.Context(), now); err != nil || step.Decision == nil {
		t.Errorf("after the last later question: %v, %v; want the decision", step, err)
	}
	if _, err := c.Desk.Claim(t.Context(), c.Nurse, waiting.Id, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Answer(t.Context(), anna, waiting.Id, reply("photo", "null")); err != nil {
		t.Errorf("the same later answer again once called: %v, want the first result", err)
	}
}
