package care_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/test/kit"
)

var admin = access.Who{Kind: access.Superuser, ID: "superuser000001", Name: "admin@demo.test"}

// ask writes to support.
func (s *scene) ask(t testing.TB, who access.Who, id, text string) (*records.Remark, error) {
	t.Helper()
	m, _, err := s.Desk.AskSupport(context.Background(), who, care.Remark{ID: id, Text: text, Body: []string{id, text}}, "queue")
	return m, err
}

// opine writes a view.
func (s *scene) opine(t testing.TB, who access.Who, in care.View) (*records.Remark, error) {
	t.Helper()
	in.Body = []string{in.ID, in.Text, in.Case, in.Region, in.Unit}
	m, _, err := s.Desk.SayView(context.Background(), who, in)
	return m, err
}

// lastLook is the newest row of the access log.
func (s *scene) lastLook(t testing.TB) records.Look {
	t.Helper()
	row, err := records.LastLook(s.App)
	if err != nil {
		t.Fatal(err)
	}
	return row.Look()
}

// letter is the text message that tells of an answer.
func (s *scene) letter(t testing.TB, key string) *records.Letter {
	t.Helper()
	var found *records.Letter
	all, err := records.LettersOf(s.App, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Key() == key {
			found = l
		}
	}
	return found
}

func TestSupportIsAskedAnsweredAndTold(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Answering)
	before := s.now(t).Fields()
	m, danger, err := s.Desk.AskSupport(t.Context(), s.guardian, care.Remark{Text: "Kameran är svart", Language: "en", Body: 1}, "photo")
	s.must(t, err)
	if len(danger) > 0 || m.Danger() || m.State() != records.RemarkOpen || m.Page() != "photo" || !m.At().Equal(kit.Start) {
		t.Errorf("kept %v with danger %v", m.FieldsData(), danger)
	}
	if l := s.lastLook(t); l.What != "support" || l.By != s.guardian.ID || l.Patient != s.guardian.ID || l.Case != "" {
		t.Errorf("the access log says %+v, want that she has written to support", l)
	}
	shown, err := s.Desk.SupportAsked(t.Context(), admin, records.RemarkOpen)
	s.must(t, err)
	if len(shown) != 1 || shown[0].Id != m.Id {
		t.Fatalf("an admin is shown %d rows, want that one", len(shown))
	}
	if l := s.lastLook(t); l.What != "list of support" || l.By != admin.ID || l.Patient != s.guardian.ID || l.Why != m.Id {
		t.Errorf("the look is %+v, want whose and which row", l)
	}
	s.Clock.Advance(time.Minute)
	answered, err := s.Desk.AnswerSupport(t.Context(), admin, m.Id, "Ge webbläsaren lov.")
	s.must(t, err)
	if text, by, name := answered.Answered(); text != "Ge webbläsaren lov." || by != admin.ID || name != "" || !answered.AnsweredAt().Equal(s.Clock.Now()) {
		t.Errorf("answered %q by %q, known as %q; want support's, without a name", text, by, name)
	}
	if l := s.lastLook(t); l.What != "support answered" || l.By != admin.ID || l.Patient != s.guardian.ID {
		t.Errorf("the access log says %+v, want the answer", l)
	}
	if l := s.letter(t, "support-"+m.Id); l == nil || l.To() != kit.Phone || l.Text() != texts.SmsAnswered || l.Language() != "en" || l.Case() != "" {
		t.Errorf("the letter is %v, want one to the number of her case, in her language", l)
	}
	mine, err := records.RemarksOf(s.App, records.Support, s.guardian.ID, 10)
	if err != nil || len(mine) != 1 || mine[0].State() != records.RemarkAnswered {
		t.Errorf("she has %v, %v; want the answered one", mine, err)
	}
	if after := s.now(t).Fields(); !slices.Equal([]any{before["state"], before["seq"], before["queue"]}, []any{after["state"], after["seq"], after["queue"]}) {
		t.Error("her case has changed")
	}
	if _, err := audit.Verify(s.App); err != nil {
		t.Errorf("access log: %v", err)
	}
}

