package care_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

// TestAnActIsWrittenWholeOrNotAtAll lets the database refuse one of the rows that an act writes. Then none of them is there: no event, no number,
// no text message, no row of the access log.
func TestAnActIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for _, state := range append([]cases.State{cases.Closed}, standing...) {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, state)
			refuse, refused := "", map[string]int{}
			s.App.OnRecordCreate().BindFunc(func(e *core.RecordEvent) error {
				if e.Record.Collection().Name == refuse {
					return full
				}
				return e.Next()
			})
			for name, a := range staffActs {
				if !slices.Contains(a.in, state) {
					continue
				}
				for _, refuse = range []string{records.Events, records.Audit, records.Outbox, records.Repeats, records.Messages} {
					if s.draft(t, func(s *scene) error { return a.do(s, t, s.Nurse) }) == nil {
						continue // it writes no such row
					}
					err := s.unchanged(t, name, func() error { return a.do(s, t, s.Nurse) })
					if !errors.Is(err, full) {
						t.Errorf("%s without %s: got %v, want the fault", name, refuse, err)
					}
					refused[refuse]++
				}
				refuse = ""
			}
			if refused[records.Events] == 0 || refused[records.Audit] == 0 || refused[records.Repeats] == 0 {
				t.Errorf("no act has met a refusal of some kind of row: %v", refused)
			}
		})
	}
}

func TestTheTextMessageIsOfTheSameTransaction(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	count := func() int {
		t.Helper()
		letters, err := records.LettersOf(s.App, s.id)
		s.must(t, err)
		return len(letters)
	}
	_ = s.draft(t, func(s *scene) error { return s.claim() })
	if n := count(); n != 0 {
		t.Fatalf("a claim that was taken back has left %d text messages", n)
	}
	s.must(t, s.claim())
	call := s.lastLetter(t, texts.SmsYourTurn)
	if !call.Until().Equal(s.Clock.Now().Add(20*time.Minute)) || call.State() != records.LetterDue {
		t.Errorf("the call is %q, of use until %v; want it due, until the turn is long over", call.State(), call.Until())
	}
	s.must(t, s.noShow())
	s.lastLetter(t, texts.SmsMissedOnce)
	s.must(t, s.claim())
	s.must(t, s.noShow())
	s.lastLetter(t, texts.SmsMissedCall)
	s.must(t, s.claim())
	_, err := s.Desk.Verify(t.Context(), s.Nurse, s.id, true, "") // who is not verified is not told to log in and read
	s.must(t, err)
	s.must(t, s.close())
	s.lastLetter(t, texts.SmsClosed)
	if n := count(); n != 6 {
		t.Errorf("%d text messages, want 6: three calls, two misses, the end", n)
	}
}

func TestTheHistoryAndTheAccessLogGoTogether(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	s.must(t, s.note(t, s.Doctor, "ring modern"))
	_, err := s.Desk.SetLevel(t.Context(), s.Lead, s.id, cases.Today, "låter sämre")
	s.must(t, err)
	s.must(t, s.close())
	events, err := records.EventsAfter(s.App, s.id, 0, 100)
	s.must(t, err)
	looks, err := records.LooksAt(s.App, s.Case(t, s.id), 100)
	s.must(t, err)
	slices.Reverse(looks)
	if len(looks) != len(events) {
		t.Fatalf("%d rows of the access log, %d events; want one each", len(looks), len(events))
	}
	for i, ev := range events {
		l := looks[i].Look()
		kind, by, name := ev.By()
		if l.What != string(ev.Kind()) || l.By != by || l.ByName != name || l.ByKind != string(kind) || !l.At.Equal(ev.At()) || l.Patient != s.child.ID {
			t.Errorf("event %d is %s by %s, the access log says %s by %s about %q", ev.Seq(), ev.Kind(), name, l.What, l.ByName, l.Patient)
		}
		if ev.Kind() == cases.Levelled && (l.Why != "låter sämre" || l.Role != access.RoleLead || l.Unit != s.Norrvik.Unit()) {
			t.Errorf("the level in the access log: why %q, role %q, unit %q", l.Why, l.Role, l.Unit)
		}
	}
	if _, err := audit.Verify(s.App); err != nil {
		t.Errorf("access log: %v", err)
	}
}

