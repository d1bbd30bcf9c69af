package care_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestWhatWasUndoneIsNoRepeat holds that nobody is told that something is so which they, or others, have undone since: the same words then
// ask for something new, and get a true answer.
func TestWhatWasUndoneIsNoRepeat(t *testing.T) {
	t.Parallel()
	t.Run("a claim that was given back, and a colleague has it", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		_, taken := c.Taken(t, kit.Anna)
		if _, err := c.Desk.Release(t.Context(), c.Nurse, taken.Id, "fel"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Claim(t.Context(), c.Doctor, taken.Id, "jag"); err != nil {
			t.Fatal(err)
		}
		_, err := c.Desk.Claim(t.Context(), c.Nurse, taken.Id, "test")
		if held := (*care.HeldBy)(nil); !errors.As(err, &held) || held.ID != c.Doctor.ID {
			t.Errorf("the claim again: got %v, want that the doctor has it", err)
		}
	})
	t.Run("leaving, after having joined again", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		anna, waiting := c.Waiting(t, kit.Anna)
		if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Join(t.Context(), anna, waiting.Id, care.Joining{}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Claim(t.Context(), c.Nurse, waiting.Id, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Leave(t.Context(), anna, waiting.Id); !refusedIn(err, cases.Called) {
			t.Errorf("leaving a case that was called: got %v, want that the state refuses", err)
		}
	})
	t.Run("a miss, after a new call", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		anna, taken := c.Taken(t, kit.Anna)
		if _, err := c.Desk.NoShow(t.Context(), c.Nurse, taken.Id); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Claim(t.Context(), c.Nurse, taken.Id, "igen"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Here(t.Context(), anna, taken.Id); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.NoShow(t.Context(), c.Nurse, taken.Id); !refusedIn(err, cases.Active) {
			t.Errorf("a miss of who is here: got %v, want that the state refuses", err)
		}
	})
	t.Run("a level, after the patient felt worse", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		anna, waiting := c.Waiting(t, kit.Anna)
		for range 2 {
			if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, waiting.Id, cases.Days, "ok"); err != nil {
				t.Fatal(err)
			}
			c.Clock.Advance(3 * time.Minute)
			feelWorse(t, c, anna, waiting.Id, nil)
		}
		events, err := records.EventsAfter(c.App, waiting.Id, waiting.Seq(), 100)
		if err != nil {
			t.Fatal(err)
		}
		set := 0
		for _, e := range events {
			if e.Kind() == cases.Levelled {
				set++
			}
		}
		if set != 2 {
			t.Errorf("the level was set %d times, want twice: something happened between", set)
		}
	})
	t.Run("own words that staff have read", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		anna, waiting := c.Waiting(t, kit.Anna)
		for range 2 {
			if _, _, err := c.Desk.OwnWords(t.Context(), anna, waiting.Id, "kan inte andas"); err != nil {
				t.Fatal(err)
			}
			if !c.Case(t, waiting.Id).WordsUnread() {
				t.Error("words written again after they were read are not marked")
			}
			if _, err := c.Desk.MarkWordsRead(t.Context(), c.Nurse, waiting.Id); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("worse, some minutes later", func(t *testing.T) {
		t.Parallel()
		c := kit.New(t)
		anna, waiting := c.Waiting(t, kit.Anna)
		feelWorse(t, c, anna, waiting.Id, nil)
		first := c.Case(t, waiting.Id).Seq()
		feelWorse(t, c, anna, waiting.Id, nil)
		if now := c.Case(t, waiting.Id).Seq(); now != first {
			t.Errorf("at once: event %d, want the first answer, %d", now, first)
		}
		c.Clock.Advance(5 * time.Minute)
		feelWorse(t, c, anna, waiting.Id, nil)
		if now := c.Case(t, waiting.Id).Seq(); now <= first {
			t.Errorf("five minutes later: event %d, want a new one after %d: it always alerts", now, first)
		}
	})
}

// TestALateRetryLowersNothing holds that the nurse's level, sent again by a device that got no answer, does not undo what the patient's "worse"
// has raised between.
func TestALateRetryLowersNothing(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	set := func() {
		t.Helper()
		if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, waiting.Id, cases.Days, "ok"); err != nil {
			t.Fatal(err)
		}
	}
	set()
	feelWorse(t, c, anna, waiting.Id, drooling)
	raised := c.Case(t, waiting.Id)
	if raised.Level() >= cases.Days {
		t.Fatalf("feeling worse: level %d, want one above the nurse's %d", raised.Level(), cases.Days)
	}
	c.Clock.Advance(time.Minute)
	set()
	if now := c.Case(t, waiting.Id); now.Level() != raised.Level() || now.Seq() != raised.Seq() {
		t.Errorf("after the retry: level %d, event %d; want %d and %d, as before", now.Level(), now.Seq(), raised.Level(), raised.Seq())
	}
	c.Clock.Advance(2 * time.Minute)
	set()
	if now := c.Case(t, waiting.Id).Level(); now != cases.Days {
		t.Errorf("three minutes later: level %d, want the nurse's %d: it was said anew", now, cases.Days)
	}
}

// TestAnAddedAnswerLeavesTheNursesLevelAlone holds that a person's judgement stands until something new is known.
func TestAnAddedAnswerLeavesTheNursesLevelAlone(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	feelWorse(t, c, anna, waiting.Id, drooling)
	if _, err := c.Desk.SetLevel(t.Context(), c.Nurse, waiting.Id, cases.Days, "falskt larm"); err != nil {
		t.Fatal(err)
	}
	step, err := c.Desk.Step(t.Context(), c.Case(t, waiting.Id))
	if err != nil || step.Question == nil {
		t.Fatalf("a question for later: %v, %v; want one", step, err)
	}
	if _, err := c.Desk.Answer(t.Context(), anna, waiting.Id, care.Reply{Question: step.Question.ID, Value: json.RawMessage("null")}); err != nil {
		t.Fatal(err)
	}
	if got := c.Case(t, waiting.Id).Level(); got != cases.Days {
		t.Errorf("the level is %d, want the nurse's %d: the answer told nothing new", got, cases.Days)
	}
}

// TestNoLetterToWhoMayNotRead holds that a guardian whose right is over is not told by text message to log in and read.
func TestNoLetterToWhoMayNotRead(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	mother := c.Person(t, kit.Anna, "Anna Andersson")
	opened, _, err := c.Desk.Open(t.Context(), mother, care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "sv", Body: 1,
		Dependant: &care.Dependant{Number: kit.Number(t, kit.Child), Name: "Kim", Guardian: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Decide(t, mother, opened.Id, nil)
	if _, err := c.Desk.Join(t.Context(), mother, opened.Id, care.Joining{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Claim(t.Context(), c.Nurse, opened.Id, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Close(t.Context(), c.Nurse, opened.Id, records.Ending{Outcome: "advice", Advice: "Vila."}); err != nil {
		t.Fatal(err)
	}
	letters, err := records.LettersOf(c.App, opened.Id)
	if err != nil || len(letters) != 1 {
		t.Errorf("%d letters, %v; want the call alone: nobody has verified the guardian, so there is nothing to read", len(letters), err)
	}
}
