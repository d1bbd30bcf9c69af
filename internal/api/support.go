package api

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// supportRoutes are about technical trouble: patients write, admins answer.
func (s *Server) supportRoutes(g *echo.Group) {
	g.POST("/support", s.askSupport)
	g.GET("/support", s.mySupport)
	g.GET("/admin/support", s.supportAsked)
	g.POST("/admin/support/:id/answer", s.answerSupport)
}

type supportBody struct {
	ID   string `json:"id" validate:"omitempty,recordid"`
	Text string `json:"text" validate:"words,max=4000"`
	Page string `json:"page" validate:"max=200"`
}

// answerView is an answer. By is how its author is known; null for support, which answers as one.
type answerView struct {
	Text string  `json:"text"`
	By   *string `json:"by"`
	At   string  `json:"at"`
}

// remarkView is what the patient's side and those who answer are both shown of a remark.
type remarkView struct {
	ID     string      `json:"id"`
	Text   string      `json:"text"`
	At     string      `json:"at"`
	State  string      `json:"state"`
	Answer *answerView `json:"answer"`
}

// markedView is what those who answer are shown besides: whether words of danger stand in it, and the language to answer in. Who has written is not
// among it.
type markedView struct {
	Danger   bool   `json:"danger"`
	Language string `json:"language"`
}

type supportView struct {
	remarkView
	Page string `json:"page"`
}

func viewRemark(m *records.Remark) remarkView {
	v := remarkView{ID: m.Id, Text: m.Text(), At: records.RFC3339(m.At()), State: m.State()}
	if m.State() == records.RemarkAnswered {
		text, _, name := m.Answered()
		v.Answer = &answerView{Text: text, At: records.RFC3339(m.AnsweredAt())}
		if name != "" {
			v.Answer.By = &name
		}
	}
	return v
}

func viewMarked(m *records.Remark) markedView {
	return markedView{Danger: m.Danger(), Language: m.Language()}
}

func viewSupport(m *records.Remark) (supportView, error) {
	return supportView{viewRemark(m), m.Page()}, nil
}

func (s *Server) askSupport(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	var in supportBody
	if err := bind(c, &in); err != nil {
		return err
	}
	m, danger, err := s.Desk.AskSupport(c.Request().Context(), who, remarkOf(c, in.ID, in.Text, in), in.Page)
	if err != nil {
		return err
	}
	view, err := viewSupport(m)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Support supportView `json:"support"`
		wordsView
	}{view, viewDanger(danger, langOf(c))})
}

// remarkOf is what a patient writes, in the language of the request.
func remarkOf(c *echo.Context, id, text string, body any) care.Remark {
	return care.Remark{ID: id, Text: text, Language: string(langOf(c)), Body: body}
}

// remarksLimit is how many of their own remarks patients are shown, the newest first.
const remarksLimit = 200

func (s *Server) mySupport(c *echo.Context) error {
	who, err := s.kind(c, access.Patient)
	if err != nil {
		return err
	}
	list, err := records.RemarksOf(s.App, records.Support, who.ID, remarksLimit)
	if err != nil {
		return err
	}
	return answerItems(c, list, viewSupport)
}

// answerItems answers a list, each shown by view.
func answerItems[T any](c *echo.Context, list []*records.Remark, view func(*records.Remark) (T, error)) error {
	out := make([]T, 0, len(list))
	for _, m := range list {
		v, err := view(m)
		if err != nil {
			return err
		}
		out = append(out, v)
	}
	return c.JSON(http.StatusOK, map[string]any{"items": out})
}

// stateAsked reads which remarks are asked for: the open ones where nothing is said.
func stateAsked(c *echo.Context) (string, error) {
	switch state := c.QueryParam("state"); state {
	case "", records.RemarkOpen:
		return records.RemarkOpen, nil
	case records.RemarkAnswered:
		return state, nil
	}
	return "", fields{"state": codeNotOneOf}
}

type supportToAnswer struct {
	supportView
	markedView
}

func viewSupportToAnswer(m *records.Remark) (supportToAnswer, error) {
	v, err := viewSupport(m)
	return supportToAnswer{v, viewMarked(m)}, err
}

func (s *Server) supportAsked(c *echo.Context) error {
	who, err := s.kind(c, access.Superuser)
	if err != nil {
		return err
	}
	state, err := stateAsked(c)
	if err != nil {
		return err
	}
	list, err := s.Desk.SupportAsked(c.Request().Context(), who, state)
	if err != nil {
		return err
	}
	return answerItems(c, list, viewSupportToAnswer)
}

type answeringBody struct {
	Text string `json:"text" validate:"words,max=4000"`
}

func (s *Server) answerSupport(c *echo.Context) error {
	who, err := s.kind(c, access.Superuser)
	if err == nil {
		err = s.Desk.MayAnswerSupport(who, c.Param("id"))
	}
	if err != nil {
		return err
	}
	var in answeringBody
	if err := bind(c, &in); err != nil {
		return err
	}
	m, err := s.Desk.AnswerSupport(c.Request().Context(), who, c.Param("id"), in.Text)
	if err != nil {
		return answeredBefore(err)
	}
	view, err := viewSupportToAnswer(m)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"support": view})
}

// answeredBefore is err, in the words of the contract where somebody else was first.
func answeredBefore(err error) error {
	if errors.Is(err, care.ErrAnswered) {
		return refusal{http.StatusConflict, "state", "answered", texts.ErrorAnswered}
	}
	return err
}
