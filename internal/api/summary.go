package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/personnummer"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// summaryView is what a clinician reads first.
type summaryView struct {
	Patient personView `json:"patient"`
	Level   int        `json:"level"`
	Reasons []string   `json:"reasons"`
	Marks   []string   `json:"marks"`  // those of the row: they are not lost when the case is taken
	Unread  int        `json:"unread"` // the patient's messages that staff have not read
	care.Sheet
	Earlier   []earlierView  `json:"earlier"`
	Contacts  []string       `json:"contacts"`  // as in the row
	TakenOver *takenOverView `json:"takenOver"` // from whom it came last, and with which words
	Text      string         `json:"text"`      // the same, to copy
}

type personView struct {
	Name           string        `json:"name"`
	PersonalNumber string        `json:"personalNumber"`
	Age            int           `json:"age"`
	Phone          string        `json:"phone"`
	Language       string        `json:"language"`
	Interpreter    bool          `json:"interpreter"`
	Protected      bool          `json:"protected"`
	Guardian       *guardianView `json:"guardian,omitempty"`
}

type guardianView struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Verified bool   `json:"verified"`
}

type earlierView struct {
	ID        string `json:"id"`
	Complaint string `json:"complaint"`
	Created   string `json:"created"`
	State     string `json:"state"`
	Outcome   string `json:"outcome"`
}

// summarise puts a case together for a clinician.
func (s *Server) summarise(ctx context.Context, c *records.Case, who access.Who, lang texts.Lang) (summaryView, error) {
	sheet, err := s.Desk.Answered(ctx, c)
	if err != nil {
		return summaryView{}, err
	}
	out := summaryView{Sheet: sheet, Level: int(c.Level()), Reasons: []string{}}
	var dec triage.Decision
	if _, err := c.Decision(&dec); err != nil {
		return out, err
	}
	for _, r := range dec.Reasons {
		out.Reasons = append(out.Reasons, r.Text.In(string(lang)))
	}
	if out.Marks, err = marksOf(s.App, c); err != nil {
		return out, err
	}
	if out.Unread, err = records.UnreadByStaff(s.App, c); err != nil {
		return out, err
	}
	if out.Patient, err = s.person(c, who); err != nil {
		return out, err
	}
	if out.Earlier, err = s.earlier(c, who); err != nil {
		return out, err
	}
	if out.Contacts, err = contactsOf(s.App, c); err != nil {
		return out, err
	}
	if out.TakenOver, err = s.takenOver(c); err != nil {
		return out, err
	}
	out.Text = asText(out, lang)
	return out, nil
}

// person is the patient. The personal number is for staff with an open case of theirs; to others, and after the end, it is masked.
func (s *Server) person(c *records.Case, who access.Who) (personView, error) {
	p, err := records.PatientByID(s.App, c.Patient())
	if err != nil {
		return personView{}, err
	}
	number, err := s.Desk.NumberOf(p)
	if err != nil {
		return personView{}, err
	}
	age, _ := number.Age(personnummer.DateOf(s.Desk.Clock.Now()))
	v := personView{
		Name: p.Name(), PersonalNumber: number.Mask(), Age: age, Phone: c.Phone(), Language: c.Language(),
		Interpreter: c.Interpreter(), Protected: p.Protected(),
	}
	if c.State().Open() && who.Kind == access.Staff {
		v.PersonalNumber = number.Long()
	}
	if c.Guardian() == "" {
		return v, nil
	}
	g, err := records.PatientByID(s.App, c.Guardian())
	if err != nil {
		return v, err
	}
	unverified, err := isUnverified(s.App, c)
	v.Guardian = &guardianView{Name: g.Name(), Phone: g.Phone(), Verified: !unverified}
	return v, err
}

// earlier are the patient's other cases in the caller's queues.
func (s *Server) earlier(c *records.Case, who access.Who) ([]earlierView, error) {
	rows, err := records.InQueues(s.App, c.Patient(), who.Queues)
	if err != nil {
		return nil, err
	}
	out := []earlierView{}
	for _, r := range rows {
		if r.Id != c.Id {
			out = append(out, viewEarlier(r))
		}
	}
	return out, nil
}

// takenOverView is who had the case before, and what they wrote to who comes after.
type takenOverView struct {
	From string `json:"from"`
	Note string `json:"note"`
	At   string `json:"at"`
}

