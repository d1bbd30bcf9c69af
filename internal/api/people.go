package api

import (
	"errors"

	"lotsen/internal/personnummer"
	"lotsen/internal/phone"
)

// mobile reads a number that text messages are to go to. It gives the number in E.164, or the code of what is wrong with it.
func (s *Server) mobile(text string) (e164, code string) {
	e164, err := phone.Mobile(text)
	switch {
	case s.Demo && !phone.Demo(e164):
		return "", codeDemoPhone
	case errors.Is(err, phone.ErrNotMobile):
		return "", codeNotMobile
	case err != nil:
		return "", codePhone
	}
	return e164, ""
}

// number reads a personal number, or gives the code of what is wrong with it. In the demo nobody types in a real person.
func (s *Server) number(text string) (n personnummer.Number, code string) {
	n, err := personnummer.Parse(text, s.Desk.Clock.Now())
	switch {
	case err != nil:
		return n, codeNumber
	case s.Demo && !n.Demo():
		return personnummer.Number{}, codeDemoNumber
	}
	return n, ""
}
