package api

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v5"
)

// bodyLimit is the largest body of a command, in bytes; photos have a limit of their own (uploads).
const bodyLimit = 64 << 10

// bind reads the JSON body of a command into the struct that in points to, and checks it. Every bad field is named at once:
// wrong types, unknown names and broken rules, those too that only the caller of bind can ask: each of also adds what it finds to what is
// known to be wrong, with first. No body is an empty one. bind is called after the caller's right is known, never before.
func bind(c *echo.Context, in any, also ...func(wrong fields)) error {
	raw, err := readBody(c)
	if err != nil {
		return err
	}
	wrong := fields{}
	if len(raw) > 0 {
		if err := decodeObject(raw, reflect.ValueOf(in).Elem(), "", wrong); err != nil {
			return err
		}
	}
	check(in, wrong)
	for _, ask := range also {
		ask(wrong)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// readBody reads a body of JSON, or none. JSON is UTF-8: what is not would be stored as something that nobody has written.
func readBody(c *echo.Context) ([]byte, error) {
	r := c.Request()
	raw, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, bodyLimit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, errTooLarge
	case err != nil:
		return nil, errMalformed
	case len(strings.TrimSpace(string(raw))) == 0:
		return nil, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errNotJSON
	}
	if !utf8.Valid(raw) {
		return nil, errMalformed
	}
	return raw, nil
}

// decodeObject fills a struct from a JSON object, field by field, so that one wrong field does not hide the others.
func decodeObject(raw []byte, into reflect.Value, at string, wrong fields) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil || object == nil {
		if at != "" {
			wrong.add(strings.TrimSuffix(at, "."), codeType)
			return nil
		}
		return errMalformed
	}
	for i := range into.NumField() {
		name := jsonName(into.Type().Field(i))
		value, sent := object[name]
		delete(object, name)
		if !sent {
			continue
		}
		if err := decodeField(value, into.Field(i), at+name, wrong); err != nil {
			return err
		}
	}
	for name := range object {
		wrong.add(at+name, codeUnknownField)
	}
	return nil
}

// decodeField fills one field. An object is gone into, so that its own wrong fields are named too.
func decodeField(raw json.RawMessage, field reflect.Value, name string, wrong fields) error {
	if field.Kind() == reflect.Pointer && field.Type().Elem().Kind() == reflect.Struct && string(raw) != "null" {
		inner := reflect.New(field.Type().Elem())
		if _, own := inner.Interface().(json.Unmarshaler); !own {
			field.Set(inner)
			err := decodeObject(raw, inner.Elem(), name+".", wrong)
			if _, bad := wrong[name]; bad {
				field.SetZero() // no object: what is not in it is not missing
			}
			return err
		}
	}
	if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
		field.SetZero()
		wrong.add(name, codeOfType(raw, field.Type()))
	}
	return nil
}

// codeOfType is the code for a value that does not fit its field: a text in the place of a time is no time, anything else has the wrong type.
func codeOfType(raw []byte, into reflect.Type) string {
	if into == reflect.TypeFor[*time.Time]() && raw[0] == '"' {
		return codeTime
	}
	return codeType
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// rules checks structs by their validate tags.
var rules = func() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(jsonName)
	for name, ok := range map[string]func(string) bool{"recordid": isRecordID, "words": hasWords} {
		_ = v.RegisterValidation(name, func(f validator.FieldLevel) bool { return ok(f.Field().String()) })
	}
	return v
}()

// mixed is a body with rules that no single field breaks.
type mixed interface {
	mix(wrong fields) // adds what is wrong, with first
}

// check adds what the rules find, apart from fields that are known to be wrong already.
func check(in any, wrong fields) {
	var found validator.ValidationErrors
	if errors.As(rules.Struct(in), &found) {
		for _, f := range found {
			_, name, _ := strings.Cut(f.Namespace(), ".")
			wrong.first(name, codeOf(f))
		}
	}
	if m, ok := in.(mixed); ok {
		m.mix(wrong)
	}
}

// codeOf is the contract's code for a broken rule.
func codeOf(f validator.FieldError) string {
	text := f.Kind() == reflect.String
	switch f.Tag() {
	case "required", "words":
		return codeRequired
	case "recordid":
		return codeID
	case "oneof":
		return codeNotOneOf
	case "max", "lte":
		if text {
			return codeTooLong
		}
		return codeTooLarge
	case "min", "gte":
		if text {
			return codeTooShort
		}
		return codeTooSmall
	}
	return codeInvalid
}

// hasWords says whether a text says anything: blanks alone do not.
func hasWords(text string) bool { return strings.TrimSpace(text) != "" }

// isRecordID says whether a text is an id of PocketBase.
func isRecordID(id string) bool {
	return len(id) == 15 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}
