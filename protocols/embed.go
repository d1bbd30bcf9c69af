// Package protocols holds the clinical content: one YAML file a complaint, its vignettes beside it, and what all complaints share.
// FORMAT.md tells how they are written. The package embeds them and hands them to internal/triage; it knows no medicine of its own.
//
// Nothing here has been reviewed by a clinician.
package protocols

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"lotsen/internal/triage"
)

//go:embed *.yaml
var files embed.FS

// Codes are the complaints, in the order in which a patient is shown them.
var codes = []string{"fever", "sore_throat", "eye", "urinary", "cough", "back_pain", "rash"}

// All gives the protocols of this release in the order in which a patient is shown them. They are parsed once; nobody may change them.
func All() ([]*triage.Protocol, error) { return all() }

var all = sync.OnceValues(func() ([]*triage.Protocol, error) {
	out := make([]*triage.Protocol, 0, len(codes))
	for _, code := range codes {
		p, err := Read(code)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
})

// Read parses one protocol of this release. The error is fs.ErrNotExist where there is no such complaint, triage.Faults where it is wrong.
func Read(code string) (*triage.Protocol, error) {
	name := code + ".yaml"
	content, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read protocol %s: %w", code, err)
	}
	p, err := triage.Parse(name, content, files)
	if err != nil {
		return nil, fmt.Errorf("parse protocol %s: %w", code, err)
	}
	return p, nil
}

// Danger gives the words that show 112 at once.
func Danger() (*triage.Danger, error) { return danger() }

var danger = sync.OnceValues(func() (*triage.Danger, error) {
	const name = "danger.yaml"
	content, err := files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read words of danger: %w", err)
	}
	d, err := triage.ParseDanger(name, content)
	if err != nil {
		return nil, fmt.Errorf("parse words of danger: %w", err)
	}
	return d, nil
})

// Vignettes gives the worked examples of a complaint or a shared file.
func Vignettes(name string) (*triage.Vignettes, error) {
	fileName := strings.TrimSuffix(name, ".yaml") + ".vignettes.yaml"
	content, err := files.ReadFile(fileName)
	if err != nil {
		return nil, fmt.Errorf("read vignettes of %s: %w", name, err)
	}
	v, err := triage.ParseVignettes(fileName, content)
	if err != nil {
		return nil, fmt.Errorf("parse vignettes of %s: %w", name, err)
	}
	return v, nil
}
