package triage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func shared() fs.FS { return os.DirFS("testdata/shared") }

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

func small(tb testing.TB) *Protocol {
	tb.Helper()
	p, err := Parse("small.yaml", read(tb, "testdata/good/small.yaml"), shared())
	if err != nil {
		tb.Fatalf("want the small protocol to parse, got\n%v", err)
	}
	return p
}

// TestBadFiles parses one file for each way to write a protocol wrongly. Its first line says what the fault must tell.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) < 60 {
		t.Fatalf("want the bad files, got %d (%v)", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			content := read(t, path)
			first, _, _ := strings.Cut(string(content), "\n")
			want := strings.TrimPrefix(first, "# want: ")
			_, err := Parse("bad.yaml", content, shared())
			var faults Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("want faults, got %v", err)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("want a fault that says %q, got\n%v", want, err)
			}
			for _, f := range faults {
				if f.File == "" || f.What == "" || f.Mend == "" {
					t.Errorf("want file, fault and how to mend it, got %+v", f)
				}
			}
		})
	}
}

func TestFaultsNameTheLine(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"unknown_key":         "bad.yaml:4: ",
		"rule_option_unknown": "bad.yaml:21: ",
		"question_id_bad":     "bad.yaml:16: ",
		"when_reads_ahead":    "bad.yaml:12: ",
		"option_twice":        "bad.yaml:15: ",
		"advice_text_missing": "bad.yaml:25: ",
		"include_not_shared":  "broken.yaml:1: ",
	} {
		_, err := Parse("bad.yaml", read(t, "testdata/bad/"+file+".yaml"), shared())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want a fault at %q, got %v", file, want, err)
		}
	}
}

func TestLevelsFileIsNeeded(t *testing.T) {
	t.Parallel()
	_, err := Parse("small.yaml", read(t, "testdata/good/small.yaml"), os.DirFS("testdata/bad"))
	if err == nil || !strings.Contains(err.Error(), "levels.yaml cannot be read") {
		t.Errorf("want a fault about levels.yaml, got %v", err)
	}
}

func TestBundleKeepsEverything(t *testing.T) {
	t.Parallel()
	p := small(t)
	again, err := Load(p.Source())
	if err != nil {
		t.Fatalf("want the bundle to load without other files, got %v", err)
	}
	if again.Hash() != p.Hash() || again.Source() != p.Source() {
		t.Errorf("want the same hash %s, got %s", p.Hash(), again.Hash())
	}
	changed := strings.Replace(p.Source(), "andnöd", "ANDNÖD", 1)
	other, err := Load(changed)
	if err != nil {
		t.Fatalf("want the changed bundle to load, got %v", err)
	}
	if other.Hash() == p.Hash() {
		t.Error("want another hash when a shared file changes, got the same")
	}
}

func TestBrokenBundles(t *testing.T) {
	t.Parallel()
	source := small(t).Source()
	for name, text := range map[string]string{
		"empty":         "",
		"no file":       bundleHeader,
		"other version": strings.Replace(source, "bundle 1", "bundle 9", 1),
		"cut":           source[:len(source)/2],
		"bad length":    bundleHeader + "small.yaml x\nabc\n",
		"too long":      bundleHeader + "small.yaml 999\nabc\n",
		"negative":      bundleHeader + "small.yaml -1\nabc\n",
		"no levels":     bundle([]file{{"small.yaml", read(t, "testdata/good/small.yaml")}}),
	} {
		if _, err := Load(text); err == nil {
			t.Errorf("%s: want an error, got a protocol", name)
		}
	}
}

// TestHostileContentIsRefusedFast gives shapes that are known to cost a YAML parser much. Each would take seconds, or the stack, if it were parsed.
func TestHostileContentIsRefusedFast(t *testing.T) {
	t.Parallel()
	keys := strings.Builder{}
	for i := range 20000 {
		fmt.Fprintf(&keys, "k%d: b\n", i)
	}
	for name, c := range map[string]struct{ content, want string }{
		"large file":       {strings.Repeat("# a\n", maxFile), "larger than"},
		"long line":        {strings.Repeat("'", maxLine+1), "longer than"},
		"many keys":        {keys.String(), "more than 5000"},
		"nested sequences": {strings.Repeat("- ", 900), "nested too deep"},
		"nested keys":      {strings.Repeat("? ", 900), "nested too deep"},
		"nested flow":      {"a: " + strings.Repeat("[", 900), "nested too deep"},
		"aliases":          {"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]", "anchors, aliases and tags are not allowed"},
	} {
		if _, err := Parse("bad.yaml", []byte(c.content), shared()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want a fault that says %q, got %.200v", name, c.want, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(read(f, "testdata/good/small.yaml"))
	for _, name := range []string{"anchor", "rule_deep", "nested_deep", "yaml_broken", "when_is_a_list"} {
		f.Add(read(f, "testdata/bad/"+name+".yaml"))
	}
	f.Add([]byte("- - - - - -"))
	f.Fuzz(func(t *testing.T, content []byte) {
		p, err := Parse("small.yaml", content, shared())
		if (p == nil) == (err == nil) {
			t.Fatalf("want a protocol or faults, got %v and %v", p, err)
		}
		if p == nil {
			return
		}
		if again, err := Load(p.Source()); err != nil || again.Hash() != p.Hash() {
			t.Fatalf("want what parses to load again with the same hash, got %v", err)
		}
	})
}
