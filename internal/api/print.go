package api

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"time"
	_ "time/tzdata" // Swedish time on machines without a zone database

	"github.com/labstack/echo/v5"

	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

//go:embed print.html
var printSource string

// printPage is the case on paper. html/template escapes all that people have written.
var printPage = template.Must(template.New("print").Parse(printSource))

var stockholm = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("api: " + err.Error()) // the database is embedded
	}
	return zone
}()

// paper is what stands on the page.
type paper struct {
	Lang, Dir      string
	Words          map[string]string
	Advice         string
	Struck         []struckAdvice
	Decision       *triage.DecisionView
	Clinician      string
	Opened, Closed string
	Talk           []said
}

// struckAdvice is advice that other advice has replaced, and when and by whom.
type struckAdvice struct{ Advice, Until string }

// said is a message on the page.
type said struct{ By, At, Body, Files string }

// print gives the case as a page to print or keep: the advice first, then who and when, then the talk. Notes of staff are not on it.
// The page holds no script and loads nothing.
func (s *Server) print(c *echo.Context) error {
	theCase, err := s.mine(c)
	if err != nil {
		return err
	}
	lang := texts.Of(theCase.Language())
	if c.Request().Header.Get("Accept-Language") != "" {
		lang = langOf(c)
	}
	page, err := s.paper(theCase, lang)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := printPage.Execute(&out, page); err != nil {
		return fmt.Errorf("write page to print: %w", err)
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Content-Disposition", "inline")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	return c.HTMLBlob(http.StatusOK, out.Bytes())
}

func (s *Server) paper(c *records.Case, lang texts.Lang) (paper, error) {
	page := paper{
		Lang: htmlLang(lang), Dir: "ltr", Words: printWords(lang), Advice: c.Ending().Advice,
		Opened: onPaper(c.Created()), Closed: onPaper(c.ClosedAt()),
	}
	if lang == texts.Arabic {
		page.Dir = "rtl"
	}
	if c.ClinicianName() != "" {
		page.Clinician = c.ClinicianName() + ", " + lang.Say("role."+c.ClinicianRole())
	}
	var given triage.Decision
	had, err := c.Decision(&given)
	if err != nil {
		return page, err
	}
	if had {
		view := given.In(string(lang))
		page.Decision = &view
	}
	if page.Struck, err = struckOn(c, lang); err != nil {
		return page, err
	}
	page.Talk, err = s.talk(c, lang)
	return page, err
}

// struckOn is the earlier advice of a case as it stands on paper: struck, and readable.
func struckOn(c *records.Case, lang texts.Lang) ([]struckAdvice, error) {
	all, err := c.Struck()
	if err != nil {
		return nil, err
	}
	var out []struckAdvice
	for _, old := range all {
		until, err := time.Parse(time.RFC3339, old.Until)
		if err != nil {
			return nil, fmt.Errorf("read when advice was replaced: %w", err)
		}
		words := lang.Say(texts.PrintReplaced, "at", onPaper(until))
		if old.ByName != "" {
			words = lang.Say(texts.PrintReplacedBy, "at", onPaper(until), "name", old.ByName)
		}
		out = append(out, struckAdvice{Advice: old.Advice, Until: words})
	}
	return out, nil
}

func (s *Server) talk(c *records.Case, lang texts.Lang) ([]said, error) {
	messages, err := records.MessagesOf(s.App, c.Id)
	if err != nil {
		return nil, err
	}
	var out []said
	for _, m := range messages {
		if m.Kind() == records.Note {
			continue
		}
		line := said{By: m.AuthorName(), At: onPaper(m.Created()), Body: m.Body()}
		if m.Kind() == records.FromPatient {
			line.By = lang.Say(texts.PrintYou)
		}
		if n := len(m.Files()); n > 0 {
			line.Files = lang.Say(texts.PrintFiles, "n", n)
		}
		out = append(out, line)
	}
	return out, nil
}

// printWords are the headings of the page.
func printWords(lang texts.Lang) map[string]string {
	return map[string]string{
		"heading": lang.Say(texts.PrintHeading), "advice": lang.Say(texts.PrintAdvice), "recommendation": lang.Say(texts.PrintRecommendation),
		"clinician": lang.Say(texts.PrintClinician), "opened": lang.Say(texts.PrintOpened), "closed": lang.Say(texts.PrintClosed),
		"talk": lang.Say(texts.PrintTalk), "numbers": lang.Say(texts.EligibleNumbers),
	}
}

// htmlLang is the language as HTML names it: simple Swedish is Swedish to a screen reader.
func htmlLang(lang texts.Lang) string {
	if lang == texts.Simple {
		return string(texts.Swedish)
	}
	return string(lang)
}

// onPaper is a time in Sweden as people write it; "" for none.
func onPaper(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(stockholm).Format("2006-01-02 15:04")
}
