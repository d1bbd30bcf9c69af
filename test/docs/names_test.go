// Package docs holds the pages of docs/ to what is true: every test that they name is there, every sentence of the service has its row,
// every link leads somewhere, every file that they name exists.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the folder of the module.
const root = "../.."

// page reads a page, with its path from the root of the module.
func page(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatalf("read page: %v", err)
	}
	return string(raw)
}

// walk visits every file of the project, apart from what is installed or hidden.
func walk(t *testing.T, visit func(path string) error) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (d.Name() == "node_modules" || d.Name() == "build" || strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir():
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(rel))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// nodeTest is a test of Node's, or a step within one.
var nodeTest = regexp.MustCompile(`(?:\btest|\bstep)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|` + "`([^`]*)`" + `)`)

var unescape = strings.NewReplacer(`\'`, `'`, `\"`, `"`, `\\`, `\`)

// tests are the names of all tests: `internal/care.TestWhatever` for Go's (`..TestWhatever` beside main.go), `patient.mjs: what ever` for Node's.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	walk(t, func(path string) error {
		switch {
		case strings.HasSuffix(path, "_test.go"):
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && isTest(fn.Name.Name) {
					names[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "./")+"."+fn.Name.Name] = true
				}
			}
		case strings.HasPrefix(path, "test/") && strings.HasSuffix(path, ".mjs"):
			raw, err := os.ReadFile(filepath.Join(root, path))
			if err != nil {
				return err
			}
			for _, m := range nodeTest.FindAllStringSubmatch(string(raw), -1) {
				names[filepath.Base(path)+": "+unescape.Replace(m[1]+m[2]+m[3])] = true
			}
		}
		return nil
	})
	return names
}

// isTest says whether go test runs a function of this name.
func isTest(name string) bool {
	return name != "TestMain" && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") || strings.HasPrefix(name, "Benchmark"))
}

var quoted = regexp.MustCompile("`([^`]+)`")

// rows are the rows of all tables of a page, cell by cell; heads and rulers apart.
func rows(text string) [][]string {
	var list [][]string
	table := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			table = 0
			continue
		}
		if table++; table <= 2 {
			continue
		}
		var cells []string
		for _, c := range strings.Split(strings.Trim(line, "|"), " | ") {
			cells = append(cells, strings.TrimSpace(c))
		}
		list = append(list, cells)
	}
	return list
}