func TestALookThatCannotBeWrittenIsNotGiven(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, waiting := c.Waiting(t, kit.Anna)
	_, other := c.Waiting(t, kit.Bo)
	rows := func() int64 {
		t.Helper()
		n, err := c.App.CountRecords(records.Audit)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	if err := c.Desk.Looked(t.Context(), anna, "case", []*records.Case{waiting}, ""); err != nil || rows() != before {
		t.Errorf("a patient's look: %v, %d rows more; want none", err, rows()-before)
	}
	for name, try := range map[string]struct {
		seen            []*records.Case
		patient, errand string
	}{
		"nothing":                  {nil, "", ""},
		"one":                      {[]*records.Case{waiting}, anna.ID, waiting.Id},
		"one, twice":               {[]*records.Case{waiting, waiting}, anna.ID, waiting.Id},
		"a list of several people": {[]*records.Case{waiting, other, waiting}, "", ""},
	} {
		if err := c.Desk.Looked(t.Context(), c.Nurse, "search", try.seen, "letar"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		row, err := records.LastLook(c.App)
		if err != nil {
			t.Fatal(err)
		}
		if l := row.Look(); l.Patient != try.patient || l.Case != try.errand || l.Why != "letar" || l.By != c.Nurse.ID {
			t.Errorf("%s: the row names patient %q, case %q, why %q", name, l.Patient, l.Case, l.Why)
		}
	}
	for _, seen := range []*records.Case{waiting, other} {
		if !slices.ContainsFunc(looksAt(t, c, seen.Id), func(l records.Look) bool { return l.What == "search" && len(l.Cases) == 2 }) {
			t.Errorf("the looks at case %s lack the list that it stood in", seen.Id)
		}
	}
	if n := len(looksAt(t, c, c.Open(t, c.Person(t, kit.Teen, "Tim")).Id)); n != 1 {
		t.Errorf("%d looks at a case that was in no list, want its opening alone", n)
	}
	c.App.OnRecordCreate(records.Audit).BindFunc(func(*core.RecordEvent) error { return errors.New("the disk is full") })
	if err := c.Desk.Looked(t.Context(), c.Nurse, "summary", []*records.Case{waiting}, ""); err == nil {
		t.Error("a look that is not in the log is given")
	}
}

func looksAt(t *testing.T, c *kit.Clinic, id string) []records.Look {
	t.Helper()
	rows, err := records.LooksAt(c.App, c.Case(t, id), 100)
	if err != nil {
		t.Fatal(err)
	}
	var looks []records.Look
	for _, row := range rows {
		looks = append(looks, row.Look())
	}
	return looks
}

func TestTheSheetShowsWhatWasAskedAndAnswered(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened := c.Open(t, anna)
	c.Decide(t, anna, opened.Id, map[string]string{"no_cold": "true", "days": "3"})
	if _, _, err := c.Desk.OwnWords(t.Context(), anna, opened.Id, "Det gör ont.\nMest på natten."); err != nil {
		t.Fatal(err)
	}
	sheet, err := c.Desk.Answered(t.Context(), c.Case(t, opened.Id))
	if err != nil {
		t.Fatal(err)
	}
	if len(sheet.RedFlags) < 5 {
		t.Errorf("%d red flags, want each that was asked", len(sheet.RedFlags))
	}
	for _, l := range sheet.RedFlags {
		if l.Yes || l.Answer != "Nej" || l.Question == "" || strings.HasSuffix(l.ID, ".none") {
			t.Errorf("red flag %+v, want a no in words", l)
		}
	}
	said := map[string]string{}
	for _, l := range append(slices.Clone(sheet.Positives), sheet.Rest...) {
		said[l.ID] = l.Answer
		if l.Question == "" || l.Answer == "" {
			t.Errorf("line %+v lacks words", l)
		}
	}
	if said["no_cold"] != "Ja" || said["days"] != "3 dagar" {
		t.Errorf("the answers in words are %v, want no_cold Ja and days 3 dagar", said)
	}
	if len(sheet.Positives) == 0 {
		t.Error("a yes does not stand among what speaks for urgency")
	}
	for _, l := range sheet.Positives {
		if !l.Yes {
			t.Errorf("%+v stands among what speaks for urgency", l)
		}
	}
	for _, l := range sheet.Rest {
		if l.Yes {
			t.Errorf("%+v does not stand among what speaks for urgency", l)
		}
	}
	if len(sheet.OwnWords) != 1 || sheet.OwnWords[0].Text != "Det gör ont.\nMest på natten." || sheet.OwnWords[0].At != "2026-11-25T08:00:00.000Z" {
		t.Errorf("own words: %+v", sheet.OwnWords)
	}
	if sheet.Protocol != "sore_throat" || sheet.Hash != c.Case(t, opened.Id).Protocol() || sheet.Version == "" || len(sheet.Fired) == 0 {
		t.Errorf("protocol %q %q %q, fired %v", sheet.Protocol, sheet.Version, sheet.Hash, sheet.Fired)
	}
}

func TestARedFlagIsAYesAmongTheNos(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	_, waiting := c.Waiting(t, kit.Anna)
	anna := access.Who{Kind: access.Patient, ID: waiting.Patient()}
	if _, err := c.Desk.FeelWorse(t.Context(), anna, waiting.Id, worstRedFlags(t, c, waiting)); err != nil {
		t.Fatal(err)
	}
	sheet, err := c.Desk.Answered(t.Context(), c.Case(t, waiting.Id))
	if err != nil {
		t.Fatal(err)
	}
	yes := 0
	for _, l := range sheet.RedFlags {
		if l.Yes != (l.Answer == "Ja") {
			t.Errorf("red flag %+v: its mark and its words differ", l)
		}
		if l.Yes {
			yes++
		}
	}
	if yes == 0 || yes == len(sheet.RedFlags) {
		t.Errorf("%d of %d red flags are a yes, want those that the patient chose", yes, len(sheet.RedFlags))
	}
}
