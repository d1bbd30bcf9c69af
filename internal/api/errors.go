package api

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/hours"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// The validation codes of the contract. Each has its words in texts, under `error.`.
const (
	codeRequired     = "validation_required"
	codeType         = "validation_invalid_type"
	codeUnknownField = "validation_unknown_field"
	codeTooLong      = "validation_too_long"
	codeTooShort     = "validation_too_short"
	codeTooLarge     = "validation_too_large"
	codeTooSmall     = "validation_too_small"
	codeNotOneOf     = "validation_not_one_of"
	codeID           = "validation_invalid_id"
	codeInvalid      = "validation_invalid"
	codeUnknown      = "validation_unknown" // names something that is not there
	codePhone        = "validation_invalid_phone"
	codeNotMobile    = "validation_phone_not_mobile"
	codeNumber       = "validation_invalid_personal_number"
	codeDemoPhone    = "validation_demo_phone"
	codeDemoNumber   = "validation_demo_personal_number"
	codeOneOfTwo     = "validation_one_of_two"
	codeTime         = "validation_invalid_time"
	codeReturnURL    = "validation_return_url"
	codeTooMany      = "validation_too_many"
	codeSwedish      = "validation_swedish_required"
	codeUnchanged    = "validation_unchanged"
	codeNotPhoto     = "file_not_photo"
	codeFile         = "file_" // and a code of uploads
)

// answerCodes are the contract's codes for an answer that does not fit its question.
var answerCodes = map[string]string{
	triage.CodeUnknownQuestion: codeUnknownField,
	triage.CodeNotApplicable:   "validation_not_applicable",
	triage.CodeRequired:        codeRequired,
	triage.CodeInvalidType:     codeType,
	triage.CodeUnknownOption:   codeNotOneOf,
	triage.CodeDuplicateOption: "validation_duplicate",
	triage.CodeNoneStandsAlone: "validation_alone",
	triage.CodeMin:             codeTooSmall,
	triage.CodeMax:             codeTooLarge,
	triage.CodeMaxLength:       codeTooLong,
	triage.CodeMaxItems:        codeTooMany,
	triage.CodeInvalidDate:     "validation_invalid_date",
	triage.CodeDateInFuture:    "validation_in_future",
	triage.CodeDateTooEarly:    "validation_too_early",
}

// fields are the bad fields of a body: name to code. Names within objects have dots.
type fields map[string]string

func (f fields) add(name, code string) { f[name] = code }

// first adds what is wrong with a field, unless something else is known to be.
func (f fields) first(name, code string) {
	if _, known := f[name]; !known {
		f[name] = code
	}
}

// read reads one field by read, and notes the code of what is wrong with it.
func (f fields) read(name, text string, read func(string) (string, string)) string {
	value, code := read(text)
	if code != "" {
		f.first(name, code)
	}
	return value
}

// oneOfTwo notes that exactly one of two fields is to be sent, unless one of them was, and is no good.
func (f fields) oneOfTwo(a, b string, hasA, hasB bool) {
	_, badA := f[a]
	_, badB := f[b]
	if hasA == hasB && !badA && !badB {
		f.add(a, codeOneOfTwo)
		f.add(b, codeOneOfTwo)
	}
}

func (f fields) Error() string { return "some fields of the body are wrong" }

// What is wrong with a request as a whole.
var (
	errNobody    = errors.New("no valid token")
	errMalformed = errors.New("the body is no JSON object")
	errNotJSON   = errors.New("the body is not JSON")
	errTooLarge  = errors.New("the body is too large")
	errNotReady  = errors.New("not configured")
	errBreak     = errors.New("superusers read patient data only behind the break-glass")
)

// refusal is an answer that has nothing to do with a case: its status, the entry of `data` that holds its code, the code, and the key of its words.
type refusal struct {
	status           int
	entry, code, key string
}

func (r refusal) Error() string { return "refused: " + r.code }

// data is one entry of an error's `data`: a code, its words, and what else there is to know.
type data struct {
	code, words string
	more        map[string]any
	cause       error // for whoever has to know; never shown
}

func (d data) Code() string  { return d.code }
func (d data) Error() string { return d.words }
func (d data) Unwrap() error { return d.cause }

// Resolve writes the entry.
func (d data) Resolve(map[string]any) any {
	out := map[string]any{"code": d.code, "message": d.words}
	for k, v := range d.more {
		out[k] = v
	}
	return out
}

// Answer turns an error into what a caller gets, in the caller's language. It is the only place that does, for commands and for hooks on
// PocketBase's own routes alike. What it does not know is 500, logged here with a number that the caller gets too.
func Answer(err error, lang texts.Lang, log *slog.Logger) *router.ApiError {
	if records.FaultOf(err) != records.NoFault {
		return outOfOrder(lang, err)
	}
	var known *router.ApiError
	if errors.As(err, &known) {
		return known
	}
	say := func(status int, key string, d map[string]any) *router.ApiError {
		return router.NewApiError(status, lang.Say(key), d)
	}
	if a := answerBody(err, lang, say); a != nil {
		return a
	}
	if a := answerHeld(err, lang, say); a != nil {
		return a
	}
	if a := answerCare(err, lang, say); a != nil {
		return a
	}
	if status := echo.StatusCode(err); status != 0 {
		return router.NewApiError(status, lang.Say("error.http_"+statusWord(status)), nil)
	}
	number := strings.ToLower(security.RandomString(10))
	log.Error("request failed", "number", number, "error", err)
	return say(http.StatusInternalServerError, "error.internal", map[string]any{"reason": data{code: "internal", words: number}})
}

