package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

func TestARemarkTwiceIsOne(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	const id = "remark000000001"
	first, err := s.ask(t, s.guardian, id, "Det hakar.")
	s.must(t, err)
	view, err := s.opine(t, s.guardian, care.View{Remark: care.Remark{ID: id, Text: "Bra."}, Case: s.id})
	s.must(t, err) // the ids of support and of views are apart
	unnamed, err := s.ask(t, s.guardian, "", "Det hakar.")
	s.must(t, err)
	_ = s.unchanged(t, "the same again", func() error {
		if again, err := s.ask(t, s.guardian, id, "Det hakar."); err != nil || again.Id != first.Id {
			t.Errorf("the same again: %v, %v", again, err)
		}
		if again, err := s.ask(t, s.guardian, "", "Det hakar."); err != nil || again.Id != unnamed.Id {
			t.Errorf("the same again without an id: %v, %v", again, err)
		}
		for _, who := range []access.Who{s.guardian, s.stranger} {
			if _, err := s.ask(t, who, id, "Något annat."); !errors.Is(err, care.ErrTaken) {
				t.Errorf("another under that id: %v, want ErrTaken", err)
			}
		}
		if _, err := s.ask(t, s.stranger, id, "Det hakar."); !errors.Is(err, care.ErrTaken) {
			t.Errorf("the same words of another person under that id: %v, want ErrTaken", err)
		}
		return nil
	})
	s.must(t, s.close()) // and with it the right of a guardian whom nobody has verified
	if again, err := s.opine(t, s.guardian, care.View{Remark: care.Remark{ID: id, Text: "Bra."}, Case: s.id}); err != nil || again.Id != view.Id {
		t.Errorf("the same view after the right has ended: %v, %v; want the first", again, err)
	}
	s.Clock.Advance(2 * time.Hour)
	if anew, err := s.ask(t, s.guardian, "", "Det hakar."); err != nil || anew.Id == unnamed.Id {
		t.Errorf("the same words hours later: %v, %v; want a new row", anew, err)
	}
	if again, err := s.ask(t, s.guardian, id, "Det hakar."); err != nil || again.Id != first.Id {
		t.Errorf("the same id hours later: %v, %v; want the first", again, err)
	}
}

func TestAnAnswerIsGivenOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	m, err := s.ask(t, s.guardian, "", "Det hakar.")
	s.must(t, err)
	v, err := s.opine(t, s.guardian, care.View{Remark: care.Remark{Text: "Bra."}, Case: s.id})
	s.must(t, err)
	second := s.Hire(t, "Second", "lead", s.Norrvik.Id)
	for what, answer := range map[string]func(who access.Who, text string) (*records.Remark, error){
		"support": func(who access.Who, text string) (*records.Remark, error) {
			return s.Desk.AnswerSupport(t.Context(), who, m.Id, text)
		},
		"views": func(who access.Who, text string) (*records.Remark, error) {
			return s.Desk.AnswerView(t.Context(), who, v.Id, text)
		},
	} {
		by := map[string][2]access.Who{"support": {admin, {Kind: access.Superuser, ID: "superuser000002"}}, "views": {s.Lead, second}}[what]
		_, err := answer(by[0], "Så här.")
		s.must(t, err)
		_ = s.unchanged(t, what, func() error {
			if again, err := answer(by[0], "Så här."); err != nil || again.State() != records.RemarkAnswered {
				t.Errorf("%s: the same answer again: %v, want the first", what, err)
			}
			if _, err := answer(by[0], "Eller så."); !errors.Is(err, care.ErrAnswered) {
				t.Errorf("%s: another answer: %v, want ErrAnswered", what, err)
			}
			if _, err := answer(by[1], "Så här."); !errors.Is(err, care.ErrAnswered) {
				t.Errorf("%s: somebody else's answer: %v, want ErrAnswered", what, err)
			}
			return nil
		})
	}
}