// takenOver is the last time at which the case went from one clinician to another, or back in line; nil where it never did.
func (s *Server) takenOver(c *records.Case) (*takenOverView, error) {
	ev, err := records.LastEvent(s.App, c.Id, cases.Handed, cases.Transferred, cases.Released, cases.TakenOver)
	if errors.Is(err, records.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var told care.Told
	if err := ev.Data(&told); err != nil || told.BeforeName == "" {
		return nil, err
	}
	return &takenOverView{From: told.BeforeName, Note: told.Why, At: records.RFC3339(ev.At())}, nil
}

func viewEarlier(r *records.Case) earlierView {
	return earlierView{
		ID: r.Id, Complaint: r.Complaint(), Created: records.RFC3339(r.Created()), State: string(r.State()), Outcome: r.Ending().Outcome,
	}
}

// asText is the summary as plain text for a journal.
func asText(v summaryView, lang texts.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d\n", v.Patient.Name, v.Patient.Age)
	if n := len(v.Contacts); n > 1 {
		fmt.Fprintln(&b, lang.Say(texts.SummaryContacts, "n", n, "days", daysOf(v.Contacts)))
	}
	for _, r := range v.Reasons {
		fmt.Fprintln(&b, r)
	}
	for _, part := range []struct {
		key   string
		lines []care.Line
	}{{texts.SummaryRedFlags, v.RedFlags}, {texts.SummaryPositives, v.Positives}, {texts.SummaryRest, v.Rest}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", lang.Say(part.key))
		for _, l := range part.lines {
			fmt.Fprintf(&b, "%s %s\n", l.Question, l.Answer)
		}
	}
	if len(v.OwnWords) > 0 {
		fmt.Fprintf(&b, "\n%s\n", lang.Say(texts.SummaryOwnWords))
		for _, w := range v.OwnWords {
			fmt.Fprintln(&b, w.Text)
		}
	}
	return b.String()
}

// daysOf are times as days of the year, as Swedes write them: 12/11, 18/11.
func daysOf(times []string) string {
	days := make([]string, 0, len(times))
	for _, text := range times {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			d := personnummer.DateOf(at)
			days = append(days, fmt.Sprintf("%d/%d", d.Day, int(d.Month)))
		}
	}
	return strings.Join(days, ", ")
}

type searchBody struct {
	PersonalNumber string `json:"personalNumber" validate:"max=20"`
	Name           string `json:"name" validate:"max=200"`
	Reason         string `json:"reason" validate:"words,max=1000"`
}

func (b *searchBody) mix(wrong fields) {
	wrong.oneOfTwo("personalNumber", "name", hasWords(b.PersonalNumber), hasWords(b.Name))
}

// search finds cases in the caller's queues. It is logged, also when it finds nothing.
func (s *Server) search(c *echo.Context) error {
	who, err := s.kind(c, access.Staff)
	if err != nil {
		return err
	}
	var in searchBody
	var number personnummer.Number
	err = bind(c, &in, func(wrong fields) {
		if !hasWords(in.PersonalNumber) {
			return
		}
		var code string
		if number, code = s.number(in.PersonalNumber); code != "" {
			wrong.first("personalNumber", code)
		}
	})
	if err != nil {
		return err
	}
	people, err := s.sought(in.Name, number, who.Queues)
	if err != nil {
		return err
	}
	var found []*records.Case
	for _, p := range people {
		rows, err := records.InQueues(s.App, p, who.Queues)
		if err != nil {
			return err
		}
		found = append(found, rows...)
	}
	if err := s.Desk.Looked(c.Request().Context(), who, "search", found, in.Reason); err != nil {
		return err
	}
	out := make([]map[string]any, 0, len(found))
	for _, r := range found {
		view, err := ViewCase(s.App, r, who)
		if err != nil {
			return err
		}
		out = append(out, view)
	}
	return c.JSON(http.StatusOK, map[string]any{"items": out})
}

// sought are the ids of the people whom a search may mean: those of a name, or the one of a number where there is no name.
func (s *Server) sought(name string, number personnummer.Number, queues []string) ([]string, error) {
	if name := strings.TrimSpace(name); name != "" {
		people, err := records.PatientsNamed(s.App, name, queues, 50)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(people))
		for i, p := range people {
			ids[i] = p.Id
		}
		return ids, nil
	}
	p, err := s.Desk.Known(number)
	if err != nil {
		return nil, records.IgnoreMissing(err)
	}
	return []string{p.Id}, nil
}
