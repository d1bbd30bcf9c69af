package triage

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Limits on what is read, so that hostile content costs little before it is refused.
const (
	maxFile   = 256 << 10 // bytes
	maxKeys   = 5000      // colons; the YAML library takes time by the square of a mapping's keys
	maxLine   = 2000      // bytes
	maxIndent = 40        // columns
	maxNest   = 32        // open brackets
)

// word is a scalar that remembers its line.
type word struct {
	text string
	line int
}

// UnmarshalYAML takes any scalar as it is written.
func (w *word) UnmarshalYAML(node ast.Node) error {
	w.line = node.GetToken().Position.Line
	switch n := node.(type) {
	case *ast.StringNode:
		w.text = n.Value
	case *ast.LiteralNode:
		w.text = strings.TrimSpace(n.Value.Value)
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode:
		w.text = node.GetToken().Value
	default:
		return &yaml.SyntaxError{Message: "a single text is expected here", Token: node.GetToken()}
	}
	return nil
}

// namedExpressions is a mapping from names to expressions that keeps its order.
type namedExpressions []struct{ name, value word }

// UnmarshalYAML reads the entries in the order in which they are written.
func (f *namedExpressions) UnmarshalYAML(node ast.Node) error {
	m, ok := node.(ast.MapNode)
	if !ok {
		return &yaml.SyntaxError{Message: "names with expressions are expected here", Token: node.GetToken()}
	}
	for it := m.MapRange(); it.Next(); {
		var e struct{ name, value word }
		e.name = word{text: it.Key().GetToken().Value, line: it.Key().GetToken().Position.Line}
		if err := e.value.UnmarshalYAML(it.Value()); err != nil {
			return err
		}
		*f = append(*f, e)
	}
	return nil
}

// UnmarshalYAML reads a text by language, with an optional condition among the languages.
func (a *adviceSource) UnmarshalYAML(node ast.Node) error {
	a.line, a.text = node.GetToken().Position.Line, Text{}
	m, ok := node.(ast.MapNode)
	if !ok {
		return &yaml.SyntaxError{Message: "advice is a text by language: {sv: '…', en: '…'}", Token: node.GetToken()}
	}
	for it := m.MapRange(); it.Next(); {
		var w word
		if err := w.UnmarshalYAML(it.Value()); err != nil {
			return err
		}
		if key := it.Key().GetToken().Value; key == "when" {
			a.when = w
		} else {
			a.text[key] = w.text
		}
	}
	return nil
}

// The shapes of the files. FORMAT.md tells what each key is for.
type (
	adviceSource struct {
		text Text
		when word
		line int
	}
	optionSource struct {
		Code word `yaml:"code"`
		Text Text `yaml:"text"`
		When word `yaml:"when"`
	}
	questionSource struct {
		Include   word           `yaml:"include"`
		ID        word           `yaml:"id"`
		Type      word           `yaml:"type"`
		Text      Text           `yaml:"text"`
		Help      Text           `yaml:"help"`
		Child     Text           `yaml:"child"`
		ChildHelp Text           `yaml:"child_help"`
		Required  *bool          `yaml:"required"`
		Later     bool           `yaml:"later"`
		Again     bool           `yaml:"again"`
		Options   []optionSource `yaml:"options"`
		Min       *float64       `yaml:"min"`
		Max       *float64       `yaml:"max"`
		Unit      Text           `yaml:"unit"`
		Worse     Direction      `yaml:"worse"`
		When      word           `yaml:"when"`
	}
	ruleSource struct {
		ID      word           `yaml:"id"`
		Level   int            `yaml:"level"`
		RedFlag bool           `yaml:"redflag"`
		When    word           `yaml:"when"`
		Reason  Text           `yaml:"reason"`
		Advice  []adviceSource `yaml:"advice"`
		Source  []word         `yaml:"source"`
	}
	protocolSource struct {
		Protocol  word                   `yaml:"protocol"`
		Version   int                    `yaml:"version"`
		Title     Text                   `yaml:"title"`
		Synonyms  map[string][]string    `yaml:"synonyms"`
		Signed    []Signature            `yaml:"signed"`
		NotFor    Text                   `yaml:"not_for"`
		Sources   map[string]string      `yaml:"sources"`
		Questions []questionSource       `yaml:"questions"`
		Facts     namedExpressions       `yaml:"facts"`
		Rules     []ruleSource           `yaml:"rules"`
		Advice    map[int][]adviceSource `yaml:"advice"`
	}
	sharedSource struct {
		Shared    word              `yaml:"shared"`
		Sources   map[string]string `yaml:"sources"`
		Questions []questionSource  `yaml:"questions"`
		Facts     namedExpressions  `yaml:"facts"`
		Rules     []ruleSource      `yaml:"rules"`
	}
	levelSource struct {
		Level  int            `yaml:"level"`
		Code   string         `yaml:"code"`
		Title  Text           `yaml:"title"`
		Text   Text           `yaml:"text"`
		Next   []string       `yaml:"next"`
		Advice []adviceSource `yaml:"advice"`
	}
	levelsSource struct {
		Shared  word          `yaml:"shared"`
		Levels  []levelSource `yaml:"levels"`
		Default Text          `yaml:"default"`
	}
)

