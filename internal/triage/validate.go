package triage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Why an answer is refused. The codes are part of the API's closed list.
const (
	CodeUnknownQuestion = "unknown_question"
	CodeNotApplicable   = "not_applicable" // the question is not asked of this person with these answers
	CodeRequired        = "required"
	CodeInvalidType     = "invalid_type"
	CodeUnknownOption   = "unknown_option"
	CodeDuplicateOption = "duplicate_option"
	CodeNoneStandsAlone = "none_stands_alone"
	CodeMin             = "min" // params: min
	CodeMax             = "max" // params: max
	CodeMaxLength       = "max_length"
	CodeMaxItems        = "max_items"
	CodeInvalidDate     = "invalid_date"
	CodeDateInFuture    = "date_in_future"
	CodeDateTooEarly    = "date_too_early" // params: earliest
)

const (
	maxPhotos = 3 // photos of one question
	// lateDays is how long after the opening an answer may still come, so that "today" is a valid date all the while (api.md: three days).
	lateDays   = 3
	dateLayout = "2006-01-02"
)

// AnswerError says why an answer is refused. It holds no part of the answer.
type AnswerError struct {
	Question string
	Code     string
	Params   map[string]any // for the message: min, max, earliest
}

func (e *AnswerError) Error() string { return "answer to " + e.Question + ": " + e.Code }

// Key is the key of the message for people in the texts.
func (e *AnswerError) Key() string { return "answer." + e.Code }

// Validate reads an answer from outside and checks it against its question, for this person and the answers so far. A question that is
// not asked now, because its condition is not true, refuses all answers. The error is an *AnswerError. The options of a multichoice come
// back in the question's order.
func (p *Protocol) Validate(person Person, answers Answers, question string, raw json.RawMessage) (Value, error) {
	i, ok := p.index[question]
	if !ok {
		return Value{}, &AnswerError{Question: question, Code: CodeUnknownQuestion}
	}
	q := p.questions[i]
	if !p.read(person, answers).asked(i) {
		return Value{}, q.refuse(CodeNotApplicable, nil)
	}
	value, err := q.decode(raw)
	if err == nil {
		err = q.check(person, value)
	}
	if err != nil {
		return Value{}, err
	}
	return q.ordered(value), nil
}

func (q *Question) refuse(code string, params map[string]any) *AnswerError {
	return &AnswerError{Question: q.ID, Code: code, Params: params}
}

// decode reads JSON into a value without asking whether it is a good answer.
func (q *Question) decode(raw json.RawMessage) (Value, *AnswerError) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return Value{}, q.refuse(CodeRequired, nil)
	}
	if !utf8.Valid(raw) {
		return Value{}, q.refuse(CodeInvalidType, nil)
	}
	var v Value
	if err := v.UnmarshalJSON(raw); err != nil {
		return Value{}, q.refuse(CodeInvalidType, nil)
	}
	return v, nil
}

// check holds a value against the question.
func (q *Question) check(person Person, v Value) *AnswerError {
	if v.IsNull() {
		if q.Required {
			return q.refuse(CodeRequired, nil)
		}
		return nil
	}
	switch value := v.v.(type) {
	case bool:
		if q.Type == Boolean {
			return nil
		}
	case float64:
		if q.Type == Integer && value == math.Trunc(value) || q.Type == Decimal {
			return q.checkNumber(value)
		}
	case string:
		return q.checkText(person, value)
	case []string:
		if q.Type == MultiChoice {
			return q.checkList(person, value)
		}
		if q.Type == Photo {
			return q.checkPhotos(value)
		}
	}
	return q.refuse(CodeInvalidType, nil)
}

func (q *Question) checkNumber(n float64) *AnswerError {
	if q.Min != nil && n < *q.Min {
		return q.refuse(CodeMin, map[string]any{"min": *q.Min})
	}
	if q.Max != nil && n > *q.Max {
		return q.refuse(CodeMax, map[string]any{"max": *q.Max})
	}
	return nil
}

func (q *Question) checkText(person Person, s string) *AnswerError {
	switch q.Type {
	case Choice:
		if !q.offers(person, s) {
			return q.refuse(CodeUnknownOption, nil)
		}
	case Date:
		return q.checkDate(person, s)
	case FreeText:
		if strings.TrimSpace(s) == "" {
			return q.refuse(CodeRequired, nil)
		}
		if utf8.RuneCountInString(s) > MaxFreeText {
			return q.refuse(CodeMaxLength, map[string]any{"max": MaxFreeText})
		}
	case MultiChoice, Boolean, Integer, Decimal, Photo:
		return q.refuse(CodeInvalidType, nil)
	}
	return nil
}

func (q *Question) checkList(person Person, codes []string) *AnswerError {
	if len(codes) == 0 {
		return q.refuse(CodeRequired, nil)
	}
	for i, c := range codes {
		if !q.offers(person, c) {
			return q.refuse(CodeUnknownOption, nil)
		}
		if slices.Contains(codes[:i], c) {
			return q.refuse(CodeDuplicateOption, nil)
		}
	}
	if len(codes) > 1 && slices.Contains(codes, none) {
		return q.refuse(CodeNoneStandsAlone, nil)
	}
	return nil
}

func (q *Question) checkPhotos(names []string) *AnswerError {
	if len(names) == 0 || slices.Contains(names, "") {
		return q.refuse(CodeRequired, nil)
	}
	if len(names) > maxPhotos {
		return q.refuse(CodeMaxItems, map[string]any{"max": maxPhotos})
	}
	return nil
}

func (q *Question) checkDate(person Person, s string) *AnswerError {
	day, err := time.Parse(dateLayout, s)
	if err != nil {
		return q.refuse(CodeInvalidDate, nil)
	}
	back := daysBefore(person.Opened, day)
	if back < -lateDays {
		return q.refuse(CodeDateInFuture, nil)
	}
	most := maxDaysBack
	if q.Max != nil {
		most = int(*q.Max)
	}
	if back > most {
		earliest := person.Opened.AddDate(0, 0, -most).Format(dateLayout)
		return q.refuse(CodeDateTooEarly, map[string]any{"earliest": earliest})
	}
	return nil
}

// daysBefore counts calendar days from day to opened; only the dates are read.
func daysBefore(opened, day time.Time) int {
	y, m, d := opened.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(day) / (24 * time.Hour))
}

// offers reports whether the question has the option for this person.
func (q *Question) offers(person Person, code string) bool {
	for _, o := range q.Options {
		if o.Code == code {
			return o.when == nil || o.when.holds(person.bindings()) == isTrue
		}
	}
	return false
}

// ordered puts the options of a multichoice in the question's order, so that the same choice is the same value.
func (q *Question) ordered(v Value) Value {
	list, ok := v.v.([]string)
	if !ok || q.Type != MultiChoice {
		return v
	}
	out := make([]string, 0, len(list))
	for _, o := range q.Options {
		if slices.Contains(list, o.Code) {
			out = append(out, o.Code)
		}
	}
	return Value{out}
}

// String names the question; it is there so that a printed question does not print the whole content.
func (q Question) String() string { return fmt.Sprintf("%s (%s)", q.ID, q.Type) }
