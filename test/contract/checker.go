package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// commands is where a call that the contract does not know is a fault, unless it was refused as unknown. Beside it are PocketBase's own
// routes, of which the contract promises some.
const commands = "/api/lotsen/v1"

// Checker looks at requests and answers. It can be used by many at once.
type Checker struct {
	contract *Contract

	mu     sync.Mutex
	called map[string]int // by operation
	faults map[string]int // by what is wrong
}

// NewChecker reads the contract.
func NewChecker() (*Checker, error) {
	c, err := Load()
	if err != nil {
		return nil, err
	}
	c.strict()
	return &Checker{contract: c, called: map[string]int{}, faults: map[string]int{}}, nil
}

// Called says how often each operation has been called and answered.
func (k *Checker) Called() map[string]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.called)
}

// Faults lists what did not fit the contract, each once, in order of the alphabet.
func (k *Checker) Faults() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.faults))
}

// Uncalled lists the operations that nobody has called with success, apart from those that are named. One that is named and was called is listed too.
func (k *Checker) Uncalled(but ...string) []string {
	called := k.Called()
	var list []string
	for _, op := range k.contract.Operations() {
		if (called[op.ID] == 0) != slices.Contains(but, op.ID) {
			list = append(list, op.ID)
		}
	}
	slices.Sort(list)
	return list
}

// Verdict is nil if everything fitted and every operation was called, apart from those that are named: tests of other packages call them.
func (k *Checker) Verdict(but ...string) error {
	var errs []error
	for _, f := range k.Faults() {
		errs = append(errs, errors.New(f))
	}
	if list := k.Uncalled(but...); len(list) > 0 {
		errs = append(errs, fmt.Errorf("called by no test (or excused without need): %s", strings.Join(list, ", ")))
	}
	return errors.Join(errs...)
}

func (k *Checker) fault(format string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.faults[fmt.Sprintf(format, args...)]++
}

// exchange is a request and its answer. sent is the body of the request, read already.
type exchange struct {
	request *http.Request
	sent    []byte
	answer  *http.Response
}

// look checks an exchange and notes that it has been. It puts the answer's body back in place.
func (k *Checker) look(ctx context.Context, x exchange) error {
	ctx = context.WithoutCancel(ctx) // who asked may have what they wanted, and be gone
	name := x.request.Method + " " + x.request.URL.Path
	if x.request.Method == http.MethodOptions || x.request.Method == http.MethodHead {
		return nil
	}
	route, params, known := k.contract.find(x.request)
	if !known {
		if strings.HasPrefix(x.request.URL.Path, commands) && x.answer.StatusCode != http.StatusNotFound && x.answer.StatusCode != http.StatusMethodNotAllowed {
			k.fault("%s: answered %d, and is not in the contract", name, x.answer.StatusCode)
		}
		return nil
	}
	op := route.Operation.OperationID
	if x.answer.StatusCode < http.StatusBadRequest {
		k.mu.Lock()
		k.called[op]++
		k.mu.Unlock()
	}
	in := k.checkRequest(ctx, x, route, params)
	if strings.HasPrefix(x.answer.Header.Get("Content-Type"), "text/event-stream") {
		x.answer.Body = k.readStream(x.answer.Body)
		return nil
	}
	body, err := io.ReadAll(x.answer.Body)
	if err != nil {
		return fmt.Errorf("read answer of %s: %w", op, err)
	}
	if err := x.answer.Body.Close(); err != nil {
		return fmt.Errorf("close answer of %s: %w", op, err)
	}
	x.answer.Body = io.NopCloser(bytes.NewReader(body))
	k.checkAnswer(ctx, x, in, body)
	return nil
}

// checkRequest holds a request that was accepted against the contract. One that was refused may be anything.
func (k *Checker) checkRequest(ctx context.Context, x exchange, route *routers.Route, params map[string]string) *openapi3filter.RequestValidationInput {
	r := x.request.Clone(ctx)
	r.Body = io.NopCloser(bytes.NewReader(x.sent))
	r.ContentLength = int64(len(x.sent))
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: hasToken,
			ExcludeRequestBody: kind == "multipart/form-data", // its parts are files
			MultiError:         true, SkipSettingDefaults: true,
		},
	}
	if x.answer.StatusCode < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(ctx, in); err != nil {
			k.fault("%s: accepted a request that the contract does not know: %s", route.Operation.OperationID, firstLines(err))
		}
	}
	return in
}

// hasToken says whether a request that needs a token carries one.
func hasToken(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if in.RequestValidationInput.Request.Header.Get("Authorization") == "" {
		return errors.New("answered without a token")
	}
	return nil
}

// checkAnswer holds an answer against the contract.
func (k *Checker) checkAnswer(ctx context.Context, x exchange, in *openapi3filter.RequestValidationInput, body []byte) {
	op, status := in.Route.Operation, x.answer.StatusCode
	described := op.Responses.Status(status)
	if described == nil {
		k.fault("%s: status %d is not in the contract", op.OperationID, status)
		return
	}
	if len(described.Value.Content) == 0 {
		if len(body) > 0 {
			k.fault("%s: %d has a body, and the contract none", op.OperationID, status)
		}
		return
	}
	kind := x.answer.Header.Get("Content-Type")
	if described.Value.Content.Get(kind) == nil {
		k.fault("%s: %d is %q, which is not in the contract", op.OperationID, status, kind)
		return
	}
	q := x.request.URL.Query()
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: status, Header: x.answer.Header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, MultiError: true,
			// What is no JSON has no schema, and who asks PocketBase for other fields gets others.
			ExcludeResponseBody: !strings.HasPrefix(kind, "application/json") || q.Has("fields") || q.Has("expand"),
		},
	}
	out.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(ctx, out); err != nil {
		k.fault("%s: %d does not fit the contract: %s", op.OperationID, status, firstLines(err))
	}
}

// firstLines is the beginning of an error of kin-openapi, without the schemas that it prints.
func firstLines(err error) string {
	var out []string
	skip := false
	for line := range strings.Lines(err.Error()) {
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "Schema:" || trimmed == "Value:":
			skip = true
		case skip && (strings.HasPrefix(line, " ") || trimmed == ""):
		default:
			skip = false
			out = append(out, trimmed)
		}
	}
	text := strings.Join(out, " ")
	if len(text) > 800 {
		text = text[:800] + " …"
	}
	return text
}
