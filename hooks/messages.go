package hooks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/uploads"
)

// messages takes what a client creates through PocketBase's own API and hands it to care, which says whether it may be said now.
// It is the one place where PocketBase's own answer is changed: the same message again is answered 200 with the first.
type messages struct {
	desk *care.Desk
	log  *slog.Logger
}

// create is bound to OnRecordCreateRequest. PocketBase has asked the create rule by now: a stranger does not come here.
func (m messages) create(e *core.RecordRequestEvent) error {
	lang := texts.Match(e.Request.Header.Get("Accept-Language"))
	again, err := m.say(e)
	if errors.Is(err, access.ErrDenied) || errors.Is(err, access.ErrHidden) {
		return apis.NewBadRequestError(lang.Say(texts.ErrorForbidden), nil) // what PocketBase answers where its rule says no
	}
	if err != nil {
		return api.Answer(err, lang, m.log)
	}
	if again == nil {
		return nil
	}
	if err := apis.EnrichRecord(e.RequestEvent, again.ProxyRecord()); err != nil {
		return fmt.Errorf("show message again: %w", err)
	}
	return e.JSON(http.StatusOK, again.ProxyRecord())
}

func (m messages) say(e *core.RecordRequestEvent) (*records.Message, error) {
	who, err := api.WhoIs(e.App, e.Auth)
	if err != nil {
		return nil, err
	}
	if who.Kind != access.Patient && who.Kind != access.Staff {
		return nil, access.ErrDenied
	}
	msg := records.AsMessage(e.Record)
	if err := checkMessage(who, msg); err != nil {
		return nil, err
	}
	sent, err := sumOf(msg, e.Record.GetUnsavedFiles("files"))
	if err != nil {
		return nil, err
	}
	if err := cleanFiles(e.Request.Context(), e.Record, "files"); err != nil {
		var refused *uploads.Refused
		if errors.As(err, &refused) {
			return nil, &care.Invalid{Field: "files", Code: "file_" + string(refused.Code)}
		}
		return nil, err
	}
	return m.desk.Say(e.Request.Context(), who, msg, sent, func(tx core.App) error {
		outer := e.App
		e.App = tx
		defer func() { e.App = outer }()
		return e.Next()
	})
}

// checkMessage names what PocketBase's fields cannot check.
func checkMessage(who access.Who, msg *records.Message) error {
	switch {
	case who.Kind == access.Patient && msg.Kind() == records.Note:
		return &care.Invalid{Field: "kind", Code: "validation_not_one_of"}
	case strings.TrimSpace(msg.Body()) == "" && len(msg.GetUnsavedFiles("files")) == 0:
		return &care.Invalid{Field: "body", Code: "validation_required"}
	}
	return nil
}

// sumOf is a hash over what the author sent, files as they came.
func sumOf(msg *records.Message, files []*filesystem.File) (string, error) {
	var sums []string
	for _, f := range files {
		sum, err := sumOfFile(f)
		if err != nil {
			return "", err
		}
		sums = append(sums, sum)
	}
	return care.MessagePrint(msg, sums...), nil
}

func sumOfFile(f *filesystem.File) (string, error) {
	r, err := f.Reader.Open()
	if err != nil {
		return "", fmt.Errorf("open upload: %w", err)
	}
	defer r.Close() //nolint:errcheck // read to its end below
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", fmt.Errorf("read upload: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// cleanFiles puts in the place of what was sent what may be kept of it.
func cleanFiles(ctx context.Context, r *core.Record, field string) error {
	for _, f := range r.GetUnsavedFiles(field) {
		in, err := f.Reader.Open()
		if err != nil {
			return fmt.Errorf("open upload: %w", err)
		}
		clean, err := uploads.Clean(ctx, in)
		if closing := in.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return err
		}
		f.Name, f.OriginalName = clean.Name, clean.Name
		f.Size = int64(len(clean.Bytes))
		f.Reader = &filesystem.BytesReader{Bytes: clean.Bytes}
	}
	return nil
}
