package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Value is one answer: yes or no, a number, a text (an option's code, a date, free text), a list (option codes, photo names), or null,
// which is "don't know". The zero Value is null. Its JSON is that of the API.
type Value struct{ v any }

// Null is the answer "don't know".
func Null() Value { return Value{} }

// Bool is the answer to a boolean.
func Bool(b bool) Value { return Value{b} }

// Number is the answer to an integer or a decimal.
func Number(f float64) Value { return Value{f} }

// String is the answer to a choice (an option's code), a date (2006-01-02) or a text.
func String(s string) Value { return Value{s} }

// List is the answer to a multichoice (option codes) or a photo (file names).
func List(items ...string) Value { return Value{append([]string{}, items...)} }

// IsNull reports whether the answer is "don't know".
func (v Value) IsNull() bool { return v.v == nil }

// Bool gives a yes or no, and whether the answer is one.
func (v Value) Bool() (bool, bool) { b, ok := v.v.(bool); return b, ok }

// Number gives a number, and whether the answer is one.
func (v Value) Number() (float64, bool) { f, ok := v.v.(float64); return f, ok }

// Text gives an option's code, a date or a text, and whether the answer is one.
func (v Value) Text() (string, bool) { s, ok := v.v.(string); return s, ok }

// Items gives a list of option codes or photos, and whether the answer is one.
func (v Value) Items() ([]string, bool) { l, ok := v.v.([]string); return slices.Clone(l), ok }

// Equal reports whether two answers are the same.
func (v Value) Equal(w Value) bool {
	if a, ok := v.v.([]string); ok {
		b, ok := w.v.([]string)
		return ok && slices.Equal(a, b)
	}
	if _, ok := w.v.([]string); ok {
		return false
	}
	return v.v == w.v
}

// MarshalJSON writes the answer as the API and the database have it.
func (v Value) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(v.v)
	if err != nil {
		return nil, fmt.Errorf("write answer: %w", err)
	}
	return data, nil
}

// UnmarshalJSON reads a stored answer. Validate is what reads an answer from outside.
func (v *Value) UnmarshalJSON(data []byte) error {
	var raw any
	if err := json.Unmarshal(data, &raw); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	items, isList := raw.([]any)
	if !isList {
		if _, isObject := raw.(map[string]any); isObject {
			return errors.New("read answer: an object is no answer")
		}
		v.v = raw
		return nil
	}
	list := make([]string, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok {
			return errors.New("read answer: a list holds something else than texts")
		}
		list[i] = s
	}
	v.v = list
	return nil
}

// Answers are the answers of a case by question id.
type Answers map[string]Value

// overlay gives a's answers with those of b in place of them.
func (a Answers) overlay(b Answers) Answers {
	out := make(Answers, len(a)+len(b))
	for id, v := range a {
		out[id] = v
	}
	for id, v := range b {
		out[id] = v
	}
	return out
}