type sayer func(status int, key string, d map[string]any) *router.ApiError

func answerBody(err error, lang texts.Lang, say sayer) *router.ApiError {
	var wrong fields
	var refused refusal
	switch {
	case errors.As(err, &wrong):
		return say(http.StatusBadRequest, "error.fields", wrong.data(lang))
	case errors.As(err, &refused):
		return say(refused.status, refused.key, map[string]any{refused.entry: reason(lang, refused.code, refused.key)})
	case errors.Is(err, errMalformed):
		return say(http.StatusBadRequest, "error.malformed", nil)
	case errors.Is(err, errNotJSON):
		return say(http.StatusUnsupportedMediaType, "error.not_json", nil)
	case errors.Is(err, errTooLarge):
		return say(http.StatusRequestEntityTooLarge, "error.too_large", nil)
	case errors.Is(err, errNobody):
		return say(http.StatusUnauthorized, "error.unauthorized", nil)
	case errors.Is(err, errBreak):
		return say(http.StatusForbidden, "error.breakglass", nil)
	case errors.Is(err, errNotReady):
		return say(http.StatusServiceUnavailable, "error.not_configured", map[string]any{"reason": reason(lang, "not_configured", "error.not_configured")})
	}
	return nil
}

func answerCare(err error, lang texts.Lang, say sayer) *router.ApiError {
	var answer *triage.AnswerError
	var answers care.InvalidAnswers
	var invalid *care.Invalid
	var ineligible *care.NotEligible
	var open *care.AlreadyOpen
	var held *care.HeldBy
	var refused *cases.Refused
	switch {
	case errors.As(err, &answer):
		return say(http.StatusBadRequest, "error.fields", fields{"value": answerCodes[answer.Code]}.data(lang))
	case errors.As(err, &answers):
		return say(http.StatusBadRequest, "error.fields", fieldsOf(answers).data(lang))
	case errors.As(err, &invalid):
		return say(http.StatusBadRequest, "error.fields", fields{invalid.Field: invalid.Code}.data(lang))
	case errors.Is(err, access.ErrDenied):
		return say(http.StatusForbidden, "error.forbidden", nil)
	case errors.Is(err, access.ErrHidden), errors.Is(err, records.ErrNotFound):
		return say(http.StatusNotFound, "error.not_found", nil)
	case errors.Is(err, care.ErrTaken):
		return say(http.StatusConflict, "error.id_taken", map[string]any{"id": reason(lang, "id_taken", "error.id_taken")})
	case errors.As(err, &ineligible):
		words := wordsOfRefusal(ineligible, lang)
		return router.NewApiError(http.StatusUnprocessableEntity, words, map[string]any{"reason": data{code: ineligible.Code, words: words, more: map[string]any{
			"phones": numbersToRing(), "opensAt": timeOrNil(ineligible.OpensAt), "until": timeOrNil(ineligible.Until), "line": textOrNil(ineligible.Line),
		}}})
	case errors.As(err, &open):
		key := "error.already_open"
		if open.ToStaff {
			key = "error.already_open_again"
		}
		return say(http.StatusConflict, key, map[string]any{
			"state": state(lang, open.State),
			"case":  data{code: open.Case, words: lang.Say(key), more: map[string]any{"id": open.Case}},
		})
	case errors.As(err, &held):
		return say(http.StatusConflict, "error.held", map[string]any{
			"state": state(lang, held.State), "by": data{code: held.ID, words: held.Name, more: map[string]any{"id": held.ID, "name": held.Name}},
		})
	case errors.As(err, &refused):
		return say(http.StatusConflict, "error.state", map[string]any{"state": state(lang, refused.State)})
	}
	return nil
}

// wordsOfRefusal says why somebody cannot be helped here now, when to try again if that is known, and whom to ring.
func wordsOfRefusal(no *care.NotEligible, lang texts.Lang) string {
	key := "eligible." + no.Code
	if no.OpensAt.IsZero() {
		return lang.Say(key)
	}
	return lang.Say(key+"_until", "opens", lang.When(hours.Local(no.OpensAt)))
}

// fieldsOf are the answers that do not fit, as fields of the body that they came in.
func fieldsOf(wrong care.InvalidAnswers) fields {
	out := fields{}
	for question, why := range wrong {
		out.add("answers."+question, answerCodes[why.Code])
	}
	return out
}

// numbersToRing are the numbers for who cannot be helped here: advice day and night, and danger to life.
func numbersToRing() []string { return []string{"1177", "112"} }

func reason(lang texts.Lang, code, key string) data { return data{code: code, words: lang.Say(key)} }

func state(lang texts.Lang, s cases.State) data {
	return data{code: string(s), words: lang.Say("state." + string(s))}
}

// data is the fields as an error's data; names with dots become objects within objects.
func (f fields) data(lang texts.Lang) map[string]any {
	out := map[string]any{}
	for name, code := range f {
		at := out
		parts := strings.Split(name, ".")
		for _, p := range parts[:len(parts)-1] {
			inner, ok := at[p].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[p] = inner
			}
			at = inner
		}
		at[parts[len(parts)-1]] = data{code: code, words: lang.Say("error." + code)}
	}
	return out
}

// statusWord names the statuses that Echo's router itself answers.
func statusWord(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusMethodNotAllowed:
		return "method"
	}
	return "refused"
}
