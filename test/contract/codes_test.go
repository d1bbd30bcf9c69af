package contract

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lotsen/internal/cases"
	"lotsen/internal/texts"
)

// root is the folder of the module.
const root = "../.."

// sources parses the program's Go files, tests apart, of a folder and all below it.
func sources(t *testing.T, folder string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		files[filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// texted gives every string literal that lies below a node.
func texted(n ast.Node) []string {
	var list []string
	ast.Inspect(n, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				list = append(list, s)
			}
		}
		return true
	})
	return list
}

var fieldCode = regexp.MustCompile(`^validation_[a-z_]+$`)

// fieldCodes are the codes for fields that the program names anywhere.
func fieldCodes(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, folder := range []string{"internal/api", "internal/care", "hooks"} {
		for _, f := range sources(t, folder) {
			for _, s := range texted(f) {
				if fieldCode.MatchString(s) {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// fileCodes are the reasons of uploads, and the one that api adds.
func fileCodes(t *testing.T) []string {
	t.Helper()
	list := []string{"file_not_photo"}
	for _, decl := range sources(t, "internal/uploads")["internal/uploads/refused.go"].Decls {
		if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.CONST {
			for _, s := range texted(g) {
				list = append(list, "file_"+s)
			}
		}
	}
	return list
}

// eligibilityCodes are the constants of care/eligible.go.
func eligibilityCodes(t *testing.T) []string {
	t.Helper()
	var list []string
	for _, decl := range sources(t, "internal/care")["internal/care/eligible.go"].Decls {
		if g, ok := decl.(*ast.GenDecl); ok && g.Tok == token.CONST {
			list = append(list, texted(g)...)
		}
	}
	return list
}

// refusalCodes are the codes of api's refusals under an entry of `data`, and those that Answer gives there.
func refusalCodes(t *testing.T, entry string) []string {
	t.Helper()
	var list []string
	for _, f := range sources(t, "internal/api") {
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok || len(lit.Elts) != 4 {
				return true
			}
			if name, ok := lit.Type.(*ast.Ident); ok && name.Name == "refusal" {
				if parts := slices.Concat(texted(lit.Elts[1]), texted(lit.Elts[2])); len(parts) == 2 && parts[0] == entry {
					list = append(list, parts[1])
				}
			}
			return true
		})
	}
	return list
}

func TestCodesOfTheProgramAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	c := load(t)
	for name, got := range map[string][]string{
		"FieldCode":       fieldCodes(t),
		"FileCode":        fileCodes(t),
		"EligibilityCode": eligibilityCodes(t),
		"StateCode":       append(refusalCodes(t, "state"), "id_taken", "close_held", "said"),
		"ServiceCode":     append(refusalCodes(t, "reason"), "not_configured", "out_of_order"),
	} {
		want := c.Codes(name)
		for _, code := range got {
			if !slices.Contains(want, code) {
				t.Errorf("%q is answered by the program, and not in %s of the contract", code, name)
			}
		}
		for _, code := range want {
			if !slices.Contains(got, code) {
				t.Errorf("%q is in %s of the contract, and nothing in the program answers it", code, name)
			}
		}
	}
}

func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, code := range slices.Concat(c.Codes("FieldCode"), c.Codes("FileCode")) {
		for _, lang := range texts.Langs() {
			if key := "error." + code; lang.Say(key) == key || lang.Say(key) == "" {
				t.Errorf("%s has no words for %s", lang, code)
			}
		}
	}
}

func TestStatesOfTheProgramAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range cases.States() {
		got = append(got, string(s))
	}
	if want := load(t).Codes("State"); !slices.Equal(got, want) {
		t.Errorf("the contract's states are %v, want %v", want, got)
	}
	var outcomes []string
	for _, o := range cases.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	if want := load(t).Codes("Outcome"); !slices.Equal(outcomes, want) {
		t.Errorf("the contract's outcomes are %v, want %v", want, outcomes)
	}
}
