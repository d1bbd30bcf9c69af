package triage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// A bundle is a protocol and the shared files that it includes, in one text:
//
//	lotsen protocol bundle 1
//	sore_throat.yaml 5120
//	<5120 bytes>
//	levels.yaml 2048
//	<2048 bytes>
//
// The protocol comes first, then what it includes in the order of first use. A case pins the bundle's hash, and the stored bundle is
// what it goes on with after an upgrade, whatever the new release's files say.
const bundleHeader = "lotsen protocol bundle 1\n"

// file is one file of a bundle.
type file struct {
	name    string
	content []byte
}

// Source is the whole content of the protocol as one text, which Load parses back to a protocol with the same hash.
func (p *Protocol) Source() string { return p.source }

// Hash is the SHA-256 of Source, in hexadecimal: of the protocol's bytes and of the bytes of all shared files that it includes.
func (p *Protocol) Hash() string { return p.hash }

// Load parses a bundle that Source gave. It needs no other file.
func Load(bundle string) (*Protocol, error) {
	files, err := unbundle(bundle)
	if err != nil {
		return nil, fmt.Errorf("load protocol bundle: %w", err)
	}
	return parse(files[0], func(name string) ([]byte, error) {
		for _, f := range files[1:] {
			if f.name == name {
				return f.content, nil
			}
		}
		return nil, fs.ErrNotExist
	})
}

func bundle(files []file) string {
	var b strings.Builder
	b.WriteString(bundleHeader)
	for _, f := range files {
		fmt.Fprintf(&b, "%s %d\n%s\n", f.name, len(f.content), f.content)
	}
	return b.String()
}

func unbundle(text string) ([]file, error) {
	rest, ok := strings.CutPrefix(text, bundleHeader)
	if !ok {
		return nil, errors.New("the first line is not that of a bundle")
	}
	var files []file
	for rest != "" {
		head, body, _ := strings.Cut(rest, "\n")
		name, size, _ := strings.Cut(head, " ")
		n, err := strconv.Atoi(size)
		if err != nil || n < 0 || n >= len(body) || body[n] != '\n' {
			return nil, fmt.Errorf("the length of file %d does not fit", len(files)+1)
		}
		files, rest = append(files, file{name, bytes.Clone([]byte(body[:n]))}), body[n+1:]
	}
	if len(files) == 0 {
		return nil, errors.New("the bundle holds no file")
	}
	return files, nil
}

func hashOf(bundle string) string {
	sum := sha256.Sum256([]byte(bundle))
	return hex.EncodeToString(sum[:])
}
