// Package contract holds the program against docs/openapi.yaml.
//
// A [Checker] looks at the traffic of the tests that drive the real service: from Go through its [Checker.Transport], from anything else
// through the reverse proxy of [Checker.Proxy]. Every request that was accepted and every answer must fit the contract, and what an answer
// holds beside it is a fault here, though clients are told to pass over it. At the end, [Checker.Verdict] names the faults and the operations that nobody has called.
//
// The package is for tests alone; nothing of the program imports it.
package contract

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"lotsen/docs"
)

// Contract is docs/openapi.yaml, read and resolved.
type Contract struct {
	doc    *openapi3.T
	router routers.Router
}

// Load reads the contract and checks that it is OpenAPI.
func Load() (*Contract, error) {
	raw, err := docs.Contract()
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, fmt.Errorf("load the contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the contract is not OpenAPI: %w", err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("route the contract: %w", err)
	}
	return &Contract{doc: doc, router: router}, nil
}

// Operation is one call of the contract.
type Operation struct {
	ID, Method, Path string
	Demo             bool // there in the demo only
}

// Operations lists every call.
func (c *Contract) Operations() []Operation {
	var list []Operation
	for path, item := range c.doc.Paths.Map() {
		for method, op := range item.Operations() {
			list = append(list, Operation{ID: op.OperationID, Method: method, Path: path, Demo: op.Extensions["x-demo"] == true})
		}
	}
	return list
}

// Codes are the values of a list of codes, named as in the contract's schemas.
func (c *Contract) Codes(name string) []string {
	ref := c.doc.Components.Schemas[name]
	if ref == nil {
		return nil
	}
	var list []string
	for _, v := range ref.Value.Enum {
		if s, ok := v.(string); ok {
			list = append(list, s)
		}
	}
	for _, part := range ref.Value.AnyOf {
		list = append(list, c.Codes(strings.TrimPrefix(part.Ref, "#/components/schemas/"))...)
	}
	return list
}

// find is the operation that a request asks for; false for one that is not in the contract.
func (c *Contract) find(r *http.Request) (*routers.Route, map[string]string, bool) {
	route, params, err := c.router.FindRoute(r)
	return route, params, err == nil
}

// strict forbids what is not described in everything that the service says. The contract itself leaves that open: fields may be added.
func (c *Contract) strict() {
	w := walker{seen: map[*openapi3.Schema]bool{}}
	for _, item := range c.doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, r := range op.Responses.Map() {
				for _, media := range r.Value.Content {
					w.close(media.Schema)
				}
			}
		}
	}
	for _, name := range eventSchemas {
		w.close(c.doc.Components.Schemas[name])
	}
}

type walker struct{ seen map[*openapi3.Schema]bool }

// close forbids further properties in a schema of objects, and in all within it.
func (w walker) close(ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil || w.seen[ref.Value] {
		return
	}
	s := ref.Value
	w.seen[s] = true
	if len(s.Properties) > 0 && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil {
		s.AdditionalProperties.Has = new(bool)
	}
	w.close(s.Items)
	w.close(s.AdditionalProperties.Schema)
	for _, p := range s.Properties {
		w.close(p)
	}
	for _, list := range []openapi3.SchemaRefs{s.AnyOf, s.OneOf, s.AllOf} {
		for _, p := range list {
			w.close(p)
		}
	}
}