// decode reads one YAML document strictly: unknown keys, repeated keys, anchors, aliases and tags are refused.
func decode(file string, content []byte, into any) error {
	if f, bad := tooMuch(file, content); bad {
		return Faults{f}
	}
	tree, err := parser.ParseBytes(content, 0)
	if err != nil {
		return Faults{yamlFault(file, err)}
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return Faults{{File: file, What: "exactly one YAML document is expected", Mend: "remove the lines with ---, or write the file"}}
	}
	refused := indirections{}
	ast.Walk(&refused, tree.Docs[0].Body)
	if refused.line > 0 {
		return Faults{{File: file, Line: refused.line, What: "anchors, aliases and tags are not allowed", Mend: "write the value out"}}
	}
	if err := yaml.NodeToValue(tree.Docs[0].Body, into, yaml.Strict()); err != nil {
		return Faults{yamlFault(file, err)}
	}
	return nil
}

// indirections finds the first place where a file says something other than what is written there.
type indirections struct{ line int }

// Visit looks at one node.
func (v *indirections) Visit(node ast.Node) ast.Visitor {
	indirect := []ast.NodeType{ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType}
	if v.line == 0 && slices.Contains(indirect, node.Type()) {
		v.line = node.GetToken().Position.Line
	}
	return v
}

// tooMuch finds content that is larger or more nested than any protocol needs to be.
func tooMuch(file string, content []byte) (Fault, bool) {
	if len(content) > maxFile {
		return Fault{File: file, What: fmt.Sprintf("the file is larger than %d bytes", maxFile), Mend: "shorten it"}, true
	}
	if n := bytes.Count(content, []byte(":")); n > maxKeys {
		return Fault{File: file, What: fmt.Sprintf("the file has %d keys, more than %d", n, maxKeys), Mend: "shorten it"}, true
	}
	nest := 0
	for i, line := range bytes.Split(content, []byte("\n")) {
		fault := Fault{File: file, Line: i + 1}
		if len(line) > maxLine {
			fault.What, fault.Mend = fmt.Sprintf("the line is longer than %d bytes", maxLine), "break it"
			return fault, true
		}
		indent := len(line) - len(bytes.TrimLeft(line, " \t-?:"))
		if nest = nested(nest, line); indent > maxIndent || nest > maxNest {
			fault.What, fault.Mend = "the content is nested too deep", "write it flatter"
			return fault, true
		}
	}
	return Fault{}, false
}

// nested counts the open brackets after a line that began with so many, or stops at the first that is too many.
func nested(open int, line []byte) int {
	for _, c := range line {
		switch c {
		case '{', '[':
			if open++; open > maxNest {
				return open
			}
		case '}', ']':
			open = max(0, open-1)
		}
	}
	return open
}

// yamlFault tells a fault of the YAML library in our form.
func yamlFault(file string, err error) Fault {
	f := Fault{File: file, What: err.Error(), Mend: "compare with protocols/FORMAT.md"}
	var located yaml.Error
	if errors.As(err, &located) {
		f.What = located.GetMessage()
		if t := located.GetToken(); t != nil && t.Position != nil {
			f.Line = t.Position.Line
		}
	}
	return f
}
