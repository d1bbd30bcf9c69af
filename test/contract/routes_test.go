package contract

import (
	"slices"
	"strings"
	"testing"

	"lotsen/internal/api"
)

// load is the contract, or the end of the test.
func load(t *testing.T) *Contract {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// described are the commands that the contract describes, as lines to compare.
func described(t *testing.T, demo bool) []string {
	t.Helper()
	var list []string
	for _, op := range load(t).Operations() {
		if strings.HasPrefix(op.Path, api.Base) && (demo || !op.Demo) {
			list = append(list, op.Method+" "+op.Path)
		}
	}
	slices.Sort(list)
	return list
}

// routed are the commands that the program answers.
func routed(demo bool) []string {
	var list []string
	for _, r := range api.Routes(demo) {
		list = append(list, r.Method+" "+r.Path)
	}
	slices.Sort(list)
	return list
}

func TestEveryRouteIsInTheContractAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	for _, demo := range []bool{false, true} {
		want, got := routed(demo), described(t, demo)
		for _, r := range want {
			if !slices.Contains(got, r) {
				t.Errorf("demo %v: %s is a route and not in docs/openapi.yaml", demo, r)
			}
		}
		for _, r := range got {
			if !slices.Contains(want, r) {
				t.Errorf("demo %v: %s is in docs/openapi.yaml and no route", demo, r)
			}
		}
	}
}

func TestDemoOperationsAreThoseUnderDemo(t *testing.T) {
	t.Parallel()
	for _, op := range load(t).Operations() {
		if under := strings.HasPrefix(op.Path, api.Base+"/demo/"); under != op.Demo {
			t.Errorf("%s: x-demo is %v, want %v", op.Path, op.Demo, under)
		}
	}
}

func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, op := range load(t).Operations() {
		if op.ID == "" || seen[op.ID] {
			t.Errorf("%s %s: operationId %q is missing or taken", op.Method, op.Path, op.ID)
		}
		seen[op.ID] = true
	}
}

// Every call that reads a body or asks for a right says how it refuses.
func TestOperationsSayHowTheyRefuse(t *testing.T) {
	t.Parallel()
	c := load(t)
	for path, item := range c.doc.Paths.Map() {
		if !strings.HasPrefix(path, api.Base) {
			continue
		}
		for method, op := range item.Operations() {
			want := []int{}
			if op.RequestBody != nil {
				want = append(want, 400, 413, 415)
			}
			if op.Security == nil {
				want = append(want, 401, 403)
			}
			if strings.Contains(path, "{id}") {
				want = append(want, 404)
			}
			if op.Extensions["x-demo"] == nil {
				want = append(want, 429)
			}
			for _, status := range want {
				if op.Responses.Status(status) == nil {
					t.Errorf("%s %s does not describe %d", method, path, status)
				}
			}
			if op.Responses.Status(500) != nil {
				t.Errorf("%s %s promises 500", method, path)
			}
		}
	}
}

// TestEveryCallMayBeOutOfOrder: what changes or shows anything says so when nothing can be written down.
func TestEveryCallMayBeOutOfOrder(t *testing.T) {
	t.Parallel()
	spared := []string{"about", "contract"} // health answers 503 in its own way
	for path, item := range load(t).doc.Paths.Map() {
		for method, op := range item.Operations() {
			if described := op.Responses.Status(503) != nil; described == slices.Contains(spared, op.OperationID) {
				t.Errorf("%s %s describes 503: %v, want %v", method, path, described, !described)
			}
		}
	}
}
