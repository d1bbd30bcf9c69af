package care_test

import (
	"errors"
	"testing"

	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestOwnWordsAreAMarkUntilAPersonHasReadThem(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	now, danger, err := c.Desk.OwnWords(t.Context(), anna, waiting.Id, "Det började i går kväll.")
	if err != nil || len(danger) != 0 || !now.WordsUnread() || now.Danger() {
		t.Fatalf("own words: %v, danger %v, unread %v", err, danger, now.WordsUnread())
	}
	if now, err = c.Desk.MarkWordsRead(t.Context(), c.Nurse, waiting.Id); err != nil || now.WordsUnread() {
		t.Errorf("read: %v, unread %v; want the mark out", err, now.WordsUnread())
	}
	now, danger, err = c.Desk.OwnWords(t.Context(), anna, waiting.Id, "Nu har jag ONT I BRÖSTET")
	if err != nil || len(danger) != 1 || danger[0].Code != "chest" || !now.WordsUnread() || !now.Danger() {
		t.Errorf("words of danger: %v, %d groups, unread %v, danger %v", err, len(danger), now.WordsUnread(), now.Danger())
	}
	if now.Level() != waiting.Level() || !now.Since().Equal(waiting.Since()) {
		t.Errorf("own words have moved the case: level %d, since %v", now.Level(), now.Since())
	}
	again, _, err := c.Desk.OwnWords(t.Context(), anna, waiting.Id, "Nu har jag ONT I BRÖSTET")
	if err != nil || again.Words() != 2 {
		t.Errorf("the same words again: %v, %d rows; want 2", err, again.Words())
	}
	rows, err := records.AllAnswersOf(c.App, waiting.Id)
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for _, r := range rows {
		if r.Question() == records.OwnWordsQuestion {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d rows of own words are kept, want 2", kept)
	}
}

func TestOwnWordsUntilTheEnd(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, active := c.Active(t, kit.Anna)
	if _, _, err := c.Desk.OwnWords(t.Context(), anna, active.Id, "en sak till"); err != nil {
		t.Errorf("while they talk: %v", err)
	}
	if _, err := c.Desk.Close(t.Context(), c.Nurse, active.Id, records.Ending{Outcome: "advice", Advice: "Vila."}); err != nil {
		t.Fatal(err)
	}
	_, _, err := c.Desk.OwnWords(t.Context(), anna, active.Id, "för sent")
	var refused *cases.Refused
	if !errors.As(err, &refused) || refused.State != cases.Closed {
		t.Errorf("after the end: got %v, want a refusal", err)
	}
}