func TestWhoMayNotWriteOrAnswer(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Waiting)
	m, err := s.ask(t, s.guardian, "", "Det hakar.")
	s.must(t, err)
	for name, who := range map[string]access.Who{"a nurse": s.Nurse, "a lead": s.Lead, "an admin": admin, "nobody": {}} {
		err := s.unchanged(t, name, func() error { _, err := s.ask(t, who, "", "x"); return err })
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s writes to support: %v, want that they may not", name, err)
		}
	}
	for name, who := range map[string]access.Who{"a nurse": s.Nurse, "a lead": s.Lead, "the author": s.guardian, "nobody": {}} {
		err := s.unchanged(t, name, func() error {
			_, err := s.Desk.SupportAsked(t.Context(), who, records.RemarkOpen)
			return errors.Join(err, s.Desk.MayAnswerSupport(who, m.Id))
		})
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s reads support: %v, want that they may not", name, err)
		}
		if _, err := s.Desk.AnswerSupport(t.Context(), who, m.Id, "x"); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s answers support: %v, want that they may not", name, err)
		}
	}
	for _, who := range []access.Who{s.Nurse, s.guardian, admin, {}} {
		if _, err := s.Desk.ViewsSaid(t.Context(), who, records.RemarkOpen); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%v reads views: %v, want that they may not", who.Kind, err)
		}
	}
	if list, err := s.Desk.ViewsSaid(t.Context(), s.Hire(t, "Free", "lead"), records.RemarkOpen); err != nil || len(list) > 0 {
		t.Errorf("a lead of no queue reads %v, %v; want nothing", list, err)
	}
}

// TestNoNumberIsAnothers: who has none of their own is told at that of their newest case, never at a guardian's.
func TestNoNumberIsAnothers(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	for name, who := range map[string]access.Who{"the child, whose case has the guardian's number": s.child, "who has no case": s.stranger} {
		m, err := s.ask(t, who, "", "Det hakar.")
		s.must(t, err)
		_, err = s.Desk.AnswerSupport(t.Context(), admin, m.Id, "Så här.")
		s.must(t, err)
		if l := s.letter(t, "support-"+m.Id); l != nil {
			t.Errorf("%s: a letter goes to %s, want none", name, l.To())
		}
	}
	own := "+46701740677"
	s.must(t, func() error {
		_, err := s.Desk.SetDetails(t.Context(), s.stranger, care.Details{Phone: &own})
		return err
	}())
	m, err := s.ask(t, s.stranger, "", "Det hakar igen.")
	s.must(t, err)
	_, err = s.Desk.AnswerSupport(t.Context(), admin, m.Id, "Så här.")
	s.must(t, err)
	if l := s.letter(t, "support-"+m.Id); l == nil || l.To() != own {
		t.Errorf("the letter is %v, want one to the own number", l)
	}
}

// TestARemarkIsWrittenWholeOrNotAtAll: without its row of the access log there is no remark, and no answer.
func TestARemarkIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := newScene(t, cases.Active)
	m, err := s.ask(t, s.guardian, "", "Det hakar.")
	s.must(t, err)
	s.App.OnRecordCreate(records.Audit).BindFunc(func(*core.RecordEvent) error { return errors.New("the disk is full") })
	for name, do := range map[string]func() error{
		"a question": func() error { _, err := s.ask(t, s.guardian, "", "Och så här."); return err },
		"a view": func() error {
			_, err := s.opine(t, s.guardian, care.View{Remark: care.Remark{Text: "Bra."}, Case: s.id})
			return err
		},
		"an answer": func() error { _, err := s.Desk.AnswerSupport(t.Context(), admin, m.Id, "Så här."); return err },
		"a look":    func() error { _, err := s.Desk.SupportAsked(t.Context(), admin, records.RemarkOpen); return err },
	} {
		if err := s.unchanged(t, name, do); err == nil {
			t.Errorf("%s passes without the access log", name)
		}
	}
	if kept, err := records.RemarkByID(s.App, records.Support, m.Id); err != nil || kept.State() != records.RemarkOpen {
		t.Errorf("the row is %v, %v; want it open", kept, err)
	}
}
