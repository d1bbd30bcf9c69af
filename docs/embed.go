// Package docs holds the pages that people read about Lotsen, and gives the program the one of them that programs read: the contract.
package docs

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed openapi.yaml
var contract []byte

// Contract is openapi.yaml as JSON, as GET /api/lotsen/v1/openapi.json gives it. It is converted once.
var Contract = sync.OnceValues(func() ([]byte, error) {
	data, err := yaml.YAMLToJSON(contract)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return data, nil
})
