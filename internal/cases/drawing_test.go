package cases_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/cases"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTheDrawingIsCurrent holds docs/states.md against the table: it is drawn from it, so that a reader sees what the program does.
func TestTheDrawingIsCurrent(t *testing.T) {
	t.Parallel()
	got := draw()
	page := filepath.Join("..", "..", "docs", "states.md")
	if *update {
		if err := os.WriteFile(page, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/states.md is not what internal/cases does. Write it anew: go test ./internal/cases -run Drawing -update; git diff")
	}
}

func draw() []byte {
	var b bytes.Buffer
	fmt.Fprint(&b, "# States of a case\n\n",
		"Drawn from `internal/cases/moves.go` by its test; do not edit. Write it anew with `go test ./internal/cases -run Drawing -update`.\n",
		"Who may make an event happen stands in `internal/access`; what else it changes in `internal/care`.\n\n",
		"```mermaid\nstateDiagram-v2\n")
	for _, from := range append([]cases.State{""}, cases.States()...) {
		for _, to := range cases.States() {
			if events := between(from, to); from != to && len(events) > 0 {
				fmt.Fprintf(&b, "    %s --> %s: %s\n", node(from), to, strings.Join(events, ", "))
			}
		}
	}
	fmt.Fprint(&b, "```\n\n## Moves\n\n| event | from | to |\n| --- | --- | --- |\n")
	for _, event := range sorted() {
		for _, to := range cases.States() {
			if from := sources(event, to); len(from) > 0 {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", event, strings.Join(from, ", "), to)
			}
		}
	}
	fmt.Fprint(&b, "\n## What leaves the state as it is\n\n| event | in |\n| --- | --- |\n")
	for _, event := range sorted() {
		if in := staying(event); len(in) > 0 {
			fmt.Fprintf(&b, "| `%s` | %s |\n", event, strings.Join(in, ", "))
		}
	}
	return b.Bytes()
}

func node(s cases.State) string {
	if s == "" {
		return "[*]"
	}
	return string(s)
}

func sorted() []cases.Event {
	events := cases.Events()
	slices.Sort(events)
	return events
}

// between are the events that lead from one state to another.
func between(from, to cases.State) []string {
	var out []string
	for _, event := range sorted() {
		if got, err := cases.Apply(from, event); err == nil && got == to {
			out = append(out, string(event))
		}
	}
	return out
}

// sources are the other states from which event leads to a state.
func sources(event cases.Event, to cases.State) []string {
	var out []string
	for _, from := range append([]cases.State{""}, cases.States()...) {
		if got, err := cases.Apply(from, event); err == nil && got == to && from != to {
			out = append(out, node(from))
		}
	}
	return out
}

// staying are the states that event leaves as they are.
func staying(event cases.Event) []string {
	var out []string
	for _, s := range cases.States() {
		if got, err := cases.Apply(s, event); err == nil && got == s {
			out = append(out, string(s))
		}
	}
	return out
}
