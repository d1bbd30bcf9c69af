package records_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

// TestProxiesKnowTheirFields holds the texts of this package against the fields of a fresh database: a field that nothing here names is one
// that no running code uses, and a name in a call that gets or sets which is no field is a slip.
func TestProxiesKnowTheirFields(t *testing.T) {
	t.Parallel()
	named, used := texts(t)
	fields := map[string]bool{}
	for _, name := range records.All() {
		c, err := kit.App(t).FindCollectionByNameOrId(name)
		if err != nil {
			t.Fatalf("find %s: %v", name, err)
		}
		for _, f := range c.Fields {
			fields[f.GetName()] = true
			if !f.GetSystem() && !slices.Contains(named, f.GetName()) {
				t.Errorf("no proxy names the field %s of %s", f.GetName(), name)
			}
		}
	}
	for _, name := range used {
		if !fields[strings.TrimRight(name, "+-")] {
			t.Errorf("a proxy gets or sets %q, which no collection has", name)
		}
	}
}

// texts are all string constants of the package's files, and those that are the first argument of a getter or setter.
func texts(t *testing.T) (named, used []string) {
	t.Helper()
	set := token.NewFileSet()
	pkgs, err := parser.ParseDir(set, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0) //nolint:staticcheck // one plain package
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pkgs {
		ast.Inspect(p, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				named = append(named, text)
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			lit, isLit := call.Args[0].(*ast.BasicLit)
			if ok && isLit && (sel.Sel.Name == "Set" || strings.HasPrefix(sel.Sel.Name, "Get")) {
				text, _ := strconv.Unquote(lit.Value)
				used = append(used, text)
			}
			return true
		})
	}
	return named, used
}

// TestNoFieldNameElsewhere holds that running Go code outside this package writes no field's name into a getter or setter of a record.
func TestNoFieldNameElsewhere(t *testing.T) {
	t.Parallel()
	root := kit.Root(t)
	for _, dir := range []string{"internal", "hooks"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "internal/records") || strings.Contains(path, "internal/cli") /* flags */ {
				return err
			}
			return lookForNames(t, path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func lookForNames(t *testing.T, path string) error {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		return err
	}
	getters := []string{"GetString", "GetInt", "GetBool", "GetDateTime", "GetStringSlice", "GetFloat", "GetRaw"}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(getters, sel.Sel.Name) && len(call.Args) == 1 {
			if lit, ok := call.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				t.Errorf("%s: %s(%s): the name of a field belongs into internal/records", set.Position(call.Pos()), sel.Sel.Name, lit.Value)
			}
		}
		return true
	})
	return nil
}
