package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/triage"
	"lotsen/internal/uploads"
)

// answerQuestion saves one answer and gives the step after it. The question is a part of the address, so an unknown one is 404, before
// the body is read.
func (s *Server) answerQuestion(c *echo.Context) error {
	ctx := c.Request().Context()
	who, theCase, err := s.on(c, cases.Asked)
	if err != nil {
		return err
	}
	question, err := s.Desk.Question(ctx, theCase, c.Param("question"))
	if err != nil {
		return err
	}
	reply, err := readReply(c, question)
	if err != nil {
		return err
	}
	now, err := s.Desk.Answer(ctx, who, theCase.Id, reply)
	if err != nil {
		return err
	}
	step, err := s.Desk.Step(ctx, now)
	if err != nil {
		return err
	}
	view, err := s.viewStep(now, step, langOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"step": view})
}

type valueBody struct {
	Value json.RawMessage `json:"value" validate:"required"`
}

// readReply reads an answer: pictures as a form, all else as JSON. A name is no picture: JSON answers such a question only with null.
func readReply(c *echo.Context, question triage.Question) (care.Reply, error) {
	reply := care.Reply{Question: question.ID}
	kind, form, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if kind == "multipart/form-data" && question.Type == triage.Photo {
		return readPhotos(c, reply, form["boundary"])
	}
	var in valueBody
	if err := bind(c, &in); err != nil {
		return reply, err
	}
	if question.Type == triage.Photo && string(in.Value) != "null" {
		return reply, fields{"value": codeType}
	}
	reply.Value, reply.Sent = in.Value, string(in.Value)
	return reply, nil
}

// maxPhotos is how many pictures answer one question.
const maxPhotos = 3

// formOverhead is what a form may weigh beside its pictures.
const formOverhead = 16 << 10

// readPhotos reads the pictures of a form, one after the other, and makes each safe before the next is read.
func readPhotos(c *echo.Context, reply care.Reply, boundary string) (care.Reply, error) {
	body := http.MaxBytesReader(c.Response(), c.Request().Body, maxPhotos*uploads.MaxBytes+formOverhead)
	form := multipart.NewReader(body, boundary)
	var names, sums []string
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return reply, formFault(err)
		}
		switch {
		case part.FormName() != "file":
			return reply, fields{part.FormName(): codeUnknownField}
		case len(names) == maxPhotos:
			return reply, fields{"file": codeTooMany}
		}
		file, sum, err := readPhoto(c, part)
		if err != nil {
			return reply, err
		}
		reply.Files, names, sums = append(reply.Files, file), append(names, file.Name), append(sums, sum)
	}
	if len(names) == 0 {
		return reply, fields{"file": codeRequired}
	}
	reply.Value, _ = json.Marshal(names) // texts alone
	reply.Sent = sums
	return reply, nil
}

// readPhoto makes one picture safe, and gives a hash of it as it came.
func readPhoto(c *echo.Context, part io.Reader) (*filesystem.File, string, error) {
	sum := sha256.New()
	clean, err := uploads.Clean(c.Request().Context(), io.TeeReader(part, sum))
	var refused *uploads.Refused
	switch {
	case errors.As(err, &refused) && refused.Code == uploads.TooLarge:
		return nil, "", errTooLarge
	case errors.As(err, &refused):
		return nil, "", fields{"file": codeFile + string(refused.Code)}
	case err != nil:
		return nil, "", formFault(err)
	case clean.MIME == "application/pdf":
		return nil, "", fields{"file": codeNotPhoto}
	}
	file, err := filesystem.NewFileFromBytes(clean.Bytes, clean.Name)
	if err != nil {
		return nil, "", fmt.Errorf("keep photo: %w", err)
	}
	file.Name = clean.Name // as the answer's value names it: PocketBase would add to it
	return file, hex.EncodeToString(sum.Sum(nil)), nil
}

// formFault is what is wrong with a form that could not be read to its end.
func formFault(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	return errMalformed
}
