package protocols

import (
	"io/fs"
	"slices"
	"testing"

	"lotsen/internal/triage"
)

// minReference is how many of the reference's vignettes a complaint must have.
const minReference = 12

// TestAll holds every protocol against its vignettes and those of the shared files, and every rule against its removal.
// Run one with: go test ./protocols -run 'TestAll/sore_throat'
func TestAll(t *testing.T) {
	t.Parallel()
	for _, code := range written(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p, err := Read(code)
			if err != nil {
				t.Fatalf("want a protocol that parses, got\n%v", err)
			}
			v, err := Vignettes(code)
			if err != nil {
				t.Fatalf("want vignettes that parse, got\n%v", err)
			}
			if v.Protocol != code {
				t.Fatalf("want vignettes of %s, they say %q", code, v.Protocol)
			}
			reference := 0
			for _, x := range v.List {
				if x.Source == triage.FromReference {
					reference++
				}
				holds(t, p, x, v.Usual, true)
			}
			t.Logf("%s: %d reference vignettes, %d of our own, %d questions, %d rules", code, reference, len(v.List)-reference, len(p.Questions()), len(p.Rules()))
			if reference < minReference {
				t.Errorf("want at least %d reference vignettes, got %d", minReference, reference)
			}
			for _, name := range included(p) {
				s, err := Vignettes(name)
				if err != nil {
					t.Fatalf("want vignettes of %s, got %v", name, err)
				}
				for _, x := range s.List {
					holds(t, p, x, v.Usual, false)
				}
			}
		})
	}
}

// holds walks one vignette. The level is exact, or at least as urgent where a shared file's vignette meets a complaint of its own.
func holds(t *testing.T, p *triage.Protocol, v triage.Vignette, usual map[string]any, exact bool) {
	t.Helper()
	d, err := p.Walk(v, usual)
	if err != nil {
		t.Errorf("vignette %s (%s): want a walk to the end, got: %v", v.ID, v.About, err)
		return
	}
	if exact && d.Level != v.Level || d.Level > v.Level {
		t.Errorf("vignette %s (%s): want level %d, got %d by %v", v.ID, v.About, v.Level, d.Level, d.Fired)
	}
	if missing := v.Missing(d); len(missing) > 0 {
		t.Errorf("vignette %s (%s): want %v to fire as well, got %v", v.ID, v.About, missing, d.Fired)
	}
}

// TestEveryRuleIsKilled takes each rule away and expects a vignette to notice: another level, or, where another rule gives the same level
// by design, a rule that it names and that no longer fires. A shared rule is held by its own file's vignettes, in every complaint.
func TestEveryRuleIsKilled(t *testing.T) {
	t.Parallel()
	for _, code := range written(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p, err := Read(code)
			if err != nil {
				t.Fatal(err)
			}
			v, err := Vignettes(code)
			if err != nil {
				t.Fatal(err)
			}
			byLevel, byName, all := 0, 0, walks(t, p, v)
			for _, r := range p.Rules() {
				switch noticed(p.Without(r.ID), r.ID, all, v.Usual) {
				case "level":
					byLevel++
				case "name":
					byName++
					if r.File == code+".yaml" {
						t.Logf("%s is killed by name only", r.ID)
					}
				default:
					t.Errorf("%s:%d: want a vignette that notices when the rule %s is gone, there is none", r.File, r.Line, r.ID)
				}
			}
			t.Logf("%s: %d rules killed by level, %d by name", code, byLevel, byName)
		})
	}
}

// noticed tells how a vignette notices that the rule is gone. Only a walk on which the rule fired can end differently without it.
func noticed(mutant *triage.Protocol, rule string, walks []walk, usual map[string]any) string {
	found := ""
	for _, w := range walks {
		if !slices.Contains(w.decision.Fired, rule) {
			continue
		}
		after, err := mutant.Walk(w.vignette, usual)
		if err != nil || after.Level != w.decision.Level {
			return "level" // an error: a red flag no longer ends the questions, and the vignette has no more answers
		}
		if slices.Contains(w.vignette.Rules, rule) {
			found = "name"
		}
	}
	return found
}

// walk is a vignette with the decision that the whole protocol gives.
type walk struct {
	vignette triage.Vignette
	decision triage.Decision
}

func walks(t *testing.T, p *triage.Protocol, own *triage.Vignettes) []walk {
	t.Helper()
	list := own.List
	for _, name := range included(p) {
		list = slices.Concat(list, sharedVignettes(t, name))
	}
	out := make([]walk, 0, len(list))
	for _, v := range list {
		if d, err := p.Walk(v, own.Usual); err == nil { // TestAll tells of the others
			out = append(out, walk{v, d})
		}
	}
	return out
}

func sharedVignettes(t *testing.T, file string) []triage.Vignette {
	t.Helper()
	v, err := Vignettes(file)
	if err != nil {
		t.Fatal(err)
	}
	return v.List
}

// included lists the shared files whose rules a protocol has.
func included(p *triage.Protocol) []string {
	var out []string
	for _, r := range p.Rules() {
		if r.File != p.Code+".yaml" && !slices.Contains(out, r.File) {
			out = append(out, r.File)
		}
	}
	return out
}

// written lists the complaints that have a file.
func written(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, code := range codes {
		if _, err := fs.Stat(files, code+".yaml"); err == nil {
			out = append(out, code)
		}
	}
	if len(out) == 0 {
		t.Fatal("want at least one protocol, got none")
	}
	return out
}

func TestNoFileIsForgotten(t *testing.T) {
	t.Parallel()
	shared := []string{"redflags", "temperature", "riskgroups", "levels", "danger"}
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		base := name[:len(name)-len(".yaml")]
		if len(base) > len(".vignettes") && base[len(base)-len(".vignettes"):] == ".vignettes" {
			base = base[:len(base)-len(".vignettes")]
		}
		if !slices.Contains(codes, base) && !slices.Contains(shared, base) {
			t.Errorf("want every file to be a listed complaint or a shared file, %s is neither", name)
		}
	}
}