func TestAViewGoesToTheLeadOfItsUnit(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	m, err := s.opine(t, s.guardian, care.View{Remark: care.Remark{Text: "Det gick fort."}, Case: s.id})
	s.must(t, err)
	if m.Case() != s.id || m.Unit() != s.Norrvik.Unit() || m.Region() != s.Region.Id {
		t.Errorf("the view is of case %q, unit %q", m.Case(), m.Unit())
	}
	if l := s.lastLook(t); l.What != "views" || l.By != s.guardian.ID || l.Patient != s.child.ID || l.Case != s.id {
		t.Errorf("the access log says %+v, want the child's record and the case", l)
	}
	south := s.Hire(t, "Southlead", "lead", s.Soder.Id)
	for name, who := range map[string]access.Who{"the unit's lead": s.Lead, "another unit's lead": south} {
		shown, err := s.Desk.ViewsSaid(t.Context(), who, records.RemarkOpen)
		s.must(t, err)
		if want := map[bool]int{true: 1, false: 0}[who.ID == s.Lead.ID]; len(shown) != want {
			t.Errorf("%s is shown %d views, want %d", name, len(shown), want)
		}
		if l := s.lastLook(t); l.What != "list of views" || l.By != who.ID {
			t.Errorf("the look of %s is %+v", name, l)
		}
	}
	for name, refused := range map[string]struct {
		who  access.Who
		want error
	}{
		"a nurse": {s.Nurse, access.ErrDenied}, "an admin": {admin, access.ErrDenied}, "a patient": {s.guardian, access.ErrDenied},
		"another unit's lead": {south, access.ErrHidden},
	} {
		err := s.unchanged(t, name, func() error { _, err := s.Desk.AnswerView(t.Context(), refused.who, m.Id, "Tack"); return err })
		if !errors.Is(err, refused.want) || !errors.Is(s.Desk.MayAnswerView(refused.who, m.Id), refused.want) {
			t.Errorf("%s answers: %v, want %v", name, err, refused.want)
		}
	}
	s.must(t, s.Desk.MayAnswerView(s.Lead, m.Id))
	answered, err := s.Desk.AnswerView(t.Context(), s.Lead, m.Id, "Tack!")
	s.must(t, err)
	if text, by, name := answered.Answered(); text != "Tack!" || by != s.Lead.ID || name != s.Lead.Name {
		t.Errorf("answered %q by %q, known as %q", text, by, name)
	}
	if l := s.lastLook(t); l.What != "views answered" || l.Patient != s.child.ID || l.Case != s.id {
		t.Errorf("the access log says %+v, want the answer", l)
	}
	if s.letter(t, "views-"+m.Id) == nil {
		t.Error("she is not told of the answer")
	}
}

func TestWhereAViewGoes(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Answering) // its case names no unit: the region's cases go to Norrvik
	words := care.Remark{Text: "Bra."}
	lonely := s.Person(t, kit.Teen, "Tim Lund")
	for name, v := range map[string]struct {
		who   access.Who
		in    care.View
		unit  string
		wrong string // field and code
	}{
		"of a case":                    {s.guardian, care.View{Case: s.id}, s.Norrvik.Unit(), ""},
		"of nothing":                   {s.guardian, care.View{}, s.Norrvik.Unit(), ""},
		"of a region":                  {s.guardian, care.View{Region: "demo"}, s.Norrvik.Unit(), ""},
		"of a unit":                    {s.guardian, care.View{Region: "demo", Unit: "soder"}, s.Soder.Unit(), ""},
		"without any case":             {lonely, care.View{Region: "demo", Unit: "soder"}, s.Soder.Unit(), ""},
		"without any case or place":    {lonely, care.View{}, "", "region validation_required"},
		"of another's case":            {s.stranger, care.View{Case: s.id}, "", "case validation_unknown"},
		"of no case":                   {s.guardian, care.View{Case: "nobodysnobodysn"}, "", "case validation_unknown"},
		"of a region that is not":      {s.guardian, care.View{Region: "nowhere"}, "", "region validation_unknown"},
		"of a unit that is not":        {s.guardian, care.View{Region: "demo", Unit: "nowhere"}, "", "unit validation_unknown"},
		"of a unit of no region":       {s.guardian, care.View{Unit: "soder"}, "", "region validation_required"},
		"of a case, and a region, too": {s.guardian, care.View{Case: s.id, Region: "demo"}, "", "case validation_one_of_two, region validation_one_of_two"},
	} {
		v.in.Remark = words
		found, err := s.Desk.Misplaced(v.who, v.in)
		s.must(t, err)
		var named []string
		for _, f := range found {
			named = append(named, f.Field+" "+f.Code)
		}
		if got := strings.Join(named, ", "); got != v.wrong {
			t.Errorf("a view %s: wrong is %q, want %q", name, got, v.wrong)
		}
		m, err := s.opine(t, v.who, v.in)
		var invalid *care.Invalid
		if v.wrong == "" && (err != nil || m.Unit() != v.unit) || v.wrong != "" && !errors.As(err, &invalid) {
			t.Errorf("a view %s: %v, %v; want unit %q, or the field", name, m, err, v.unit)
		}
	}
}

func TestWordsOfDangerInARemarkMarkItForItsReader(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	_, err := s.ask(t, s.guardian, "", "Appen hakar.")
	s.must(t, err)
	s.Clock.Advance(time.Second)
	m, danger, err := s.Desk.AskSupport(t.Context(), s.stranger, care.Remark{Text: "Jag får inte fram ett svar och har bröstsmärta", Body: 1}, "")
	s.must(t, err)
	if len(danger) == 0 || !m.Danger() || m.Text() != "Jag får inte fram ett svar och har bröstsmärta" {
		t.Errorf("kept %q, danger %v, mark %v; want all of it, and the mark", m.Text(), danger, m.Danger())
	}
	shown, err := s.Desk.SupportAsked(t.Context(), admin, records.RemarkOpen)
	if err != nil || len(shown) != 2 || shown[0].Id != m.Id {
		t.Errorf("shown %v, %v; want the one with words of danger first", shown, err)
	}
	v, danger, err := s.Desk.SayView(t.Context(), s.guardian, care.View{Remark: care.Remark{Text: "Ingen hjälpte vid bröstsmärta", Body: 2}, Case: s.id})
	if err != nil || len(danger) == 0 || !v.Danger() {
		t.Errorf("a view: %v, danger %v", err, danger)
	}
	if c := s.now(t); c.WordsUnread() || c.Danger() || c.State() != cases.Waiting {
		t.Error("the case is marked: a view is no part of the clinical queue")
	}
}
