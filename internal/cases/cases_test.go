package cases_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/cases"
)

func TestNoEventLeavesTheSetOfStates(t *testing.T) {
	t.Parallel()
	for _, event := range cases.Events() {
		for _, from := range append(cases.States(), "") {
			to, err := cases.Apply(from, event)
			var refused *cases.Refused
			switch {
			case err == nil && !slices.Contains(cases.States(), to):
				t.Errorf("%q leads from %q to %q, which is no state", event, from, to)
			case err != nil && !errors.As(err, &refused):
				t.Errorf("%q in %q: got %v, want *Refused", event, from, err)
			case err != nil && (refused.Event != event || refused.State != from || to != from):
				t.Errorf("%q in %q: refused %+v and state %q, want both named and the state kept", event, from, *refused, to)
			}
		}
	}
}

func TestAnUnknownEventOrStateIsRefused(t *testing.T) {
	t.Parallel()
	for _, from := range append(cases.States(), "", "waiting ", "WAITING", "gone") {
		if _, err := cases.Apply(from, "nonsense"); err == nil {
			t.Errorf("an event that does not exist is allowed in %q", from)
		}
	}
	for _, event := range cases.Events() {
		if _, err := cases.Apply("gone", event); err == nil {
			t.Errorf("%q is allowed in a state that does not exist", event)
		}
	}
}

// TestEndsHaveNoWayOut walks every event: a case that has ended stays as it is, but for a patient who regrets having left, and staff who open a
// closed one again. What still happens to it is writing beside it: notes, marks of reading, a rating, rights that end, news of a text message,
// and advice that takes the place of wrong advice.
func TestEndsHaveNoWayOut(t *testing.T) {
	t.Parallel()
	after := []cases.Event{
		cases.Noted, cases.Read, cases.WordsRead, cases.Rated, cases.Guarded, cases.Unmentioned, cases.Delivered,
	}
	for _, from := range cases.States() {
		if from.Open() {
			continue
		}
		for _, event := range cases.Events() {
			to, err := cases.Apply(from, event)
			if err != nil {
				continue
			}
			regret := from == cases.Cancelled && event == cases.Rejoined
			again := from == cases.Closed && event == cases.Reopened && to == cases.Active
			amended := from == cases.Closed && event == cases.Amended && to == from
			if !regret && !again && !amended && (to != from || !slices.Contains(after, event)) {
				t.Errorf("%q happens to a case that is %q and leads to %q", event, from, to)
			}
		}
	}
}

// TestEveryOpenStateCanEnd walks the moves: from every state there is a way to an end, and from the beginning to every state.
func TestEveryOpenStateCanEnd(t *testing.T) {
	t.Parallel()
	reach := func(from cases.State) map[cases.State]bool {
		seen := map[cases.State]bool{from: true}
		for todo := []cases.State{from}; len(todo) > 0; todo = todo[1:] {
			for _, event := range cases.Events() {
				if to, err := cases.Apply(todo[0], event); err == nil && !seen[to] {
					seen[to] = true
					todo = append(todo, to)
				}
			}
		}
		return seen
	}
	begun := reach("")
	for _, s := range cases.States() {
		if !begun[s] {
			t.Errorf("no case ever becomes %q", s)
		}
		if s.Open() && !reach(s)[cases.Closed] {
			t.Errorf("a case that is %q can never be closed", s)
		}
	}
}

// TestRandomLives holds what must be true along any life: it begins once, a case is held only after it was taken, and Apply says the same twice.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	events := cases.Events()
	slices.Sort(events)
	rapid.Check(t, func(t *rapid.T) {
		state, taken := cases.State(""), false
		for range rapid.IntRange(1, 60).Draw(t, "length") {
			event := rapid.SampledFrom(events).Draw(t, "event")
			to, err := cases.Apply(state, event)
			if again, err2 := cases.Apply(state, event); again != to || (err == nil) != (err2 == nil) {
				t.Fatalf("%q in %q answers %q and then %q", event, state, to, again)
			}
			if err != nil {
				continue
			}
			if event == cases.Opened && state != "" {
				t.Fatalf("a case that is %q is opened again", state)
			}
			taken = event == cases.Taken || event == cases.Reopened || taken && to.Held()
			if to.Held() != taken {
				t.Fatalf("%q leads from %q to %q: held %v, taken %v", event, state, to, to.Held(), taken)
			}
			if cases.Keeps(event) && to != state {
				t.Fatalf("%q keeps the state, and leads from %q to %q", event, state, to)
			}
			state = to
		}
	})
}

func TestKeepsNamesWhatCanFollowItself(t *testing.T) {
	t.Parallel()
	for event, want := range map[cases.Event]bool{
		cases.Levelled: true, cases.OwnWords: true, cases.Handed: true, cases.RangUp: true, cases.Rated: true, cases.Read: true,
		cases.Taken: false, cases.PausedFor: false, cases.Ended: false, cases.Said: false, cases.Here: false,
	} {
		if got := cases.Keeps(event); got != want {
			t.Errorf("Keeps(%q) = %v, want %v", event, got, want)
		}
	}
}

func TestLevels(t *testing.T) {
	t.Parallel()
	codes := []string{"", "immediate", "urgent", "today", "days", "selfcare", ""}
	for i, want := range codes {
		if got := cases.Level(i).Code(); got != want {
			t.Errorf("level %d is %q, want %q", i, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Map(rapid.IntRange(0, 5), func(n int) cases.Level { return cases.Level(n) })
		a, b := level.Draw(t, "a"), level.Draw(t, "b")
		got := cases.Raise(a, b)
		if got != cases.Raise(b, a) {
			t.Fatalf("Raise(%d, %d) depends on the order", a, b)
		}
		if got != a && got != b || got == 0 && a+b != 0 || a != 0 && got > a || b != 0 && got > b {
			t.Fatalf("Raise(%d, %d) = %d, want the more urgent of those decided", a, b, got)
		}
	})
}

func TestStatesAreOpenOrEnded(t *testing.T) {
	t.Parallel()
	for _, s := range cases.States() {
		if s.Held() && !s.Open() {
			t.Errorf("%q is held, and ended", s)
		}
	}
	if cases.State("").Open() || cases.State("gone").Open() {
		t.Error("a state that does not exist is open")
	}
}
