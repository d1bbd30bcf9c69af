package docs

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// proofs are what a cell names as proof. Each must be there.
func proofs(t *testing.T, known map[string]bool, where, cell string) int {
	t.Helper()
	n := 0
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		n++
		if !known[m[1]] {
			t.Errorf("%s names the test %q, which does not exist", where, m[1])
		}
	}
	return n
}

func TestInvariantsNameTestsThatExist(t *testing.T) {
	t.Parallel()
	known := tests(t)
	list := rows(page(t, "docs/invariants.md"))
	if len(list) < 20 {
		t.Fatalf("docs/invariants.md has %d promises: its tables were not read", len(list))
	}
	for _, row := range list {
		if len(row) != 2 {
			t.Errorf("the row %q has %d cells, want a promise and its tests", row[0], len(row))
			continue
		}
		if proofs(t, known, "docs/invariants.md: "+row[0], row[1]) == 0 {
			t.Errorf("the promise %q names no test", row[0])
		}
	}
}

// open is what stands in place of a proof where another issue brings it.
var open = regexp.MustCompile(`^open \((issue [0-9]+|no issue yet)\)`)

func TestSeedAnswersEverySentence(t *testing.T) {
	t.Parallel()
	known := tests(t)
	var numbers []string
	for _, row := range rows(page(t, "docs/seed.md")) {
		if len(row) != 4 {
			t.Errorf("the row %q has %d cells, want number, sentence, call or page, and proof", row[0], len(row))
			continue
		}
		numbers = append(numbers, row[0])
		if proofs(t, known, "docs/seed.md: "+row[0], row[3]) == 0 && !open.MatchString(row[3]) {
			t.Errorf("%s has no proof and is not open", row[0])
		}
	}
	var want []string
	for n := 1; n <= 45; n++ {
		want = append(want, fmt.Sprintf("S%02d", n))
	}
	if !slices.Equal(numbers, want) {
		t.Errorf("docs/seed.md answers %v, want each of S01 to S45 once and in order", numbers)
	}
}

// pages are all pages that people read.
func pages(t *testing.T) []string {
	t.Helper()
	var list []string
	walk(t, func(path string) error {
		if strings.HasSuffix(path, ".md") {
			list = append(list, path)
		}
		return nil
	})
	return list
}

var (
	link   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	fenced = regexp.MustCompile("(?ms)^```.*?^```")
)

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		text := fenced.ReplaceAllString(page(t, p), "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: the link %q is no address", p, m[1])
				continue
			}
			if target.IsAbs() || target.Path == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(p), target.Path)); err != nil {
				t.Errorf("%s links to %s, which is not there", p, m[1])
			}
		}
	}
}

// file is a path of the project in running text: a folder of ours stands before it.
var file = regexp.MustCompile("^(?:docs|hooks|internal|pb_migrations|pb_public|protocols|test)/[A-Za-z0-9_./-]*$")

// testName is the end of what names a test; those are looked at above.
var testName = regexp.MustCompile(`[.](?:Test|Fuzz|Benchmark)[A-Z]`)

// placeholder is what stands for a name of the reader's choice.
var placeholder = regexp.MustCompile(`CODE|NAME|NN_`)

// The pages that a newcomer reads name files; a file that was moved must not leave them behind.
func TestFilesThatPagesNameExist(t *testing.T) {
	t.Parallel()
	for _, p := range pages(t) {
		if !strings.HasPrefix(p, "docs/") && p != "README.md" {
			continue
		}
		text := fenced.ReplaceAllString(page(t, p), "")
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if !file.MatchString(m[1]) || testName.MatchString(m[1]) || placeholder.MatchString(m[1]) {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", p, m[1])
			}
		}
	}
}

// A decision has a number of its own, and says what was decided.
func TestDecisionsAreNumbered(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join(root, "docs/decisions/*.md"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	seen := map[string]string{}
	for _, n := range names {
		number, _, found := strings.Cut(filepath.Base(n), "-")
		if !found || len(number) != 4 {
			t.Errorf("%s does not begin with a number of four digits", filepath.Base(n))
		}
		if other, twice := seen[number]; twice {
			t.Errorf("%s and %s bear the same number", filepath.Base(n), other)
		}
		seen[number] = filepath.Base(n)
		if text := page(t, "docs/decisions/"+filepath.Base(n)); !strings.HasPrefix(text, "# ") {
			t.Errorf("%s does not begin with a heading", filepath.Base(n))
		}
	}
}

// The blocks that app-developers.md promises to run are there for a runner to find.
func TestAppDevelopersCanBeRun(t *testing.T) {
	t.Parallel()
	text := page(t, "docs/app-developers.md")
	for _, kind := range []string{"bash run", "js run"} {
		if n := strings.Count(text, "\n```"+kind+"\n"); n < 5 {
			t.Errorf("app-developers.md has %d blocks of %q, want at least 5", n, kind)
		}
	}
}

var setting = regexp.MustCompile(`LOTSEN_[A-Z]+(?:_[A-Z]+)*`)

// README's table of configuration names what the program reads, and nothing else.
func TestReadmeNamesEverySetting(t *testing.T) {
	t.Parallel()
	read := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(LOTSEN_[A-Z_]+)"`).FindAllStringSubmatch(page(t, "internal/settings/reader.go"), -1) {
		read[m[1]] = true
	}
	if len(read) < 10 {
		t.Fatalf("internal/settings/reader.go names %d settings: its list was not read", len(read))
	}
	told := map[string]bool{}
	for _, row := range rows(page(t, "README.md")) {
		for _, name := range setting.FindAllString(row[0], -1) {
			told[name] = true
		}
	}
	for name := range read {
		if name != "LOTSEN_" && !told[name] {
			t.Errorf("README does not tell of %s", name)
		}
	}
	for name := range told {
		if !read[name] {
			t.Errorf("README tells of %s, which nothing reads", name)
		}
	}
}
