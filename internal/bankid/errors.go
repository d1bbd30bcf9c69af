package bankid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Code is BankID's errorCode. It is an error of its own, so that
// errors.Is(err, bankid.Maintenance) asks for it.
type Code string

// Every code that the RP API v6.0 is known to answer. Others come through as they are.
const (
	AlreadyInProgress    Code = "alreadyInProgress"    // an order for this person runs
	InvalidParameters    Code = "invalidParameters"    // our fault, or an orderRef that is used up
	Unauthorized         Code = "unauthorized"         // the certificate or the agreement is wrong: tell the operator
	NotFound             Code = "notFound"             // our fault
	MethodNotAllowed     Code = "methodNotAllowed"     // our fault
	UnsupportedMediaType Code = "unsupportedMediaType" // our fault
	RequestTimeout       Code = "requestTimeout"
	TooManyRequests      Code = "tooManyRequests"
	InternalError        Code = "internalError"
	Maintenance          Code = "maintenance"
	UnknownCode          Code = "unknown" // an answer that was no error body of BankID's
)

var codes = []Code{
	AlreadyInProgress, InvalidParameters, Unauthorized, NotFound, MethodNotAllowed,
	UnsupportedMediaType, RequestTimeout, TooManyRequests, InternalError, Maintenance,
}

func (c Code) Error() string { return "bankid: " + string(c) }

// Error is an answer of BankID's that is not 200.
type Error struct {
	Call    string // auth, collect or cancel
	Status  int    // HTTP
	Code    Code
	Details string // BankID's own words, in English, for the operator; left out of Error()
}

func (e *Error) Error() string {
	return fmt.Sprintf("bankid: %s answered %d %s", e.Call, e.Status, e.Code)
}

// Unwrap gives the code, for errors.Is.
func (e *Error) Unwrap() error { return e.Code }

// Passing says whether a call that failed with err may go well a little
// later: BankID is busy or out of reach, and nothing is wrong with the call.
func Passing(err error) bool {
	var answer *Error
	if !errors.As(err, &answer) {
		return err != nil && !errors.Is(err, context.Canceled)
	}
	return answer.Status >= 500 || answer.Code == RequestTimeout || answer.Code == TooManyRequests ||
		answer.Code == InternalError || answer.Code == Maintenance
}

// decodeError never fails: a proxy's HTML page becomes UnknownCode. Letter
// case is ignored, since BankID has spelled Maintenance both ways.
func decodeError(call string, status int, body []byte) *Error {
	var wire struct {
		ErrorCode string `json:"errorCode"`
		Details   string `json:"details"`
	}
	if err := json.Unmarshal(body, &wire); err != nil || wire.ErrorCode == "" {
		return &Error{Call: call, Status: status, Code: UnknownCode}
	}
	code := Code(wire.ErrorCode)
	for _, known := range codes {
		if strings.EqualFold(wire.ErrorCode, string(known)) {
			code = known
		}
	}
	return &Error{Call: call, Status: status, Code: code, Details: wire.Details}
}
